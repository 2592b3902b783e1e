"""A small law for tests, of no country: licences, offences and pardons."""

import json
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.execution import Conclusions
from engine.facts import CaseModel, Fact, Listed
from engine.loader import load
from engine.program import compile_program
from engine.rete import Rete
from engine.rulebook import Rulebook
from engine.values import UNKNOWN, Known, Won

FOLDER = Path(__file__).parent / "licensing"


class Service(StrEnum):
    NONE = "none"
    ARMY = "army"
    NAVY = "navy"


class Kind(StrEnum):
    PLAIN = "plain"
    FAST = "fast"
    ODD = "odd"


class Person(Fact):
    born_on: Known[date] = UNKNOWN
    grade: Known[int] = UNKNOWN
    service: Known[Service] = UNKNOWN
    emancipated: Known[bool] = UNKNOWN


class Request(Fact):
    asked_on: Known[date] = UNKNOWN
    kind: Known[Kind] = UNKNOWN
    paid: Known[bool] = UNKNOWN


class Offence(Fact):
    done_on: Known[date] = UNKNOWN
    fine: Known[Won] = UNKNOWN
    place: Known[str] = UNKNOWN


class Pardon(Fact):
    given_on: Known[date] = UNKNOWN
    place: Known[str] = UNKNOWN


class LicenceCase(CaseModel):
    person: Person
    request: Request
    offences: Listed[Offence] = Listed[Offence]()
    pardons: Listed[Pardon] = Listed[Pardon]()


MANIFEST: dict[str, Any] = {
    "rulebook": "written",
    "dates": {"born_on": "person.born_on", "asked_on": "request.asked_on"},
    "supported": {"asked_on": "2000-01-01.."},
    "goal": "outcome",
    "outcomes": ["no", "yes"],
    "outputs": ["outcome"],
    "moves": "request.asked_on",
}
YES_OR_NO = [
    {"rule": "yes", "where": ["it()"], "then": "outcome(kind='yes')"},
    {"rule": "no", "unless": ["it()"], "then": "outcome(kind='no')"},
]

SUM = {"rule": "sum", "when": {"o": "offence"}, "then": "burden(amount=total(o.fine))"}
HEAVY = {"when": {"b": "burden"}, "where": ["b.amount >= 1000"], "then": "it()"}


@cache
def licensing() -> Rulebook:
    return load(FOLDER, LicenceCase)


def written(
    *rules: dict[str, Any], parameters: Any = None, answered: bool = True, **manifest: Any
) -> Rulebook:
    """A rulebook of the rules given; where `it()` follows the answer is yes, else no."""
    whole = [*rules, *(YES_OR_NO if answered else ())]
    named = [{"rule": f"r{number}", "confidence": "V"} | rule for number, rule in enumerate(whole)]
    with TemporaryDirectory() as folder:
        write(Path(folder), "rulebook", MANIFEST | manifest)
        write(
            Path(folder),
            "only",
            {"provision": "only", "cite": "Art 1", "parameters": parameters or {}, "rules": named},
        )
        return load(Path(folder), LicenceCase)


def write(folder: Path, name: str, content: Any) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1, default=str))
    return path


def rete(*rules: dict[str, Any], **more: Any) -> Rete:
    return Rete(compile_program(written(*rules, **more)))


def case(**sections: Any) -> LicenceCase:
    """A case in which lists that are left out are empty."""
    return LicenceCase.model_validate({"person": {}, "request": {}, "offences": [], "pardons": []} | sections)


def known_case(**sections: Any) -> LicenceCase:
    """A case in which everything is known: an adult asks in 2020, and `sections` say what is otherwise."""
    person = {"born_on": "1990-06-01", "grade": 9, "service": "none", "emancipated": False}
    request = {"asked_on": "2020-03-01", "kind": "plain", "paid": True}
    return case(
        person=person | sections.pop("person", {}), request=request | sections.pop("request", {}), **sections
    )


def derived(conclusions: Conclusions) -> set[str]:
    return {predicate for (predicate, _), _ in conclusions.summary()}
