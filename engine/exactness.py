"""What is not exactly known of the cases in tables, asked in SQL."""

from collections.abc import Iterator

from sqlglot import exp

from engine import tables
from engine.periods import Period
from engine.queries import CASES
from engine.rulebook import Rulebook
from engine.selects import named, select
from engine.sql import CASE_ALIAS, PARAMETER, TRUE, Sql, column, every, negation, number, some
from engine.tables import Schema


def doubts(schema: Schema) -> Iterator[exp.Query]:
    """Queries that each give a row where a value or a list is not wholly known."""
    sections = schema.program.rulebook.sections
    for table in schema.tables:
        sources = [source for source, section in sections.items() if schema.table_of(section) == table]
        loose = [_open(source, name) for source in sources for name in schema.fields[source]]
        if table != tables.GIVEN:
            loose.append(negation(column(tables.CERTAIN, CASE_ALIAS)))
        yield select([number(1)], table, CASE_ALIAS, where=some(loose)).limit(1, copy=False)


def unsettled(rulebook: Rulebook) -> exp.Query:
    """A row that tells of each parameter whether some rule that may be in force may find it unsettled."""
    truths = [
        named(exp.LogicalOr(this=every([_open(PARAMETER, name), _read(name, rulebook)])), f"p{place}")
        for place, name in enumerate(rulebook.parameters)
    ]
    return select(truths, CASES, CASE_ALIAS)


def _read(name: str, rulebook: Rulebook) -> Sql:
    return some(_in_force(selector, period, rulebook) for selector, period in rulebook.periods_read[name])


def _in_force(selector: str, period: Period, rulebook: Rulebook) -> Sql:
    if not selector or rulebook.sections[rulebook.dates[selector][0]].listed:
        return TRUE
    first, last = period.numbers
    low, high = (column(end(*rulebook.dates[selector]), CASE_ALIAS) for end in (tables.low, tables.high))
    return every([exp.LTE(this=low, expression=number(last)), exp.GTE(this=high, expression=number(first))])


def _open(source: str, name: str) -> Sql:
    low, high = (column(end(source, name), CASE_ALIAS) for end in (tables.low, tables.high))
    return exp.LT(this=low, expression=high)
