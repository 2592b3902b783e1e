"""Explains many cases in a row in a process of its own and prints how much memory it holds on the way."""

import json
import os
from pathlib import Path

from engine.proof import Explainer
from rules.law import employment
from tests.benchmarks.subjects import files, filled

MARKS = (0, 1_000, 5_000, 10_000, 20_000)


def resident() -> float:
    """Memory of this process that is in use now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    law = employment()
    cases = [subject.case for subject in files(law)]
    turns = [case if number % 10 == 0 else filled(case) for number, case in enumerate(cases)]
    for number in range(MARKS[-1] + 1):
        if number in MARKS:
            print(json.dumps([number, resident()]), flush=True)
        conclusions = law.executor.run(turns[number % len(turns)])
        for fact, _ in conclusions.of(law.rulebook.goal):
            Explainer(conclusions, law.executor.program).proof(fact)


if __name__ == "__main__":
    main()
