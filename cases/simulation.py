"""What changes of the law did to made-up people: who must file, and who is held to the agency standard.

A simulation. It says nothing of how many are found ineligible: that turns on work that is not made up here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import islice
from typing import Literal

from cases.difference import fired
from cases.population import NO_SIZE_TEST, Employer, Person, Traits, model, people, person
from cases.replay import resting_on
from engine.difference import compare
from engine.worlds import Answer, answer
from rules.compare import law_on
from rules.law import Law

MOST = 20
THRESHOLDS, SERVICES, THREE_YEARS = date(2014, 6, 25), date(2014, 12, 30), date(2015, 3, 31)
FIRST = THRESHOLDS - timedelta(days=1)
DAYS = (FIRST, THRESHOLDS, SERVICES, THREE_YEARS)
ASKED = {"filing": ("duty", "likely_listed"), "standard": ("standard",)}
Question = Literal["filing", "standard"]


@dataclass(frozen=True)
class Finding:
    """What a law says of a person: must they file, by which standard are they judged, which rules fired."""

    must_file: bool
    agency_standard: bool
    fired: frozenset[str]

    @property
    def held(self) -> bool:
        """Whether the person must file and is judged by the work of the whole agency."""
        return self.must_file and self.agency_standard

    def says(self, question: Question) -> bool:
        return self.must_file if question == "filing" else self.held


@dataclass
class Desk:
    """Answers people under one law; with a `day` as if each started on it, else on their own days."""

    law: Law
    day: date | None = None
    known: dict[tuple[Traits, date], Finding] = field(default_factory=dict)
    lists: dict[tuple[Employer, date], bool] = field(default_factory=dict)

    def finding(self, one: Person) -> Finding:
        key = one.traits, self.day or one.start_on
        if key not in self.known:
            self.known[key] = self._answered(*key)
        return self.known[key]

    def listed(self, traits: Traits, start_on: date) -> bool:
        """Whether the list of a day has an employer: where it meets the size test, or its kind has none."""
        employer = traits.employer
        if employer.kind in NO_SIZE_TEST:
            return True
        key = employer, start_on
        if key not in self.lists:
            found = answer(self.law.executor, traits.case(start_on, listed=False))
            self.lists[key] = any(found.base.conclusions.of("likely_listed"))
        return self.lists[key]

    def _answered(self, traits: Traits, start_on: date) -> Finding:
        found = answer(self.law.executor, traits.case(start_on, self.listed(traits, start_on)))
        return Finding(
            must_file=self._concludes(found, "duty", "confirmation_or_approval"),
            agency_standard=self._concludes(found, "standard", "institution"),
            fired=frozenset(name for name, certain in fired(found).items() if certain),
        )

    def _concludes(self, found: Answer, predicate: str, kind: str) -> bool:
        rulebook = self.law.rulebook
        return any(
            row.certain and rulebook.label(predicate, "kind", dict(arguments)["kind"][0]) == kind
            for (_, arguments), row in found.base.conclusions.of(predicate)
        )


@dataclass(frozen=True)
class Tally:
    """Of so many people: those who must file, and those of them who are held to the agency standard."""

    people: int
    must_file: int
    held: int

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> "Tally":
        return cls(len(findings), sum(one.must_file for one in findings), sum(one.held for one in findings))


@dataclass(frozen=True)
class RuleCount:
    """A changed rule, the law in which it fires, and for how many people it changes the answer."""

    rule: str
    law: Literal["old", "new"]
    people: int


@dataclass(frozen=True)
class Turn:
    """How one question is answered otherwise: how many begin and cease, and by which changed rules."""

    begin: int
    cease: int
    rules: tuple[RuleCount, ...]


@dataclass(frozen=True)
class Effect:
    """What one change did to the people of all years, and of each year (before, after)."""

    name: str
    before: Tally
    after: Tally
    filing: Turn
    standard: Turn
    years: Mapping[int, tuple[Tally, Tally]]


@dataclass(frozen=True)
class Year:
    """A generated year: people until as many must file under the law of their own days as were reviewed.

    `reviewed_held` of those are held to the agency standard under the law of each of DAYS.
    """

    year: int
    reviewed: int
    own: Tally
    by_day: Mapping[date, Tally]
    reviewed_held: Mapping[date, int]


@dataclass(frozen=True)
class Variation:
    """The same people with one assumption at its low or high end; `share` is in per cent."""

    assumption: str
    end: Literal["low", "high"]
    share: float
    by_day: Mapping[date, Tally]


@dataclass(frozen=True)
class Simulation:
    """Generated years, what each change did to them, and how far the answers hang on the assumptions."""

    years: tuple[Year, ...]
    effects: tuple[Effect, ...]
    whole: Mapping[date, Tally]
    variations: tuple[Variation, ...]


def simulate(law: Law, reviewed: Mapping[int, int], tick: Callable[[], None] = lambda: None) -> Simulation:
    """Generate a year for each count of reviewed persons, and answer it under the laws around each change.

    `tick` is called once for each of `steps` parts of the work.
    """
    return _Simulator(law, tick).run(reviewed)


def steps(reviewed: Mapping[int, int]) -> int:
    """How often `simulate` ticks."""
    return len(reviewed) + len(_Simulator.CHANGES) + len(list(model().variations()))


class _Simulator:
    CHANGES = ("thresholds", "services", "three_years", "retirement_alone", "together")

    def __init__(self, law: Law, tick: Callable[[], None]) -> None:
        self.law = law
        self.tick = tick
        self.own = Desk(law)
        self.desks: dict[date, Desk] = {}

    def run(self, reviewed: Mapping[int, int]) -> Simulation:
        drawn = {year: self.drawn(year, wanted) for year, wanted in reviewed.items()}
        everyone = [one for group in drawn.values() for one in group]
        return Simulation(
            years=tuple(self.year(year, reviewed[year], group) for year, group in drawn.items()),
            effects=tuple(self.effect(name, drawn) for name in self.CHANGES),
            whole=self.by_day(everyone),
            variations=tuple(self.variations(everyone)),
        )

    def drawn(self, year: int, wanted: int) -> list[Person]:
        """People of a year until so many of them must file under the law of their own days."""
        group: list[Person] = []
        left = wanted
        for one in islice(people(year), MOST * wanted):
            if not left:
                break
            group.append(one)
            left -= self.own.finding(one).must_file
        self.tick()
        return group

    def desk(self, day: date) -> Desk:
        """The law of a day; days between which nothing changed share a desk."""
        if day not in self.desks:
            law = law_on(self.law, day)
            same = (
                desk
                for desk in self.desks.values()
                if not compare(desk.law.rulebook, law.rulebook).changed_rules
            )
            self.desks[day] = next(same, None) or Desk(law, day)
        return self.desks[day]

    @cached_property
    def alone(self) -> Desk:
        """What the day of retirement picks as from 2015-03-31, for starts as before 2014-06-25."""
        law = law_on(law_on(self.law, FIRST, "start_on"), THREE_YEARS, "retired_on")
        return Desk(law, THREE_YEARS)

    def beside(self, name: str) -> tuple[Desk, Desk]:
        """The laws before and after a change."""
        if name == "retirement_alone":
            return self.desk(FIRST), self.alone
        if name == "together":
            return self.desk(FIRST), self.desk(THREE_YEARS)
        day = {"thresholds": THRESHOLDS, "services": SERVICES, "three_years": THREE_YEARS}[name]
        return self.desk(day - timedelta(days=1)), self.desk(day)

    def by_day(self, group: Sequence[Person]) -> dict[date, Tally]:
        return {day: Tally.of([self.desk(day).finding(one) for one in group]) for day in DAYS}

    def year(self, year: int, wanted: int, group: Sequence[Person]) -> Year:
        reviewed = [one for one in group if self.own.finding(one).must_file]
        return Year(
            year=year,
            reviewed=wanted,
            own=Tally.of([self.own.finding(one) for one in group]),
            by_day=self.by_day(group),
            reviewed_held={day: tally.held for day, tally in self.by_day(reviewed).items()},
        )

    def effect(self, name: str, drawn: Mapping[int, Sequence[Person]]) -> Effect:
        old, new = self.beside(name)
        found = {
            year: [(old.finding(one), new.finding(one)) for one in group] for year, group in drawn.items()
        }
        pairs = [pair for group in found.values() for pair in group]
        changed = compare(old.law.rulebook, new.law.rulebook).changed_rules
        laws = old.law.rulebook, new.law.rulebook
        self.tick()
        return Effect(
            name=name,
            before=Tally.of([before for before, _ in pairs]),
            after=Tally.of([after for _, after in pairs]),
            filing=_turn("filing", pairs, changed & resting_on(laws, ASKED["filing"])),
            standard=_turn("standard", pairs, changed & resting_on(laws, ASKED["standard"])),
            years={
                year: (Tally.of([one for one, _ in group]), Tally.of([other for _, other in group]))
                for year, group in found.items()
            },
        )

    def variations(self, group: Sequence[Person]) -> Iterable[Variation]:
        for name, end, shares in model().variations():
            varied = [person(one.year, one.number, shares) for one in group]
            yield Variation(name, end, shares[name], self.by_day(varied))
            self.tick()


def _turn(question: Question, pairs: Iterable[tuple[Finding, Finding]], rules: frozenset[str]) -> Turn:
    turned = [(old, new) for old, new in pairs if old.says(question) != new.says(question)]
    counts = Counter(
        (name, "new" if name in new.fired else "old")
        for old, new in turned
        for name in (old.fired ^ new.fired) & rules
    )
    return Turn(
        begin=sum(new.says(question) for _, new in turned),
        cease=sum(old.says(question) for old, _ in turned),
        rules=tuple(
            RuleCount(name, "new" if law == "new" else "old", many)
            for (name, law), many in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        ),
    )
