"""Calendar arithmetic on day numbers. Years and months keep the day of the month, or take the month's last day."""

from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import Literal

Unit = Literal["years", "months", "days", "number"]
FIRST, LAST = date.min.toordinal(), date.max.toordinal()


@lru_cache(maxsize=100_000)
def shift(number: int, unit: Unit, amount: int) -> int:
    """Move a day number (or, for the unit `number`, a plain number); a day never leaves the calendar."""
    if unit == "number":
        return number + amount
    if unit == "days":
        return min(max(number + amount, FIRST), LAST)
    day = date.fromordinal(number)
    months = day.year * 12 + day.month - 1 + (amount * 12 if unit == "years" else amount)
    year, month = divmod(months, 12)
    if not date.min.year <= year <= date.max.year:
        return LAST if amount > 0 else FIRST
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])).toordinal()
