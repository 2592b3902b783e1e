"""The pieces of SQL queries over the tables of cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from sqlglot import exp

from engine import tables
from engine.sql import CASE_ALIAS, FALSE, TRUE, Sql, column, number


@dataclass(frozen=True)
class Joined:
    """A table or a query to join, under an alias."""

    table: str | exp.Query
    alias: str
    on: Sql
    side: str = ""


def relation_table(predicate: str) -> str:
    return f"relation_{predicate}"


def ends_of(names: Iterable[str]) -> list[str]:
    """The columns of the arguments of a relation."""
    return [f"{name}_{end}" for name in names for end in ("lo", "hi")]


def select(
    columns: Iterable[Sql],
    table: str | exp.Query,
    alias: str,
    joins: Iterable[Joined] = (),
    where: Sql = TRUE,
) -> exp.Select:
    query = exp.Select(expressions=list(columns)).from_(_source(table, alias), copy=False)
    for join in joins:
        source = _source(join.table, join.alias)
        query = query.join(source, on=join.on, join_type=join.side or None, copy=False)
    return query if where == TRUE else query.where(where, copy=False)


def _source(table: str | exp.Query, alias: str) -> exp.Expression:
    name = exp.TableAlias(this=exp.to_identifier(alias))
    if isinstance(table, exp.Query):
        return exp.Subquery(this=table, alias=name)
    return exp.Table(this=exp.to_identifier(table), alias=name)


def nothing(columns: Iterable[str]) -> exp.Select:
    """No row, of columns that are numbers but for those that tell must."""
    kinds = {name: "boolean" if name == "must" else "bigint" for name in columns}
    empty = [
        named(exp.Cast(this=exp.Null(), to=exp.DataType.build(kind)), name) for name, kind in kinds.items()
    ]
    return exp.Select(expressions=empty).where(FALSE, copy=False)


def grouped(columns: Sequence[Sql], rows: exp.Query, alias: str, keys: Sequence[Sql]) -> exp.Select:
    return select(columns, rows, alias).group_by(*keys, copy=False)


def union(parts: Sequence[exp.Query]) -> exp.Query:
    return reduce(lambda one, other: exp.Union(this=one, expression=other, distinct=False), parts)


def everything(alias: str) -> Sql:
    return exp.Column(this=exp.Star(), table=exp.to_identifier(alias))


def named(part: Sql, name: str) -> Sql:
    return exp.Alias(this=part, alias=exp.to_identifier(name))


def same_case(alias: str, other: str = CASE_ALIAS) -> Sql:
    return exp.EQ(this=column(tables.CASE, alias), expression=column(tables.CASE, other))


def coalesced(word: str, alias: str) -> Sql:
    return exp.Coalesce(this=column(word, alias), expressions=[number(0)])


def case_when(cases: Iterable[tuple[Sql, Sql]], default: Sql) -> Sql:
    ifs = [exp.If(this=holds, true=worth) for holds, worth in cases]
    return exp.Case(ifs=ifs, default=default) if ifs else default


def spread(truth: Sql, bits: int) -> Sql:
    """Some bits where a column is true, else none: all bits of minus one are set, and none of zero."""
    whole = exp.Neg(this=exp.Cast(this=truth, to=exp.DataType.build("bigint")))
    return exp.Paren(this=exp.BitwiseAnd(this=whole, expression=number(bits)))


def any_bit(parts: Sequence[Sql]) -> Sql:
    return reduce(lambda one, other: exp.BitwiseOr(this=one, expression=other), parts or [number(0)])


def has_bits(word: Sql, bits: int) -> Sql:
    here = exp.Paren(this=exp.BitwiseAnd(this=word, expression=number(bits)))
    return exp.NEQ(this=here, expression=number(0))
