"""The register of covered employers as the pages ask it: who is on the lists of a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rules.advice import RegisterVersion
from service.register.problems import RegisterError

if TYPE_CHECKING:
    from service.register.register import Register

MOST_HITS = 10


@dataclass(frozen=True)
class Hit:
    """An institution on a list; kind is an EmployerKind, none where the list does not say it."""

    name: str
    kind: str | None
    number: str | None
    sector: str | None
    synthetic: bool


def version_on(register: "Register | None", on: date | None) -> RegisterVersion | None:
    """Which lists answer for a day; none where there is no register, or no list for that day."""
    if register is None or on is None:
        return None
    try:
        identity = register.identity(on)
    except RegisterError:
        return None
    return RegisterVersion(version=identity.digest, year=identity.year, synthetic=identity.synthetic)


def search(register: "Register", text: str, on: date) -> Sequence[Hit]:
    """The institutions of a day's lists that meet a name, initial consonants or a business number."""
    return [
        Hit(
            name=found.match.listing.name,
            kind=found.match.listing.kind,
            number=found.match.listing.number,
            sector=found.match.listing.sector,
            synthetic=found.version.synthetic,
        )
        for found in register.search(text, on, limit=MOST_HITS)
    ]
