"""The cases that are timed: the case files as they stand, and with all filled in that they leave open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cases.files import find_cases, read_cases
from engine.facts import Fact, Section
from engine.rows import encode
from engine.values import Domain, Known, exactly
from engine.worlds import answer
from rules.facts import EmploymentCase
from rules.law import Law

FOLDER = Path(__file__).parents[2] / "cases"
FILLED: dict[str, Any] = {"bool": False, "int": 5, "won": 0, "date": date(2026, 1, 1), "text": "not said"}
ORDINARY = ("other", "none", "ordinary", "professional", "government")


@dataclass(frozen=True)
class Subject:
    """A case and what it came to: its outcome if decided, how many facts follow, how many runs that took."""

    name: str
    case: EmploymentCase
    outcome: str | None
    derived: int
    runs: int
    unclear: bool


def files(law: Law) -> list[Subject]:
    """Every employment case of the case files as it stands."""
    cases = [file for path in find_cases(FOLDER) for file in read_cases(path)]
    return [_subject(law, file.name, file.facts) for file in cases if isinstance(file.facts, EmploymentCase)]


def _subject(law: Law, name: str, case: EmploymentCase) -> Subject:
    found = answer(law.executor, case)
    conclusions = found.base.conclusions
    return Subject(name, case, found.outcome, len(conclusions.rows), found.runs, conclusions.unclear)


def known(law: Law, subjects: list[Subject]) -> Iterator[Subject]:
    """The decided ones, fully known; not those of unclear law or outside all law, which zen cannot say."""
    decided = (subject for subject in subjects if subject.outcome)
    completed = (_subject(law, subject.name, filled(subject.case)) for subject in decided)
    return (
        subject for subject in completed if not subject.unclear and encode(subject.case, law.rulebook).exact
    )


def filled(case: EmploymentCase) -> EmploymentCase:
    """A case with an ordinary value wherever none is given, and every list complete."""
    parts = {section.name: _part(case, section) for section in case.sections().values()}
    return case.model_copy(update=parts)


def _part(case: EmploymentCase, section: Section) -> Any:
    facts = tuple(_fact(fact) for fact in case.facts(section))
    if not section.listed:
        return facts[0]
    return getattr(case, section.name).model_copy(update={"complete": True, "items": facts})


def _fact(fact: Fact) -> Fact:
    return fact.model_copy(
        update={name: _exact(getattr(fact, name), domain) for name, domain in fact.domains().items()}
    )


def _exact(value: Known[Any], domain: Domain) -> Known[Any]:
    if value.options:
        return exactly(value.options[0])
    if not value.unknown:
        return exactly(value.high if value.low is None else value.low)
    if domain.kind == "enum":
        return exactly(next((option for option in ORDINARY if option in domain.options), domain.options[0]))
    return exactly(FILLED[domain.kind])
