"""Terms and conditions of the rule language in SQL: every value as two ends, every truth as must and may."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

from sqlglot import exp

from engine import expressions as ex
from engine import tables
from engine.calendar import MONTHS_TO_END, Unit
from engine.program import SELF, Side, Test
from engine.values import HIGHEST

Sql = exp.Expr
CASE_ALIAS = "c"
PARAMETER = tables.PARAMETER
TRUE, FALSE = exp.true(), exp.false()
MONTHS: Mapping[Unit, int] = {"years": 12, "months": 1, "full_years": 12, "full_months": 1}
FUNCTIONS: Mapping[str, str] = {
    "years": "shift_months",
    "months": "shift_months",
    "full_years": "shift_full_months",
    "full_months": "shift_full_months",
    "quarter_ends": "shift_ends",
    "year_ends": "shift_ends",
    "days": "shift_days",
}


@dataclass(frozen=True, slots=True)
class Ends:
    """The least and the greatest that a value may be."""

    low: Sql
    high: Sql

    @property
    def exact(self) -> bool:
        return self.low is self.high or self.low == self.high


@dataclass(frozen=True, slots=True)
class Truth:
    """Whether something holds for every completion, and for some."""

    must: Sql
    may: Sql

    @property
    def denied(self) -> "Truth":
        return Truth(negation(self.may), negation(self.must))


ALWAYS = Truth(TRUE, TRUE)


class Fact(Protocol):
    """A fact that a variable may stand for, in the columns that tell of it."""

    @property
    def presence(self) -> Truth: ...

    @property
    def marks(self) -> Sequence[Ends]:
        """What tells the fact from others of its type in a case."""

    @property
    def many(self) -> Sql:
        """How many facts it may stand for."""

    def ends(self, name: str) -> Ends: ...

    def mask(self, name: str, numbers: Iterable[int]) -> tuple[Sql, int] | None:
        """The bits of what a field may be, and those of the numbers; None where there are none."""


Facts = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Given:
    """A fact of the case, given once or one of a list, in the columns of an alias."""

    schema: tables.Schema
    source: str
    alias: str
    presence: Truth
    number: str

    @property
    def marks(self) -> Sequence[Ends]:
        return [self.ends("")]

    @property
    def many(self) -> Sql:
        return one_or_any(self.presence.must)

    def ends(self, name: str) -> Ends:
        if not name:
            here = column(self.number, self.alias)
            return Ends(here, here)
        return Ends(
            column(tables.low(self.source, name), self.alias),
            column(self.schema.high(self.source, name), self.alias),
        )

    def mask(self, name: str, numbers: Iterable[int]) -> tuple[Sql, int] | None:
        asked = self.schema.asked[self.source, name]
        bits = sum(1 << asked.index(number) for number in numbers)
        return column(tables.options(self.source, name), self.alias), bits


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived fact: the ends of its arguments."""

    presence: Truth
    arguments: Mapping[str, Ends]
    many: Sql

    @property
    def marks(self) -> Sequence[Ends]:
        return list(self.arguments.values())

    def ends(self, name: str) -> Ends:
        return self.arguments[name]

    def mask(self, name: str, numbers: Iterable[int]) -> tuple[Sql, int] | None:
        return None


def column(name: str, alias: str = "") -> Sql:
    table = exp.to_identifier(alias) if alias else None
    return exp.Column(this=exp.to_identifier(name), table=table)


def number(value: int) -> Sql:
    return exp.Literal.number(value)


def one_or_any(settled: Sql) -> Sql:
    """One where it is settled which fact is meant, else any number."""
    return (
        number(1)
        if settled == TRUE
        else exp.Case(ifs=[exp.If(this=settled, true=number(1))], default=number(HIGHEST))
    )


def exactly(value: int) -> Ends:
    return Ends(number(value), number(value))


def every(parts: Iterable[Sql]) -> Sql:
    """All of the parts: TRUE where there are none."""
    return _join(exp.And, parts, TRUE, FALSE)


def some(parts: Iterable[Sql]) -> Sql:
    """One of the parts: FALSE where there are none."""
    return _join(exp.Or, parts, FALSE, TRUE)


def _join(kind: type[exp.Connector], parts: Iterable[Sql], nothing: Sql, settled: Sql) -> Sql:
    left = [part for part in parts if part != nothing]
    if settled in left:
        return settled
    if not left:
        return nothing
    return reduce(lambda one, other: kind(this=one, expression=_wrapped(other)), left[1:], _wrapped(left[0]))


def _wrapped(part: Sql) -> Sql:
    return exp.Paren(this=part) if isinstance(part, exp.Connector) else part


def negation(part: Sql) -> Sql:
    if part in (TRUE, FALSE):
        return FALSE if part == TRUE else TRUE
    return exp.Not(this=_wrapped(part) if isinstance(part, (exp.Connector, exp.Predicate)) else part)


def all_of(truths: Iterable[Truth]) -> Truth:
    truths = list(truths)
    return Truth(every(one.must for one in truths), every(one.may for one in truths))


def one_of(truths: Iterable[Truth]) -> Truth:
    truths = list(truths)
    return Truth(some(one.must for one in truths), some(one.may for one in truths))


_SYMBOLS: Mapping[ex.Operator, type[exp.Binary]] = {
    "==": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


def _is(left: Sql, operator: ex.Operator, right: Sql) -> Sql:
    if isinstance(left, exp.Literal) and isinstance(right, exp.Literal):
        must, _ = ex.compare(operator, *[(int(side.this), int(side.this)) for side in (left, right)])
        return TRUE if must else FALSE
    return _SYMBOLS[operator](this=left, expression=right)


def compare(operator: ex.Operator, left: Ends, right: Ends) -> Truth:
    if left.exact and right.exact:
        here = _is(left.low, operator, right.low)
        return Truth(here, here)
    match operator:
        case "<" | "<=":
            return Truth(_is(left.high, operator, right.low), _is(left.low, operator, right.high))
        case ">" | ">=":
            return Truth(_is(left.low, operator, right.high), _is(left.high, operator, right.low))
        case "==":
            return Truth(
                every([_is(left.low, "==", right.high), _is(left.high, "==", right.low)]),
                every([_is(left.low, "<=", right.high), _is(left.high, ">=", right.low)]),
            )
        case "!=":
            return compare("==", left, right).denied


@dataclass(frozen=True, slots=True)
class Speller:
    """Writes terms and conditions over facts; what parameters are worth is a fact of the case among them."""

    facts: Facts

    def ends(self, term: ex.Term) -> Ends:
        match term:
            case ex.Field():
                return self.facts[term.variable].ends(term.name)
            case ex.Constant():
                return exactly(term.number)
            case ex.Parameter():
                return self.facts[PARAMETER].ends(term.name)
            case ex.Shift():
                base, amount = self.ends(term.base), self._amount(term)
                return Ends(
                    _shift(base.low, term.unit, amount.low), _shift(base.high, term.unit, amount.high)
                )

    def truth(self, condition: ex.Condition) -> Truth:
        match condition:
            case ex.Compare():
                return compare(condition.operator, self.ends(condition.left), self.ends(condition.right))
            case ex.Member():
                inside = self._member(condition)
                return inside.denied if condition.negated else inside
            case ex.All():
                return all_of(map(self.truth, condition.parts))
            case ex.Any_():
                return one_of(map(self.truth, condition.parts))

    def test(self, test: Test) -> Truth:
        column_ = test.left.column
        if isinstance(column_, (ex.Compare, ex.Member, ex.All, ex.Any_)):
            return self._of(test.left.variable).truth(column_)
        right = self.side(test.right) if isinstance(test.right, Side) else exactly(test.right)
        return compare(test.operator, self.side(test.left), right)

    def side(self, side: Side) -> Ends:
        assert not isinstance(side.column, (ex.Compare, ex.Member, ex.All, ex.Any_))
        return self._of(side.variable).ends(side.column)

    def _of(self, variable: str) -> "Speller":
        """For what is said of the fact that a variable stands for."""
        return Speller({**self.facts, SELF: self.facts[variable]})

    def _amount(self, term: ex.Shift) -> Ends:
        """By how much a value moves: in months for years and months, else in what the unit counts."""
        scale = term.sign * MONTHS.get(term.unit, 1)
        if isinstance(term.amount, ex.Constant):
            return exactly(term.amount.number * scale)
        worth = self.ends(term.amount)
        first, last = (worth.low, worth.high) if scale > 0 else (worth.high, worth.low)
        return Ends(_times(first, scale), _times(last, scale))

    def _member(self, condition: ex.Member) -> Truth:
        fact, name = self.facts[condition.term.variable], condition.term.name
        masked = fact.mask(name, condition.numbers)
        if masked is None:
            return _covered(fact.ends(name), sorted(condition.numbers))
        bits, wanted = masked
        inside = exp.Paren(this=exp.BitwiseAnd(this=bits, expression=number(wanted)))
        may = exp.NEQ(this=inside, expression=number(0))
        return Truth(may if fact.ends(name).exact else _is(inside, "==", bits), may)


def _covered(ends: Ends, numbers: Sequence[int]) -> Truth:
    """Whether a range holds nothing but the numbers, and whether it holds one of them."""
    within = [every([_is(ends.low, "<=", number(one)), _is(ends.high, ">=", number(one))]) for one in numbers]
    if all(part in (TRUE, FALSE) for part in within):
        alone = ends.low == ends.high and TRUE in within
        return Truth(TRUE if alone else FALSE, some(within))
    size = exp.Paren(this=exp.Sub(this=wide(ends.high), expression=wide(ends.low)))
    counted = reduce(lambda one, other: exp.Add(this=one, expression=other), map(_one_if, within))
    return Truth(_is(exp.Add(this=size, expression=number(1)), "==", counted), some(within))


def _one_if(part: Sql) -> Sql:
    return exp.Case(ifs=[exp.If(this=part, true=number(1))], default=number(0))


def _times(amount: Sql, scale: int) -> Sql:
    return amount if scale == 1 else exp.Mul(this=amount, expression=number(scale))


def wide(part: Sql) -> Sql:
    """A number that may grow out of the type of its column."""
    return part if isinstance(part, exp.Literal) else exp.Cast(this=part, to=exp.DataType.build("bigint"))


def _shift(base: Sql, unit: Unit, amount: Sql) -> Sql:
    if unit == "number":
        return exp.Paren(this=exp.Add(this=wide(base), expression=amount))
    span = [number(MONTHS_TO_END[unit])] if unit in MONTHS_TO_END else []
    return exp.Anonymous(this=FUNCTIONS[unit], expressions=[base, *span, amount])
