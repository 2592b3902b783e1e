"""The executor for more cases than one machine holds, on Apache Spark.

A case is settled by its own rows alone, so the tables are spread by case and joined where they lie. What more
than one query reads is made once. Without the settings below, which hold in the executor's own session only,
Spark plans the rules of a whole law for minutes, or till its memory is full.
"""

import os
import shutil
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence

from sqlglot import exp

from engine import tables
from engine.errors import refuse
from engine.facts import CaseModel
from engine.found import Found, Reader
from engine.program import Program
from engine.queries import FOUND, Loop, Part, Query, Script, script_of
from engine.rows import Rows, encode

try:
    from pyspark.sql import DataFrame, SparkSession
except ModuleNotFoundError:
    raise refuse(
        "Spark is not installed", "Run: pip install 'psea[spark]', or use another executor"
    ) from None

LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "4g",
    "spark.log.level": "ERROR",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
SETTINGS = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.constraintPropagation.enabled": "false",
}
FUNCTIONS = """
day_of(n BIGINT) RETURNS DATE RETURN date_add(DATE '0001-01-01', CAST(n - 1 AS INT));
number_of(d DATE) RETURNS BIGINT RETURN datediff(d, DATE '0001-01-01') + 1;
moved(d DATE, m BIGINT) RETURNS DATE RETURN add_months(d, CAST(greatest(least(m, 130000), -130000) AS INT));
within_calendar(n BIGINT) RETURNS BIGINT RETURN greatest(least(n, 3652059), 1);
shift_days(n BIGINT, days BIGINT) RETURNS BIGINT RETURN within_calendar(n + days);
shift_months(n BIGINT, m BIGINT) RETURNS BIGINT RETURN within_calendar(number_of(moved(day_of(n), m)));
shift_full_months(n BIGINT, m BIGINT) RETURNS BIGINT RETURN within_calendar(
    number_of(moved(day_of(least(n + 1, 3652059)), m)) - CASE
        WHEN day(moved(day_of(least(n + 1, 3652059)), m)) < day(day_of(least(n + 1, 3652059)))
        THEN 0 ELSE 1 END);
shift_ends(n BIGINT, span BIGINT, amount BIGINT) RETURNS BIGINT RETURN CASE WHEN amount < 1 THEN n ELSE
    within_calendar(number_of(last_day(
        moved(day_of(n), span * least(amount, 130000) - 1 - (month(day_of(n)) - 1) % span)))) END
"""


def local_session() -> SparkSession:
    """Spark on all cores of this machine, seen by no other. Raises InputError where there is no Java."""
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise refuse("Spark needs Java, and it is not here", "Install Java 17, or use another executor")
    return SparkSession.builder.master("local[*]").appName("psea").config(map=LOCAL).getOrCreate()


class Spark:
    """Runs many cases at once on Spark. What it names there is seen in its own session alone."""

    def __init__(self, program: Program, session: SparkSession) -> None:
        self.program = program
        self.schema = tables.Schema(program)
        self.script = script_of(program)
        self.reader = Reader(self.script)
        self.session = session.newSession()
        for name, value in SETTINGS.items():
            self.session.conf.set(name, value)
        for function in FUNCTIONS.split(";"):
            self.session.sql(f"CREATE TEMPORARY FUNCTION {function}")

    def run(self, cases: Iterable[CaseModel]) -> list[Found]:
        """What follows in each case, in their order."""
        rows = [encode(case, self.program.rulebook) for case in cases]
        self.load(rows)
        self.evaluate(("answer", "relation", "flags"))
        return self.found(len(rows))

    def load(self, cases: Sequence[Rows]) -> None:
        """Take cases that are at hand."""
        records = self.schema.records(cases)
        self.take(
            {
                name: self.session.createDataFrame(records[name], _columns(types), verifySchema=False)
                for name, types in self.schema.tables.items()
            }
        )

    def read(self, location: str) -> None:
        """Take the tables of facts from Parquet: `<table>.parquet`, each a file or folder at the location."""
        self.take(
            {name: self.session.read.parquet(f"{location}/{name}.parquet") for name in self.schema.tables}
        )

    def take(self, frames: Mapping[str, DataFrame]) -> None:
        """Take the tables of facts, by name. Raises InputError where a table or a column is missing."""
        for name, types in self.schema.tables.items():
            missing = sorted(types.keys() - set(frames[name].columns)) if name in frames else [*types]
            if missing:
                raise refuse(
                    f"The table {name} has no {', '.join(missing)}", "Write it by the schema of this rulebook"
                )
            spread = frames[name].select(*types).repartition(tables.CASE)
            self._name(name, _made(spread))

    def evaluate(self, kinds: Container[str] = ("answer", "relation")) -> None:
        """Run the rules over the tables of facts, leaving `found`: a row for each row of each part."""
        made = _read_again(self.script)
        for step in self.script.steps:
            if isinstance(step, Loop):
                self._loop(step)
            else:
                frame = self._query(step.query)
                self._name(step.name, _made(frame) if step.name in made else frame)
        self._name(FOUND, _made(self._query(self.script.results(kinds))))

    def write(self, location: str) -> None:
        """Write `found` to a folder, as Parquet."""
        self.session.table(FOUND).write.parquet(location)

    def found(self, count: int) -> list[Found]:
        """What follows in each of the cases 0 to `count`, once the rules have run."""
        cases = [Found() for _ in range(count)]
        parts = list(self.script.parts)
        for part, *row in self.session.table(FOUND).collect():
            self.reader.read(parts[part], [row], cases)
        for predicate, query in self.script.late.items():
            self.reader.read(Part("relation", predicate), self._query(query).collect(), cases)
        return cases

    def _loop(self, loop: Loop) -> None:
        for query in loop.empty:
            self._name(query.name, self._query(query.query))
        changed = True
        while changed:
            made = {query.name: _made(self._query(query.query)) for query in loop.queries}
            changed = any(
                not frame.exceptAll(self.session.table(name)).isEmpty() for name, frame in made.items()
            )
            for name, frame in made.items():
                self._name(name, frame)

    def _query(self, query: exp.Query) -> DataFrame:
        return self.session.sql(query.sql("spark", copy=False))

    def _name(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)


def _made(frame: DataFrame) -> DataFrame:
    """The rows of a query, made now: kept where the session keeps checkpoints, else by the executors."""
    if frame.sparkSession.sparkContext.getCheckpointDir():
        return frame.checkpoint()
    return frame.localCheckpoint()


def _read_again(script: Script) -> set[str]:
    """The queries that more than one query reads, or a loop."""
    queries = [step.query for step in script.steps if isinstance(step, Query)]
    loops = [query.query for step in script.steps if isinstance(step, Loop) for query in step.queries]
    read = Counter(
        table.name
        for query in (*queries, *loops, *loops, *script.parts.values())
        for table in query.find_all(exp.Table)
    )
    return {name for name, times in read.items() if times > 1}


def _columns(types: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in types.items())
