import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from service.cli import app

EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "applications.csv"


@pytest.fixture(autouse=True)
def _no_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PSEA_DATABASE_URL", raising=False)


def psea(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["batch", *map(str, arguments)], env={"COLUMNS": "200"})


def test_a_table_is_answered(tmp_path: Path) -> None:
    result = psea(EXAMPLE, "--out", tmp_path / "out.xlsx", "--lang", "ko")
    assert result.exit_code == 0, result.output
    assert "5건을 진단하여" in result.stdout
    assert "결정이 아닙니다" in result.stdout


def test_json_tells_what_a_run_came_to(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("신청번호,퇴직일,취업 시작일\n1,2025,2026\n2,x,2026\n3,x,2026\n")
    result = psea(table, "--out", tmp_path / "out.csv", "--lang", "en", "--json", "--quick")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["answered"], told["refused"], told["outcomes"]) == (1, 2, {"undetermined": 1})
    assert told["faults"][0]["times"] == 2
    assert told["errors"].endswith("out.errors.csv")


def test_a_table_of_which_nothing_can_be_read_ends_with_2(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("신청번호,퇴직일,취업 시작일\n1,x,2026\n")
    result = psea(table, "--out", tmp_path / "out.csv", "--lang", "ko")
    assert result.exit_code == 2
    assert "B2 퇴직일: 'x'은(는) 날짜가 아닙니다" in result.stdout


def test_a_disk_that_is_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("service.batch.parts.os.fsync", full)
    result = psea(EXAMPLE, "--out", tmp_path / "out.csv", "--lang", "en", "--quick")
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "No table is given"),
        ([EXAMPLE], "It is not said where the answers go"),
        ([EXAMPLE, "--out", "out.txt"], "'.txt' is no format of answers"),
        ([EXAMPLE, "--out", "nowhere/out.csv"], "does not exist"),
        ([EXAMPLE, "--out", EXAMPLE], "would overwrite the table"),
        ([EXAMPLE, "--out", "out.csv", "--executor", "duck"], "Did you mean 'duckdb'?"),
        ([EXAMPLE, "--out", "out.csv", "--sheet", "신청"], "no sheets"),
        (["nowhere.csv", "--out", "out.csv"], "cannot be read"),
        (["--template", "t.csv"], "The template is a workbook"),
    ],
)
def test_what_cannot_be_done_is_told_with_exit_2(
    arguments: list[object], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = psea(*arguments, "--lang", "en")
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output
