"""The law as loaded: the employment rulebook (취업제한) with its executor."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.errors import InputError, Problem
from engine.loader import load
from engine.program import compile_program
from engine.rete import Rete
from engine.rulebook import Rulebook
from rules.facts import EmploymentCase

EMPLOYMENT = Path(__file__).parent / "employment"


@dataclass(frozen=True)
class Law:
    """A rulebook and the executor that runs it."""

    rulebook: Rulebook
    executor: Rete


@cache
def employment() -> Law:
    """Articles 17 to 19-4 for post-public employment, as this version encodes them."""
    return open_law(EMPLOYMENT)


def open_law(folder: Path) -> Law:
    """Load a rulebook from a folder. Raises InputError with every problem."""
    rulebook = load(folder, EmploymentCase)
    return Law(rulebook, Rete(compile_program(rulebook)))


def refuse_unverified(law: Law) -> None:
    """Raise InputError where a rulebook has findings: such a rulebook does not serve."""
    from engine.verify import verify

    findings = verify(law.executor)
    if findings:
        raise InputError(Problem(finding.message, finding.remedy, finding.place) for finding in findings)
