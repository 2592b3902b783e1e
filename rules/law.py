"""The law as loaded: the rulebooks (취업제한, 주식백지신탁), each with its executor."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from engine.documents import read
from engine.errors import InputError, Problem, nearest, refuse
from engine.facts import CaseModel
from engine.loader import load
from engine.program import compile_program
from engine.rete import Rete
from engine.rulebook import Rulebook
from rules.facts import EmploymentCase
from rules.holdings import TrustCase

UNDETERMINED = "undetermined"
FOLDER = Path(__file__).parent
MODELS: Mapping[str, type[CaseModel]] = {"employment": EmploymentCase, "trust": TrustCase}


@dataclass(frozen=True)
class Law:
    """A rulebook and the executor that runs it."""

    rulebook: Rulebook
    executor: Rete

    @classmethod
    def of(cls, rulebook: Rulebook) -> Self:
        return cls(rulebook, Rete(compile_program(rulebook)))


@cache
def employment() -> Law:
    """Articles 17 to 19-4 for post-public employment, as this version encodes them."""
    return open_law(FOLDER / "employment")


@cache
def trust() -> Law:
    """Articles 14-4 to 14-17 on stock, blind trust and recusal, as this version encodes them."""
    return open_law(FOLDER / "trust")


def laws() -> tuple[Law, ...]:
    """Every rulebook."""
    return employment(), trust()


def law_for(model: type[CaseModel]) -> Law:
    """The rulebook that answers cases of a kind."""
    return employment() if model is EmploymentCase else trust()


def open_law(folder: Path) -> Law:
    """Load a rulebook; its name says what its cases are. Raises InputError with every problem."""
    document = read(folder / "rulebook.yaml")
    name = str(document.data.get("rulebook") if isinstance(document.data, dict) else None)
    if name not in MODELS:
        raise refuse(
            f"There are no cases for a rulebook named {name!r}",
            nearest(name, MODELS),
            document.place(("rulebook",)),
        )
    return Law.of(load(folder, MODELS[name]))


def refuse_unverified(law: Law) -> None:
    """Raise InputError where a rulebook has findings: such a rulebook does not serve."""
    from engine.verify import verify

    findings = verify(law.executor)
    if findings:
        raise InputError(Problem(finding.message, finding.remedy, finding.place) for finding in findings)
