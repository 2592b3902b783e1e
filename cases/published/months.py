"""Days, months and years as they are written in published tables."""

import re
import unicodedata
from datetime import date
from typing import Any

_SEPARATED = re.compile(r"\s*(~|또는|혹은|\bor\b)\s*")
_REMARK = re.compile(r"\s*\([^()]*\)\s*$")
_ENDING = re.compile(r"\s*(취업예정|퇴직예정|예정|취업|퇴직|개최)\s*$")
_FULL = re.compile(
    r"(?P<year>(?:19|20)\d{2}|'?\d{2}(?=\s*[년./-]))\s*(?:년|[./-])?\s*"
    r"(?:(?P<month>\d{1,2})\s*(?:월|[./-])?\s*(?:(?P<day>\d{1,2})\s*[일.]?)?)?"
)
_LATER = re.compile(r"(?P<month>\d{1,2})\s*월?")
_QUARTER = re.compile(r"Q[1-4]|[1-4]\s*분기")
PLANNED = "예정"


def read_period(text: str) -> Any:
    """What a cell says of a day, as a case file has it: a scalar, a list of them, a range; None for none.

    A quarter without its year is none. Raises ValueError with the words that are not a date.
    """
    shown = unicodedata.normalize("NFKC", text).translate(str.maketrans("‘’`´′∼–", "'''''~~"))
    shown = _ENDING.sub("", _REMARK.sub("", shown)).strip()
    if not shown or _QUARTER.fullmatch(shown):
        return None
    first, *rest = _SEPARATED.split(shown)
    days = [_day(first, "")]
    for part in rest[1::2]:
        days.append(_day(part, days[0][:4]))
    if "~" in rest and len(days) == 2:
        return {"at_least": days[0], "at_most": days[1]}
    return days if len(days) > 1 else days[0]


def _day(text: str, year: str) -> str:
    found = _FULL.fullmatch(text) or (_LATER.fullmatch(text) if year else None)
    if not found:
        raise ValueError(f"{text!r} is not a month or a day")
    parts = {name: value.strip("'") for name, value in found.groupdict().items() if value}
    written = parts.get("year", year)
    numbers = [int(written) + (2000 if len(written) == 2 else 0)]
    numbers += [int(parts[name]) for name in ("month", "day") if name in parts]
    try:
        date(*numbers, *[1] * (3 - len(numbers)))
    except ValueError:
        raise ValueError(f"{text!r} is not in the calendar") from None
    return "-".join([f"{numbers[0]:04}", *(f"{number:02}" for number in numbers[1:])])
