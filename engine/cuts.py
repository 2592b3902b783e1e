"""Where a value may be cut so that every condition of the rulebook is settled in each part."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from engine import expressions as ex
from engine.execution import Fact, Firing, World
from engine.expressions import Interval
from engine.facts import Spot
from engine.program import Program, lookup
from engine.rows import Row
from engine.rulebook import Rule
from engine.totals import total
from engine.values import Domain, Known, between, exactly, from_number

OTHER_TEXT = "\u2026"


@dataclass(frozen=True)
class Use:
    """A comparison that a field takes part in: its own term, and what that is compared with."""

    operator: ex.Operator
    term: ex.Term
    other: ex.Term
    other_source: str


@dataclass(frozen=True)
class Cuts:
    """How the rulebook uses each field, by fact type and name: each use once, whatever rules share it."""

    program: Program
    uses: Mapping[tuple[str, str], Collection[Use]]
    memberships: Mapping[tuple[str, str], Collection[frozenset[int]]]
    passed: Mapping[tuple[str, str], Sequence[tuple[Rule, str, ex.Term]]]
    shown: frozenset[tuple[str, str]]

    @classmethod
    @lru_cache(maxsize=16)
    def of(cls, program: Program) -> "Cuts":
        uses: dict[tuple[str, str], dict[Use, None]] = {}
        memberships: dict[tuple[str, str], dict[frozenset[int], None]] = {}
        passed: dict[tuple[str, str], list[tuple[Rule, str, ex.Term]]] = {}
        shown: set[tuple[str, str]] = set()
        for rule in program.rulebook.rules:
            binds, conditions = program.bound[rule.key]
            for condition in _simple(conditions):
                if isinstance(condition, ex.Member):
                    key = binds[condition.term.variable], condition.term.name
                    memberships.setdefault(key, {})[condition.numbers] = None
                elif isinstance(condition, ex.Compare):
                    _note(condition, binds, uses)
            for atom in (rule.head, *rule.atoms, *rule.unless):
                for _, argument in atom.arguments:
                    if not isinstance(argument, ex.Reference):
                        shown |= {(binds[name.variable], name.name) for name in ex.fields_of(argument)}
            for argument_name, argument in rule.head.arguments:
                if not isinstance(argument, ex.Reference) and argument.domain.kind in {"int", "won", "date"}:
                    for name in ex.fields_of(argument):
                        key = binds[name.variable], name.name
                        passed.setdefault(key, []).append((rule, argument_name, argument))
        return cls(program, uses, memberships, passed, frozenset(shown))

    def cells(self, world: World, spot: Spot) -> list[tuple[Known[Any], Known[Any]]]:
        """The parts of what a value may be: for each a value to go on with, and the part as it is shown."""
        if not spot.field:
            return []
        source = next(
            name for name, part in self.program.rulebook.sections.items() if part.name == spot.section
        )
        domain = self.program.rulebook.sections[source].fact.domains()[spot.field]
        known = world.case.value(spot)
        if domain.kind == "text":
            return self._texts(world, spot, known)
        if domain.kind in {"bool", "enum"}:
            return self.classes((source, spot.field), domain, known)
        row = next(
            row
            for row in world.conclusions.given.of(source)
            if row.section == spot.section and row.index == spot.index
        )
        low, high = row.values[spot.field]
        if known.options:
            options = [from_number(number, domain) for number in sorted(row.options[spot.field])]
            return [(exactly(option), exactly(option)) for option in options]
        points = set(self.breakpoints(world, (source, spot.field), low, high))
        points |= set(self._carried(world, (source, spot.field), low, high, row, spot.field))
        return [(part, part) for part in _parts(points, low, high, domain)]

    def _texts(self, world: World, spot: Spot, known: Known[Any]) -> list[tuple[Known[Any], Known[Any]]]:
        """Each text that the case names elsewhere, and one that it does not."""
        candidates = known.options or (*world.conclusions.given.texts, f"{OTHER_TEXT} {spot}")
        return [(exactly(text), exactly(text)) for text in dict.fromkeys(candidates)]

    def classes(
        self, key: tuple[str, str], domain: Domain, known: Known[Any]
    ) -> list[tuple[Known[Any], Known[Any]]]:
        """Options that no condition tells apart stand together, and one of them stands for all."""
        low, high = domain.bounds
        if known.low is not None:
            low = domain.options.index(known.low)
        if known.high is not None:
            high = domain.options.index(known.high)
        options = known.options or tuple(from_number(number, domain) for number in range(low, high + 1))
        groups: dict[Any, list[Any]] = {}
        for option in options:
            groups.setdefault(self._profile(key, option, domain), []).append(option)
        return [(exactly(group[0]), Known(tuple(group))) for group in groups.values()]

    def _profile(self, key: tuple[str, str], option: Any, domain: Domain) -> Any:
        number = domain.options.index(option) if domain.kind == "enum" else int(option)
        uses = self.uses.get(key, ())
        if key in self.shown or any(not isinstance(use.other, ex.Constant) for use in uses):
            return number
        compared = [
            ex.compare(use.operator, (number, number), (use.other.number, use.other.number))
            for use in uses
            if isinstance(use.other, ex.Constant)
        ]
        return (*compared, *(number in numbers for numbers in self.memberships.get(key, ())))

    def breakpoints(self, world: World, key: tuple[str, str], low: int, high: int) -> Iterator[int]:
        """The first values from which some condition on the field may be settled another way."""
        rulebook = self.program.rulebook
        for parameter in rulebook.parameters.values():
            if rulebook.date_of(parameter) == key:
                yield from (value.period.numbers[0] for value in parameter.values)
        for numbers in self.memberships.get(key, ()):
            for number in numbers:
                yield number
                yield number + 1
        for use in self.uses.get(key, ()):
            for parameters in self._worths(world, use):
                for mark in self._marks(world, use, parameters):
                    if use.operator in {">=", "<", "==", "!="}:
                        yield _first(use.term, mark, low, high, parameters)
                    if use.operator in {">", "<=", "==", "!="}:
                        yield _first(use.term, mark + 1, low, high, parameters)

    def _carried(
        self,
        world: World,
        key: tuple[str, str],
        low: int,
        high: int,
        row: Row,
        name: str,
        path: tuple[tuple[str, str], ...] = (),
    ) -> Iterator[int]:
        """The first values from which a total that rests on the field of a row may be settled another way."""
        for rule, argument, term in self.passed.get(key, ()):
            target = rule.head.predicate, argument
            if target in path:
                continue
            first, last = self.program.rulebook.predicates[target[0]][argument].bounds
            further = (*path, target)
            if argument == rule.total:
                points = {
                    *self.breakpoints(world, target, first, last),
                    *self._carried(world, target, first, last, row, name, further),
                }
                yield from self._turning(world, rule, points, row, name)
            else:
                for point in self._carried(world, target, first, last, row, name, further):
                    yield _first(term, point, low, high, world.conclusions.given.parameters)

    def _turning(self, world: World, rule: Rule, points: Iterable[int], row: Row, name: str) -> Iterator[int]:
        """What a row must add for a total to reach points, with the others at their low and high ends.

        Between these ends the others tell: what is already a part is not cut again till they are known.
        """
        variable, field = rule.summed.variable, rule.summed.name
        summands = world.conclusions.summands.get(rule.key, ())
        own = [_rests_on(world, one.bindings[variable], field, row, name) for one in summands]
        if not any(own):
            return
        others = total(one for one, rests in zip(summands, own, strict=True) if not rests)
        if others[0] != others[1] and row.spot(name) in dict(world.assumptions):
            return
        for other, point in product(set(others), points):
            yield -((other - point) // sum(own))

    def _worths(self, world: World, use: Use) -> Iterator[Mapping[str, Interval]]:
        """What the parameters may be worth, with each value that those of a comparison ever have."""
        named = dict.fromkeys((*ex.parameters_of(use.term), *ex.parameters_of(use.other)))
        values = [{value.number for value in self.program.rulebook.parameters[name].values} for name in named]
        for chosen in product(*values):
            fixed = {name: (number, number) for name, number in zip(named, chosen, strict=True)}
            yield {**world.conclusions.given.parameters, **fixed}

    def _marks(self, world: World, use: Use, parameters: Mapping[str, Interval]) -> Iterable[int]:
        """What the other side of a comparison may be worth, at its ends."""
        if not use.other_source:
            return set(ex.value_of(use.other, lookup({}, parameters)))
        rows = world.conclusions.rows_of(use.other_source)
        return {
            end for row in rows for end in ex.value_of(_on_self(use.other), lookup({"": row}, parameters))
        }


def _parts(points: Iterable[int], low: int, high: int, domain: Domain) -> list[Known[Any]]:
    """A range in the parts that begin at some of its points."""
    firsts = sorted({point for point in points if low < point <= high})
    starts = [low, *firsts]
    ends = [point - 1 for point in firsts] + [high]
    whole_low, whole_high = domain.bounds
    return [
        between(
            None if start <= whole_low else from_number(start, domain),
            None if end >= whole_high else from_number(end, domain),
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def _on_self(term: ex.Term) -> ex.Term:
    match term:
        case ex.Field():
            return ex.Field("", term.name, term.domain)
        case ex.Shift():
            return ex.Shift(_on_self(term.base), term.unit, term.sign, term.amount)
    return term


def _first(term: ex.Term, mark: int, low: int, high: int, parameters: Mapping[str, Interval]) -> int:
    """The least value from `low` to `high` + 1 with which a term, which grows with it, reaches a mark."""
    if isinstance(term, ex.Field):
        return min(max(mark, low), high + 1)
    here = _on_self(term)
    top = high + 1
    while low < top:
        middle = (low + top) // 2
        row = Row(0, "", True, {name.name: (middle, middle) for name in ex.fields_of(term)})
        if ex.value_of(here, lookup({"": row}, parameters))[0] >= mark:
            top = middle
        else:
            low = middle + 1
    return low


def _rests_on(
    world: World, fact: Row, argument: str, row: Row, name: str, path: tuple[Fact, ...] = ()
) -> bool:
    """Whether the argument of a fact is the field of a row, perhaps moved, passed on or added up."""
    if fact.section:
        return fact is row and argument == name
    here = world.conclusions.fact_of(fact)
    return here not in path and any(
        _rests_on(world, below, below_name, row, name, (*path, here))
        for firing in world.conclusions.firings[here]
        for below, below_name in _sources(world, firing, argument)
    )


def _sources(world: World, firing: Firing, argument: str) -> Iterator[tuple[Row, str]]:
    """The rows and fields from which a firing took the argument of its head."""
    for field in ex.fields_of(dict(firing.rule.head.arguments)[argument]):
        if argument != firing.rule.total:
            yield firing.bindings[field.variable], field.name
            continue
        for summand in world.conclusions.summands[firing.rule.key]:
            yield summand.bindings[field.variable], field.name


def _simple(conditions: Iterable[ex.Condition]) -> Iterator[ex.Condition]:
    for condition in conditions:
        if isinstance(condition, (ex.All, ex.Any_)):
            yield from _simple(condition.parts)
        else:
            yield condition


def _note(
    condition: ex.Compare, binds: Mapping[str, str], uses: dict[tuple[str, str], dict[Use, None]]
) -> None:
    sides = (
        (condition.left, condition.right, condition.operator),
        (
            condition.right,
            condition.left,
            ex.MIRRORED[condition.operator],
        ),
    )
    for term, other, operator in sides:
        for name in ex.fields_of(term):
            other_source = next((binds[field.variable] for field in ex.fields_of(other)), "")
            use = Use(operator, term, other, other_source)
            uses.setdefault((binds[name.variable], name.name), {})[use] = None
