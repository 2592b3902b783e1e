"""Closed ranges of days, and whether several of them tile a range."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Period:
    """A closed range of days; an open end is None."""

    first: date | None
    last: date | None

    def __str__(self) -> str:
        return f"{self.first or ''}..{self.last or ''}"

    def __contains__(self, day: date) -> bool:
        return (self.first or date.min) <= day <= (self.last or date.max)

    def apart(self, other: "Period") -> bool:
        """Whether the two have no day in common."""
        return self.numbers[1] < other.numbers[0] or other.numbers[1] < self.numbers[0]

    @property
    def numbers(self) -> tuple[int, int]:
        return (self.first or date.min).toordinal(), (self.last or date.max).toordinal()


def parse_period(raw: Any) -> Any:
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})?\.\.(\d{4}-\d{2}-\d{2})?", str(raw).strip())
    if not match:
        raise ValueError(
            f"{raw!r} is not a period; write it as 2020-06-04..2025-12-31, an end may be left out"
        )
    try:
        first, last = (date.fromisoformat(end) if end else None for end in match.groups())
    except ValueError:
        raise ValueError(f"{raw!r} names a day that the calendar does not have") from None
    if first and last and last < first:
        raise ValueError(f"{raw!r} ends before it begins")
    return Period(first, last)


def gaps_and_overlaps(periods: Sequence[Period], within: Period) -> tuple[list[Period], list[Period]]:
    """Where periods leave days of `within` uncovered, and where two of them cover the same day."""
    first, last = within.numbers
    spans = sorted(period.numbers for period in periods)
    gaps, overlaps = [], []
    reached = first - 1
    for low, high in spans:
        if low > reached + 1 and reached < last:
            gaps.append(_days(reached + 1, min(low - 1, last)))
        if low <= reached and low >= first:
            overlaps.append(_days(low, min(high, reached)))
        reached = max(reached, high)
    if reached < last:
        gaps.append(_days(reached + 1, last))
    return gaps, overlaps


def _days(low: int, high: int) -> Period:
    return Period(date.fromordinal(low), date.fromordinal(high))
