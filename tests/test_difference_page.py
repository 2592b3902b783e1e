"""`psea rules diff` and `psea check --law-of`."""

import json
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from rules.law import FOLDER, laws
from service.cli import app
from tests.test_case_difference import FACTS

DAYS = ("2025-12-31", "2026-01-01")


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PSEA_DATABASE_URL", raising=False)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "builder.yaml"
    path.write_text(FACTS)
    return path


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The employment rulebook with one value, one article and one sentence changed."""
    folder = tmp_path / "rules" / "employment"
    copytree(FOLDER / "employment", folder)
    copytree(
        FOLDER,
        folder.parent,
        dirs_exist_ok=True,
        ignore=lambda _, names: [n for n in names if n != "sources.yaml"],
    )
    replace_in(folder / "covered-institution.yaml", "cite: Act 17(1)12 c", "cite: Act 17(1)13")
    replace_in(folder / "penalties.yaml", "value: 20_000_000", "value: 30_000_000")
    replace_in(
        folder / "words" / "en.yaml", "The construction design or supervision firm", "The construction firm"
    )
    return folder


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def diff(*arguments: object, code: int = 0) -> Result:
    words = ["rules", "diff", *map(str, arguments)]
    result = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def data(*arguments: object) -> list[dict[str, Any]]:
    found: dict[str, list[dict[str, Any]]] = json.loads(diff(*arguments, "--json").stdout)
    return found["laws"]


def test_two_days_in_words() -> None:
    korean, english = (diff(*DAYS, "--lang", language).stdout for language in ("ko", "en"))
    assert "2025년 12월 31일의 법 → 2026년 1월 1일의 법" in korean
    assert "새로 생김 covered.construction 법 제17조제1항제12호다목 · 퇴직일 2026년 1월 1일부터" in korean
    assert "begins covered.construction Act 17(1)12 c · Retirement date from 1 January 2026" in english
    assert "- where o.grade <= 2" in english
    assert "+ where o.grade <= 3" in english


def test_the_same_day_twice_differs_in_nothing() -> None:
    assert diff(DAYS[0], DAYS[0], "--lang", "en").stdout.count("Nothing differs.") == len(laws())


def test_one_date_alone_may_pick() -> None:
    assert "covered.construction" not in diff(*DAYS, "--by", "start_on").stdout
    picked = diff(*DAYS, "--by", "retired_on", "--lang", "en")
    assert "law of 1 January 2026 (Retirement date)" in picked.stdout
    assert "covered.construction" in picked.stdout


def test_two_days_as_data() -> None:
    employment = data(*DAYS)[0]
    (rule,) = (
        rule
        for part in employment["provisions"]
        for rule in part["rules"]
        if rule["rule"] == "covered.construction"
    )
    assert (rule["kind"], rule["old"]) == ("begins", None)
    assert rule["new"]["in_force"] == "2026-01-01.."
    assert rule["words"]["ko"]
    assert employment["old"]["digest"] != employment["new"]["digest"]


def test_two_folders(changed: Path) -> None:
    told = diff(FOLDER / "employment", changed, "--lang", "en").stdout
    assert "changes covered.construction" in told
    assert "article: Act 17(1)12 c → Act 17(1)13" in told
    assert "highest criminal fine (won) KRW 20,000,000" in told
    assert "→ KRW 30,000,000" in told
    assert data(FOLDER / "employment", FOLDER / "employment")[0]["provisions"] == []


def test_cases_that_differ(case: Path) -> None:
    told = diff(*DAYS, "--cases", case, "--lang", "en").stdout
    assert "Cases with another answer or other conclusions: 1 of 1" in told
    assert "The construction design or supervision firm is listed and covered." in told
    assert "(changed rule)" in told
    found = data(*DAYS, "--cases", case)[0]
    (one,) = found["cases"]
    assert (one["old"]["outcome"], one["new"]["outcome"]) == ("employer_not_covered", "no_close_relevance")


def test_amounts_that_change_are_told(case: Path, changed: Path) -> None:
    replace_in(case, "kind: construction", "kind: company")
    (one,) = data(FOLDER / "employment", changed, "--cases", case)[0]["cases"]
    assert one["altered"] == ["penalty.handling_own_work", "penalty.improper_request"]
    assert {reason["rule"] for reason in one["reasons"]} == {"penalty.own-work", "penalty.solicitation"}
    assert {reason["fires_in"] for reason in one["reasons"]} == {"both"}


def test_a_case_that_cannot_be_read_is_told_after_the_others(case: Path) -> None:
    (case.parent / "broken.yaml").write_text("official: [")
    result = diff(*DAYS, "--cases", case.parent, "--lang", "en", code=2)
    assert "conclusions: 1 of 1" in result.stdout
    assert "broken.yaml" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("1990-01-01", "2026-01-01"), "The law of 1990-01-01 is not in the rulebook"),
        (("2025-12-31", "soon"), "'soon' is neither a day nor a folder"),
        (("soon", "2025-12-31"), "'soon' is neither a day nor a folder"),
        (("2025-02-30", "2025-12-31"), "'2025-02-30' is neither"),
        ((".", "2025-12-31"), "A day is not compared with a folder"),
        (("2025-12-31", "2026-01-01", "--by", "retired"), "Did you mean 'retired_on'?"),
        ((FOLDER / "employment", FOLDER / "employment", "--by", "retired_on"), "compared whole"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_both_languages(
    arguments: tuple[object, ...], said: str
) -> None:
    assert said in " ".join(diff(*arguments, "--lang", "en", code=2).stderr.split())
    korean = diff(*arguments, "--lang", "ko", code=2).stderr
    assert said not in " ".join(korean.split())


def check(case: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["check", str(case), *arguments], env={"COLUMNS": "200"})


def test_check_under_the_law_of_another_day(case: Path) -> None:
    plain = json.loads(check(case, "--json").stdout)
    other = json.loads(check(case, "--json", "--law-of", "2026-01-01").stdout)
    assert (plain["outcome"], other["outcome"]) == ("employer_not_covered", "no_close_relevance")
    assert plain["identity"]["rulebook"] != other["identity"]["rulebook"]
    assert plain["identity"]["facts"] == other["identity"]["facts"]


@pytest.mark.parametrize(
    ("language", "said"), [("ko", "2026년 1월 1일의 법을 적용"), ("en", "law of 1 January 2026")]
)
def test_check_says_which_law_it_applied(case: Path, language: str, said: str) -> None:
    assert said in check(case, "--law-of", "2026-01-01", "--lang", language).stdout
    assert said not in check(case, "--lang", language).stdout


def test_check_refuses_what_is_no_day(case: Path) -> None:
    result = check(case, "--law-of", "2026-13-01", "--lang", "en")
    assert result.exit_code == 2
    assert "--law-of: '2026-13-01' is not a day" in result.stderr
