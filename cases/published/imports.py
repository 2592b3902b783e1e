"""Imports published results: reads a table, keeps what is good of it, writes case files."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from cases.published.results import PublishedCase, read_result
from cases.published.table import read_table
from engine.errors import InputError, Place, Problem, refuse
from rules.lexicon import Lexicon


@dataclass(frozen=True)
class Report:
    """The cases that were written, and what is wrong with the rows that were not."""

    cases: tuple[PublishedCase, ...]
    problems: tuple[Problem, ...]


def import_published(source: Path, out: Path) -> Report:
    """Turn a table of published results into case files below `out`. Raises InputError for a bad file."""
    cases, problems = read_published(source)
    write_cases(cases, out)
    return Report(tuple(cases), tuple(problems))


def read_published(path: Path, assume_listed: bool = True) -> tuple[list[PublishedCase], list[Problem]]:
    """The cases of a CSV table (UTF-8 or CP949), and what is wrong with every row that gives none.

    The columns are those of `results.csv` or those of the official lists. `assume_listed` takes each
    employer to be on the list in force, because it was reviewed.
    """
    rows, problems = read_table(path)
    cases: dict[str, PublishedCase] = {}
    for row in rows:
        try:
            case = read_result(row, lexicon(), assume_listed)
        except InputError as error:
            problems += error.problems
            continue
        if case.id in cases:
            problems.append(
                Problem(f"The case {case.id!r} stands twice", "Give it its own id", row.place("id"))
            )
        else:
            cases[case.id] = case
    return list(cases.values()), sorted(problems, key=lambda problem: problem.place.line)


@cache
def lexicon() -> Lexicon:
    return Lexicon.load()


def write_cases(cases: Sequence[PublishedCase], folder: Path) -> None:
    """Write a case file for each case, named after it. Raises InputError where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for case in cases:
            (folder / f"{case.id}.yaml").write_text(case_text(case), encoding="utf-8", newline="\n")
    except OSError as error:
        raise refuse(
            f"The case files cannot be written ({error.strerror})",
            "Choose another folder",
            Place(str(folder)),
        ) from None


def case_text(case: PublishedCase) -> str:
    """The case file of a case."""
    about = {"case": case.id, "title": case.title, "note": case.note, "source": case.source}
    return yaml.safe_dump(
        {**about, **case.data}, allow_unicode=True, sort_keys=False, width=100, default_flow_style=None
    )
