"""Very many applications: their texts in DuckDB, read and answered column by column, a part at a time.

Rows that must be looked at one by one (something is wrong with them, or they are left open and may be split
into worlds) are answered as single cases are.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.duck import Duck
from engine.errors import refuse
from service.batch.applications import Application, Desk, Refused
from service.batch.faults import Spot
from service.batch.intake import ASKS_OF_SINGLE, ODD, SINGLE, Intake
from service.batch.output import SIGNS, quoted, write_rows
from service.batch.parts import Parts, write_lines
from service.batch.results import Form, Value
from service.batch.table import Record
from service.batch.telling import MARK, Telling, marked
from service.batch.texts import CHUNK, Texts

if TYPE_CHECKING:
    from service.batch.cluster import OnSpark
    from service.batch.runs import Run, Tick

MEMORY = "2GB"
FINDINGS = ("found", "not_found", "several", "no_list")
_AT_ONCE = 2_000
_FORMATS = {
    ".csv": "FORMAT csv, HEADER false, QUOTE '\"', ESCAPE '\"'",
    ".jsonl": "FORMAT json",
    ".parquet": "FORMAT parquet, COMPRESSION zstd",
}


class Bulk:
    """Answers part by part; a part is a parquet file of rows, with a file of faults beside it."""

    def __init__(self, run: "Run", parts: Parts) -> None:
        self.run = run
        self.parts = parts
        self.desk = Desk(run.table, run.headings, run.job.register)
        self.duck = Duck(run.job.law.executor.program)
        self.connection = self.duck.connection
        _refuse_unfit(self.duck)
        self.texts = Texts(run.table, run.job.source, self.connection)
        self.intake = Intake(self.desk, self.duck.schema, self.connection)
        self.telling = Telling(self.duck, run.teller, run.sayer)

    def answer(self, tick: "Tick") -> None:
        with _room():
            self._answer(tick)

    def _answer(self, tick: "Tick") -> None:
        self.connection.execute(f"SET memory_limit = '{MEMORY}'")
        self.connection.execute(f"SET temp_directory = '{quoted(self.parts.aside('spill'))}'")
        count = self.texts.load(self.parts.aside("work"), self.parts.aside("texts"), tick)
        size = self.run.part_rows
        for number, first in enumerate(range(0, count, size)):
            if not self.parts.has(number):
                self._part(number, first, min(size, count - first))
            tick(min(size, count - first), count)

    def tally(self) -> dict[str, int]:
        if not self.parts.numbers():
            return {}
        query = f"SELECT outcome, count(*) FROM {self._kept()} GROUP BY outcome ORDER BY outcome"
        return dict(self.connection.execute(query).fetchall())

    def rows(self) -> Iterator[list[Value]]:
        forms = self._forms.values()
        for number in self.parts.numbers():
            path = quoted(self.parts.path(number))
            result = self.connection.execute(
                f"SELECT * EXCLUDE place FROM read_parquet('{path}') ORDER BY place"
            )
            while some := result.fetchmany(_AT_ONCE):
                for row in some:
                    yield [_value(text, form) for text, form in zip(row, forms, strict=True)]

    def faults(self) -> Iterator[list[str]]:
        for number in self.parts.numbers():
            with self.parts.path(number, ".faults").open(encoding="utf-8") as file:
                yield from map(json.loads, file)

    def copy(self, path: Path, suffix: str) -> None:
        if not self.parts.numbers():
            write_rows(path, suffix, (), self.run.sayer)
            return
        written = _joined if suffix == ".csv" else _listed
        columns = ", ".join(written(name, form) for name, form in self._forms.items())
        self.connection.execute("SET threads = 1")
        with _room():
            self.connection.execute(
                f"COPY (SELECT {columns} FROM {self._kept()}) TO '{quoted(path)}' ({_FORMATS[suffix]})"
            )

    @cached_property
    def _forms(self) -> Mapping[str, Form]:
        return self.run.sayer.columns

    def _kept(self) -> str:
        paths = ", ".join(f"'{quoted(self.parts.path(number))}'" for number in self.parts.numbers())
        return f"read_parquet([{paths}])"

    def _part(self, number: int, first: int, count: int) -> None:
        self.texts.part(first, count)
        self.intake.make()
        self._set_apart(first, count)
        for table in self.duck.schema.tables:
            self.connection.execute(f"DELETE FROM {table} WHERE case_no IN (SELECT case_no FROM {ODD})")
        self._evaluate()
        self.telling.make()
        rows, faults = self._one_by_one(self._alone(), first)
        self.parts.put(number, partial(write_lines, values=faults), ".faults")
        self.parts.put(number, partial(self._keep, rows=rows))

    def _evaluate(self) -> None:
        if self._spark is None:
            self.duck.evaluate()
        else:
            self._spark.evaluate(self.parts.aside("facts"))

    @cached_property
    def _spark(self) -> "OnSpark | None":
        if self.run.executor != "spark":
            return None
        from service.batch.cluster import OnSpark

        return OnSpark(self.duck)

    def _set_apart(self, first: int, count: int) -> None:
        """Entries without an application, and rows that have the number of an earlier row, are looked at."""
        apart = [
            place - first
            for place, record in self.texts.apart.items()
            if not record.texts and first <= place < first + count
        ]
        if apart:
            self.connection.execute(f"INSERT INTO {ODD} SELECT unnest(?)", [apart])
        self.connection.execute(
            f"INSERT INTO {ODD} SELECT case_no FROM {CHUNK} c JOIN doubles d ON c.number = d.number "
            "WHERE c.place > d.first"
        )

    def _alone(self) -> list[int]:
        """The rows that one run does not settle, by their place in the part."""
        left_open = "" if self.run.job.quick else " UNION SELECT case_no FROM told WHERE open"
        found = self.connection.execute(f"SELECT case_no FROM {ODD}{left_open} ORDER BY case_no").fetchall()
        return list(dict.fromkeys(case for (case,) in found))

    def _one_by_one(self, alone: list[int], first: int) -> tuple[dict[int, list[Value]], list[list[str]]]:
        """Answer rows as single cases; with them, what is wrong with those that cannot be."""
        rows: dict[int, list[Value]] = {}
        faults: list[list[str]] = []
        sayer = self.run.sayer
        records = self.texts.records(alone, first)
        while some := list(islice(records, _AT_ONCE)):
            read = [(case, self._read(record, first + case)) for case, record in some]
            found = self.run.found([one.case for _, one in read if isinstance(one, Application)])
            for case, one in read:
                if isinstance(one, Refused):
                    faults += [sayer.fault(fault) for fault in one.faults]
                else:
                    rows[case] = sayer.row(one.row, one.number, next(found), one.consulted)
        return rows, faults

    def _read(self, record: Record, place: int) -> Application | Refused:
        """Read a row that only an earlier one may have taken the number of."""
        before = self.texts.firsts.get(record.number)
        self.desk.seen.clear()
        if before and before[0] < place:
            self.desk.seen[record.number] = Spot(row=before[1])
        return self.desk.read(record)

    def _keep(self, path: Path, rows: Mapping[int, list[Value]]) -> None:
        """Write the rows of a part in their order: those told together, and those answered alone."""
        kinds = {name: "BIGINT" if form == "number" else "VARCHAR" for name, form in self._forms.items()}
        columns = {"place": "BIGINT", **kinds}
        written = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE alone ({written})")
        if rows:
            values = zip(*((place, *map(_text, row)) for place, row in rows.items()), strict=True)
            marks = ", ".join(f"unnest(CAST(? AS {kind}[]))" for kind in columns.values())
            self.connection.execute(f"INSERT INTO alone SELECT {marks}", [list(one) for one in values])
        self.connection.execute(
            f"COPY (SELECT {', '.join(columns)} FROM alone UNION ALL {self._together(columns)} "
            f"ORDER BY place) TO '{quoted(path)}' (FORMAT parquet)"
        )

    def _together(self, columns: Mapping[str, str]) -> str:
        """The rows that were told together and need no other look."""
        findings = " ".join(
            f"WHEN '{finding}' THEN '{self.run.sayer.listing(finding)}'" for finding in FINDINGS
        )
        told = {
            "place": "case_no",
            "row": "c.row",
            "id": "c.number",
            "listing": f"CASE a.finding {findings} ELSE '' END",
            "rulebook": f"'{self.run.rulebook.digest}'",
            "register": "coalesce(a.version, '')",
        }
        selected = ", ".join(f"{told.get(name, f't.{name}')} AS {name}" for name in columns)
        return (
            f"SELECT {selected} FROM told t JOIN {CHUNK} c USING (case_no) JOIN {SINGLE} s USING (case_no) "
            f"LEFT JOIN asked a ON s.named = a.named AND s.engagement_start_on_lo = a.start "
            f"AND {ASKS_OF_SINGLE} WHERE case_no NOT IN (SELECT place FROM alone) "
            f"AND case_no NOT IN (SELECT case_no FROM {ODD})"
        )


def _refuse_unfit(duck: Duck) -> None:
    """Raise InputError for a rulebook of which tables of facts and words do not tell everything."""
    rulebook = duck.program.rulebook
    forms = duck.script.bodies.forms
    unfit = [name for name in rulebook.outputs if forms[name].reference]
    unfit += [".".join(field) for pair in rulebook.orders for field in pair if field in duck.schema.asked]
    if unfit:
        raise refuse(
            f"This rulebook asks too much of {', '.join(unfit)} for many cases at once",
            "Choose --executor rete",
        )


@contextmanager
def _room() -> Iterator[None]:
    """Where DuckDB runs out of memory or of the disk, it is told without a traceback."""
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise refuse(
            f"There is no room left to go on ({type(error).__name__})",
            "Make room in memory and on the disk, then start the same command again",
        ) from None


def _text(value: Value) -> int | str | None:
    return value if isinstance(value, int | str) else marked(value)


def _value(value: Any, form: Form) -> Value:
    if form == "list":
        return value.split(MARK) if value else []
    number: int | str = value if form == "number" else value or ""
    return number


def _listed(column: str, form: Form) -> str:
    """A column as JSON lines and parquet have it: a list is a list."""
    if form == "list":
        return f"CASE WHEN {column} IS NULL THEN [] ELSE string_split({column}, chr(31)) END AS {column}"
    return f"coalesce({column}, '') AS {column}" if form == "text" else column


def _joined(column: str, form: Form) -> str:
    """A column as csv has it: a list as one text, and nothing that a spreadsheet takes for a formula."""
    if form == "number":
        return column
    text = f"replace({column}, chr(31), '; ')" if form == "list" else f"nullif({column}, '')"
    signs = ", ".join(f"chr({ord(sign)})" for sign in SIGNS)
    return f"CASE WHEN left({column}, 1) IN ({signs}) THEN chr(39) || {text} ELSE {text} END"
