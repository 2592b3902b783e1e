"""The rank lexicon (직급 사전): words for agencies and ranks, read into partial facts about an official.

`Lexicon.load().read("국세청", "세무6급")` gives, for each field of `rules.facts.Official` of which something
is certain, the values that are still possible; one value is exact. A field left out is unknown.

The entries stand in `lexicon.yaml`. An entry says what its words mean as one or several *worlds*, each a
mapping of fields to possible values. Words side by side are joined (both hold), alternatives are put beside
each other, and the agency joins last, so that naming it only narrows.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, field_validator, model_validator
from rapidfuzz import fuzz, process

from engine.documents import read
from engine.errors import InputError
from engine.facts import problems_of
from rules.facts import Official

Value = bool | int | str
World = Mapping[str, frozenset[Value]]
Worlds = tuple[World, ...]
Strands = tuple[Worlds, ...]
Confidence = Literal["V", "P", "I", "U"]

ENTRIES = Path(__file__).with_name("lexicon.yaml")
LONGEST = 200
MOST_STRANDS = 64
NEAR = 65
MISSPELT = 90
FREE_TEXT = "…"
GRADE_WORD = "{급}"
SETTINGS = (
    "ministry foreign agency audit presidential security intelligence prosecution investigation police fire "
    "defence assembly court constitutional_court election local council education university organisation"
)
OWN_FIELDS: Mapping[str, tuple[Value, ...]] = {"setting": tuple(SETTINGS.split()), "named": (False, True)}
PLACE = ("body", "committee")
ORDERED = ("grade", "police_rank", "fire_rank", "military_rank")
BOUNDS = {"이상": True, "orabove": True, "이하": False, "orbelow": False}

_SEPARATOR = re.compile(r"\s*(?:또는|혹은|및|[·,/])\s*|\s+or\s+(?!above|below)", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:~|내지|부터)\s*|(?<=[0-9급])\s*(?:-|to)\s*(?=[0-9])", re.IGNORECASE)
_SPLIT = re.compile(r"(?<![1-9])(?<![1-9]급)·|·(?![1-9])")
_GRADE = r"(?<![0-9])(?:[1-9]급?(?:[·~][1-9]급?)*(?<=급)|grades?[1-9](?:[·~][1-9])*(?![0-9급]))"
_LIKENESS = str.maketrans({**dict.fromkeys("ㆍ・‧•∙⋅", "·"), **dict.fromkeys("–—−∼〜～", "~")})
_BRACKETS = str.maketrans("[{<〔【「『〈《]}>〕】」』〉》", "(" * 9 + ")" * 9)


@cache
def domain(field: str) -> tuple[Value, ...]:
    """The values a field can have, in order; empty for a field that the lexicon cannot speak of."""
    if field in OWN_FIELDS:
        return OWN_FIELDS[field]
    if field == "grade":
        return tuple(range(1, 10))
    known = Official.domains().get(field)
    if known is None or known.kind not in {"bool", "enum"}:
        return ()
    return (False, True) if known.kind == "bool" else known.options


def _world(raw: Any) -> World:
    if not isinstance(raw, dict):
        raise ValueError("Facts are a mapping of fields to values")
    return {str(field): _values(str(field), said) for field, said in raw.items()}


def _values(field: str, said: Any) -> frozenset[Value]:
    every = domain(field)
    excluded = isinstance(said, dict) and set(said) == {"not"}
    listed = said["not"] if excluded else said
    values = frozenset(listed if isinstance(listed, list) else [listed])
    strange = values - frozenset(every)
    if not every:
        raise ValueError(f"{field} is not a field of an official that words can tell")
    if strange or not values:
        raise ValueError(f"{field} cannot be {', '.join(map(str, strange)) or 'empty'}; it is one of {every}")
    return frozenset(every) - values if excluded else values


def _worlds(raw: Any) -> Worlds:
    return tuple(_world(one) for one in (raw if isinstance(raw, list) else [raw]))


WorldData = Annotated[Any, BeforeValidator(_world)]
WorldsData = Annotated[Any, BeforeValidator(_worlds)]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(_Data):
    """Words that mean the same. `…` stands for free text, `{급}` for a grade; a filler says nothing."""

    words: tuple[str, ...]
    facts: WorldsData = ({},)
    source: str
    confidence: Confidence = "V"
    filler: bool = False

    @field_validator("words", mode="before")
    @classmethod
    def _list(cls, raw: Any) -> Any:
        return raw.split() if isinstance(raw, str) else raw


class Consequence(_Data):
    """What follows for an official of whom `when` is certain."""

    when: WorldData
    then: WorldData
    source: str
    confidence: Confidence = "V"


class Remedies(_Data):
    """What a person is told to do, by language: about unknown words, and a rank at odds with its agency."""

    unknown: dict[str, str]
    at_odds: dict[str, str]


class Entries(_Data):
    """The whole of `lexicon.yaml`. `preferred` picks among the worlds of a rank where that leaves any."""

    remedies: Remedies
    preferred: WorldData
    consequences: tuple[Consequence, ...]
    agencies: tuple[Entry, ...]
    ranks: tuple[Entry, ...]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        for entries in (self.agencies, self.ranks):
            seen: set[str] = set()
            for word in chain.from_iterable(entry.words for entry in entries):
                if squeezed(word) in seen:
                    raise ValueError(f"The word {word!r} stands in two entries; keep one")
                seen.add(squeezed(word))
        return self


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a reading says what it says: the words understood and where their meaning comes from."""

    part: Literal["agency", "rank", "law"]
    words: str
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Reading:
    """What agency and rank say of an official.

    `facts` has the fields of which something is certain, each with the values still possible. `unknown` are
    the parts that were not understood, `suggestions` known words near to them. `remedy` says, by language,
    what to do about them, or about an agency that does not usually have the rank; else it is empty.
    """

    facts: dict[str, list[Value]]
    explanations: list[Explanation]
    unknown: list[str]
    suggestions: list[str]
    remedy: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    worlds: Worlds
    entry: Entry | None = None


class Lexicon:
    """The entries, ready to read words."""

    def __init__(self, entries: Entries) -> None:
        self.entries = entries
        self._agencies = Vocabulary(entries.agencies)
        self._ranks = Vocabulary(entries.ranks)

    @classmethod
    def load(cls, path: Path = ENTRIES) -> "Lexicon":
        """Load the entries. Raises InputError with file, line and remedy for any that cannot be used."""
        document = read(path)
        try:
            return cls(Entries.model_validate(document.data))
        except ValidationError as error:
            raise InputError(problems_of(error, Entries, document)) from None

    def read(self, agency: str | None, rank: str) -> Reading:
        """Read the words for an agency (소속) and a rank or post (직위·직급). Any text is allowed."""
        notes = _Notes()
        strands = _RankReader(self._ranks, notes).read(rank)
        held = distinct(list(chain.from_iterable(map(self._preferred, strands))))
        at_odds = False
        if agency and agency.strip():
            held, at_odds = self._at(self._agency(agency, notes), held)
        unknown = [*notes.unknown_agencies, *notes.unknown_ranks]
        remedies = self.entries.remedies
        return Reading(
            facts=facts_of(held),
            explanations=[*notes.explanations, *self._followed(held)],
            unknown=unknown,
            suggestions=[
                *self._agencies.near(notes.unknown_agencies),
                *self._ranks.near(notes.unknown_ranks),
            ],
            remedy=remedies.unknown if unknown else remedies.at_odds if at_odds else {},
        )

    def _preferred(self, strand: Worlds) -> Worlds:
        every = self._consequent(strand)
        return self._consequent(join(every, (self.entries.preferred,))) or every or ({},)

    def _at(self, agency: Worlds, held: Worlds) -> tuple[Worlds, bool]:
        """The worlds of a rank at an agency; where the two are at odds, the rank's own word is followed."""
        if both := self._consequent(join(held, agency)):
            return both, False
        place = tuple({field: world[field] for field in PLACE if field in world} for world in agency)
        return self._consequent(join(held, place)) or held, True

    def _agency(self, text: str, notes: "_Notes") -> Worlds:
        plain_text = re.sub(r"\(주\)|주식회사", " ", normal(text))
        found = self._agency_tokens(plain_text, notes)
        notes.explain("agency", found)
        together: Worlds = ({},)
        for token in found:
            together = self._consequent(join(together, token.worlds)) or (*together, *token.worlds)
        return together

    def _agency_tokens(self, text: str, notes: "_Notes") -> list[_Token]:
        """The agency as one name or, failing that, as the names between brackets and spaces."""
        pieces = [piece for piece in re.split(r"[()\s]+", text) if piece]
        named = [self._agencies.plain(piece) for piece in (text, *pieces)]
        if named[0] or all(named[1:]):
            return [token for token in (named[:1] if named[0] else named[1:]) if token]
        if whole := self._agencies.exact(text):
            return [whole]
        found = [(piece, self._agencies.exact(piece)) for piece in pieces]
        notes.unknown_agencies.extend(piece for piece, token in found if not token)
        return [token for _, token in found if token]

    def _consequent(self, worlds: Worlds) -> Worlds:
        """What follows in each world, taken apart by service, in the order of the consequences."""
        kept = (self._conclude(one) for world in worlds for one in apart(world, "service"))
        return distinct([world for world in kept if world is not None])

    def _conclude(self, world: World) -> World | None:
        current: World | None = world
        for rule in self.entries.consequences:
            if current is not None and within(current, rule.when):
                current = meet(current, rule.then)
        return current

    def _followed(self, worlds: Worlds) -> list[Explanation]:
        return [
            Explanation(
                "law", f"{', '.join(rule.when)} -> {', '.join(rule.then)}", rule.source, rule.confidence
            )
            for rule in self.entries.consequences
            if worlds and all(within(world, rule.when) for world in worlds)
        ]


class Vocabulary:
    """The words of some entries, found in text that is squeezed (lower case, no spaces)."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        pairs = [(word, entry) for entry in entries for word in entry.words]
        self._plain = {squeezed(word): entry for word, entry in pairs if not _is_pattern(word)}
        self._patterns = [(_pattern(word), entry) for word, entry in pairs if _is_pattern(word)]
        self._letters = {
            word: _letters(squeezed(word)) for word, entry in pairs if not (entry.filler or _is_pattern(word))
        }
        self._longest = max(map(len, self._plain), default=0)

    def plain(self, text: str) -> _Token | None:
        """The entry of which `text` is one of the words."""
        word = squeezed(text).replace("(", "").replace(")", "")
        return _token(word, self._plain[word]) if word in self._plain else None

    def exact(self, text: str) -> _Token | None:
        """The entry whose words are the whole of `text`; of patterns the one with the least free text."""
        word = squeezed(text).replace("(", "").replace(")", "")
        matches = [(match, entry) for pattern, entry in self._patterns if (match := pattern.fullmatch(word))]
        fitting = min(matches, key=lambda found: _free(found[0]), default=None)
        if fitting and not self._misspelt(word):
            return self.plain(text) or _token(word, fitting[1])
        return self.plain(text)

    def _misspelt(self, word: str) -> bool:
        """Whether the word is so near to a known one that it may well be meant."""
        return bool(
            process.extractOne(_letters(word), self._letters, scorer=fuzz.ratio, score_cutoff=MISSPELT)
        )

    def cover(self, text: str) -> list[_Token] | None:
        """The whole of `text` as words of this vocabulary, with the least free text and the fewest words."""
        best: list[tuple[int, int, list[_Token]] | None] = [(0, 0, []), *[None] * len(text)]
        for start in range(len(text)):
            reached = best[start]
            if reached is None:
                continue
            for token, free in self._starting(text, start):
                end = start + len(token.text)
                offer = (reached[0] + free, reached[1] + 1, [*reached[2], token])
                current = best[end]
                if current is None or offer[:2] < current[:2]:
                    best[end] = offer
        final = best[-1]
        return final[2] if final else None

    def _starting(self, text: str, start: int) -> Iterator[tuple[_Token, int]]:
        for end in range(start + 1, min(len(text), start + self._longest) + 1):
            word = text[start:end]
            if word in self._plain:
                yield _token(word, self._plain[word]), 0
        for bound in BOUNDS:
            if text.startswith(bound, start):
                yield _Token(bound, ({},)), 0
        for pattern, entry in self._patterns:
            if match := pattern.match(text, start):
                yield _token(match.group(), entry, match.groupdict().get("grade", "")), _free(match)

    def near(self, words: Iterable[str]) -> list[str]:
        """Known words near to `words`, compared letter by letter (자모)."""
        asked = [_letters(squeezed(word)) for word in words]
        found = chain.from_iterable(
            process.extract(word, self._letters, scorer=fuzz.ratio, score_cutoff=NEAR, limit=3)
            for word in asked
        )
        return list(dict.fromkeys(str(match[2]) for match in found))


class _Notes:
    """What is noted while reading."""

    def __init__(self) -> None:
        self.explanations: list[Explanation] = []
        self.unknown_agencies: list[str] = []
        self.unknown_ranks: list[str] = []

    @property
    def any_rank(self) -> bool:
        return bool(self.unknown_ranks) or any(said.part == "rank" for said in self.explanations)

    def explain(self, part: Literal["agency", "rank"], tokens: Iterable[_Token]) -> None:
        for token in tokens:
            if token.entry and not token.entry.filler:
                said = Explanation(part, token.text, token.entry.source, token.entry.confidence)
                if said not in self.explanations:
                    self.explanations.append(said)


class _RankReader:
    """Reads the words for a rank: alternatives, each of words and brackets that hold together."""

    def __init__(self, vocabulary: Vocabulary, notes: _Notes) -> None:
        self._vocabulary = vocabulary
        self._notes = notes

    def read(self, text: str) -> Strands:
        shown = normal(text)
        if len(shown) > LONGEST:
            return (self._unknown(shown[:LONGEST]),)
        words = _RANGE.sub("~", _SEPARATOR.sub("·", shown))
        strands = self._alternatives(re.split(r"([()])", words))
        if not strands or (shown and not self._notes.any_rank):
            return (self._unknown(shown),)
        return strands

    def _alternatives(self, parts: list[str]) -> Strands:
        """Read up to the closing bracket, taking what is read off `parts`; nothing if words contradict."""
        offers: list[Strands | None] = [None]
        while parts and (part := parts.pop(0)) != ")":
            if part == "(":
                offers[-1] = crossed(offers[-1], self._alternatives(parts))
                continue
            for index, words in enumerate(_SPLIT.split(part)):
                if index:
                    offers.append(None)
                if words.strip():
                    offers[-1] = crossed(offers[-1], (self._words(words),))
        said = [offer for offer in offers if offer is not None]
        return tuple(chain.from_iterable(said or [(({},),)])) if all(said) else ()

    def _words(self, text: str) -> Worlds:
        held: Worlds = ({},)
        for piece in [text] if self._cover(text) is not None else text.split():
            tokens = self._cover(piece)
            self._notes.explain("rank", tokens or [])
            held = join(held, self._unknown(piece) if tokens is None else self._meaning(tokens))
        return held

    def _cover(self, text: str) -> list[_Token] | None:
        return self._vocabulary.cover(squeezed(text))

    def _meaning(self, tokens: list[_Token]) -> Worlds:
        held: Worlds = ({},)
        last: Worlds = ({},)
        for token in tokens:
            if token.text in BOUNDS:
                last = tuple(_extended(world, up=BOUNDS[token.text]) for world in last)
            else:
                held, last = join(held, last), token.worlds
        return join(held, last)

    def _unknown(self, text: str) -> Worlds:
        if text.strip() not in self._notes.unknown_ranks:
            self._notes.unknown_ranks.append(text.strip())
        return ({},)


def normal(text: str) -> str:
    """One spelling for what looks alike: full width, middle dots, dashes, brackets, spaces."""
    alike = unicodedata.normalize("NFKC", text.translate(_LIKENESS)).translate(_LIKENESS).translate(_BRACKETS)
    return " ".join(alike.replace("(상당)", "상당").split())


def squeezed(text: str) -> str:
    return "".join(normal(text).split()).lower()


def join(first: Worlds, second: Worlds) -> Worlds:
    """The worlds in which both hold."""
    met = (meet(one, other) for one in first for other in second)
    return distinct([world for world in met if world is not None])


def crossed(first: Strands | None, second: Strands) -> Strands:
    """Every way in which one of the first and one of the second hold together; none if there are too many."""
    if first is None:
        return second
    pairs = [(one, other) for one in first for other in second]
    joined = (join(one, other) for one, other in pairs) if len(pairs) <= MOST_STRANDS else ()
    return tuple(worlds for worlds in joined if worlds)


def meet(one: World, other: World) -> World | None:
    both = {**one, **{field: one.get(field, values) & values for field, values in other.items()}}
    return both if all(both.values()) else None


def within(world: World, bounds: World) -> bool:
    return all(field in world and world[field] <= bounds[field] for field in bounds)


def apart(world: World, field: str) -> Iterator[World]:
    """The world once for each value that the field may have; as it is where nothing is said of the field."""
    values = world.get(field)
    yield from ({**world, field: frozenset([value])} for value in values) if values else (world,)


def distinct(worlds: Sequence[World]) -> Worlds:
    return tuple({frozenset(world.items()): world for world in worlds}.values())


def facts_of(worlds: Worlds) -> dict[str, list[Value]]:
    """The fields of `Official` that every world speaks of, where not every value is possible."""
    if not worlds:
        return {}
    shared = set.intersection(*(set(world) for world in worlds))
    facts: dict[str, list[Value]] = {}
    for field in Official.domains():
        if field in shared:
            possible = frozenset[Value]().union(*(world[field] for world in worlds))
            if len(possible) < len(domain(field)):
                facts[field] = [value for value in domain(field) if value in possible]
    return facts


def _extended(world: World, *, up: bool) -> World:
    return {
        field: _reach(field, values, up=up) if field in ORDERED else values for field, values in world.items()
    }


def _reach(field: str, values: frozenset[Value], *, up: bool) -> frozenset[Value]:
    every = domain(field)
    places = [every.index(value) for value in values]
    towards_start = up is (field == "grade")
    return frozenset(every[: max(places) + 1] if towards_start else every[min(places) :])


def _token(text: str, entry: Entry, grade: str = "") -> _Token:
    worlds: Worlds = entry.facts
    return _Token(text, join(worlds, ({"grade": _grades(grade)},)) if grade else worlds, entry)


def _grades(text: str) -> frozenset[Value]:
    digits = [int(digit) for digit in re.findall(r"[1-9]", text)]
    return frozenset(range(min(digits), max(digits) + 1) if "~" in text else digits)


def _free(match: re.Match[str]) -> int:
    return len(match.groupdict().get("free", ""))


def _is_pattern(word: str) -> bool:
    return FREE_TEXT in word or GRADE_WORD in word


def _pattern(word: str) -> re.Pattern[str]:
    special = {FREE_TEXT: "(?P<free>[^\\W_]{1,30}?)", GRADE_WORD: f"(?P<grade>{_GRADE})"}
    parts = re.split(f"({FREE_TEXT}|{GRADE_WORD})", word)
    return re.compile("".join(special.get(part) or re.escape(part.lower()) for part in parts))


def _letters(word: str) -> str:
    return unicodedata.normalize("NFD", word)
