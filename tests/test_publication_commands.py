import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cases.published.survey import RESULTS
from service.cli import app
from tests.publication import MEETINGS, OFFICIAL, PLAIN, table

GOOD = "a,2025-03,국세청,4급,2025-01,㈜가,고문,2025-04,취업가능,no_relevance,"
BAD = "b,2025-03,국세청,4급,2025-01,㈜나,고문,2025-04,maybe,,"
NAMES = ["2025-03.csv", "2025-03.html", "2025-03.json"]


def publish(*arguments: object) -> Any:
    given = ["publish", *(str(argument) for argument in arguments)]
    return CliRunner().invoke(app, given, env={"COLUMNS": "400"})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_month_is_published_in_three_files(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = publish("2025-03", "--from", RESULTS, "--meetings", MEETINGS, "--out", out, "--lang", "en")
    assert result.exit_code == 0, result.output
    assert "March 2025: 25 rows published; 432 rows of other times left alone." in result.stdout
    assert "25 of 103 reviewed are listed." in result.stdout
    assert names(out) == NAMES
    before = [(out / name).read_bytes() for name in NAMES]
    publish("2025-03", "--from", RESULTS, "--meetings", MEETINGS, "--out", out, "--lang", "ko")
    assert [(out / name).read_bytes() for name in NAMES] == before


def test_json_tells_what_was_done(tmp_path: Path) -> None:
    source = table(tmp_path, PLAIN, GOOD, GOOD.replace("a,2025-03", "b,2025-02"))
    told = json.loads(publish("2025-03", "--from", source, "--out", tmp_path / "out", "--json").stdout)
    assert (told["rows"], told["others"], told["problems"], told["rate"]) == (1, 1, [], "0.0")
    assert told["rate_of"] == "listed"
    assert [Path(path).name for path in told["files"]] == ["2025-03.html", "2025-03.csv", "2025-03.json"]


def test_a_month_with_unreadable_rows_is_not_published_unless_asked_for(tmp_path: Path) -> None:
    source, out = table(tmp_path, PLAIN, GOOD, BAD), tmp_path / "out"
    result = publish("2025-03", "--from", source, "--out", out, "--lang", "en")
    assert result.exit_code == 2
    assert "decided.csv:3, decision: 'maybe' is no result of a review." in result.stderr
    assert "Nothing was published" in result.stderr
    assert "--keep-going" in result.stderr
    assert names(out) == []
    result = publish("2025-03", "--from", source, "--out", out, "--keep-going", "--lang", "en")
    assert result.exit_code == 1
    assert "decided.csv:3, decision" in result.stdout
    assert names(out) == NAMES
    assert "제출된 자료 가운데 1행을 읽지 못해" in (out / "2025-03.html").read_text(encoding="utf-8")
    assert json.loads((out / "2025-03.json").read_text(encoding="utf-8"))["counts"]["listed"]["reviewed"] == 1


@pytest.mark.parametrize("going", [[], ["--keep-going"]])
def test_names_are_never_published(tmp_path: Path, going: list[str]) -> None:
    source = table(tmp_path, f"{PLAIN},성명", f"{GOOD},김")
    result = publish("2025-03", "--from", source, "--out", tmp_path / "out", "--lang", "ko", *going)
    assert result.exit_code == 2
    assert "누구인지 알 수 있는" in result.stderr
    assert ":1, column 12" in result.stderr
    assert names(tmp_path / "out") == []


def test_a_list_without_months_is_taken_whole_and_says_so(tmp_path: Path) -> None:
    line = "1,국세청,4급,'25년 1월,㈜가 (고문),'25년 4월,취업가능,밀접한 업무관련성 없음"
    source = table(tmp_path, OFFICIAL, line, encoding="cp949")
    result = publish("2025-03", "--from", source, "--out", tmp_path / "out", "--lang", "en")
    assert result.exit_code == 0
    assert "No column tells the month" in result.stdout


def test_a_month_of_which_nothing_is_known_is_refused(tmp_path: Path) -> None:
    result = publish(
        "2031-01", "--from", table(tmp_path, PLAIN, GOOD), "--out", tmp_path / "out", "--lang", "en"
    )
    assert result.exit_code == 2
    assert "neither a row nor a number of 2031-01" in result.stderr
    assert names(tmp_path / "out") == []


def test_synthetic_rows_are_told(tmp_path: Path) -> None:
    source = table(tmp_path, f"{PLAIN},자료 구분", f"{GOOD},가상")
    result = publish("2025-03", "--from", source, "--out", tmp_path / "out", "--lang", "en")
    assert "synthetic" in result.stdout
    for name in NAMES:
        assert "가상" in (tmp_path / "out" / name).read_text(encoding="utf-8") or name.endswith("json")


def test_what_is_wrong_is_told_in_korean(tmp_path: Path) -> None:
    result = publish("2025-3", "--from", RESULTS, "--out", tmp_path, "--lang", "ko")
    assert result.exit_code == 2
    assert result.stderr.endswith("YYYY-MM: '2025-3'은(는) 달이 아닙니다. 2025-12처럼 적으세요.\n")
