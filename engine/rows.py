"""A case as rows of whole numbers: every value as the two ends of what it may be."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from engine.expressions import Interval
from engine.facts import CaseModel, Fact, Section, Spot
from engine.rulebook import Parameter, Rulebook
from engine.values import HIGHEST, LOWEST, UNKNOWN, Domain, Known, to_number

ANYTHING: Interval = (LOWEST, HIGHEST)


@dataclass(slots=True, eq=False)
class Row:
    """One fact, given or derived. `certain` is false for a fact that may not exist."""

    serial: int
    source: str
    certain: bool
    values: dict[str, Interval]
    options: dict[str, frozenset[int]] = field(default_factory=dict)
    section: str = ""
    index: int = 0

    def spot(self, name: str) -> Spot:
        """Where the case says the value; for the unknown further item of a list, the list's completeness."""
        return Spot(self.section, self.index, name) if self.index >= 0 else Spot(self.section)


@dataclass(slots=True, eq=False)
class Rows:
    """The given facts of a case, and what its parameters are worth."""

    rows: list[Row]
    parameters: dict[str, Interval]
    texts: dict[str, int]
    exact: bool

    def of(self, source: str) -> Iterator[Row]:
        return (row for row in self.rows if row.source == source)


def encode(case: CaseModel, rulebook: Rulebook) -> Rows:
    """Number the facts of a case. A list that is not complete gets one further item, wholly unknown."""
    texts: dict[str, int] = {}
    rows: list[Row] = []
    for section in rulebook.sections.values():
        for index, fact in enumerate(case.facts(section)):
            rows.append(_row(len(rows) + 1, section, index, fact, texts))
        if not case.complete(section):
            rows.append(_phantom(len(rows) + 1, section))
    _put_in_order(rows, rulebook)
    parameters = {
        name: worth(parameter, *_days(parameter.values[0].selector, rows, rulebook))
        for name, parameter in rulebook.parameters.items()
    }
    exact = all(row.certain and all(low == high for low, high in row.values.values()) for row in rows)
    settled = all(low == high or not _read(name, rows, rulebook) for name, (low, high) in parameters.items())
    return Rows(rows, parameters, texts, exact and settled)


def _read(name: str, rows: list[Row], rulebook: Rulebook) -> bool:
    """Whether a rule that may be in force names the parameter."""
    for selector, period in rulebook.periods_read[name]:
        if not selector:
            return True
        first, last = period.numbers
        if any(first <= high and low <= last for low, high in _days(selector, rows, rulebook)):
            return True
    return False


def _days(selector: str, rows: list[Row], rulebook: Rulebook) -> Iterator[Interval]:
    """A date of the case, or of each fact of a list."""
    source, name = rulebook.dates[selector]
    return (row.values[name] for row in rows if row.source == source)


def _put_in_order(rows: list[Row], rulebook: Rulebook) -> None:
    """Leave out the days of two dates between which the later would come before the earlier."""
    single = {row.source: row for row in rows}
    for _ in rulebook.orders:
        for (source, earlier), (other, later) in rulebook.orders:
            first, last = single[source].values[earlier][0], single[other].values[later][1]
            _narrow(single[source], earlier, LOWEST, last)
            _narrow(single[other], later, first, HIGHEST)


def _narrow(row: Row, name: str, first: int, last: int) -> None:
    """Keep a value within two ends, unless nothing would be left of it."""
    low, high = row.values[name]
    if name in row.options:
        within = {number for number in row.options[name] if first <= number <= last}
        if within:
            row.options[name] = frozenset(within)
            row.values[name] = min(within), max(within)
    elif max(low, first) <= min(high, last):
        row.values[name] = max(low, first), min(high, last)


def _row(serial: int, section: Section, index: int, fact: Fact, texts: dict[str, int]) -> Row:
    source, fields = _fields(section.fact)
    row = Row(serial, source, True, {}, {}, section.name, index)
    said = fact.__dict__
    for name, domain, bounds in fields:
        known = said[name]
        row.values[name] = bounds if known is UNKNOWN else interval_of(known, domain, texts)
        if len(known.options) > 1:
            row.options[name] = frozenset(_number(option, domain, texts) for option in known.options)
    return row


@cache
def _fields(fact: type[Fact]) -> tuple[str, tuple[tuple[str, Domain, Interval], ...]]:
    """The name of a fact type, and its fields with what they may be when nothing is known."""
    return fact.type_name(), tuple(
        (name, domain, interval_of(UNKNOWN, domain, {})) for name, domain in fact.domains().items()
    )


def _phantom(serial: int, section: Section) -> Row:
    source, fields = _fields(section.fact)
    return Row(serial, source, False, {name: bounds for name, _, bounds in fields}, {}, section.name, -1)


def interval_of(known: Known[Any], domain: Domain, texts: dict[str, int]) -> Interval:
    """The two ends of what a value may be."""
    if len(known.options) == 1:
        number = _number(known.options[0], domain, texts)
        return number, number
    if known.options:
        numbers = [_number(option, domain, texts) for option in known.options]
        return min(numbers), max(numbers)
    if domain.kind == "text":
        return ANYTHING
    low, high = domain.bounds
    return (
        low if known.low is None else to_number(known.low, domain),
        high if known.high is None else to_number(known.high, domain),
    )


def _number(value: Any, domain: Domain, texts: dict[str, int]) -> int:
    return texts.setdefault(value, len(texts) + 1) if domain.kind == "text" else to_number(value, domain)


def worth(parameter: Parameter, days: Interval) -> Interval:
    """What a parameter may be worth on some days; anything where there is one without a value."""
    low, high = days
    picked = [
        (value.number, min(last, high) - max(first, low) + 1)
        for value in parameter.values
        for first, last in (value.period.numbers,)
        if first <= high and low <= last
    ]
    if sum(days for _, days in picked) < high - low + 1:
        return ANYTHING
    return min(picked)[0], max(picked)[0]
