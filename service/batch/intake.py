"""Tables of facts made of tables of texts, inside DuckDB: each different text is read once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine import tables
from engine.facts import Section
from engine.tables import Schema
from engine.values import Known
from rules.facts import EmploymentCase
from service.batch.applications import Desk
from service.batch.cells import unusable
from service.batch.columns import Column
from service.batch.dictionary import Numbering, intertwined, rows_of
from service.batch.faults import Fault
from service.batch.texts import CHUNK

if TYPE_CHECKING:
    import duckdb

SINGLE = "single"
ODD = "odd"
_SERIALS = 1_000
Field = tuple[str, str]


@dataclass(frozen=True)
class _Listed:
    """The columns of a list in a table: those of each entry by its number, and that of its completeness."""

    section: Section
    entries: Mapping[int, Sequence[tuple[int, Column]]]
    complete: int | None


class Intake:
    """Makes the tables of facts of a chunk of rows, and says which rows must be read one by one.

    `chunk` has a row an application: case_no from 0, the number, and a column of text a column of the table,
    null where it is empty.
    """

    def __init__(self, desk: Desk, schema: Schema, connection: "duckdb.DuckDBPyConnection") -> None:
        self.desk = desk
        self.schema = schema
        self.rulebook = schema.program.rulebook
        self.numbering = Numbering(schema)
        self.connection = connection
        self.columns = desk.table.columns

    def make(self) -> None:
        """Fill `given`, the tables of listed facts, `single` (what the row itself says), and `asked`.

        `odd` are the rows that must be read one by one; what the tables hold of them means nothing.
        """
        self.desk.forget()
        self.numbering = Numbering(self.schema)
        self._run(f"CREATE OR REPLACE TEMP TABLE {ODD} (case_no BIGINT)")
        for field in self._fields:
            self._dictionary(field)
        for source in self._lists:
            self._whole(source)
        self._ranks()
        self._numbers()
        self._single()
        self._register()
        for source, listed in self._lists.items():
            self._list(source, listed)
        self._given()
        self._contradictions()

    def _run(self, query: str, *values: Any) -> "duckdb.DuckDBPyConnection":
        return self.connection.execute(query, list(values))

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._run(query).fetchall()

    @cached_property
    def _fields(self) -> Mapping[Field, Sequence[int]]:
        """The fields that the table says, each with its columns. Those that no rule reads are checked too."""
        fields: dict[Field, list[int]] = {}
        for place, column in enumerate(self.columns):
            if column.meaning == "field":
                fields.setdefault((column.source, column.field), []).append(place)
        return fields

    @cached_property
    def _lists(self) -> Mapping[str, _Listed]:
        return {
            source: _Listed(section, dict(self._entries(source)), self._place("complete", source))
            for source, section in self.rulebook.sections.items()
            if section.listed
        }

    def _entries(self, source: str) -> Iterator[tuple[int, Sequence[tuple[int, Column]]]]:
        indexes = {column.index for column in self.columns if column.source == source and column.index}
        for index in sorted(indexes):
            yield (
                index,
                [
                    (place, column)
                    for place, column in enumerate(self.columns)
                    if (column.source, column.index) == (source, index)
                ],
            )

    def _place(self, meaning: str, source: str = "") -> int | None:
        found = (
            place
            for place, column in enumerate(self.columns)
            if column.meaning == meaning and column.source == source
        )
        return next(found, None)

    def _names(self, source: str, name: str) -> list[str]:
        """The columns of a field, under the names that the tables of facts give them."""
        names = [tables.low(source, name), tables.high(source, name), tables.options(source, name)]
        return names[: self.numbering.width(source, name)]

    def _dictionary(self, field: Field) -> None:
        """`d_<type>_<field>`: each text with what it is worth."""
        source, name = field
        places = self._fields[field]
        texts = self._texts(places)
        column = self.columns[places[0]]
        ordered = any(field in pair for pair in self.rulebook.orders)
        domain = self.rulebook.sections[source].fact.domains()[name]
        read: dict[str, Known[Any]] = {}
        odd: list[str] = []
        for text in texts:
            known = self.desk.known(column, text)
            if isinstance(known, Fault) or intertwined(known, domain, ordered=ordered):
                odd.append(text)
            else:
                read[text] = known
        self._odd_where(places, odd)
        names = self._names(source, name)
        entries = {
            text: (*self.numbering.worth(source, name, known), self._option(known))
            for text, known in read.items()
        }
        types = {"text": "VARCHAR", **dict.fromkeys(names, "BIGINT"), "said": "VARCHAR"}
        self._table(f"d_{source}_{name}", types, rows_of(entries))

    def _option(self, known: Known[Any]) -> str | None:
        return known.options[0] if known.exact and isinstance(known.options[0], str) else None

    def _texts(self, places: Sequence[int]) -> list[str]:
        every = " UNION ".join(f"SELECT DISTINCT t{place} FROM {CHUNK}" for place in places)
        return sorted(str(text) for (text,) in self._rows(every) if text is not None)

    def _odd_where(self, places: Sequence[int], texts: Sequence[str]) -> None:
        if texts:
            for place in places:
                self._run(
                    f"INSERT INTO {ODD} SELECT case_no FROM {CHUNK} WHERE t{place} IN (SELECT unnest(?))",
                    texts,
                )

    def _table(self, name: str, types: Mapping[str, str], columns: Sequence[Sequence[Any]]) -> None:
        written = ", ".join(f"{column} {kind}" for column, kind in types.items())
        self._run(f"CREATE OR REPLACE TEMP TABLE {name} ({written})")
        if columns:
            marks = ", ".join("unnest(?)" for _ in types)
            self._run(f"INSERT INTO {name} SELECT {marks}", *columns)

    def _whole(self, source: str) -> None:
        """`w_<type>`: whether a list is complete, by what its column says."""
        listed = self._lists[source]
        default = EmploymentCase.model_fields[listed.section.name].default.complete
        entries: dict[str, tuple[bool]] = {}
        if listed.complete is not None:
            odd = []
            for text in self._texts([listed.complete]):
                known = self.desk.known(self.columns[listed.complete], text)
                if isinstance(known, Fault):
                    odd.append(text)
                else:
                    entries[text] = (known.options[0] if known.exact else default,)
            self._odd_where([listed.complete], odd)
        self._table(f"w_{source}", {"text": "VARCHAR", "whole": "BOOLEAN"}, rows_of(entries))

    @property
    def _word_places(self) -> tuple[int | None, int | None]:
        return self._place("agency"), self._place("rank")

    @cached_property
    def _ranked(self) -> Sequence[str]:
        """The fields of an official of which words for an agency and a rank may speak, among those read."""
        from rules.lexicon import domain

        return [name for name in self.schema.fields["official"] if domain(name)]

    def _ranks(self) -> None:
        """`ranks`: each pair of words with what it is worth."""
        agency, rank = (f"t{place}" if place is not None else "NULL" for place in self._word_places)
        names = [column for name in self._ranked for column in self._names("official", name)]
        entries: dict[tuple[str | None, str | None], list[int | None]] = {}
        odd: list[tuple[str | None, str | None]] = []
        for pair in self._rows(f"SELECT DISTINCT {agency}, {rank} FROM {CHUNK}"):
            if pair == (None, None):
                continue
            said = self.desk.ranked(pair[0] or "", (pair[1] or "").replace("|", "/"))
            if isinstance(said, Fault):
                odd.append((pair[0], pair[1]))
                continue
            entries[pair[0], pair[1]] = [
                number
                for name in self._ranked
                for number in self.numbering.worth("official", name, said.get(name, Known()))
            ]
        types = {"agency": "VARCHAR", "rank": "VARCHAR", **dict.fromkeys(names, "BIGINT")}
        self._table("ranks", types, rows_of(entries))
        if odd:
            pairs = [list(words) for words in zip(*odd, strict=True)]
            self._table("odd_ranks", {"agency": "VARCHAR", "rank": "VARCHAR"}, pairs)
            self._run(
                f"INSERT INTO {ODD} SELECT case_no FROM {CHUNK} c JOIN odd_ranks r "
                f"ON {agency} IS NOT DISTINCT FROM r.agency AND {rank} IS NOT DISTINCT FROM r.rank"
            )

    def _numbers(self) -> None:
        """Rows whose number is missing, taken, or of a form that must be looked at."""
        suspects = self._rows(
            f"SELECT case_no, number FROM {CHUNK} WHERE number IS NULL OR length(number) >= 13 "
            "OR number[1] IN ('=', '#')"
        )
        odd = [case for case, number in suspects if not number or len(number) > 100 or unusable(number)]
        if odd:
            self._run(f"INSERT INTO {ODD} SELECT unnest(?)", odd)

    def _single(self) -> None:
        """`single`: what each row says of the facts that a case has once; null where nothing is known."""
        selected: list[str] = []
        joins: list[str] = []
        for source, section in self.rulebook.sections.items():
            if section.listed:
                continue
            for name in self.schema.fields[source]:
                selected += self._value(source, name, joins)
        words = ""
        if self._word_places != (None, None):
            agency, rank = (f"c.t{place}" if place is not None else "NULL" for place in self._word_places)
            words = (
                f" LEFT JOIN ranks r ON r.agency IS NOT DISTINCT FROM {agency} "
                f"AND r.rank IS NOT DISTINCT FROM {rank}"
            )
        named = self._said("employer", "name", joins)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {SINGLE} AS SELECT c.case_no, {', '.join(selected)}, "
            f"{named} AS named FROM {CHUNK} c{''.join(joins)}{words}"
        )

    def _value(self, source: str, name: str, joins: list[str]) -> Iterator[str]:
        place = next(iter(self._fields.get((source, name), ())), None)
        by_words = source == "official" and name in self._ranked and self._word_places != (None, None)
        if place is not None:
            joins.append(f" LEFT JOIN d_{source}_{name} d{place} ON d{place}.text = c.t{place}")
        for column in self._names(source, name):
            own = f"d{place}.{column}" if place is not None else "CAST(NULL AS BIGINT)"
            if by_words:
                own = (
                    f"CASE WHEN c.t{place} IS NULL THEN r.{column} ELSE {own} END"
                    if place is not None
                    else f"r.{column}"
                )
            yield f"{own} AS {column}"

    def _said(self, source: str, name: str, joins: list[str]) -> str:
        """The exact text of a field, where it is known."""
        place = next(iter(self._fields.get((source, name), ())), None)
        if place is None:
            return "CAST(NULL AS VARCHAR)"
        join = f" LEFT JOIN d_{source}_{name} d{place} ON d{place}.text = c.t{place}"
        if join not in joins:
            joins.append(join)
        return f"d{place}.said"

    def _register(self) -> None:
        """`asked`: what the register says of the employer of each row of which it is asked."""
        kind, listed = self._names("employer", "kind"), self._names("employer", "listed")
        types = {
            "named": "VARCHAR",
            "start": "BIGINT",
            "finding": "VARCHAR",
            "version": "VARCHAR",
            **{f"r_{column}": "BIGINT" for column in (*kind, *listed)},
        }
        entries: dict[tuple[str, int], list[Any]] = {}
        if self.desk.register is not None:
            from datetime import date

            for name, start in self._rows(f"SELECT DISTINCT {_ASKED} FROM {SINGLE} WHERE {_ASKS}"):
                consulted = self.desk.consulted(name, date.fromordinal(start))
                assert consulted is not None
                found = [
                    number
                    for field in ("kind", "listed")
                    for number in self.numbering.worth(
                        "employer", field, consulted.values.get(field, Known())
                    )
                ]
                version = consulted.version.version if consulted.version else ""
                entries[name, start] = [consulted.finding, version, *found]
        self._table("asked", types, rows_of(entries))

    def _given(self) -> None:
        """`given`: with what follows from other fields, the register, bounds, and dates put in order."""
        serials = {
            source: place
            for place, (source, section) in enumerate(self.rulebook.sections.items(), start=1)
            if not section.listed
        }
        values: dict[str, str] = {}
        for source in serials:
            for name in self.schema.fields[source]:
                values |= {column: f"s.{column}" for column in self._names(source, name)}
        for field in ("kind", "listed"):
            for column in self._names("employer", field):
                whole = self._names("employer", field)[0]
                values[column] = f"CASE WHEN s.{whole} IS NULL THEN a.r_{column} ELSE s.{column} END"
        for source in serials:
            for name, other, numbers in self.numbering.implied(source, self.rulebook.sections[source].fact):
                low, high = self._names(source, name)[:2]
                empty = self._names(source, other)[0]
                for column, number in zip(self._names(source, other), numbers, strict=True):
                    values[column] = (
                        f"CASE WHEN s.{empty} IS NULL AND s.{low} = 1 AND s.{high} = 1 THEN {number} "
                        f"ELSE {values[column]} END"
                    )
        for source in serials:
            for name in self.schema.fields[source]:
                bounds = self.numbering.bounds(source, name)
                for column, bound in zip(self._names(source, name), bounds, strict=True):
                    values[column] = f"coalesce({values[column]}, {bound})"
        wanted = self.schema.tables[tables.GIVEN]
        values |= {tables.serial(source): str(number) for source, number in serials.items()}
        values[tables.CASE] = "s.case_no"
        written = ", ".join(
            f"CAST({values[column]} AS {kind}) AS {column}" for column, kind in wanted.items()
        )
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {tables.GIVEN} AS SELECT {written} FROM {SINGLE} s "
            f"LEFT JOIN asked a ON s.named = a.named AND s.engagement_start_on_lo = a.start "
            f"AND {ASKS_OF_SINGLE}"
        )
        for _ in self.rulebook.orders:
            for (source, earlier), (other, later) in self.rulebook.orders:
                self._put_in_order(self._names(source, earlier), self._names(other, later))

    def _put_in_order(self, earlier: Sequence[str], later: Sequence[str]) -> None:
        """Narrow two dates to the days that keep them in order, unless nothing would be left."""
        first, last = earlier[0], later[1]
        self._run(
            f"UPDATE {tables.GIVEN} SET {earlier[1]} = least({earlier[1]}, {last}), "
            f"{later[0]} = greatest({later[0]}, {first}) WHERE {first} <= {last}"
        )

    def _list(self, source: str, listed: _Listed) -> None:
        """`of_<type>`: a row an entry that says something, and one that may be missing."""
        table = tables.item_table(source)
        number = list(self.rulebook.sections).index(source)
        parts = [
            self._entry(source, entry, number * _SERIALS + index) for index, entry in listed.entries.items()
        ]
        parts.append(self._missing(source, listed, number * _SERIALS + _SERIALS - 1))
        types = self.schema.tables[table]
        written = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in types.items())
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {written} FROM ({' UNION ALL '.join(parts)})"
        )

    def _entry(self, source: str, entry: Sequence[tuple[int, Column]], serial: int) -> str:
        places = {column.field: place for place, column in entry}
        selected: list[str] = []
        joins: list[str] = []
        for name in self.schema.fields[source]:
            place = places.get(name)
            if place is not None:
                joins.append(f" LEFT JOIN d_{source}_{name} d{place} ON d{place}.text = c.t{place}")
            bounds = self.numbering.bounds(source, name)
            for column, bound in zip(self._names(source, name), bounds, strict=True):
                value = str(bound) if place is None else f"coalesce(d{place}.{column}, {bound})"
                selected.append(f"{value} AS {column}")
        some = " OR ".join(f"c.t{place} IS NOT NULL" for place in places.values())
        return (
            f"SELECT c.case_no, {serial} AS serial, true AS certain, {', '.join(selected)} "
            f"FROM {CHUNK} c{''.join(joins)} WHERE {some}"
        )

    def _missing(self, source: str, listed: _Listed, serial: int) -> str:
        selected = [
            f"{bound} AS {column}"
            for name in self.schema.fields[source]
            for column, bound in zip(
                self._names(source, name), self.numbering.bounds(source, name), strict=True
            )
        ]
        default = EmploymentCase.model_fields[listed.section.name].default.complete
        if listed.complete is None:
            joined, whole = "", str(default)
        else:
            joined = f" LEFT JOIN w_{source} w ON w.text = c.t{listed.complete}"
            whole = f"coalesce(w.whole, {default})"
        return (
            f"SELECT c.case_no, {serial} AS serial, false AS certain, {', '.join(selected)} "
            f"FROM {CHUNK} c{joined} WHERE NOT {whole}"
        )

    def _contradictions(self) -> None:
        """Rows whose dates may contradict each other: the case itself says whether they do."""
        self._run(
            f"INSERT INTO {ODD} SELECT case_no FROM {SINGLE} "
            "WHERE official_retired_on_lo > engagement_start_on_hi"
        )
        for entry in self._lists["posting"].entries.values():
            places = {column.field: place for place, column in entry}
            if {"from_on", "to_on"} <= places.keys():
                self._run(
                    f"INSERT INTO {ODD} SELECT case_no FROM {CHUNK} c "
                    f"JOIN d_posting_from_on a ON a.text = c.t{places['from_on']} "
                    f"JOIN d_posting_to_on b ON b.text = c.t{places['to_on']} "
                    "WHERE a.posting_from_on_lo > b.posting_to_on_hi"
                )


_ASKED = "named, engagement_start_on_lo"
_ASKS = "named IS NOT NULL AND engagement_start_on_lo = engagement_start_on_hi AND employer_listed_lo IS NULL"
ASKS_OF_SINGLE = "s.engagement_start_on_lo = s.engagement_start_on_hi AND s.employer_listed_lo IS NULL"
