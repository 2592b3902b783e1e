"""Synthetic employment cases by the million: as columns of whole numbers, and as the case objects of a few.

Every case is made up; the shares of services, ranks and employers are plausible, not measured. The same
variant gives the same cases, whatever their number: cases are drawn in chunks with a seed of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.facts import Fact, Listed, Section
from engine.rulebook import Rulebook
from engine.values import UNKNOWN, Domain, Known, exactly, from_number, to_number
from rules.facts import Body, Category, EmployerKind, EmploymentCase, Occupation, Service

Numbers = NDArray[Any]
Flags = NDArray[np.bool_]
Columns = dict[str, Numbers]
Draw = np.random.Generator

CHUNK = 50_000
BODIES, UNITS, FIRMS = 200, 60, 5_000
_UNIX = date(1970, 1, 1).toordinal()
_SIZES = {
    "bool": np.int8,
    "enum": np.int8,
    "int": np.int16,
    "date": np.int32,
    "text": np.int32,
    "won": np.int64,
}


@dataclass(frozen=True)
class Variant:
    """When the officials retire, and the share of values and of whole lists that are not known.

    `turns` are days near which many retire and start, with all options alike: for finding differences.
    """

    name: str
    first: date
    last: date
    unknown: float = 0.0
    turns: tuple[int, ...] = ()


HISTORY = Variant("retired 2001 to 2026", date(2001, 1, 1), date(2026, 12, 31))
RECENT = Variant("retired in the last three years", date(2024, 1, 1), date(2026, 12, 31))
PARTLY = replace(HISTORY, name="one value in fifty unknown", unknown=0.02)


def turning(rulebook: Rulebook) -> Variant:
    """Cases around the days on which the law changes, with all options alike."""
    ends = {day for rule in rulebook.rules for day in rule.period.numbers}
    earliest, latest = HISTORY.first.toordinal(), HISTORY.last.toordinal()
    turns = tuple(sorted(day for day in ends if earliest < day < latest))
    return replace(HISTORY, name="around the days on which the law changes", turns=turns)


@dataclass(frozen=True)
class Facts:
    """The facts of one type: the case of each, its values by column, and which values are known (or all)."""

    case_no: Numbers
    values: Mapping[str, Numbers]
    known: Mapping[str, Flags]

    def __len__(self) -> int:
        return len(self.case_no)


@dataclass(frozen=True)
class Population:
    """Cases numbered from `first`: facts by type, and for each listed type whether a case has all of them."""

    first: int
    count: int
    facts: Mapping[str, Facts]
    complete: Mapping[str, Flags]


def population(variant: Variant, count: int) -> Population:
    """All the cases at once."""
    parts = list(chunks(variant, count))
    return Population(
        0,
        count,
        {name: _joined([part.facts[name] for part in parts]) for name in parts[0].facts},
        {name: np.concatenate([part.complete[name] for part in parts]) for name in parts[0].complete},
    )


def chunks(variant: Variant, count: int) -> Iterator[Population]:
    """The cases in parts of at most `CHUNK`."""
    for number, first in enumerate(range(0, count, CHUNK)):
        whole = _Chunk(variant, number).population()
        yield whole if count - first >= CHUNK else _cut(whole, count - first)


def cases(people: Population) -> list[EmploymentCase]:
    """The same cases as objects, for executors that take one at a time."""
    found: list[dict[str, Any]] = [{} for _ in range(people.count)]
    for name, section in EmploymentCase.sections().items():
        facts = people.facts[name]
        items: list[list[Fact]] = [[] for _ in found]
        for number, item in zip(facts.case_no - people.first, _objects(section, facts), strict=True):
            items[number].append(item)
        for number, parts in enumerate(found):
            parts[section.name] = (
                Listed(complete=bool(people.complete[name][number]), items=tuple(items[number]))
                if section.listed
                else items[number][0]
            )
    return [EmploymentCase.model_construct(**parts) for parts in found]


def columns(known: Sequence[EmploymentCase]) -> Population:
    """Fully known cases, of case files say, as columns."""
    texts: dict[str, int] = {}
    facts = {}
    for name, section in EmploymentCase.sections().items():
        owned = [(number, fact) for number, case in enumerate(known) for fact in case.facts(section)]
        values = {
            field: np.array(
                [_number(getattr(fact, field), domain, texts) for _, fact in owned], dtype=_SIZES[domain.kind]
            )
            for field, domain in section.fact.domains().items()
        }
        facts[name] = Facts(np.array([number for number, _ in owned], dtype=np.int32), values, {})
    everything = np.ones(len(known), dtype=np.bool_)
    complete = {name: everything for name, section in EmploymentCase.sections().items() if section.listed}
    return Population(0, len(known), facts, complete)


def _number(value: Known[Any], domain: Domain, texts: dict[str, int]) -> int:
    (option,) = value.options
    return texts.setdefault(option, len(texts)) if domain.kind == "text" else to_number(option, domain)


def text_of(name: str, number: int) -> str:
    """The text that a number stands for: of a body, a unit or a firm."""
    kind = "기업" if name == "name" else "과" if "unit" in name else "기관"
    return f"{kind} {number}"


def _objects(section: Section, facts: Facts) -> Iterator[Fact]:
    columns = {name: list(_known(name, domain, facts)) for name, domain in section.fact.domains().items()}
    for values in zip(*columns.values(), strict=True):
        yield section.fact.model_construct(**dict(zip(columns, values, strict=True)))


def _known(name: str, domain: Domain, facts: Facts) -> Iterator[Any]:
    flags = facts.known.get(name)
    for place, number in enumerate(facts.values[name].tolist()):
        if flags is not None and not flags[place]:
            yield UNKNOWN
        else:
            yield exactly(text_of(name, number) if domain.kind == "text" else from_number(number, domain))


def _joined(parts: Sequence[Facts]) -> Facts:
    one = parts[0]
    return Facts(
        np.concatenate([part.case_no for part in parts]),
        {name: np.concatenate([part.values[name] for part in parts]) for name in one.values},
        {name: np.concatenate([part.known[name] for part in parts]) for name in one.known},
    )


def _cut(people: Population, count: int) -> Population:
    facts = {}
    for name, part in people.facts.items():
        end = int(np.searchsorted(part.case_no, people.first + count))
        values = {column: numbers[:end] for column, numbers in part.values.items()}
        known = {column: flags[:end] for column, flags in part.known.items()}
        facts[name] = Facts(part.case_no[:end], values, known)
    return Population(
        people.first, count, facts, {name: flags[:count] for name, flags in people.complete.items()}
    )


def _shares(options: type[StrEnum], shares: Mapping[Any, float]) -> Numbers:
    """How likely each option is: those named so, the rest alike."""
    rest = (1 - sum(shares.values())) / max(1, len(options) - len(shares))
    return np.array([shares.get(option, rest) for option in options])


_SERVICES = _shares(
    Service,
    {
        Service.GENERAL: 0.42,
        Service.POLICE: 0.12,
        Service.ORGANISATION: 0.13,
        Service.MILITARY: 0.08,
        Service.FIRE: 0.04,
        Service.SPECIAL: 0.05,
        Service.RESEARCH_GUIDANCE: 0.03,
    },
)
_BODIES = _shares(Body, {Body.OTHER: 0.35})
_KINDS = _shares(EmployerKind, {EmployerKind.COMPANY: 0.5, EmployerKind.ASSOCIATION: 0.1})
_OCCUPATIONS = _shares(Occupation, {Occupation.MANAGER: 0.4, Occupation.PROFESSIONAL: 0.3})
_CATEGORIES = _shares(Category, {Category.CONTRACT: 0.2, Category.NONE: 0.1})


class _Chunk:
    def __init__(self, variant: Variant, number: int) -> None:
        self.variant = variant
        self.first = number * CHUNK
        self.draw: Draw = np.random.default_rng([2_001, number])
        self.numbers = np.arange(CHUNK, dtype=np.int32)
        earliest, latest = variant.first.toordinal(), variant.last.toordinal()
        self.retired = self._near(self.draw.integers(earliest, latest, CHUNK, endpoint=True))
        self.start = np.maximum(self.retired, self._near(self._start()))
        self.body = self.draw.integers(0, BODIES, CHUNK)
        self.unit = self.draw.integers(0, UNITS, CHUNK)

    def population(self) -> Population:
        drawn = {
            "official": (self.numbers, self._official()),
            "engagement": (self.numbers, self._engagement()),
            "employer": (self.numbers, self._employer()),
            "posting": self._postings(),
            "direction": self._directions(),
            "subordination": self._subordinations(),
            "work": self._works(),
            "decision": self._decisions(),
            "act": self._acts(),
            "check": self._checks(),
        }
        sections = EmploymentCase.sections()
        facts = {name: self._facts(sections[name], *drawn[name]) for name in sections}
        complete = {name: self._known(CHUNK) for name, section in sections.items() if section.listed}
        return Population(self.first, CHUNK, facts, complete)

    def _facts(self, section: Section, owners: Numbers, columns: Columns) -> Facts:
        values, known = {}, {}
        for name, domain in section.fact.domains().items():
            values[name] = (
                columns[name] if name in columns else self._chance(0.1, len(owners))
            ).astype(_SIZES[domain.kind])  # fmt: skip
            if self.variant.unknown:
                known[name] = self._known(len(owners))
        return Facts(owners + self.first, values, known)

    def _known(self, size: int) -> Flags:
        if not self.variant.unknown:
            return np.ones(size, dtype=np.bool_)
        return self.draw.random(size) >= self.variant.unknown

    def _near(self, days: Numbers) -> Numbers:
        """Every second day put near one of the turns."""
        if not self.variant.turns:
            return days
        turned = self.draw.choice(self.variant.turns, CHUNK) + self.draw.integers(-1, 2, CHUNK)
        return np.where(self.draw.random(CHUNK) < 0.5, turned, days)

    def _chance(self, share: float, size: int = CHUNK) -> Numbers:
        if self.variant.turns and share < 0.5:
            share = 0.4
        return (self.draw.random(size) < share).astype(np.int8)

    def _pick(self, shares: Sequence[float] | Numbers, size: int = CHUNK) -> Numbers:
        weights = np.asarray(shares, dtype=float)
        if self.variant.turns:
            weights = (weights > 0).astype(float)
        return np.searchsorted(np.cumsum(weights) / weights.sum(), self.draw.random(size), side="right")

    def _owners(self, shares: Sequence[float]) -> Numbers:
        """The case of each fact of a list, where a case has 0, 1, 2... of them with the given shares."""
        return np.repeat(self.numbers, self._pick(shares))

    def _start(self) -> Numbers:
        """Some days after the retirement; now and then on a day around the end of two or three years."""
        day = self.retired + (self.draw.random(CHUNK) ** 2 * 1_600).astype(np.int64)
        around = moved(self.retired, 12 * self.draw.integers(2, 4, CHUNK)) + self.draw.integers(-1, 2, CHUNK)
        return np.where(self.draw.random(CHUNK) < 0.06, around, day)

    def _official(self) -> Columns:
        return {
            "retired_on": self.retired,
            "service": self._pick(_SERVICES),
            "senior_civil_service": self._chance(0.07),
            "grade": 1 + self._pick([4, 7, 12, 20, 22, 18, 10, 4, 3]),
            "diplomat_post_grade": self.draw.integers(1, 15, CHUNK),
            "police_rank": self._pick([3, 5, 14, 22, 26, 14, 9, 4, 1.5, 1, 0.5]),
            "fire_rank": self._pick([3, 5, 14, 22, 26, 14, 9, 4, 1.5, 1, 0.5]),
            "military_rank": self._pick([20, 30, 35, 7, 4, 3, 1]),
            "body": self._pick(_BODIES),
            "committee": self._pick([70, 2, 2, 1, 1, 12, 9, 3]),
            "executive": self._chance(0.3),
            "window_suspended": self._chance(0.02),
            "window_until": self.retired + self.draw.integers(700, 2_000, CHUNK),
            "head_is_central": self._chance(0.5),
        }

    def _engagement(self) -> Columns:
        return {
            "start_on": self.start,
            "filed_on": self.start - self.draw.integers(0, 60, CHUNK),
            "role": self._pick([10, 5, 85]),
            "duty": self._pick([94, 2, 2, 2]),
            "occupation": self._pick(_OCCUPATIONS),
            "handles_or_advises": self._chance(0.95),
            "paid": self._chance(0.95),
            "periodic": self._chance(0.95),
            "own_business": self._chance(0.03),
        }

    def _employer(self) -> Columns:
        return {
            "name": self.draw.integers(0, FIRMS, CHUNK),
            "kind": self._pick(_KINDS),
            "listed": self._chance(0.7),
            "succession": self._pick([94, 2, 2, 2]),
            "university": self._chance(0.5),
            "listed_member": self._chance(0.4),
            "capital": (10 ** (7 + 4 * self.draw.random(CHUNK))).astype(np.int64),
            "turnover": (10 ** (8 + 4 * self.draw.random(CHUNK))).astype(np.int64),
            "base_assets": (10 ** (9 + 2 * self.draw.random(CHUNK))).astype(np.int64),
        }

    def _bodies(self, owners: Numbers) -> Numbers:
        return (self.body[owners] + self._pick([70, 20, 10], len(owners))) % BODIES

    def _units(self, owners: Numbers) -> Numbers:
        return (self.unit[owners] + self._pick([45, 25, 15, 15], len(owners))) % UNITS

    def _before(self, owners: Numbers, days: int) -> Numbers:
        return self.retired[owners] - self.draw.integers(0, days, len(owners))

    def _postings(self) -> tuple[Numbers, Columns]:
        owners = self._owners([0, 45, 30, 15, 10])
        size = len(owners)
        newest = np.r_[True, owners[1:] != owners[:-1]]
        ended = np.where(newest, self.retired[owners], self._before(owners, 3_000))
        return owners, {
            "body": self._bodies(owners),
            "unit": self._units(owners),
            "above_section_head": self._chance(0.3, size),
            "from_on": ended - self.draw.integers(200, 900, size),
            "to_on": ended,
            "seconded": self._chance(0.12, size),
            "host_body": self._bodies(owners),
            "host_unit": self._units(owners),
        }

    def _directions(self) -> tuple[Numbers, Columns]:
        owners = self._owners([65, 20, 10, 5])
        return owners, {"by_unit": self._units(owners), "unit": self._units(owners)}

    def _subordinations(self) -> tuple[Numbers, Columns]:
        owners = self._owners([75, 15, 10])
        return owners, {"body": self._bodies(owners), "under": self._bodies(owners)}

    def _works(self) -> tuple[Numbers, Columns]:
        owners = self._owners([35, 30, 20, 10, 5])
        size = len(owners)
        return owners, {
            "category": self._pick(_CATEGORIES, size),
            "body": self._bodies(owners),
            "unit": self._units(owners),
            "last_on": self._before(owners, 2_900),
            "toward_employer": self._chance(0.7, size),
            "handled": self._chance(0.4, size),
            "firm_served": self._chance(0.3, size),
        }

    def _decisions(self) -> tuple[Numbers, Columns]:
        owners = self._owners([70, 30])
        size = len(owners)
        decided = self.start[owners] + self.draw.integers(-40, 40, size)
        return owners, {
            "kind": self._pick([50, 15, 25, 8, 2], size),
            "decided_on": decided,
            "known_on": decided + self.draw.integers(1, 700, size),
        }

    def _acts(self) -> tuple[Numbers, Columns]:
        owners = self._owners([95, 5])
        size = len(owners)
        acted = self.start[owners] + self.draw.integers(0, 900, size)
        return owners, {
            "kind": self.draw.integers(0, 11, size),
            "acted_on": acted,
            "sanctioned_on": acted + self.draw.integers(10, 900, size),
        }

    def _checks(self) -> tuple[Numbers, Columns]:
        owners = self._owners([80, 20])
        return owners, {"checked_on": self.start[owners] + self.draw.integers(0, 900, len(owners))}


def moved(days: Numbers, months: Numbers | int) -> Numbers:
    """Day numbers moved by months: the day of the month is kept, or its last taken where there is none."""
    day = (np.asarray(days) - _UNIX).astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    target = month + np.asarray(months)
    last = (target + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    kept = np.minimum(target.astype("datetime64[D]") + (day - month.astype("datetime64[D]")), last)
    numbers: Numbers = kept.astype(np.int64) + _UNIX
    return numbers
