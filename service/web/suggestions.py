"""Words of the rank lexicon that somebody who is typing may mean."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal

from rules.lexicon import FREE_TEXT, GRADE_WORD, Entry, Lexicon, Vocabulary, squeezed

MOST = 10
NEAR_FROM = 2
Part = Literal["agency", "rank"]


class Suggestions:
    """The words for agencies and for ranks, without those that stand for free text or mean nothing."""

    def __init__(self, lexicon: Lexicon) -> None:
        entries = lexicon.entries
        self.parts: dict[str, Words] = {
            "agency": Words(entries.agencies),
            "rank": Words(entries.ranks),
            "": Words((*entries.agencies, *entries.ranks)),
        }

    def words(self, text: str, part: Part | Literal[""] = "") -> list[str]:
        """At most ten words: those that begin with the text, then those that contain it, then near ones."""
        return list(islice(self.parts[part].like(squeezed(text)), MOST))


class Words:
    """Some entries' words, shortest first."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        entries = tuple(entries)
        told = {
            word: squeezed(word)
            for entry in entries
            for word in entry.words
            if not (entry.filler or FREE_TEXT in word or GRADE_WORD in word)
        }
        self.spelt = sorted(told.items(), key=lambda one: (len(one[1]), one[1]))
        self.vocabulary = Vocabulary(entries)

    def like(self, key: str) -> Iterator[str]:
        if not key:
            return
        found = dict.fromkeys(word for word, spelt in self.spelt if spelt.startswith(key))
        found |= dict.fromkeys(word for word, spelt in self.spelt if key in spelt)
        yield from found
        if len(found) < MOST and len(key) >= NEAR_FROM and not any(map(str.isdigit, key)):
            yield from (word for word in self.vocabulary.near([key]) if word not in found)
