"""Words for somebody who is typing a body or a rank."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.lexicon import Lexicon
from service.web.suggestions import MOST, Suggestions

LEXICON = Lexicon.load()
SUGGESTIONS = Suggestions(LEXICON)


def test_what_begins_with_the_text_comes_first_and_shortest_first() -> None:
    found = SUGGESTIONS.words("세무", "rank")
    assert found[0] == "세무"
    assert all(word.startswith("세무") for word in found)
    assert found == sorted(found, key=lambda word: (len(word), word))


def test_what_contains_the_text_comes_after() -> None:
    found = SUGGESTIONS.words("국세", "agency")
    assert (
        found.index("국세청") < found.index("지방국세청장") if "지방국세청장" in found else "국세청" in found
    )


def test_a_typing_error_is_forgiven() -> None:
    assert SUGGESTIONS.words("총격", "rank") == ["총경"]


def test_spaces_and_case_make_no_difference() -> None:
    assert SUGGESTIONS.words("Senior  Civil") == SUGGESTIONS.words("seniorcivil") != []


@pytest.mark.parametrize("text", ["", " ", "6급", "없는말없는말없는말"])
def test_nothing_is_made_up(text: str) -> None:
    assert SUGGESTIONS.words(text, "rank") == []


def test_patterns_and_words_without_a_meaning_are_no_suggestions() -> None:
    words = {word for part in SUGGESTIONS.parts.values() for word, _ in part.spelt}
    assert not any("…" in word or "{" in word for word in words)
    fillers = {word for entry in LEXICON.entries.ranks if entry.filler for word in entry.words}
    assert fillers.isdisjoint(word for word, _ in SUGGESTIONS.parts["rank"].spelt)


@given(st.text(max_size=12), st.sampled_from(["", "agency", "rank"]))
def test_any_text_gives_at_most_ten_different_words(text: str, part: str) -> None:
    found = SUGGESTIONS.words(text, part)  # type: ignore[arg-type]
    assert len(found) == len(set(found)) <= MOST


@pytest.mark.parametrize("part", ["agency", "rank"])
def test_every_suggestion_is_understood(part: str) -> None:
    for word, _ in SUGGESTIONS.parts[part].spelt:
        read = LEXICON.read(word, "") if part == "agency" else LEXICON.read(None, word)
        assert not read.unknown, word
