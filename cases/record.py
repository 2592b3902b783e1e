"""Statistics of record on employment reviews: what was published, and the rates that follow from it."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from engine.documents import read

RECORD = Path(__file__).with_name("record.json")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Part):
    """The reviews of one year, and how many of the reviewed were found ineligible (취업제한율)."""

    year: int
    reviewed: int
    ineligible: int

    @property
    def rate(self) -> float:
        """The employment-limit rate in per cent, to one decimal."""
        return round(100 * self.ineligible / self.reviewed, 1)


class France(_Part):
    """Results of the French commission, in per cent of its opinions."""

    approved: int
    approved_in_part: int
    banned: int
    rejected: int


class Record(_Part):
    """`record.json`: counts as they were published; rates are computed from them."""

    limits: tuple[Limits, ...]
    france: France


@cache
def record() -> Record:
    """The record. Raises InputError where its file cannot be read."""
    return Record.model_validate(read(RECORD).data)
