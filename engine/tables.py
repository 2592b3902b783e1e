"""The given facts of many cases as tables of whole numbers, on which SQL runs.

`given` has a row a case, with the columns of every fact that a case has once; `of_<type>` has a row a listed
fact. A field is two columns, the ends of what it may be, and a third where rules ask whether it is one of
some values: a bit for each value asked about, and the next one for any other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine import expressions as ex
from engine.errors import refuse
from engine.expressions import Interval
from engine.facts import Section
from engine.program import SELF, Column, Program, Side
from engine.rows import Row, Rows
from engine.values import Domain

GIVEN = "given"
CASE = "case_no"
SERIAL = "serial"
CERTAIN = "certain"
PARAMETER = "parameter"
MAX_ASKED = 61
_SIZES = {"TINYINT": 7, "SMALLINT": 15, "INTEGER": 31}

Field = tuple[str, str]


def item_table(source: str) -> str:
    """The table of a listed fact type."""
    return f"of_{source}"


def low(source: str, name: str) -> str:
    return f"{source}_{name}_lo"


def high(source: str, name: str) -> str:
    return f"{source}_{name}_hi"


def options(source: str, name: str) -> str:
    return f"{source}_{name}_in"


def serial(source: str) -> str:
    """The column of the number of a fact that a case has once."""
    return f"{source}_{SERIAL}"


@dataclass(frozen=True, eq=False)
class Schema:
    """The tables that a program reads.

    For exact cases, in which every value is its low end and no fact is in doubt, `loose` names the parameters
    that may not be settled all the same; for others it is None.
    """

    program: Program
    loose: frozenset[str] | None = None

    @property
    def exact(self) -> bool:
        return self.loose is not None

    def high(self, source: str, name: str) -> str:
        """The column of the greatest that a field, or a parameter, may be."""
        known = self.loose is not None and not (source == PARAMETER and name in self.loose)
        return low(source, name) if known else high(source, name)

    @cached_property
    def asked(self) -> Mapping[Field, tuple[int, ...]]:
        """The fields of which rules ask whether they are one of some values, with all these values."""
        found: dict[Field, set[int]] = {}
        for source, column in _columns(self.program):
            for member in _members(column):
                found.setdefault((source, member.term.name), set()).update(member.numbers)
        for (source, name), numbers in found.items():
            if len(numbers) > MAX_ASKED:
                raise refuse(
                    f"The rules ask `in` about {len(numbers)} values of {source}.{name}",
                    f"Ask about {MAX_ASKED} at most, or compare",
                )
        return {field: tuple(sorted(numbers)) for field, numbers in sorted(found.items())}

    @cached_property
    def fields(self) -> Mapping[str, Mapping[str, Domain]]:
        """The fields that rules read, of each fact type of the case."""
        rulebook = self.program.rulebook
        read = {(source, name) for source, column in _columns(self.program) for name in _names(column)}
        read |= set(rulebook.dates.values())
        read |= {field for pair in rulebook.orders for field in pair}
        return {
            source: {
                name: domain for name, domain in section.fact.domains().items() if (source, name) in read
            }
            for source, section in rulebook.sections.items()
        }

    @cached_property
    def tables(self) -> Mapping[str, Mapping[str, str]]:
        """The columns of each table, with their SQL types."""
        sections = self.program.rulebook.sections
        given = {CASE: "BIGINT"}
        for source, section in sections.items():
            if not section.listed:
                given |= {serial(source): "INTEGER", **self._types(source)}
        listed = {
            item_table(source): {CASE: "BIGINT", SERIAL: "INTEGER", CERTAIN: "BOOLEAN", **self._types(source)}
            for source, section in sections.items()
            if section.listed
        }
        return {GIVEN: given, **listed}

    def _types(self, source: str) -> dict[str, str]:
        types: dict[str, str] = {}
        for name, domain in self.fields[source].items():
            size = integer(domain)
            types |= {low(source, name): size, high(source, name): size}
            if (source, name) in self.asked:
                types[options(source, name)] = "BIGINT"
        return types

    def table_of(self, section: Section) -> str:
        source = section.fact.type_name()
        return item_table(source) if section.listed else GIVEN

    def worth(self, source: str, name: str, ends: Interval, chosen: frozenset[int] | None) -> list[int]:
        """What the columns of a field hold for what is known of it."""
        asked = self.asked.get((source, name))
        return [*ends] if asked is None else [*ends, mask(ends, chosen, asked)]

    def records(self, cases: Iterable[Rows]) -> Mapping[str, Sequence[Sequence[int | bool]]]:
        """The rows of each table, for cases that are numbered from 0 in their order."""
        records: dict[str, list[list[int | bool]]] = {name: [] for name in self.tables}
        for number, rows in enumerate(cases):
            single: list[int | bool] = [number]
            for row in rows.rows:
                if self.program.rulebook.sections[row.source].listed:
                    records[item_table(row.source)].append(
                        [number, row.serial, row.certain, *self._values(row)]
                    )
                else:
                    single += [row.serial, *self._values(row)]
            records[GIVEN].append(single)
        return records

    def _values(self, row: Row) -> Iterator[int]:
        for name in self.fields[row.source]:
            yield from self.worth(row.source, name, row.values[name], row.options.get(name))


def integer(domain: Domain) -> str:
    """The smallest SQL type that holds a value of a domain."""
    if domain.kind == "text":
        return "BIGINT"
    most = max(abs(end) for end in domain.bounds)
    return next((size for size, bits in _SIZES.items() if most < 2**bits), "BIGINT")


def mask(ends: Interval, chosen: frozenset[int] | None, asked: Sequence[int]) -> int:
    """The values asked about that a value may be, a bit each, and a last bit for any other value."""
    first, last = ends
    may_be = [number in chosen if chosen else first <= number <= last for number in asked]
    others = (len(chosen) if chosen else last - first + 1) - sum(may_be)
    return sum(1 << place for place, may in enumerate(may_be) if may) | (others > 0) << len(asked)


def _columns(program: Program) -> Iterator[tuple[str, Column]]:
    """Every column that a program reads of a fact, with the source of the fact."""
    for variant in program.variants:
        sources = {**variant.joins, **variant.fixed, **{d.variable: d.source for d in variant.denials}}
        tests = [*variant.tests, *(test for denial in variant.denials for test in denial.tests)]
        for side in (side for test in tests for side in (test.left, test.right)):
            if isinstance(side, Side):
                yield sources[side.variable], side.column
        for _, argument in variant.rule.head.arguments:
            if not isinstance(argument, ex.Reference):
                for field in ex.fields_of(argument):
                    yield sources[field.variable], ex.Field(SELF, field.name, field.domain)


def _names(column: Column) -> Iterator[str]:
    match column:
        case ex.Compare() | ex.Member() | ex.All() | ex.Any_():
            for term in ex.terms_of(column):
                yield from (field.name for field in ex.fields_of(term))
        case _:
            yield from (field.name for field in ex.fields_of(column))


def _members(column: Column) -> Iterator[ex.Member]:
    match column:
        case ex.Member():
            yield column
        case ex.All() | ex.Any_():
            for part in column.parts:
                yield from _members(part)
