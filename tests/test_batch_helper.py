"""A helper answers some of the cases, and a run without one says the same."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import InputError, refuse
from engine.facts import CaseModel
from rules.facts import EmploymentCase
from rules.law import employment
from service.batch import runs
from service.batch.answers import Found
from service.batch.helper import Helper
from service.batch.runs import Job, Run

HERE = os.getpid()
KILLED = """
import os, signal
from service.batch.helper import Helper
def answer(case):
    if os.getpid() == here:
        os.kill(here, signal.SIGKILL)
    return case
here = os.getpid()
for _ in Helper(answer).shared(range(20)):
    pass
"""


def numbered(count: int) -> list[CaseModel]:
    """Cases that are told apart by how many postings they have."""
    parts = {"official": {}, "engagement": {}, "employer": {}}
    return [EmploymentCase.model_validate({**parts, "postings": [{}] * number}) for number in range(count)]


def told(case: CaseModel) -> Found:
    """How many postings a case has, and who says so."""
    assert isinstance(case, EmploymentCase)
    return Found((str(len(case.postings.items)),), (), (str(os.getpid()),), ())


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 30, 126])
def test_every_case_is_answered_once_some_of_them_there(count: int) -> None:
    with Helper(told) as helper:
        for _ in range(2):
            found = list(helper.shared(numbered(count)))
            assert sorted((number, int(one.possible[0])) for number, one in found) == [
                (number, number) for number in range(count)
            ]
            assert len({one.fired for _, one in found}) == min(count, 1 + (count >= 4))


def test_what_a_lost_helper_was_given_is_answered_here() -> None:
    def answer(case: CaseModel) -> Found:
        if os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return told(case)

    with Helper(answer) as helper:
        for _ in range(2):
            found = list(helper.shared(numbered(20)))
            assert sorted(number for number, _ in found) == [*range(20)]
            assert {one.fired for _, one in found} == {(str(HERE),)}


def test_a_case_that_cannot_be_answered_is_told_here(capfd: pytest.CaptureFixture[str]) -> None:
    def answer(case: CaseModel) -> Found:
        if told(case).possible == ("19",):
            raise refuse("Too many postings", "Leave some out")
        return told(case)

    with Helper(answer) as helper, pytest.raises(InputError, match="Too many postings"):
        list(helper.shared(numbered(20)))
    assert capfd.readouterr() == ("", "")


def test_a_helper_ends_with_its_block() -> None:
    with Helper(told) as helper:
        list(helper.shared(numbered(4)))
        process = helper._process
        assert process.is_alive()
    assert process.exitcode == -signal.SIGKILL


def test_a_helper_ends_with_the_process_that_was_killed() -> None:
    run = subprocess.run([sys.executable, "-c", KILLED], check=False, capture_output=True, timeout=60)
    assert (run.returncode, run.stdout, run.stderr) == (-signal.SIGKILL, b"", b"")


@pytest.mark.parametrize("executor", ["rete", "duckdb"])
def test_a_run_says_the_same_without_a_helper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executor: str
) -> None:
    source = tmp_path / "t.csv"
    lines = [f"{n},{'언젠가' if n % 9 == 4 else f'2025-{n % 12 + 1:02}-15'},2026-06-01" for n in range(40)]
    source.write_text("신청번호,퇴직일,취업 시작일\n" + "\n".join(lines), encoding="utf-8")
    written = {}
    for many in (runs.HELPED, 1_000):
        monkeypatch.setattr(runs, "HELPED", many)
        run = Run(Job(source, tmp_path / f"{many}.csv", "ko", employment(), executor=executor))
        summary = run.finish()
        assert (summary.rows, summary.refused) == (36, 4)
        assert (run.helper is None) == (many == 1_000)
        written[many] = [(tmp_path / f"{many}{end}").read_bytes() for end in (".csv", ".errors.csv")]
    one, other = written.values()
    assert one == other
