import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cases import mutations
from service.cli import app

MUTANTS = mutations.mutants
ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "docs" / "examples" / "tax-official.yaml"


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PSEA_DATABASE_URL", raising=False)


def psea(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


@pytest.mark.parametrize(("language", "said"), [("ko", "밀접한 관련성이 있어 보임"), ("en", "2 May 2026")])
def test_check_prints_a_page_in_either_language(language: str, said: str) -> None:
    result = psea("check", EXAMPLE, "--lang", language)
    assert result.exit_code == 0
    assert said in result.stdout


def test_check_gives_the_whole_advice_as_json() -> None:
    found = json.loads(psea("check", EXAMPLE, "--json").stdout)
    assert found["outcome"] == "close_relevance"
    assert found["duties"][0]["by_on"] == "2026-05-02"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("official: {retired_on: 2025-02-30}\nengagement: {}\nemployer: {}\n", "not a day of the calendar"),
        ("official: {rank: 경갑}\nengagement: {}\nemployer: {}\n", "경감"),
        ("official: {}\nengagement: {}\n", "employer: {}"),
        ("a: &a [1]\nb: [*a]\n", "Anchors and aliases"),
        ("official: [", "not valid YAML"),
    ],
)
def test_bad_cases_end_with_place_and_remedy_and_exit_2(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    result = psea("check", path, "--lang", "en")
    assert result.exit_code == 2
    assert said in result.stderr
    assert "bad.yaml" in result.stderr
    assert "Traceback" not in result.output


def test_bad_input_as_json_has_one_shape(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("official: {grade: x}\nengagement: {}\nemployer: {}\n")
    result = psea("check", path, "--json")
    (problem,) = json.loads(result.stdout)["problems"]
    assert result.exit_code == 2
    assert (problem["line"], problem["path"]) == (1, "official.grade")


def test_rules_are_listed_shown_and_verified() -> None:
    assert "window.open" in psea("rules", "list", "--lang", "en").stdout
    shown = psea("rules", "show", "window.open", "--lang", "ko").stdout
    assert "B-02" in shown
    assert "years(window_years)" in shown
    assert psea("rules", "verify").exit_code == 0
    listed = json.loads(psea("rules", "list", "--json").stdout)
    assert {"rule", "cite", "confidence", "formula", "words"} <= set(listed[0])


def test_an_unknown_rule_is_met_with_near_ones() -> None:
    result = psea("rules", "show", "window.opne")
    assert result.exit_code == 2
    assert "window.open" in result.stderr


def changed_rulebook(folder: Path, name: str, old: str, new: str) -> Path:
    folder = shutil.copytree(ROOT / "rules", folder) / "employment"
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("restriction-window.yaml", "e.start_on", "e.strat_on", ("restriction-window.yaml:", "'start_on'")),
        (
            "restriction-window.yaml",
            "then: window_open()",
            "then: window_open()\n    unles: []",
            ("'unles'", "'unless'"),
        ),
        (
            "low-skill.yaml",
            "then: low_skill_job()",
            "unless: [reviewee()]\n    then: low_skill_job()",
            ("denies",),
        ),
    ],
    ids=["misspelt field", "stray key", "loop through unless"],
)
def test_a_bad_rule_is_refused_with_file_line_and_remedy(
    tmp_path: Path, name: str, old: str, new: str, said: Sequence[str]
) -> None:
    result = psea(
        "rules", "verify", "--lang", "en", "--rulebook", changed_rulebook(tmp_path / "law", name, old, new)
    )
    assert result.exit_code == 2
    assert all(part in result.stderr for part in said), result.stderr


def test_versions_that_overlap_are_found_with_a_counterexample(tmp_path: Path) -> None:
    folder = changed_rulebook(
        tmp_path / "law", "listed-fields.yaml", "2021-10-02..2025-12-31", "2021-10-02..2026-03-31"
    )
    result = psea("rules", "verify", "--lang", "en", "--rulebook", folder)
    assert result.exit_code == 1
    assert "two versions" in result.stdout
    assert "retired_on: '2026-01-01'" in result.stdout


def test_stock_and_recusal_are_explained(tmp_path: Path) -> None:
    path = ROOT / "docs" / "examples" / "recusal.yaml"
    said = psea("recusal", path, "--lang", "en")
    assert said.exit_code == 0
    assert "You must keep out of conflicting duties now" in said.stdout
    assert "quarterly report of involvement — by 10 April 2026" in said.stdout
    found = json.loads(psea("recusal", path, "--json").stdout)
    assert [(item["kind"], item["from_on"]) for item in found["recusals"]] == [("review", "2026-02-20")]
    assert [item["kind"] for item in found["keep_out"]] == ["budget", "likely_related"]
    refused = psea("recusal", EXAMPLE, "--lang", "en")
    assert refused.exit_code == 2
    assert "another kind" in refused.stderr


def test_every_line_of_the_fact_base_is_told_with_its_rules() -> None:
    said = psea("rules", "coverage", "--lang", "en")
    assert said.exit_code == 0
    assert "lines of the fact base have rules or a reason why not" in said.stdout
    found = json.loads(psea("rules", "coverage", "--json").stdout)
    assert found["gaps"] == []
    assert {"employment:window.open"} <= set(
        next(line["rules"] for line in found["lines"] if line["id"] == "B-02")
    )


def test_a_line_that_nothing_encodes_is_a_gap(tmp_path: Path) -> None:
    folder = changed_rulebook(tmp_path / "law", "restriction-window.yaml", "facts: [B-11]", "facts: [B-01]")
    said = psea("rules", "coverage", "--lang", "en", "--rulebook", folder)
    assert said.exit_code == 1
    assert "B-11 has neither a rule nor a reason" in said.stdout


def test_what_the_examples_leave_out_is_named(tmp_path: Path) -> None:
    said = psea("cases", "run", EXAMPLE, "--rules-unused", "--leaves", "--lang", "en")
    assert said.exit_code == 1
    assert "window.suspended" in said.stdout
    assert "conditions are not shown to matter" in said.stdout
    found = json.loads(psea("cases", "run", EXAMPLE, "--rules-unused", "--json").stdout)
    assert found["rules_unused"]
    assert "leaves" not in found


def test_without_a_case_nothing_is_said_to_be_shown(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("official: [")
    said = psea("cases", "run", tmp_path, "--rules-unused", "--leaves", "--mutants", "--lang", "en")
    assert said.exit_code == 2
    assert "Every" not in said.stdout


def test_faults_that_no_example_notices_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutations, "mutants", lambda rulebook: islice(MUTANTS(rulebook), 40))
    said = psea("cases", "run", EXAMPLE, "--mutants", "--lang", "en")
    assert said.exit_code == 1
    assert "faults are noticed by no example" in said.stdout


def test_cases_run_and_tell_what_differs(tmp_path: Path) -> None:
    assert psea("cases", "run", EXAMPLE).exit_code == 0
    path = tmp_path / "differs.yaml"
    path.write_text(
        EXAMPLE.read_text().replace("expect: {outcome: close_relevance", "expect: {outcome: exempt")
    )
    result = psea("cases", "run", path, "--lang", "en")
    assert result.exit_code == 1
    assert "not exempt" in result.stdout


def test_good_cases_are_run_beside_bad_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(EXAMPLE.read_text())
    (tmp_path / "b.yaml").write_text("official: [")
    result = psea("cases", "run", tmp_path, "--lang", "en")
    assert result.exit_code == 2
    assert "All 1 cases are as expected" in result.stdout
    assert "b.yaml" in result.stderr


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ((), "case"),
        (("--advice",), "advice"),
        (("--trust",), "trust-case"),
        (("--trust", "--advice"), "trust-advice"),
    ],
)
def test_the_published_schemas_are_up_to_date(options: tuple[str, ...], name: str) -> None:
    printed = json.loads(psea("cases", "schema", *options).stdout)
    assert printed == json.loads((ROOT / "docs" / "schema" / f"{name}.json").read_text())


def test_a_named_employer_is_looked_up_in_the_register(tmp_path: Path) -> None:
    assert psea("employers", "synthesise", "--year", "2026").exit_code == 0
    name = json.loads(psea("employers", "search", "가상", "--on", "2026-06-01", "--json").stdout)["matches"][
        0
    ]["name"]
    path = tmp_path / "case.yaml"
    path.write_text(
        "official: {retired_on: 2025-12-31}\nengagement: {start_on: 2026-06-01}\n"
        + f"employer: {{name: {name}}}\n"
    )
    found = json.loads(psea("check", path, "--json").stdout)
    assert found["identity"]["register_synthetic"]
    assert "synthetic" in psea("check", path, "--lang", "en").stdout


def test_the_program_starts_without_what_its_help_does_not_need() -> None:
    heavy = "('z3', 'sqlmodel', 'fastapi', 'pydantic', 'openpyxl')"
    code = f"import service.cli, sys; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ}
    )
    assert run.stdout.strip() == "[]"
