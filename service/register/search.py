"""Find institutions of one list by name, by initial consonants, with typing errors or by business number.

An index keeps the normalised names in one text, best first (shorter, then by name), so that a scan may stop
as soon as enough are found. The same text in initial consonants has the same offsets. Typing errors are
counted in letters as typed (자모); candidates come from those three-letter pieces of the query that are rare.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import TypeAlias, TypeVar

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, LCSseq

from service.register.identifiers import digits_of
from service.register.models import Listing
from service.register.names import initials, is_initial, letters, normalise, spread

_PIECE = 3
_CANDIDATES = 2_000
_SHARING = 200
_ALIGNED = 24
_SYLLABLES_ENOUGH = 4
_Key = TypeVar("_Key", str, int)
_Places: TypeAlias = "array[int]"
_Hits: TypeAlias = dict[int, tuple[float, int]]
_Choice: TypeAlias = tuple[int, tuple[str, ...]]
_NOWHERE: _Places = array("I")
_SYLLABLES = re.compile("[^ㄱ-ㆎ]+")


class Why(StrEnum):
    """How a query met a name, best first."""

    BUSINESS_NUMBER = "business_number"
    EXACT = "exact"
    PREFIX = "prefix"
    PART = "part"
    CHOSUNG = "chosung"
    FUZZY = "fuzzy"


@dataclass(frozen=True, slots=True)
class Match:
    """An institution found: score from 0 to 100, why, and how many letters differ (0 but for fuzzy)."""

    listing: Listing
    score: float
    why: Why
    errors: int = 0


class Index:
    """Search over the institutions of one list; 26,000 take 0.3 s to build, 1 to 3 ms to search."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self._listings = sorted(listings, key=lambda one: (len(one.normalised), one.normalised, one.row))
        self._names = names = [one.normalised for one in self._listings]
        self._text = "\n" + "\n".join(names) + "\n"
        self._initials = initials(self._text)
        self._starts = list(accumulate((len(name) + 1 for name in names[:-1]), initial=1)) if names else []
        self._letters = letters(self._text)[1:-1].split("\n") if names else []
        self._by_name = _grouped(names)
        self._by_number = _grouped([one.number or "" for one in self._listings])
        self._by_length = _grouped([len(spelt) for spelt in self._letters])
        self._pieces = _piece_index(self._letters)

    def __len__(self) -> int:
        return len(self._listings)

    def find(self, query: str) -> list[Listing]:
        """The institutions whose name, or business number, is `query`; more than one may share a name."""
        number = digits_of(query.strip())
        found = self._by_number.get(number) if number else self._by_name.get(normalise(query))
        return [self._listings[place] for place in found or ()]

    def search(self, query: str, limit: int = 10) -> list[Match]:
        """At most `limit` matches, best first; none for a query without a letter or digit."""
        if number := digits_of(query.strip()):
            places = self._by_number.get(number, ())
            return [Match(self._listings[place], 100.0, Why.BUSINESS_NUMBER) for place in places[:limit]]
        key = normalise(query)
        if not key or limit < 1:
            return []
        found: dict[int, Match] = {}
        for tier in (self._exact, self._prefix, self._part, self._chosung):
            for place, match in tier(key):
                found.setdefault(place, match)
                if len(found) == limit:
                    return list(found.values())
        if found and any(map(is_initial, key)):
            return list(found.values())
        for place, match in self._fuzzy(key):
            found.setdefault(place, match)
        return list(found.values())[:limit]

    def _exact(self, key: str) -> Iterator[tuple[int, Match]]:
        for place in self._by_name.get(key, ()):
            yield place, Match(self._listings[place], 100.0, Why.EXACT)

    def _prefix(self, key: str) -> Iterator[tuple[int, Match]]:
        for offset in _offsets(self._text, "\n" + key):
            yield self._match(offset + 1, key, 90.0, Why.PREFIX)

    def _part(self, key: str) -> Iterator[tuple[int, Match]]:
        for offset in _offsets(self._text, key):
            yield self._match(offset, key, 80.0, Why.PART)

    def _chosung(self, key: str) -> Iterator[tuple[int, Match]]:
        pattern = spread(key)
        if not any(map(is_initial, pattern)):
            return
        sounds = initials(pattern)
        runs = [(run.start(), run.group()) for run in _SYLLABLES.finditer(pattern)]
        for before, after, base in (("\n", "\n", 75.0), ("\n", "", 70.0)):
            for offset in _offsets(self._initials, before + sounds + after):
                if self._holds(runs, offset + 1):
                    yield self._match(offset + 1, pattern, base, Why.CHOSUNG)
        for offset in self._sounding(sounds, runs):
            if self._holds(runs, offset):
                yield self._match(offset, pattern, 60.0, Why.CHOSUNG)

    def _holds(self, runs: list[tuple[int, str]], offset: int) -> bool:
        return all(self._text.startswith(run, offset + ahead) for ahead, run in runs)

    def _sounding(self, sounds: str, runs: list[tuple[int, str]]) -> Iterator[int]:
        """Where `sounds` occurs, looked for by its longest run of whole syllables where that is rarer."""
        ahead, run = max(runs, key=lambda one: len(one[1]), default=(0, ""))
        if not run or self._text.count(run) > self._initials.count(sounds):
            yield from _offsets(self._initials, sounds)
            return
        for offset in _offsets(self._text, run):
            if offset > ahead and self._initials.startswith(sounds, offset - ahead):
                yield offset - ahead

    def _match(self, offset: int, key: str, base: float, why: Why) -> tuple[int, Match]:
        place = bisect_right(self._starts, offset) - 1
        listing = self._listings[place]
        return place, Match(listing, round(base + 4.9 * len(key) / len(listing.normalised), 2), why)

    def _fuzzy(self, key: str) -> list[tuple[int, Match]]:
        spelt = letters(key)
        errors = _errors_allowed(len(spelt))
        if not errors:
            return []
        rare = self._rare_pieces(spelt, errors + 1)
        if rare is None:
            hits = self._whole(spelt, self._of_length(len(spelt), errors), errors)
        else:
            places = self._holding(rare)
            hits = self._near(spelt, places, errors)
            for place, hit in self._one_syllable_off(key, places).items():
                hits[place] = max(hit, hits.get(place, hit))
        ranked = sorted((-score, place, wrong) for place, (score, wrong) in hits.items())
        return [
            (place, Match(self._listings[place], -score, Why.FUZZY, wrong)) for score, place, wrong in ranked
        ]

    def _of_length(self, length: int, errors: int) -> list[int]:
        lengths = range(length - errors, length + errors + 1)
        return [place for one in lengths for place in self._by_length.get(one, ())]

    def _holding(self, pieces: Iterable[str]) -> list[int]:
        """The names that hold one of `pieces`, those with the rarest first where there are too many."""
        holding: set[int] = set()
        for places in sorted((self._pieces.get(piece, _NOWHERE) for piece in pieces), key=len):
            holding.update(places[: _CANDIDATES - len(holding)])
        return sorted(holding)

    def _rare_pieces(self, spelt: str, wanted: int) -> list[str] | None:
        """The `wanted` pieces of `spelt`, none touching another, that the fewest names hold.

        With one error fewer than pieces at least one of them is right. None where `spelt` is too short.
        """
        nothing: _Choice = (0, ())
        before: list[_Choice | None] = [nothing] * (len(spelt) + 1)
        for _ in range(wanted):
            row: list[_Choice | None] = [None] * (len(spelt) + 1)
            for end in range(_PIECE, len(spelt) + 1):
                piece = spelt[end - _PIECE : end]
                earlier = before[max(0, end - _PIECE - 1)]
                row[end] = row[end - 1]
                if earlier is not None:
                    taken = (earlier[0] + len(self._pieces.get(piece, ())), (*earlier[1], piece))
                    row[end] = min(taken, row[end] or taken)
            before = row
        chosen = before[-1]
        return list(chosen[1]) if chosen else None

    def _whole(self, spelt: str, places: Sequence[int], errors: int) -> _Hits:
        names = [self._letters[place] for place in places]
        found = process.extract(spelt, names, scorer=OSA.distance, score_cutoff=errors, limit=None)
        return {places[index]: (55.0 - 10 * wrong, int(wrong)) for _, wrong, index in found}

    def _one_syllable_off(self, key: str, places: Sequence[int]) -> _Hits:
        if len(key) < _SYLLABLES_ENOUGH:
            return {}
        names = [self._names[place] for place in places]
        shared = process.extract(
            key, names, scorer=LCSseq.similarity, score_cutoff=len(key) - 1, limit=_SHARING
        )
        hits: _Hits = {}
        for name, _, index in shared:
            if OSA.distance(key, name) <= 1:
                hits[places[index]] = (44.0, 1)
            elif any(OSA.distance(key, name[: len(key) + more]) <= 1 for more in (-1, 0, 1)):
                hits[places[index]] = (43.0, 1)
        return hits

    def _near(self, spelt: str, places: Sequence[int], errors: int) -> _Hits:
        names = [self._letters[place] for place in places]
        enough = len(spelt) - errors
        shared = process.extract(spelt, names, scorer=LCSseq.similarity, score_cutoff=enough, limit=_SHARING)
        close = [places[index] for _, _, index in shared]
        hits = self._whole(spelt, close, errors)
        rest = [place for place in close if place not in hits]
        cutoff = 100 * enough / len(spelt) - 0.5
        parts = process.extract(
            spelt,
            [self._letters[place] for place in rest],
            scorer=fuzz.partial_ratio,
            score_cutoff=cutoff,
            limit=_ALIGNED,
        )
        for name, _, index in parts:
            if part := _aligned(spelt, name, errors):
                hits[rest[index]] = part
        return hits


def _grouped(keys: Iterable[_Key]) -> dict[_Key, _Places]:
    groups: dict[_Key, _Places] = {}
    for place, key in enumerate(keys):
        groups.setdefault(key, array("I")).append(place)
    return groups


def _piece_index(spelt_names: Iterable[str]) -> dict[str, _Places]:
    pieces: dict[str, _Places] = {}
    for place, spelt in enumerate(spelt_names):
        for piece in {spelt[start : start + _PIECE] for start in range(len(spelt) - _PIECE + 1)}:
            pieces.setdefault(piece, array("I")).append(place)
    return pieces


def _offsets(text: str, key: str) -> Iterator[int]:
    offset = text.find(key)
    while offset >= 0:
        yield offset
        offset = text.find(key, offset + 1)


def _errors_allowed(length: int) -> int:
    """How many letters may be wrong in a query of `length` letters."""
    if length < 4:
        return 0
    return 1 if length < 3 * _PIECE + 2 else 2


def _aligned(spelt: str, name: str, errors: int) -> tuple[float, int] | None:
    """Score and errors of the part of `name` that is nearest to `spelt`; a part at the start counts more."""
    alignment = fuzz.partial_ratio_alignment(spelt, name)
    if alignment is None:
        return None
    starts = {0, *range(max(0, alignment.dest_start - 1), alignment.dest_start + 2)}
    found = [
        (-wrong, start == 0)
        for start in starts
        for length in range(len(spelt) - errors, len(spelt) + errors + 1)
        if (wrong := OSA.distance(spelt, name[start : start + length], score_cutoff=errors)) <= errors
    ]
    if not found:
        return None
    negative, at_start = max(found)
    share = len(spelt) / max(len(name), len(spelt))
    return round(48.0 + 10 * negative + (2 if at_start else 0) + 2 * share, 2), -negative
