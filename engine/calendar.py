"""Calendar arithmetic on day numbers.

`years` and `months` keep the day of the month, or take the month's last day where there is none. `full_years`
and `full_months` give the last day of a period that begins on the next day: the day before the corresponding
day, or the month's last day where there is none (the first day is not counted; Korean Civil Act 157, 160).
`quarter_ends` and `year_ends` give the n-th last day of a calendar quarter or year on or after the day.
"""

from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import Literal

Unit = Literal["years", "months", "full_years", "full_months", "quarter_ends", "year_ends", "days", "number"]
MONTHS_TO_END: dict[Unit, int] = {"quarter_ends": 3, "year_ends": 12}
FIRST, LAST = date.min.toordinal(), date.max.toordinal()


@lru_cache(maxsize=100_000)
def shift(number: int, unit: Unit, amount: int) -> int:
    """Move a day number (or, for the unit `number`, a plain number); a day never leaves the calendar."""
    if unit == "number":
        return number + amount
    if unit == "days":
        return min(max(number + amount, FIRST), LAST)
    if unit in MONTHS_TO_END:
        return _end(number, MONTHS_TO_END[unit], amount)
    full = unit.startswith("full")
    day = date.fromordinal(min(number + full, LAST))
    months = day.year * 12 + day.month - 1 + (amount * 12 if unit.endswith("years") else amount)
    year, month = divmod(months, 12)
    if not date.min.year <= year <= date.max.year:
        return LAST if amount > 0 else FIRST
    last = monthrange(year, month + 1)[1]
    if day.day > last:
        return date(year, month + 1, last).toordinal()
    return max(date(year, month + 1, day.day).toordinal() - full, FIRST)


def _end(number: int, months: int, amount: int) -> int:
    """The n-th end of a span of calendar months on or after a day; the day itself for less than one."""
    if amount < 1:
        return number
    day = date.fromordinal(number)
    year, month = divmod(day.year * 12 + (day.month - 1) // months * months + months * amount - 1, 12)
    if year > date.max.year:
        return LAST
    return date(year, month + 1, monthrange(year, month + 1)[1]).toordinal()
