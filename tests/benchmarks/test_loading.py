"""Loading and verifying the rulebook, and the commands as whole processes."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from engine.loader import load
from engine.program import compile_program
from engine.rete import Rete
from engine.verify import verify
from rules.facts import EmploymentCase
from rules.law import FOLDER as LAW
from rules.law import Law, open_law
from tests.benchmarks.conftest import Figure, Report
from tests.benchmarks.measuring import HEAD, Times, in_turn, percentile, shown
from tests.benchmarks.month import APPLICATIONS, write_month
from tests.benchmarks.subjects import FOLDER

ROUNDS = 5
ROOT = FOLDER.parent
COMMAND = "import sys; from service.cli import main; sys.exit(main())"


def test_loading(law: Law, report: Report, figure: Figure) -> None:
    program = compile_program(law.rulebook)
    times = in_turn(
        {
            "load (read, type, stratify, digest)": lambda _: load(LAW / "employment", EmploymentCase),
            "compile to conjunctions": lambda _: compile_program(law.rulebook),
            "build the Rete networks": lambda _: Rete(program),
            "verify": lambda _: verify(law.executor),
            "load, compile, build and verify": lambda _: verify(open_law(LAW / "employment").executor),
        },
        [None],
        ROUNDS,
    )
    rules = law.rulebook.rules
    report(f"Loading and verifying the rulebook ({len(rules)} rules)", HEAD, _rows(times))
    whole = times["load, compile, build and verify"].wall
    middle = percentile(whole, 50)
    figure("load and verify the whole rulebook", "< 2 s", shown(middle), middle < 2e6, whole)


def test_commands(report: Report, figure: Figure, tmp_path: Path) -> None:
    if find_spec("service.cli") is None:
        print("\nThe commands are not timed: there is no service.cli\n")
        pytest.skip("there is no service.cli")
    source = sorted((FOLDER / "provisions").glob("*.yaml"))[0]
    case = tmp_path / "case.yaml"
    case.write_text(source.read_text(encoding="utf-8").split("\n---")[0], encoding="utf-8")
    month = tmp_path / "month.xlsx"
    write_month(month)
    batch = f"psea batch, {APPLICATIONS} applications from xlsx to xlsx"
    times = in_turn(
        {
            "psea --help": lambda _: _run("--help"),
            "psea check CASE": lambda _: _run("check", str(case)),
            batch: lambda _: _run("batch", str(month), "--out", str(tmp_path / "answers.xlsx")),
        },
        [None],
        ROUNDS,
    )
    report(
        "Commands as whole processes",
        HEAD,
        _rows(times),
        [
            "CPU time is that of the waiting process only. The applications are filled in as far as the "
            "example of the template, so all stay open.",
        ],
    )
    walls = times[batch].wall
    middle = percentile(walls, 50)
    figure(batch, "< 2 s", shown(middle), middle < 2e6, walls)
    check = times["psea check CASE"].wall
    middle = percentile(check, 50)
    figure("`psea check` on one file, in all", "< 1 s", shown(middle), middle < 1e6, check)


def _run(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def _rows(times: dict[str, Times]) -> list[list[str]]:
    return [[name, *taken.row()] for name, taken in times.items()]
