"""The executor on Spark against the one on durable-rules. Needs Java and the extra psea[spark]."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.files import find_cases, read_cases
from engine.calendar import FIRST, LAST, Unit, shift
from engine.duck import Duck
from engine.errors import InputError
from engine.execution import Conclusions
from engine.facts import CaseModel
from engine.found import Found
from engine.program import compile_program
from engine.queries import FOUND
from engine.rete import Rete
from engine.rows import encode
from rules.law import Law, laws
from tests import generated
from tests.licence import known_case, licensing

pytest.importorskip("pyspark", reason="needs the extra psea[spark]")
if not shutil.which("java"):
    pytest.skip("needs Java 17", allow_module_level=True)

from pyspark.sql import SparkSession

from engine.spark import SETTINGS, Spark, local_session

pytestmark = pytest.mark.spark
CASES = Path(__file__).parent.parent / "cases"
COLLECTION = [case.facts for path in find_cases(CASES) for case in read_cases(path)]
TOY = compile_program(licensing())
OFFENDERS = [
    known_case(offences=[{"fine": 300 * number, "done_on": "2016-02-29", "place": "x"}] * number)
    for number in range(5)
]
SMALL = {
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
}
DAYS = [FIRST, FIRST + 1, LAST - 1, LAST, *range(735_000, 736_500, 13), *range(735_628, 735_661)]
AMOUNTS = [-200_000, -49, -12, -1, 0, 1, 2, 11, 12, 25, 200_000]
SHIFTS: list[tuple[Unit, str]] = [
    ("days", "shift_days(n, m)"),
    ("months", "shift_months(n, m)"),
    ("full_months", "shift_full_months(n, m)"),
    ("quarter_ends", "shift_ends(n, 3, m)"),
    ("year_ends", "shift_ends(n, 12, m)"),
]


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    made = local_session()
    yield made
    made.stop()


def small(spark: Spark) -> Spark:
    """The same for few cases: planned rather than compiled, in one piece."""
    for name, value in SMALL.items():
        spark.session.conf.set(name, value)
    return spark


@pytest.fixture(scope="module")
def toy(session: SparkSession) -> Spark:
    return small(Spark(TOY, session))


def said(conclusions: Conclusions) -> Found:
    found = Found()
    for fact, certain in conclusions.summary():
        found.add(fact, certain)
    for key, certain in conclusions.rules_fired():
        found.fired[key] = found.fired.get(key, False) or certain
    return found


def agree(spark: Spark, rete: Rete, cases: Iterable[CaseModel]) -> None:
    cases = list(cases)
    for case, found in zip(cases, spark.run(cases), strict=True):
        wanted = said(rete.run(case))
        assert found.facts == wanted.facts
        assert found.fired == wanted.fired


@pytest.mark.parametrize("law", laws(), ids=lambda law: law.rulebook.name)
def test_the_case_collection_is_answered_as_by_rete(law: Law, session: SparkSession) -> None:
    cases = [case for case in COLLECTION if isinstance(case, law.rulebook.model)]
    agree(Spark(law.executor.program, session), law.executor, cases)


@settings(max_examples=24)
@given(generated.documents(), st.lists(generated.cases(), min_size=20, max_size=20))
def test_made_up_rulebooks_are_run_as_by_rete(session: SparkSession, files: Any, cases: list[Any]) -> None:
    program = compile_program(generated.loaded(files))
    agree(small(Spark(program, session)), Rete(program), cases)


def test_days_are_shifted_as_by_the_calendar(toy: Spark) -> None:
    asked = [(day, amount) for day in DAYS for amount in AMOUNTS]
    shifts = ", ".join(call for _, call in SHIFTS)
    toy.session.createDataFrame(asked, "n BIGINT, m BIGINT").createOrReplaceTempView("asked")
    told = toy.session.sql(f"SELECT n, m, {shifts} FROM asked").collect()
    assert len(told) == len(asked)
    for day, amount, *numbers in told:
        assert numbers == [shift(day, unit, amount) for unit, _ in SHIFTS], (day, amount)


def test_an_empty_batch_finds_nothing(toy: Spark) -> None:
    assert toy.run([]) == []


def test_tables_come_and_results_go_as_parquet(toy: Spark, tmp_path: Path) -> None:
    duck = Duck(TOY)
    wanted = duck.run(OFFENDERS)
    for name in duck.schema.tables:
        duck.connection.execute(f"COPY {name} TO '{tmp_path / name}.parquet'")
    toy.read(str(tmp_path))
    toy.evaluate(("answer", "relation", "flags"))
    assert toy.found(len(OFFENDERS)) == wanted
    toy.write(str(tmp_path / FOUND))
    duck.connection.execute(f"CREATE OR REPLACE TEMP VIEW {FOUND} AS FROM '{tmp_path / FOUND}/*.parquet'")
    assert duck.found(len(OFFENDERS)) == wanted


def test_a_table_without_a_column_is_refused_by_name(toy: Spark) -> None:
    toy.load([encode(case, TOY.rulebook) for case in OFFENDERS])
    frames = {name: toy.session.table(name) for name in toy.schema.tables}
    with pytest.raises(InputError, match=r"The table of_offence has no serial"):
        toy.take({**frames, "of_offence": frames["of_offence"].drop("serial")})
    with pytest.raises(InputError, match=r"The table given has no case_no, "):
        toy.take({name: frame for name, frame in frames.items() if name != "given"})


def test_the_session_handed_in_keeps_its_tables_and_settings(session: SparkSession) -> None:
    session.sql("SELECT 'mine' AS whose").createOrReplaceTempView("given")
    before = {name: session.conf.get(name) for name in SETTINGS}
    small(Spark(TOY, session)).run(OFFENDERS)
    assert [row.whose for row in session.table("given").collect()] == ["mine"]
    assert {name: session.conf.get(name) for name in SETTINGS} == before
    session.catalog.dropTempView("given")


def test_where_the_session_keeps_checkpoints_what_is_made_is_kept_there(toy: Spark, tmp_path: Path) -> None:
    wanted = toy.run(OFFENDERS)
    toy.session.sparkContext.setCheckpointDir(str(tmp_path))
    assert toy.run(OFFENDERS) == wanted
    assert [*tmp_path.glob("*/rdd-*")]


def test_without_java_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(InputError, match="Install Java 17"):
        local_session()
