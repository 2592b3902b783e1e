"""A small law for tests, of no country: licences, offences and pardons."""

from datetime import date
from enum import StrEnum
from pathlib import Path

from engine.facts import CaseModel, Fact, Listed
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
