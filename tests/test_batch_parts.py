"""A run that is killed goes on where it was, and ends with the same bytes."""

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from engine.errors import InputError
from service.batch.parts import Parts, put

ROOT = Path(__file__).parent.parent
ROWS = 24
CHILD = """
import os, signal, sys
from pathlib import Path
from rules.law import employment
from service.batch.runs import Job, Run
import service.batch.parts as parts

law, (source, out, executor), kills = employment(), sys.argv[1:4], map(int, sys.argv[4:])
EVENTS = {"open", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}
law.executor
rows = 12 if executor == "duckdb" else 4

def run(after=0):
    calls = 0
    def counted(event, arguments):
        nonlocal calls
        if event in EVENTS and ".parts" in str(arguments[0]):
            calls += 1
            if calls == after:
                os.kill(os.getpid(), signal.SIGKILL)
    if after:
        sys.addaudithook(counted)
    Run(Job(Path(source), Path(out), "ko", law, executor=executor, quick=True, part_rows=rows)).finish()

for number in kills:
    child = os.fork()
    if not child:
        run(number)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print("killed" if os.WIFSIGNALED(status) else "finished", len(list(Path(out + ".parts").glob("*.part"))))
run()
"""


def table(path: Path) -> Path:
    rows = ["신청번호,퇴직일,취업 시작일,직급,공직의 종류"]
    rows += [f"n{n},2025-{n % 12 + 1:02},2026-{n % 9 + 1:02}-01,{n % 9 + 1},일반직" for n in range(ROWS)]
    rows[5] = rows[5].replace("일반직", "일반")
    path.write_text("\n".join(rows))
    return path


def run(source: Path, out: Path, *kills: int, executor: str = "rete") -> list[str]:
    arguments = [sys.executable, "-c", CHILD, str(source), str(out), executor, *map(str, kills)]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_killed_at_twenty_moments_a_run_ends_with_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    source = table(tmp_path / "t.csv")
    whole, killed = tmp_path / f"whole{suffix}", tmp_path / f"killed{suffix}"
    run(source, whole)
    kills = sorted(Random(suffix).sample(range(1, 31), 20), key=lambda number: number % 7)
    told = run(source, killed, *kills)
    assert sum(line.startswith("killed") for line in told) >= 10
    assert len(set(told)) > 2
    assert killed.read_bytes() == whole.read_bytes()
    errors = [tmp_path / f"{name}.errors.csv" for name in ("whole", "killed")]
    if suffix == ".csv":
        assert errors[0].read_bytes() == errors[1].read_bytes()
    assert sorted(path.suffix for path in tmp_path.iterdir()) == sorted(path.suffix for path in [
        source, whole, killed, *(errors if suffix == ".csv" else []),
    ])  # fmt: skip


def test_a_run_on_duckdb_goes_on_where_it_was(tmp_path: Path) -> None:
    source = table(tmp_path / "t.csv")
    run(source, tmp_path / "whole.jsonl", executor="duckdb")
    assert run(source, tmp_path / "killed.jsonl", 21, executor="duckdb") == ["killed 1"]
    assert (tmp_path / "killed.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_other_answers_begin_anew(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    first = Parts(out, {"input": "a"})
    first.put(0, lambda path: path.write_text("answered"))
    assert first.before == ""
    first.close()
    again = Parts(out, {"input": "a"})
    assert (again.before, again.numbers()) == ("resumed", [0])
    again.close()
    other = Parts(out, {"input": "b"})
    assert (other.before, other.numbers()) == ("restarted", [])
    other.remove()
    assert list(tmp_path.iterdir()) == []


def test_two_runs_do_not_write_to_one_place(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    first = Parts(out, {})
    for manifest in ({}, {"input": "b"}):
        with pytest.raises(InputError, match="Another run is writing"):
            Parts(out, manifest)
    first.put(0, lambda path: path.write_text("answered"))
    first.close()
    assert Parts(out, {}).numbers() == [0]


def test_a_part_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "part"

    def fail(aside: Path) -> None:
        aside.write_text("half")
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        put(path, fail)
    assert not path.exists()
    put(path, lambda aside: aside.write_text("whole"))
    assert path.read_text() == "whole"


def test_files_of_others_are_never_removed(tmp_path: Path) -> None:
    folder = tmp_path / "out.csv.parts"
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="other files"):
        Parts(tmp_path / "out.csv", {})
    assert (folder / "thesis.txt").exists()
