"""Totals in SQL: what counts in each case, how many facts each may be, and the sum at its two ends."""

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from sqlglot import exp

from engine import expressions as ex
from engine import tables
from engine.bodies import MANY, MUST, Body, used
from engine.rulebook import Rule
from engine.selects import Joined, case_when, ends_of, grouped, named, same_case, select, union
from engine.sql import (
    ALWAYS,
    CASE_ALIAS,
    FALSE,
    TRUE,
    Ends,
    Given,
    Speller,
    Sql,
    Truth,
    all_of,
    column,
    every,
    number,
    one_or_any,
)
from engine.values import HIGHEST, LOWEST

if TYPE_CHECKING:
    from engine.queries import Compiler

WORTH, LABEL, ALONE = "worth", "label", "alone"
WIDE = exp.DataType.build("decimal(38, 0)")
FACTOR = exp.DataType.build("decimal(19, 0)")


class Sums:
    """Writes the queries of totals and of what they count."""

    def __init__(self, compiler: "Compiler") -> None:
        self.compiler = compiler
        self.bodies = compiler.bodies
        self.rulebook = compiler.rulebook

    def counted(self, facts: exp.Query, predicate: str) -> exp.Query:
        """The facts of a relation, each with how many it may be: one, or one for each body behind it."""
        ends = ends_of(self.bodies.arguments(predicate))
        keys = [column(name, "b") for name in (tables.CASE, *ends)]
        rows = union(
            [row for rule in self.rulebook.by_predicate[predicate] for row in self._bodies(rule, ends)]
        )
        total = least(exp.Sum(this=exp.Cast(this=column(MANY, "b"), to=WIDE)))
        alone = exp.LogicalAnd(this=column(ALONE, "b"))
        counts = grouped([*keys, named(case_when([(alone, number(1))], total), MANY)], rows, "b", keys)
        on = every(
            [
                same_case("m", "t"),
                *(exp.EQ(this=column(end, "m"), expression=column(end, "t")) for end in ends),
            ]
        )
        return select(
            [exp.Column(this=exp.Star(), table=exp.to_identifier("t")), column(MANY, "m")],
            facts,
            "t",
            [Joined(counts, "m", on)],
        )

    def _bodies(self, rule: Rule, ends: Sequence[str]) -> Iterator[exp.Query]:
        """What derives facts by a rule: each choice of the facts on which they depend once."""
        rows = []
        for body, mode in self.compiler.firings(rule):
            facts = [body.facts[variable] for variable in sorted({*used(rule)})]
            marks = [end for fact in facts for pair in fact.marks for end in (pair.low, pair.high)]
            rows.append(
                self.compiler.body_rows(
                    body,
                    mode,
                    [
                        column(tables.CASE, CASE_ALIAS),
                        *(named(end, name) for end, name in zip(self.compiler.head(body), ends, strict=True)),
                        *(named(mark, f"mark_{place}") for place, mark in enumerate(marks)),
                        named(self.alone(body), ALONE),
                        named(product([fact.many for fact in facts]), MANY),
                    ],
                )
            )
        once = select([exp.Star()], union(rows), "b").distinct(copy=False)
        yield select([column(name, "b") for name in (tables.CASE, *ends, ALONE, MANY)], once, "b")

    def alone(self, body: Body) -> Sql:
        """Whether what a body derives is one fact in every completion."""
        head = self.compiler.head(body)
        same = [
            exp.EQ(this=low, expression=high)
            for low, high in zip(head[::2], head[1::2], strict=True)
            if low != high
        ]
        named_facts = [
            body.facts[argument.variable].presence.must
            for _, argument in body.rule.head.arguments
            if isinstance(argument, ex.Reference)
        ]
        return every([*same, *named_facts])

    def many(self, body: Body) -> Sql:
        """How many facts one of a predicate that rests on itself may stand for."""
        return one_or_any(self.alone(body))

    def total(self, rule: Rule) -> exp.Query:
        """The total of a rule in every case in which the rule may be in force."""
        counted = f"counted_{self.compiler.numbers[rule.key]}"
        alike = f"alike_{self.compiler.numbers[rule.key]}"
        marks = self._count(rule, counted)
        self._tell_alike(counted, alike, marks)
        parts = (tables.CASE, LABEL)
        highest = [
            named(exp.Max(this=worth), name)
            for name, worth in (
                ("low", column(f"{WORTH}_lo", "s")),
                ("high", exp.Neg(this=column(f"{WORTH}_hi", "s"))),
            )
        ]
        keys = [column(name, "a") for name in parts]
        groups = select([*keys, *highest], counted, "s", [Joined(alike, "a", self._same(marks, "s", "a"))])
        groups = groups.group_by(*keys, copy=False)
        case = column(tables.CASE, "g")
        sums = [named(exp.Sum(this=wide(positive(column(name, "g")))), name) for name in ("low", "high")]
        least_sure = grouped([case, *sums], groups, "g", [case])
        case = column(tables.CASE, "s")
        many = exp.Cast(this=column(MANY, "s"), to=FACTOR)
        may = [
            named(exp.Sum(this=exp.Mul(this=exp.Cast(this=worth, to=FACTOR), expression=many)), name)
            for name, worth in (
                ("low", negative(column(f"{WORTH}_lo", "s"))),
                ("high", positive(column(f"{WORTH}_hi", "s"))),
            )
        ]
        at_most = select([case, *may], counted, "s").group_by(case, copy=False)
        low = exp.Add(this=zero_or("low", "g"), expression=zero_or("low", "m"))
        high = exp.Sub(this=zero_or("high", "m"), expression=zero_or("high", "g"))
        in_force = self._in_force(rule)
        must = FALSE if rule.confidence == "U" else in_force.must
        columns = [column(tables.CASE, CASE_ALIAS), named(number(self.compiler.numbers[rule.key]), "rule")]
        for name, argument in rule.head.arguments:
            ends = Ends(clamped(low), clamped(high))
            if isinstance(argument, ex.Constant):
                ends = Ends(number(argument.number), number(argument.number))
            columns += [named(ends.low, f"{name}_lo"), named(ends.high, f"{name}_hi")]
        joins = [
            Joined(least_sure, "g", same_case("g"), "LEFT"),
            Joined(at_most, "m", same_case("m"), "LEFT"),
        ]
        return select(
            [*columns, named(must, MUST)], self.compiler.cases, CASE_ALIAS, joins, where=in_force.may
        )

    def _count(self, rule: Rule, name: str) -> list[str]:
        """What counts, once each: its marks, what it adds, how many it may be, whether certainly."""
        rows, marks = [], []
        for body, mode in self.compiler.firings(rule):
            facts = [body.facts[variable] for variable in rule.binds]
            ends = [end for fact in facts for pair in fact.marks for end in (pair.low, pair.high)]
            marks = [f"mark_{place}" for place in range(len(ends))]
            worth = body.facts[rule.summed.variable].ends(rule.summed.name)
            columns = [
                column(tables.CASE, CASE_ALIAS),
                *(named(end, mark) for end, mark in zip(ends, marks, strict=True)),
                named(worth.low, f"{WORTH}_lo"),
                named(worth.high, f"{WORTH}_hi"),
                named(product([fact.many for fact in facts]), MANY),
                named(TRUE if mode == MUST else FALSE, MUST),
            ]
            rows.append(self.compiler.body_rows(body, mode, columns))
        keys = [column(key, "s") for key in (tables.CASE, *marks, f"{WORTH}_lo", f"{WORTH}_hi")]
        found = [
            named(exp.Max(this=column(MANY, "s")), MANY),
            named(exp.LogicalOr(this=column(MUST, "s")), MUST),
        ]
        self.compiler.add(name, grouped([*keys, *found], union(rows), "s", keys))
        return marks

    def _tell_alike(self, counted: str, name: str, marks: Sequence[str]) -> None:
        """A label for each binding that certainly counts, the same for those that may turn out to be one."""
        order = exp.Order(expressions=[exp.Ordered(this=column(mark, "s")) for mark in marks])
        place = exp.Window(this=exp.RowNumber(), partition_by=[column(tables.CASE, "s")], order=order)
        keys = [column(key, "s") for key in (tables.CASE, *marks)]
        sure = select([*keys, named(place, "place")], counted, "s", where=column(MUST, "s"))
        overlap = [
            every(
                [
                    exp.LTE(this=column(low, "s"), expression=column(high, "a")),
                    exp.LTE(this=column(low, "a"), expression=column(high, "s")),
                ]
            )
            for low, high in zip(marks[::2], marks[1::2], strict=True)
        ]
        first = exp.Coalesce(this=exp.Min(this=column(LABEL, "a")), expressions=[column("place", "s")])
        labelled = select(
            [*keys, named(first, LABEL)],
            sure,
            "s",
            [Joined(name, "a", every([same_case("a", "s"), *overlap]), "LEFT")],
        )
        labelled = labelled.group_by(*keys, column("place", "s"), copy=False)
        self.compiler.repeat({name: labelled}, {name: (tables.CASE, *marks, LABEL)}, (counted,))

    def _same(self, marks: Sequence[str], one: str, other: str) -> Sql:
        return every(
            [
                same_case(one, other),
                *(exp.EQ(this=column(mark, one), expression=column(mark, other)) for mark in marks),
            ]
        )

    def _in_force(self, rule: Rule) -> Truth:
        binds, conditions = self.compiler.program.bound[rule.key]
        conditions = conditions[len(rule.conditions) :]
        variables = {variable for condition in conditions for variable in ex.variables_of(condition)}
        facts = {
            variable: Given(self.bodies.schema, source, CASE_ALIAS, ALWAYS, tables.serial(source))
            for variable, source in binds.items()
            if variable in variables
        }
        return all_of(map(Speller(facts).truth, conditions))


def product(numbers: Sequence[Sql]) -> Sql:
    return reduce(_times, [one for one in numbers if one != number(1)] or [number(1)])


def _times(one: Sql, other: Sql) -> Sql:
    return least(exp.Mul(this=exp.Cast(this=one, to=FACTOR), expression=exp.Cast(this=other, to=FACTOR)))


def least(worth: Sql) -> Sql:
    """At most any number."""
    bounded = exp.Anonymous(this="least", expressions=[worth, exp.Cast(this=number(HIGHEST), to=WIDE)])
    return exp.Cast(this=bounded, to=exp.DataType.build("bigint"))


def clamped(worth: Sql) -> Sql:
    cases = [
        (exp.LT(this=worth, expression=number(LOWEST)), number(LOWEST)),
        (exp.GT(this=worth, expression=number(HIGHEST)), number(HIGHEST)),
    ]
    return exp.Cast(this=case_when(cases, worth), to=exp.DataType.build("bigint"))


def wide(worth: Sql) -> Sql:
    return exp.Cast(this=worth, to=WIDE)


def positive(worth: Sql) -> Sql:
    return case_when([(exp.GT(this=worth, expression=number(0)), worth)], number(0))


def negative(worth: Sql) -> Sql:
    return case_when([(exp.LT(this=worth, expression=number(0)), worth)], number(0))


def zero_or(name: str, alias: str) -> Sql:
    return exp.Coalesce(this=column(name, alias), expressions=[wide(number(0))])
