"""Looks an employer up in the register, as of the day on which the job starts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.values import exactly
from rules.advice import RegisterVersion
from rules.facts import EmploymentCase
from service.language import say

if TYPE_CHECKING:
    from service.register.register import Register


@dataclass(frozen=True)
class Looked:
    """The case with what the register says of its employer, the register's version, and notes."""

    case: EmploymentCase
    version: RegisterVersion | None
    notes: tuple[str, ...] = ()


def look_up(case: EmploymentCase, register: "Register | None", language: str) -> Looked:
    """Fill in kind and listing of a named employer. What the case itself says is never overruled.

    A name that is not found leaves the listing unknown: names are written in many ways.
    """
    from service.register.problems import RegisterError

    employer, start = case.employer, case.engagement.start_on
    if register is None or not employer.name.exact or not start.exact or not employer.listed.unknown:
        return Looked(case, None)
    name, on = employer.name.options[0], start.options[0]
    try:
        found = register.find(name, on)
        identity = register.identity(on)
    except RegisterError:
        return Looked(case, None, (say(language, "no_list", day=on),))
    version = RegisterVersion(version=identity.digest, year=identity.year, synthetic=identity.synthetic)
    kinds = {listing.kind for listing in found}
    if not found:
        near = [one.match.listing.name for one in register.search(name, on, limit=3)]
        notes = [say(language, "not_found", name=name, day=on)]
        notes += [say(language, "near", names=", ".join(near))] if near else []
        return Looked(case, version, tuple(notes))
    if len(kinds) > 1:
        return Looked(case, version, (say(language, "several", name=name),))
    (kind,) = kinds
    update: dict[str, Any] = {"listed": exactly(True)}
    if kind is not None and employer.kind.unknown:
        update["kind"] = exactly(kind.value)
    filled = case.model_copy(update={"employer": employer.model_copy(update=update)})
    return Looked(filled, version, (say(language, "found", name=name, day=on, kind=kind or "?"),))
