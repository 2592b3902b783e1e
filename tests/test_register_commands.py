import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from service.register.commands import app
from service.store import DATABASE_VARIABLE


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{tmp_path / 'psea.db'}")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")

    def run(*arguments, code=0):
        result = CliRunner().invoke(app, [str(one) for one in arguments])
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result

    return run


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.csv"
    path.write_text("기관명,유형\n한빛협회,협회\n누리회계법인,회계법인\n", encoding="cp949")
    return path


@pytest.fixture
def mixed(tmp_path):
    path = tmp_path / "mixed.csv"
    path.write_text("기관명,유형\n한빛협회,협회\n누리,모름\n", encoding="utf-8")
    return path


def test_import_search_and_stats(run, good):
    assert "2 institutions stored" in run("import", good, "--year", 2026).stdout
    assert "한빛협회" in run("search", "ㅎㅂ", "--on", "2026-05-01").stdout
    assert "한빛협회" not in run("search", "누리", "--on", "2026-05-01").stdout
    assert "회계법인" in run("stats", "--lang", "ko").stdout
    assert "Synthetic" not in run("stats").stdout


def test_bad_rows_end_with_1_and_say_where(run, mixed):
    output = run("import", mixed, "--year", 2026, "--lang", "ko", code=1).stdout
    assert "mixed.csv, 3행, '유형' 열" in output
    answer = json.loads(run("import", mixed, "--year", 2026, "--json", code=1).stdout)
    assert (answer["new"], answer["list"]["size"], answer["synthetic"]) == (False, 1, False)
    [problem] = answer["problems"]
    assert (problem["row"], problem["column"], problem["code"]) == (3, "유형", "unknown_kind")


def test_only_bad_rows_end_with_2_and_list_them(run, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("기관명,유형\n누리,모름\n", encoding="utf-8")
    assert "row 2" in run("import", path, "--year", 2026, code=2).output
    assert json.loads(run("import", path, "--year", 2026, "--json", code=2).stdout)["problems"][0]["row"] == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["import", "none.csv", "--year", 2026], "cannot be opened"),
        (["import", "none.csv"], "--year alone"),
        (["import", "none.csv", "--year", 2026, "--from", "2026-01-01"], "given twice"),
        (["import", "none.csv", "--year", 2026, "--list", "A B"], "cannot be the name"),
        (["import", "none.csv", "--year", 2026, "--kind", "?"], "not a kind"),
        (["search", "한빛"], "psea employers import"),
        (["search", "한빛", "--on", "2026-13-01"], "is not a date"),
        (["search", "한빛", "--limit", 0], "not a number of results"),
        (["stats", "--on", "2026-05-01"], "No list is in force"),
        (["synthesise", "--year", 2013], "is not known"),
        (["synthesise"], "--year or --date"),
        (["synthesise", "--year", 2026, "--date", "2026-01-01"], "--year or --date"),
        (["synthesise", "--year", 2000, "--out", "list.pdf"], ".csv or .xlsx"),
    ],
)
def test_bad_input_ends_with_2_and_a_remedy(run, arguments, says):
    output = " ".join(run(*arguments, code=2).output.split())
    assert says in output
    answer = json.loads(run(*arguments, "--json", code=2).stdout)
    assert answer["error"]["what"]
    assert answer["error"]["remedy"]


def test_a_store_that_cannot_be_opened(run, monkeypatch):
    monkeypatch.setenv(DATABASE_VARIABLE, "nosuch://user:secret@host/x")
    output = run("stats", code=2).output
    assert DATABASE_VARIABLE in output
    assert "secret" not in output


def test_everything_that_used_a_synthetic_list_says_so(run):
    for arguments in (
        ["synthesise", "--date", "2001-05-01"],
        ["search", "한빛", "--on", "2001-05-01"],
        ["search", "no such name", "--on", "2001-05-01"],
        ["stats"],
    ):
        assert "Synthetic data" in run(*arguments).stdout
        assert "가상 자료입니다" in run(*arguments, "--lang", "ko").stdout
        assert json.loads(run(*arguments, "--json").stdout)["synthetic"] is True


def test_a_synthetic_file_stays_synthetic_when_it_is_imported(run, tmp_path):
    out = tmp_path / "list.csv"
    assert "Synthetic data" in run("synthesise", "--year", 2001, "--out", out).stdout
    assert "No list is stored" in run("stats").stdout
    answer = json.loads(run("import", out, "--year", 2001, "--json").stdout)
    assert (answer["synthetic"], answer["list"]["size"], answer["problems"]) == (True, 2_768, [])
    assert "already stored" in run("synthesise", "--year", 2001).stdout


def test_a_year_with_two_lists_is_written_to_two_files(run, tmp_path):
    answer = json.loads(run("synthesise", "--year", 2014, "--out", tmp_path / "x.csv", "--json").stdout)
    assert [one["size"] for one in answer["files"]] == [3_960, 13_466]
    assert (tmp_path / "x-institutions-2014-06-25.csv").exists()


def test_json_of_search_and_stats(run, good):
    run("import", good, "--list", "associations", "--year", 2025, "--known-from", "2025-07-01")
    answer = json.loads(run("search", "한빛협회", "--on", "2026-05-01", "--json").stdout)
    assert answer["matches"][0] == {
        "name": "한빛협회",
        "kind": "association",
        "sector": None,
        "number": None,
        "score": 100.0,
        "why": "exact",
        "errors": 0,
        "list": {"part": "associations", "from_on": "2025-06-30"},
        "synthetic": False,
    }
    assert answer["register"]["lists"][0]["to_on"] is None
    counted = json.loads(run("stats", "--json").stdout)
    assert counted["lists"][0]["kinds"] == {"association": 1, "accounting_firm": 1}
    run("search", "한빛", "--on", "2026-05-01", "--known", "2025-06-30", code=2)


@pytest.mark.parametrize(
    ("setting", "word"), [("ko_KR.UTF-8", "저장된 목록이 없습니다"), ("en_GB.UTF-8", "No list")]
)
def test_the_language_follows_the_locale(run, monkeypatch, setting, word):
    monkeypatch.setenv("LC_ALL", setting)
    assert word in run("stats").stdout


def test_help_loads_nothing_heavy():
    code = "import sys, service.register.commands; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    ).stdout.split()
    assert not {"sqlmodel", "sqlalchemy", "openpyxl", "rapidfuzz", "pydantic", "yaml"} & set(loaded)
