"""What all completions of a case come to at once, a bit for each.

One run finds every firing that there is in some completion. Those that only may be are looked at again for
each value of what they rest on: in which completions a firing may be, and in which it must be, is then a
number with a bit for each.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import Any, NamedTuple

from engine import expressions as ex
from engine.blame import Blame, Step, blame
from engine.cuts import OTHER_TEXT, Cuts
from engine.execution import Fact, Firing, World, label_of
from engine.expressions import Interval
from engine.facts import Spot
from engine.program import Program, atom_variable
from engine.rows import Row, interval_of, worth
from engine.rulebook import Rule
from engine.values import Known, exactly

MOST = 1 << 18
ROOM = 1 << 23
_MET = "met"

Place = tuple[int, str]
Bindings = Mapping[str, Row]


class Truths(NamedTuple):
    """The completions in which something must be, and those in which it may be."""

    must: int
    may: int

    @property
    def open(self) -> int:
        return self.may ^ self.must


NEVER = Truths(0, 0)


class Value(NamedTuple):
    """What a value is in some completions, and the bits of these."""

    interval: Interval
    bits: int


@dataclass(frozen=True, slots=True)
class Axis:
    """An open value with what it may be: something else every `stride` completions."""

    place: Place
    stride: int
    values: Sequence[Value]

    def tells_apart(self, tables: Iterable[int], real: int) -> bool:
        """Whether in some table two real completions that differ in this value alone have other bits.

        Neighbours are compared: what is real is not broken off between two values.
        """
        compared = real & real >> self.stride & ~self.values[-1].bits
        return any((bits ^ bits >> self.stride) & compared for bits in tables)


@dataclass(frozen=True, slots=True)
class Test:
    """Where something holds that a firing asks for, and the open values on which that rests.

    It is `exact` where these are followed one by one, so that nothing but splitting a value tells more.
    """

    truths: Truths
    rests_on: Sequence[Spot] = ()
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Clause:
    """A firing: what it asks for by itself, the facts that it needs, and those that may deny it."""

    rule: Rule
    truths: Truths
    tests: Sequence[Test]
    needs: Sequence[Fact]
    denied: Sequence[tuple[Fact, Test]]


@dataclass(frozen=True)
class Completed:
    """The outcomes of the completions, what tells them apart, and the unclear rules that leave some open.

    There are none too few of these. Where it is not `exact`, splitting the case may tell of fewer.
    """

    outcomes: tuple[str, ...]
    questions: tuple[Spot, ...] = ()
    unclear: tuple[Rule, ...] = ()
    exact: bool = True


def completed(world: World, program: Program) -> Completed:
    """What the completions of a world come to."""
    if len(world.outcomes) == 1:
        return Completed(world.outcomes)
    return _Completions(world, program).told()


class _Completions:
    def __init__(self, world: World, program: Program) -> None:
        self.world = world
        self.rulebook = program.rulebook
        self.conclusions = world.conclusions
        self.parameters = world.conclusions.given.parameters
        self.texts = dict(world.conclusions.given.texts)
        self.rows = {(row.section, row.index): row for row in world.conclusions.given.rows}
        self.cuts = Cuts.of(program)
        self.program = program
        self.blame = blame(world, program)
        self.axes: dict[Spot, Axis] = {}
        self.sources: dict[Place, Sequence[tuple[ex.Term, Bindings]]] = {}
        self.whole = self.real = 1
        self.dated = {
            name: self._place(self._dated(name)) for name, known in self.parameters.items() if _open(known)
        }
        self._span()
        self.always = Truths(self.whole, self.whole)
        self.perhaps = Truths(0, self.whole)
        self.clauses = {fact: [*map(self._clause, steps)] for fact, steps in self.blame.steps.items()}
        self.truths: dict[Fact, Truths] = {}
        self.wanted = dict.fromkeys(self.clauses, 0)
        self.followed: dict[int, int] = {}
        self.open: dict[int, Test] = {}
        self.unclear: dict[str, Rule] = {}

    def told(self) -> Completed:
        strata = self._strata()
        for facts in strata:
            self._settle(facts)
        outcomes = self._outcomes()
        self._want(_of_several(outcomes.values()), reversed(strata))
        return Completed(
            tuple(outcomes),
            tuple(self._questions(outcomes.values())) if len(outcomes) > 1 else (),
            tuple(self.unclear.values()),
            all(test.exact for test in self.open.values()),
        )

    def _span(self) -> None:
        """Make axes of open values while there is room: first of those partly known, then of few values.

        The more firings there are to decide, the fewer completions there is room for.
        """
        room = min(MOST, ROOM // max(1, sum(map(len, self.blame.steps.values()))))
        strangers: list[Known[Any]] = []
        found = [(spot, self._cells(spot, strangers)) for spot in self.blame.spots if spot.field]
        found.sort(key=lambda one: (self.world.case.value(one[0]).unknown, len(one[1])))
        size = 1
        strides: dict[Spot, tuple[int, Sequence[Interval]]] = {}
        for spot, values in found:
            if 1 < len(values) <= room // size:
                strides[spot] = size, values
                size *= len(values)
        self.whole = self.real = (1 << size) - 1
        for spot, (stride, values) in strides.items():
            bits = [_every(stride, number, len(values), size) for number in range(len(values))]
            self.axes[spot] = Axis(self._place(spot), stride, [*map(Value, values, bits)])
        for earlier, later in self.rulebook.orders:
            for one, other in product(self._values(earlier), self._values(later)):
                if one.interval[0] > other.interval[1]:
                    self.real &= ~(one.bits & other.bits)

    def _cells(self, spot: Spot, strangers: list[Known[Any]]) -> Sequence[Interval]:
        """What a value may be; a text that is not known may be any that the case or another value names."""
        source = self.rows[spot.section, spot.index].source
        domain = self.rulebook.sections[source].fact.domains()[spot.field]
        cells = [chosen for chosen, _ in self.cuts.cells(self.world, spot)]
        if domain.kind == "text" and self.world.case.value(spot).unknown:
            cells += strangers
            strangers.append(exactly(f"{OTHER_TEXT} {spot}"))
        return [interval_of(cell, domain, self.texts) for cell in cells]

    def _place(self, spot: Spot) -> Place:
        return self.rows[spot.section, spot.index].serial, spot.field

    def _values(self, date: tuple[str, str]) -> Sequence[Value]:
        axis = self.axes.get(self.rulebook.spot(date))
        return axis.values if axis else ()

    def _clause(self, step: Step) -> Clause:
        rule, bindings = step.firing.rule, step.firing.bindings
        tests = [self._test(condition, bindings) for condition in step.unsure]
        if rule.total:
            tests.append(Test(self.perhaps, [*self._added(step.firing)], exact=False))
        else:
            tests += self._met(step.firing)
        return Clause(
            rule,
            reduce(_both, (test.truths for test in tests), self.always),
            tests,
            [self.conclusions.fact_of(row) for row in bindings.values() if not (row.certain or row.section)],
            [(fact, self._meeting(atom, row, bindings)) for atom, fact, row in step.denied],
        )

    def _met(self, firing: Firing) -> Iterator[Test]:
        """What a firing asks of the facts that it binds or wants, and of the law."""
        rule, bindings = firing.rule, firing.bindings
        for number, atom in enumerate(rule.atoms):
            yield self._meeting(atom, bindings[atom_variable(number, atom)], bindings)
        for row in bindings.values():
            if row.section and not row.certain:
                yield Test(self.perhaps, [row.spot("")])
        if rule.confidence == "U":
            yield Test(self.perhaps)

    def _meeting(self, atom: ex.Atom, row: Row, bindings: Bindings) -> Test:
        """Where the arguments of an atom are those of a derived fact that it may mean."""
        same = tuple(
            ex.Compare("==", ex.Field(_MET, name, argument.domain), argument)
            for name, argument in atom.arguments
            if not isinstance(argument, ex.Reference)
            if not isinstance(argument, ex.Constant) or _open(row.values[name])
        )
        return self._test(ex.All(same), {**bindings, _MET: row}) if same else Test(self.always)

    def _test(self, condition: ex.Condition, bindings: Bindings) -> Test:
        values = [value for term in ex.terms_of(condition) for value in self._open_values(term, bindings)]
        spots = [spot for spot, _ in values if spot]
        axes = [self.axes[spot] for spot in dict.fromkeys(spots) if spot in self.axes]
        exact = all(followed for _, followed in values)
        return Test(self._truths(axes, condition, bindings), spots, exact)

    def _open_values(
        self, term: ex.Term, bindings: Bindings, seen: frozenset[Place] = frozenset()
    ) -> Iterator[tuple[Spot | None, bool]]:
        """The open values that a term rests on, each with whether it is followed through what lies between.

        It is not through a total, nor through a fact that several firings derive, if not of unknown items.
        A total may be open for other reasons than values: it stands for none.
        """
        for parameter in ex.parameters_of(term):
            if _open(self.parameters[parameter]):
                yield self._dated(parameter), True
        for name in ex.fields_of(term):
            row, place = bindings[name.variable], (bindings[name.variable].serial, name.name)
            if not _open(row.values[name.name]) or place in seen:
                continue
            if row.section:
                yield row.spot(name.name), True
                continue
            sources = self._sources(row, name.name)
            if not sources:
                (firing, *_) = self.conclusions.firings[self.conclusions.fact_of(row)]
                yield from ((spot, False) for spot in (None, *self._added(firing)))
            for source in sources:
                for spot, followed in self._open_values(*source, seen | {place}):
                    yield spot, followed and (len(sources) == 1 or (spot is not None and not spot.field))

    def _added(self, firing: Firing) -> Iterator[Spot]:
        """What a total rests on."""
        total = Blame(self.world, self.program)
        total.count(firing.rule)
        yield from total.spots

    def _dated(self, parameter: str) -> Spot:
        """The date that says what a parameter is worth."""
        return self.rulebook.spot(self.rulebook.date_of(self.rulebook.parameters[parameter]))

    def _sources(self, row: Row, name: str) -> Sequence[tuple[ex.Term, Bindings]]:
        """What a derived value may be taken from: terms over what firings bound; nothing tells of a total."""
        place = row.serial, name
        if place not in self.sources:
            different = {
                (one.rule.key, *(bound.serial for bound in one.bindings.values())): one
                for one in self.conclusions.firings[self.conclusions.fact_of(row)]
            }
            taken = [(dict(one.rule.head.arguments)[name], one) for one in different.values()]
            self.sources[place] = [
                (argument, one.bindings)
                for argument, one in taken
                if not isinstance(argument, ex.Reference) and one.rule.total != name
            ]
        return self.sources[place]

    def _truths(self, axes: Collection[Axis], condition: ex.Condition, bindings: Bindings) -> Truths:
        must = may = 0
        chosen: dict[Place, Interval] = {}
        here = self._lookup(bindings, chosen)
        for values in product(*(axis.values for axis in axes)):
            bits = self.whole
            for axis, value in zip(axes, values, strict=True):
                chosen[axis.place] = value.interval
                bits &= value.bits
            holds, might = ex.truth_of(condition, here)
            must |= bits if holds else 0
            may |= bits if might else 0
        return Truths(must, may)

    def _lookup(self, bindings: Bindings, chosen: Mapping[Place, Interval]) -> ex.Lookup:
        """Evaluation over bound rows, with the values of some completions."""

        def interval(variable: str, name: str) -> Interval:
            row = bindings[variable]
            known = row.values[name]
            if not _open(known):
                return known
            if row.section:
                return chosen.get((row.serial, name), known)
            sources = self._sources(row, name)
            if len(sources) != 1:
                return known
            ((term, below),) = sources
            return ex.value_of(term, self._lookup(below, chosen))

        def options(variable: str, name: str) -> frozenset[int] | None:
            row = bindings[variable]
            return None if (row.serial, name) in chosen else row.options.get(name)

        def parameter(name: str) -> Interval:
            days = chosen.get(self.dated[name]) if name in self.dated else None
            return worth(self.rulebook.parameters[name], days) if days else self.parameters[name]

        return ex.Lookup(interval, options, parameter)

    def _strata(self) -> Sequence[Sequence[Fact]]:
        """The facts, those first that may deny others."""
        strata: dict[int, list[Fact]] = {}
        for fact in self.clauses:
            strata.setdefault(self.rulebook.strata[fact[0]], []).append(fact)
        return [facts for _, facts in sorted(strata.items())]

    def _settle(self, facts: Sequence[Fact]) -> None:
        """Find where facts must be and may be; those that rest on one another till nothing changes."""
        rows = self.conclusions.rows
        self.truths |= {fact: self.always if rows[fact].certain else NEVER for fact in facts}
        before = None
        while before != (before := [self.truths[fact] for fact in facts]):
            for fact in reversed(facts):
                if not rows[fact].certain:
                    self.truths[fact] = reduce(_either, map(self._fires, self.clauses[fact]), NEVER)

    def _fires(self, clause: Clause) -> Truths:
        must, may = reduce(_both, map(self.truths.__getitem__, clause.needs), clause.truths)
        for fact, test in clause.denied:
            must &= ~(self.truths[fact].may & test.truths.may)
            may &= ~(self.truths[fact].must & test.truths.must)
        return Truths(must, may)

    def _outcomes(self) -> dict[str, int]:
        """In which completions each outcome may be."""
        found = dict.fromkeys(self.rulebook.outcomes, 0)
        for fact, row in self.conclusions.of(self.rulebook.goal):
            may = self.whole if row.certain else self.truths[fact].may
            found[label_of(fact, self.rulebook)] |= may & self.real
        return {label: bits for label, bits in found.items() if bits}

    def _want(self, bits: int, strata: Iterable[Sequence[Fact]]) -> None:
        """Follow the outcomes that are open in some completions down to what leaves them open."""
        for fact, _ in self.conclusions.of(self.rulebook.goal):
            if fact in self.clauses:
                self.wanted[fact] = bits & self.truths[fact].open
        for facts in strata:
            before = None
            while before != (before := [self.wanted[fact] for fact in facts]):
                for fact in facts:
                    for clause in self.clauses[fact] if self.wanted[fact] else ():
                        self._follow(clause, self.wanted[fact] & self._fires(clause).open)

    def _follow(self, clause: Clause, bits: int) -> None:
        if not bits:
            return
        self.followed[id(clause)] = bits
        if clause.rule.confidence == "U":
            self.unclear[clause.rule.key] = clause.rule
        for test in clause.tests:
            self._rest(test, bits)
        for fact in clause.needs:
            self.wanted[fact] |= bits & self.truths[fact].open
        for fact, test in clause.denied:
            self.wanted[fact] |= bits & self.truths[fact].open & test.truths.may
            self._rest(test, bits & self.truths[fact].may)

    def _rest(self, test: Test, bits: int) -> None:
        if bits & test.truths.open:
            self.open[id(test)] = test

    def _questions(self, outcomes: Iterable[int]) -> Iterator[Spot]:
        """What tells outcomes, or firings that leave them open, apart; and what these rest on, as blamed."""
        needed = dict.fromkeys(spot for test in self.open.values() for spot in test.rests_on)
        tables = {*outcomes, *self.followed.values()}
        for spot in dict.fromkeys((*self.blame.spots, *needed)):
            axis = self.axes.get(spot)
            if spot in needed or (axis and axis.tells_apart(tables, self.real)):
                yield spot


def _open(known: Interval) -> bool:
    low, high = known
    return low < high


def _every(stride: int, place: int, count: int, size: int) -> int:
    """As many bits as `stride`, at a place among `count`, again and again up to a size."""
    bits = ((1 << stride) - 1) << place * stride
    width = stride * count
    while width < size:
        bits |= bits << width
        width *= 2
    return bits & ((1 << size) - 1)


def _both(one: Truths, other: Truths) -> Truths:
    return Truths(one.must & other.must, one.may & other.may)


def _either(one: Truths, other: Truths) -> Truths:
    return Truths(one.must | other.must, one.may | other.may)


def _of_several(tables: Iterable[int]) -> int:
    """The bits that more than one table has."""
    once = several = 0
    for bits in tables:
        several |= once & bits
        once |= bits
    return several
