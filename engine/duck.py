"""The executor for many cases at once, on DuckDB."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import cached_property
from shutil import rmtree
from tempfile import mkdtemp
from weakref import finalize

import duckdb
from sqlglot import exp

from engine import tables
from engine.exactness import doubts, unsettled
from engine.facts import CaseModel
from engine.found import Found, Reader
from engine.program import Program
from engine.queries import FOUND, Loop, Part, Query, Script, script_of
from engine.rows import Rows, encode

FUNCTIONS = """
CREATE OR REPLACE TEMP MACRO day_of(n) AS DATE '0001-01-01' + CAST(n - 1 AS INTEGER);
CREATE OR REPLACE TEMP MACRO number_of(d) AS date_diff('day', DATE '0001-01-01', d) + 1;
CREATE OR REPLACE TEMP MACRO moved(d, m) AS
    CAST(d + to_months(CAST(greatest(least(m, 130000), -130000) AS INTEGER)) AS DATE);
CREATE OR REPLACE TEMP MACRO within_calendar(n) AS greatest(least(n, 3652059), 1);
CREATE OR REPLACE TEMP MACRO shift_days(n, days) AS within_calendar(CAST(n AS BIGINT) + days);
CREATE OR REPLACE TEMP MACRO shift_months(n, m) AS within_calendar(number_of(moved(day_of(n), m)));
CREATE OR REPLACE TEMP MACRO shift_full_months(n, m) AS within_calendar(
    number_of(moved(day_of(least(n + 1, 3652059)), m)) - CASE
        WHEN day(moved(day_of(least(n + 1, 3652059)), m)) < day(day_of(least(n + 1, 3652059)))
        THEN 0 ELSE 1 END);
CREATE OR REPLACE TEMP MACRO shift_ends(n, span, amount) AS CASE WHEN amount < 1 THEN n ELSE
    within_calendar(number_of(last_day(
        moved(day_of(n), span * least(amount, 130000) - 1 - (month(day_of(n)) - 1) % span)))) END;
"""


AT_ONCE = 500_000
_AT_HAND = "found_at_hand"


class Duck:
    """Runs many cases at once. One connection; not for use from several threads."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.schema = tables.Schema(program)
        self.script = script_of(program)
        self._scripts: dict[frozenset[str], Script] = {}
        self.reader = Reader(self.script)
        self.connection = duckdb.connect()
        self.connection.execute(FUNCTIONS)
        self.connection.execute(
            "SET disabled_optimizers = 'projection_pullup'; SET preserve_insertion_order = false"
        )

    def _fitting(self, pending: Mapping[str, exp.Query]) -> Script:
        """The script for some cases: where all is known of them, one that does half the work."""
        rows = (self.connection.execute(written(query, pending)).fetchone() for query in doubts(self.schema))
        if any(row is not None for row in rows):
            return self.script
        parameters = self.program.rulebook.parameters
        return self._exact(self._unsettled(pending) if parameters else frozenset())

    def _unsettled(self, pending: Mapping[str, exp.Query]) -> frozenset[str]:
        """The parameters that are not settled in some of the cases."""
        rulebook = self.program.rulebook
        query = written(unsettled(rulebook), {**pending, **self._first()})
        row = self.connection.execute(query).fetchone()
        assert row is not None
        return frozenset(name for name, loose in zip(rulebook.parameters, row, strict=True) if loose)

    def _exact(self, loose: frozenset[str]) -> Script:
        if loose not in self._scripts:
            self._scripts[loose] = script_of(self.program, loose)
        return self._scripts[loose]

    def run(self, cases: Iterable[CaseModel]) -> list[Found]:
        """What follows in each case, in their order."""
        rows = [encode(case, self.program.rulebook) for case in cases]
        self.load(rows)
        self.evaluate(("answer", "relation", "flags"))
        return self.found(len(rows))

    def load(self, cases: Sequence[Rows]) -> None:
        records = self.schema.records(cases)
        for name, types in self.schema.tables.items():
            columns = ", ".join(f"{column} {kind}" for column, kind in types.items())
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
            if records[name]:
                values = [list(values) for values in zip(*records[name], strict=True)]
                marks = ", ".join("unnest(?)" for _ in types)
                self.connection.execute(f"INSERT INTO {name} SELECT {marks}", values)

    def evaluate(self, kinds: Container[str] = ("answer", "relation")) -> None:
        """Run the rules over the tables at hand, leaving `found`: a row for each row of each part.

        Half a million cases are taken at a time. What is found in more is kept in files, as long as this
        object is: more cases take no more memory.
        """
        spans = self._spans()
        if len(spans) == 1:
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {_AT_HAND} AS {self._rows(kinds, {})}")
            source = _AT_HAND
        else:
            files = [f"'{self._folder}/{first}.parquet'" for first in spans]
            for first, file in zip(spans, files, strict=True):
                rows = self._rows(kinds, self._span(first))
                self.connection.execute(f"COPY ({rows}) TO {file} (FORMAT parquet)")
            source = f"read_parquet([{', '.join(files)}])"
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {FOUND} AS FROM {source}")

    def _rows(self, kinds: Container[str], pending: dict[str, exp.Query]) -> str:
        """The query for what is found in the cases that the pending queries take."""
        script = self._fitting(pending)
        for step in script.steps:
            if isinstance(step, Loop):
                self._loop(step, pending)
            else:
                pending[step.name] = step.query
        return written(script.results(kinds), pending)

    @cached_property
    def _folder(self) -> str:
        folder = mkdtemp(prefix="psea-")
        finalize(self, rmtree, folder, ignore_errors=True)
        return folder.replace("'", "''")

    def _spans(self) -> Sequence[int]:
        """The first number of those cases that are taken at once."""
        query = f"SELECT coalesce(min({tables.CASE}), 0), coalesce(max({tables.CASE}), 0) FROM {tables.GIVEN}"
        row = self.connection.execute(query).fetchone()
        assert row is not None
        return range(row[0], row[1] + 1, AT_ONCE)

    def _span(self, first: int) -> dict[str, exp.Query]:
        """Queries that take the place of the tables of facts: some of the cases."""
        here = f"{tables.CASE} BETWEEN {first} AND {first + AT_ONCE - 1}"
        return {
            name: exp.select("*").from_(exp.to_table(f"temp.main.{name}")).where(here)
            for name in self.schema.tables
        }

    def _make(self, name: str, query: exp.Query, pending: Mapping[str, exp.Query]) -> None:
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {written(query, pending)}")

    def _loop(self, loop: Loop, pending: dict[str, exp.Query]) -> None:
        for name in loop.before:
            if name in pending and name not in self.schema.tables:
                self._make(name, pending[name], pending)
                del pending[name]
        for query in loop.empty:
            self._make(query.name, query.query, {})
        changed = True
        while changed:
            for query in loop.queries:
                self._make(f"next_{query.name}", query.query, pending)
            changed = any(
                self._gist(f"next_{query.name}") != self._gist(query.name) for query in loop.queries
            )
            for query in loop.queries:
                self.connection.execute(f"DROP TABLE {query.name}")
                self.connection.execute(f"ALTER TABLE next_{query.name} RENAME TO {query.name}")

    def _gist(self, table: str) -> object:
        """How many rows a table has, and a hash of them all."""
        return self.connection.execute(f"SELECT count(*), sum(hash(t)) FROM {table} AS t").fetchone()

    def found(self, count: int) -> list[Found]:
        """What follows in each case, once the rules have run."""
        cases = [Found() for _ in range(count)]
        for place, part in enumerate(self.script.parts):
            rows = self.connection.execute(
                f"SELECT * EXCLUDE part FROM {FOUND} WHERE part = {place}"
            ).fetchall()
            self.reader.read(part, rows, cases)
        for predicate in self.script.late:
            rows = self.connection.execute(self.late(predicate)).fetchall()
            self.reader.read(Part("relation", predicate), rows, cases)
        return cases

    def late(self, predicate: str) -> str:
        """The query for the facts of a relation that is told from `found`."""
        return written(self.script.late[predicate], self._first())

    def _first(self) -> dict[str, exp.Query]:
        return {step.name: step.query for step in self.script.steps[:1] if isinstance(step, Query)}


def written(query: exp.Query, pending: Mapping[str, exp.Query]) -> str:
    """The query as text, with those of the pending ones that it reads; what is read twice is made once."""
    read = Counter(_tables(query))
    parts = []
    for name, one in reversed([*pending.items()]):
        if name in read:
            read.update(_tables(one))
            once = "MATERIALIZED " if read[name] > 1 else "NOT MATERIALIZED "
            parts.append(f"{name} AS {once}({one.sql('duckdb', copy=False)})")
    text = query.sql("duckdb", copy=False)
    return f"WITH {', '.join(reversed(parts))} {text}" if parts else text


def _tables(query: exp.Query) -> list[str]:
    return [table.name for table in query.find_all(exp.Table)]
