"""Memory in use while many cases are explained in a row, in a process of its own."""

import json
import subprocess
import sys

from tests.benchmarks.conftest import Report
from tests.benchmarks.subjects import FOLDER


def test_memory(report: Report) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.endurance"]
    done = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, check=True)
    marks = dict(map(json.loads, done.stdout.splitlines()))
    rows = [
        [f"{number:,}", f"{memory:,.1f} MiB", f"{memory - marks[1_000]:+,.1f} MiB"]
        for number, memory in marks.items()
    ]
    title = "Memory in use while 20,000 cases are explained in a row, in a process of its own"
    notes = ["The case files in turn, nine of ten fully known, one as its file has it."]
    report(title, ["cases", "resident", "since the 1,000th"], rows, notes)
