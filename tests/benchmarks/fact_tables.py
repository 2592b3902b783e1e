"""Synthetic cases as the fact tables that the SQL executor reads, made of whole columns."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import duckdb
import numpy as np

from engine import tables
from engine.facts import Section
from engine.values import HIGHEST, LOWEST, Domain
from tests.benchmarks.population import Columns, Facts, Flags, Numbers, Population, Variant, chunks

DATABASE = "cases"
_TYPES = {
    "TINYINT": np.int8,
    "SMALLINT": np.int16,
    "INTEGER": np.int32,
    "BIGINT": np.int64,
    "BOOLEAN": np.bool_,
}


def fill(
    connection: duckdb.DuckDBPyConnection, schema: tables.Schema, variant: Variant, count: int, file: Path
) -> None:
    """Make the tables of that many cases, in parts, as a database; nothing of it stays in memory."""
    connection.execute(f"ATTACH '{file}' AS {DATABASE}")
    for name, types in schema.tables.items():
        columns = ", ".join(f"{column} {kind}" for column, kind in types.items())
        connection.execute(f"CREATE TABLE {DATABASE}.{name} ({columns})")
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS FROM {DATABASE}.{name}")
    for part in chunks(variant, count):
        for name, made in columns_of(schema, part).items():
            connection.register("made", made)
            told = ", ".join(schema.tables[name])
            connection.execute(f"INSERT INTO {DATABASE}.{name} SELECT {told} FROM made")
            connection.unregister("made")
    connection.execute(f"DETACH {DATABASE}")
    connection.execute(f"ATTACH '{file}' AS {DATABASE} (READ_ONLY)")


def columns_of(schema: tables.Schema, people: Population) -> Mapping[str, Columns]:
    """The columns of each table."""
    found: dict[str, Columns] = {tables.GIVEN: {tables.CASE: people.facts["official"].case_no}}
    ends = _put_in_order(schema, people)
    used = np.zeros(people.count, dtype=np.int32)
    for source, section in schema.program.rulebook.sections.items():
        facts = people.facts[source]
        if not section.listed:
            used += 1
            found[tables.GIVEN][tables.serial(source)] = used.copy()
            found[tables.GIVEN] |= dict(_fields(schema, section, facts, ends))
            continue
        table = {tables.CASE: facts.case_no, tables.SERIAL: _serials(facts, people, used),
                 tables.CERTAIN: np.ones(len(facts), dtype=np.bool_),
                 **dict(_fields(schema, section, facts, ends))}  # fmt: skip
        used += np.bincount(facts.case_no - people.first, minlength=people.count).astype(np.int32)
        phantom = np.flatnonzero(~people.complete[source])
        used[phantom] += 1
        found[tables.item_table(source)] = _with_phantoms(
            schema, section, table, phantom + people.first, used[phantom]
        )
    for name, table in found.items():
        found[name] = {
            column: values.astype(_TYPES[schema.tables[name][column]], copy=False)
            for column, values in table.items()
        }
    return found


def _serials(facts: Facts, people: Population, used: Numbers) -> Numbers:
    """The number of each fact within its case, after those used before."""
    owners = facts.case_no - people.first
    starts = np.searchsorted(owners, np.arange(people.count))
    numbers: Numbers = np.arange(len(owners)) - starts[owners] + used[owners] + 1
    return numbers


Ends = dict[tuple[str, str], tuple[Numbers, Numbers]]


def _put_in_order(schema: tables.Schema, people: Population) -> Ends:
    """The ends of the dates that follow one another, each bounded by the other."""
    ends: Ends = {}
    for earlier, later in schema.program.rulebook.orders:
        for source, name in (earlier, later):
            domain = schema.fields[source][name]
            ends.setdefault((source, name), _ends(people.facts[source], name, domain))
    for _ in schema.program.rulebook.orders:
        for earlier, later in schema.program.rulebook.orders:
            (first, latest), (soonest, last) = ends[earlier], ends[later]
            ends[earlier] = first, np.where(first <= last, np.minimum(latest, last), latest)
            ends[later] = np.where(first <= last, np.maximum(soonest, first), soonest), last
    return ends


def _ends(facts: Facts, name: str, domain: Domain) -> tuple[Numbers, Numbers]:
    values, known = facts.values[name], facts.known.get(name)
    if known is None:
        return values, values
    first, last = _bounds(domain)
    wide = values.astype(np.int64)
    return np.where(known, wide, first), np.where(known, wide, last)


def _bounds(domain: Domain) -> tuple[int, int]:
    return (LOWEST, HIGHEST) if domain.kind == "text" else domain.bounds


def _fields(
    schema: tables.Schema, section: Section, facts: Facts, ends: Ends
) -> Iterator[tuple[str, Numbers]]:
    source = section.fact.type_name()
    for name, domain in schema.fields[source].items():
        low, high = ends.get((source, name)) or _ends(facts, name, domain)
        yield tables.low(source, name), low
        yield tables.high(source, name), high
        if (source, name) in schema.asked:
            yield tables.options(source, name), _bits(schema, source, name, domain, facts)


def _bits(schema: tables.Schema, source: str, name: str, domain: Domain, facts: Facts) -> Numbers:
    first, worth, anything = _worth(schema, source, name, domain)
    found = worth[facts.values[name].astype(np.int64) - first]
    known = facts.known.get(name)
    return found if known is None else np.where(known, found, anything)


@cache
def _worth(schema: tables.Schema, source: str, name: str, domain: Domain) -> tuple[int, Numbers, int]:
    """The bits of each number of a domain, from the first on, and of any number."""
    first, last = domain.bounds
    asked = schema.asked[source, name]
    worth = [tables.mask((number, number), None, asked) for number in range(first, last + 1)]
    return first, np.array(worth, dtype=np.int64), tables.mask((first, last), None, asked)


def _with_phantoms(
    schema: tables.Schema, section: Section, table: Columns, owners: Numbers, serials: Numbers
) -> Columns:
    """The rows with one more for each list that is not complete: it may not exist, and may be anything."""
    if not len(owners):
        return table
    source = section.fact.type_name()
    nothing: Flags = np.zeros(len(owners), dtype=np.bool_)
    anything: Columns = {tables.CASE: owners, tables.SERIAL: serials, tables.CERTAIN: nothing}
    for name, domain in schema.fields[source].items():
        first, last = _bounds(domain)
        anything[tables.low(source, name)] = np.full(len(owners), first)
        anything[tables.high(source, name)] = np.full(len(owners), last)
        if (source, name) in schema.asked:
            anything[tables.options(source, name)] = np.full(
                len(owners), _worth(schema, source, name, domain)[2]
            )
    joined = {name: np.concatenate([values, anything[name]]) for name, values in table.items()}
    order = np.argsort(joined[tables.CASE], kind="stable")
    return {name: values[order] for name, values in joined.items()}
