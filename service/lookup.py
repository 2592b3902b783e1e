"""Looks an employer up in the register, as of the day on which the job starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.values import Known, exactly
from rules.facts import EmploymentCase
from service.language import say

if TYPE_CHECKING:
    from rules.advice import RegisterVersion
    from service.register.register import Register


@dataclass(frozen=True)
class Looked:
    """The case with what the register says of its employer, the register's version, and notes."""

    case: EmploymentCase
    version: "RegisterVersion | None"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Consulted:
    """What the lists of a day say of a name: values of the employer's fields, and in a word why.

    `finding` is "found", "not_found", "several" or "no_list".
    """

    finding: str
    version: "RegisterVersion | None" = None
    values: Mapping[str, Known[Any]] = field(default_factory=dict)


def consult(register: "Register", name: str, on: date) -> Consulted:
    """Kind and listing of the one institution of a name, as of a day."""
    from rules.advice import RegisterVersion
    from service.register.problems import RegisterError

    try:
        found = register.find(name, on)
        identity = register.identity(on)
    except RegisterError:
        return Consulted("no_list")
    version = RegisterVersion(version=identity.digest, year=identity.year, synthetic=identity.synthetic)
    kinds = {listing.kind for listing in found}
    if len(kinds) != 1:
        return Consulted("several" if found else "not_found", version)
    (kind,) = kinds
    known = {} if kind is None else {"kind": exactly(kind.value)}
    return Consulted("found", version, {"listed": exactly(True), **known})


def filled(case: EmploymentCase, consulted: Consulted) -> EmploymentCase:
    """The case with what the register says of its employer; what it says itself is never overruled."""
    employer = case.employer
    update = {name: value for name, value in consulted.values.items() if getattr(employer, name).unknown}
    if not update:
        return case
    return case.model_copy(update={"employer": employer.model_copy(update=update)})


def asked_of(case: EmploymentCase) -> tuple[str, date] | None:
    """The name and the day about which the register is asked; none where it would not help."""
    employer, start = case.employer, case.engagement.start_on
    if not employer.name.exact or not start.exact or not employer.listed.unknown:
        return None
    return employer.name.options[0], start.options[0]


def look_up(case: EmploymentCase, register: "Register | None", language: str) -> Looked:
    """Fill in kind and listing of a named employer. What the case itself says is never overruled.

    A name that is not found leaves the listing unknown: names are written in many ways.
    """
    asked = asked_of(case)
    if register is None or asked is None:
        return Looked(case, None)
    name, on = asked
    consulted = consult(register, name, on)
    kind = consulted.values.get("kind")
    shown = str(kind.options[0]) if kind else "?"
    notes = [say(language, consulted.finding, name=name, day=on, kind=shown)]
    if consulted.finding == "not_found":
        near = [one.match.listing.name for one in register.search(name, on, limit=3)]
        notes += [say(language, "near", names=", ".join(near))] if near else []
    return Looked(filled(case, consulted), consulted.version, tuple(notes))
