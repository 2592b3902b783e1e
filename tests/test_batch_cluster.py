"""A batch on Spark. Needs Java and the extra psea[spark]."""

import shutil
from pathlib import Path

import pytest

from rules.law import employment
from service.batch.runs import Job, Run

pytest.importorskip("pyspark", reason="needs the extra psea[spark]")
EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "applications.csv"


@pytest.mark.spark
@pytest.mark.skipif(not shutil.which("java"), reason="needs Java 17")
def test_spark_writes_the_same_bytes_as_duckdb(tmp_path: Path) -> None:
    for executor in ("duckdb", "spark"):
        out = tmp_path / f"{executor}.jsonl"
        Run(Job(EXAMPLE, out, "ko", employment(), executor=executor, quick=True)).finish()
    assert (tmp_path / "spark.jsonl").read_bytes() == (tmp_path / "duckdb.jsonl").read_bytes()
