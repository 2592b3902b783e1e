"""Tables of the register: versions of gazetted lists and the institutions on them. Act 17(1); Decree 33."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel import Field, SQLModel

from rules.facts import EmployerKind


class Part(StrEnum):
    """The lists that are gazetted side by side; any other short name may be used for an own part."""

    INSTITUTIONS = "institutions"  # 12월 고시, used for the following calendar year
    ASSOCIATIONS = "associations"  # 6월 30일까지 고시, used until the next one
    ADDITIONS = "additions"  # institutions added within a year (2015-03-31, 2020-06-04)


class EmployerList(SQLModel, table=True):
    """One version of one list. Rows are only added: a correction is a new version of its part and first day.

    `to_on` is the last day of validity, none meaning until the next list of the part; `known_from` is the
    day on which this version became known here; `digest` is SHA-256 over its content without row numbers.
    """

    __tablename__ = "employer_list"

    id: int | None = Field(default=None, primary_key=True)
    part: str = Field(index=True)
    from_on: date
    to_on: date | None = None
    known_from: date
    synthetic: bool
    source: str
    digest: str
    size: int


class EmployerEntry(SQLModel, table=True):
    """One institution on one version of a list; `kind` is an EmployerKind, none where it is not known."""

    __tablename__ = "employer_entry"

    id: int | None = Field(default=None, primary_key=True)
    list_id: int = Field(foreign_key="employer_list.id", index=True)
    row: int
    name: str
    normalised: str
    number: str | None = None
    kind: str | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """An institution as a list names it: number has 10 digits without hyphens, row counts from 1."""

    name: str
    normalised: str
    kind: EmployerKind | None
    number: str | None = None
    sector: str | None = None
    row: int = 0


def content_digest(
    part: str, from_on: date, to_on: date | None, synthetic: bool, listings: Iterable[Listing]
) -> str:
    """SHA-256 (hex) over what a list says, whatever the order and the numbers of its rows."""
    rows = sorted([one.name, one.number or "", one.kind or "", one.sector or ""] for one in listings)
    head = [part, from_on.isoformat(), to_on.isoformat() if to_on else "", synthetic]
    return hashlib.sha256(
        json.dumps([head, rows], ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()
