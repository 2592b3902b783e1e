import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from rules.law import FOLDER
from service.cli import app
from service.replay.words import words
from tests.test_replay import SENIOR


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "senior.yaml"
    path.write_text(SENIOR)
    return path


def psea(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["replay", *map(str, arguments)], env={"COLUMNS": "200"})


def test_a_case_under_the_law_of_another_day(case: Path, tmp_path: Path) -> None:
    result = psea(case, "--law-of", "2015-03-31", "--lang", "en", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "covered.public" in result.stdout
    assert "law of 2015-03-31" in result.stdout
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["replay.html", "replay.json"]


def test_json_is_that_of_the_file_and_the_same_each_time(case: Path, tmp_path: Path) -> None:
    runs = [psea(case, "--law-of", "2015-03-31", "--json", "--out", tmp_path / name) for name in ("a", "b")]
    data = json.loads(runs[0].stdout)
    assert runs[0].stdout == runs[1].stdout
    for name in ("replay.html", "replay.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert json.loads((tmp_path / "a" / "replay.json").read_text()) == data
    (law,) = data["laws"]
    assert (law["ran"], law["moved"], data["simulation"]) == (1, 1, None)


def test_the_own_rulebook_against_itself_changes_nothing(case: Path) -> None:
    (law,) = json.loads(psea(case, "--against", FOLDER / "employment", "--json").stdout)["laws"]
    assert (law["differing"], law["moved"], law["rules"]) == (0, 0, [])
    assert law["old"]["digest"] == law["new"]["digest"]


def test_another_rulebook_on_another_day(case: Path) -> None:
    result = psea(case, "--against", FOLDER / "employment", "--law-of", "2015-03-31", "--json")
    assert json.loads(result.stdout)["laws"][0]["moved"] == 1


def test_without_another_law_the_cases_are_only_answered(case: Path) -> None:
    result = psea(case, "--lang", "en")
    assert result.exit_code == 0
    assert "cases: 1 · the law of each case's own day" in result.stdout
    assert "112/538 = 20.8 %" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--law-of", "soon"], "is not a day"),
        (["--law-of", "1999-01-01"], "is not in the rulebook"),
        (["--against", FOLDER / "trust"], "No case here is answered by that rulebook"),
        (["--against", FOLDER], "rulebook.yaml"),
        ([FOLDER / "nowhere"], "There is no such file or folder"),
    ],
)
def test_what_cannot_be_used_ends_with_place_and_remedy(case: Path, arguments: list[Any], said: str) -> None:
    result = psea(case, *arguments, "--lang", "en")
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_bad_case_is_told_and_the_others_are_run(case: Path) -> None:
    (case.parent / "bad.yaml").write_text("official: 3\n")
    result = psea(case.parent, "--json")
    assert result.exit_code == 2
    data = json.loads(result.stdout)
    assert data["laws"][0]["ran"] == 1
    assert data["problems"][0]["file"].endswith("bad.yaml")


def test_a_report_that_cannot_be_written_says_so(case: Path) -> None:
    result = psea(case, "--out", case, "--lang", "ko")
    assert result.exit_code == 2
    assert "보고서를 쓸 수 없습니다" in result.stderr


def test_cases_of_both_rulebooks_are_replayed_each_under_its_own(case: Path) -> None:
    trust = FOLDER.parent / "cases" / "trust" / "supported-law.yaml"
    data = json.loads(psea(case, trust, "--json").stdout)
    assert [law["rulebook"] for law in data["laws"]] == ["employment", "trust"]


def test_a_rulebook_that_lacks_the_day_is_named(case: Path) -> None:
    trust = FOLDER.parent / "cases" / "trust" / "supported-law.yaml"
    result = psea(case, trust, "--law-of", "2003-01-01", "--lang", "en")
    name = words("en")["rulebooks"]["trust"]
    assert f"{name} does not hold the law of that day" in " ".join(result.stdout.split())
