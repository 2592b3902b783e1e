"""Totals: the sum of a field over every binding of a rule, as far as all of it is known.

A binding that is certain adds at least its low end, a possible one adds nothing or at most its high end.
Facts whose arguments are not exact may turn out to be one fact, which counts once, or to stand for several.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from operator import itemgetter

from engine import expressions as ex
from engine.execution import Conclusions, Fact, Firing, Mode, Summand
from engine.expressions import Interval
from engine.program import Program, lookup
from engine.rows import Row
from engine.rulebook import Rule
from engine.values import HIGHEST, LOWEST

ANY_NUMBER = HIGHEST


def draw(conclusions: Conclusions, rule: Rule, program: Program, modes: Sequence[Mode]) -> list[Row]:
    """Add the total of a rule to the conclusions, once all that it adds up is there.

    It is certain where the rule is clear and certainly in force. The new row comes back, if there is one.
    """
    bindings, conditions = dated(conclusions, rule, program)
    must, may = ex.truth_of(ex.All(tuple(conditions)), lookup(bindings, conclusions.given.parameters))
    if not may:
        return []
    counting = _Counting(conclusions, program)
    conclusions.summands[rule.key] = tuple(counting.summands(rule))
    conclusions.unclear |= rule.confidence == "U"
    arguments = {name: (a.number, a.number) for name, a in rule.head.arguments if isinstance(a, ex.Constant)}
    arguments[rule.total] = total(conclusions.summands[rule.key])
    fact = rule.head.predicate, tuple((name, arguments[name]) for name, _ in rule.head.arguments)
    certain = must and rule.confidence != "U"
    rows = [conclusions.put(fact, Firing(rule, bindings, mode)) for mode in modes if certain or mode == "may"]
    return [row for row in rows if row is not None]


def total(summands: Iterable[Summand]) -> Interval:
    """What a sum may come to; it stays within the numbers that an executor compares exactly."""
    summands = list(summands)
    low = _least(summands, [one.worth[0] for one in summands])
    high = -_least(summands, [-one.worth[1] for one in summands])
    return min(max(low, LOWEST), HIGHEST), min(max(high, LOWEST), HIGHEST)


def _least(summands: Sequence[Summand], ends: Sequence[int]) -> int:
    """The least that a sum may come to, by the lower ends of what is added."""
    certain = [(one, end) for one, end in zip(summands, ends, strict=True) if one.certain]
    most: dict[int, int] = {}
    for group, (_, end) in zip(_alike([one for one, _ in certain]), certain, strict=True):
        most[group] = max(most.get(group, 0), end)
    return sum(most.values()) + sum(min(end, 0) * one.many for one, end in zip(summands, ends, strict=True))


def _alike(summands: Sequence[Summand]) -> list[int]:
    """A number for each binding, the same for those that may turn out to be one."""
    groups = list(range(len(summands)))
    loose = [place for place, one in enumerate(summands) if any(low != high for low, high in one.marks)]
    for place in loose:
        for other, one in enumerate(summands):
            if groups[other] != groups[place] and _may_be_one(one, summands[place]):
                joined, left = groups[place], groups[other]
                groups = [joined if group == left else group for group in groups]
    return groups


def _may_be_one(one: Summand, other: Summand) -> bool:
    return all(a <= d and c <= b for (a, b), (c, d) in zip(one.marks, other.marks, strict=True))


def dated(
    conclusions: Conclusions, rule: Rule, program: Program
) -> tuple[dict[str, Row], list[ex.Condition]]:
    """The fact whose date picks the rule of a total, and the conditions that put it in force."""
    binds, conditions = program.bound[rule.key]
    conditions = conditions[len(rule.conditions) :]
    variables = {variable for condition in conditions for variable in ex.variables_of(condition)}
    return {variable: next(conclusions.given.of(binds[variable])) for variable in variables}, conditions


class _Counting:
    def __init__(self, conclusions: Conclusions, program: Program) -> None:
        self.conclusions = conclusions
        self.rulebook = program.rulebook
        self.known: dict[Fact, int] = {}

    def summands(self, rule: Rule) -> Iterator[Summand]:
        """Each binding of a rule once, however often it was found, in the order of the facts of the case."""
        found: dict[tuple[Interval, ...], list[Firing]] = {}
        for firing in self.conclusions.counted.get(rule.key, ()):
            rows = [firing.bindings[variable] for variable in rule.binds]
            found.setdefault(tuple(mark for row in rows for mark in _marks(row)), []).append(firing)
        field = rule.summed
        for marks, firings in sorted(found.items(), key=itemgetter(0)):
            bindings = {variable: firings[0].bindings[variable] for variable in rule.binds}
            yield Summand(
                bindings=bindings,
                firings=tuple(firings),
                certain=any(firing.mode != "may" for firing in firings),
                worth=bindings[field.variable].values[field.name],
                marks=marks,
                many=min(prod(map(self._many, bindings.values())), ANY_NUMBER),
            )

    def _many(self, row: Row) -> int:
        """How many facts a row may stand for, where what is not known of the case becomes known."""
        if row.section:
            return ANY_NUMBER if row.index < 0 else 1
        if row.source in self.rulebook.totals or self._settled(row):
            return 1
        if row.source in self.rulebook.recursive:
            return ANY_NUMBER
        fact = self.conclusions.fact_of(row)
        if fact not in self.known:
            self.known[fact] = self._many_derived(fact)
        return self.known[fact]

    def _many_derived(self, fact: Fact) -> int:
        bodies = {_body(firing): firing for firing in self.conclusions.firings[fact]}
        found = (
            prod(self._many(firing.bindings[variable]) for variable in _used(firing.rule))
            for firing in bodies.values()
        )
        return min(sum(found), ANY_NUMBER)

    def _settled(self, row: Row) -> bool:
        """Whether a derived row says just one fact, in every completion of the case."""
        domains = self.rulebook.predicates[row.source]
        given = self.conclusions.given.rows
        return all(
            low == high and (domains[name].kind != "ref" or given[low - 1].index >= 0)
            for name, (low, high) in row.values.items()
        )


def _marks(row: Row) -> tuple[Interval, ...]:
    return ((row.serial, row.serial),) if row.section else tuple(row.values.values())


def _used(rule: Rule) -> list[str]:
    """The variables on whose facts the arguments of a rule's head depend."""
    arguments = [argument for _, argument in rule.head.arguments]
    used = {field.variable for argument in arguments for field in ex.fields_of(argument)}
    return sorted(used | {a.variable for a in arguments if isinstance(a, ex.Reference)})


def _body(firing: Firing) -> tuple[object, ...]:
    used = _used(firing.rule)
    return firing.rule.key, *(_marks(firing.bindings[variable]) for variable in used)
