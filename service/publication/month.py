"""A month as published: its rows, its numbers, and the year's rate of those who may not take the job."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from service.publication.counts import Counts, count_rows, overrun
from service.publication.decided import Decided, Decisions

REASONS_FROM = "2020-06"  # Act 19-3(2), in force on 2020-06-04
PUBLICATION_FROM = "2015-04"  # Act 19-3, in force on 2015-03-31
JOINED_YEARS = range(2014, 2020)


@dataclass(frozen=True, slots=True)
class Rate:
    """Restricted and disapproved of those reviewed, over the months of a year whose numbers are known.

    `announced` is false where rows were counted.
    """

    refused: int
    reviewed: int
    months: tuple[str, ...]
    announced: bool

    @property
    def percent(self) -> str:
        """With one decimal, halves rounded up; empty where nothing was reviewed."""
        if not self.reviewed:
            return ""
        tenths = int(Fraction(self.refused * 1000, self.reviewed) + Fraction(1, 2))
        return f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True)
class Month:
    """What is published of a month; `announced` are the numbers of the committee, where they are given."""

    month: str
    rows: tuple[Decided, ...]
    unlisted: int
    counted: Counts
    announced: Counts | None
    rate: Rate
    unread: int
    unsettled: int
    synthetic: bool

    @property
    def counts(self) -> Counts:
        return self.announced or self.counted

    @property
    def has_reasons(self) -> bool:
        return self.month >= REASONS_FROM

    @property
    def basis(self) -> str:
        """What the law of the month says of publishing: "none" (no provision), "may" or "must"."""
        if self.has_reasons:
            return "must"
        return "may" if self.month >= PUBLICATION_FROM else "none"

    @property
    def joined(self) -> tuple[int, int] | None:
        """Passed and refused, in years whose releases put approved and disapproved inside the others."""
        known = self.counts.passed, self.counts.refused
        if int(self.month[:4]) not in JOINED_YEARS or None in known:
            return None
        return known[0] or 0, known[1] or 0

    @property
    def overrun(self) -> tuple[str, ...]:
        return overrun(self.counted, self.announced) if self.announced else ()

    @property
    def unreasoned(self) -> int:
        """Rows whose reason would have to be published and is not given."""
        return sum(not row.reasons for row in self.rows) if self.has_reasons else 0

    @property
    def unsplit(self) -> int:
        return sum("_or_" in row.result for row in self.rows)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(sorted({row.source for row in self.rows if row.source}))


def gather(month: str, decisions: Decisions, announced: Mapping[str, Counts] | None = None) -> Month:
    """The month out of the decided rows and, where given, the numbers announced by month."""
    by_month = {
        when: count_rows(rows) for when, rows in groupby(sorted(decisions.rows, key=_when), key=_when)
    }
    return Month(
        month=month,
        rows=tuple(row for row in decisions.rows if row.month == month and row.listed),
        unlisted=sum(row.month == month and not row.listed for row in decisions.rows),
        counted=by_month.get(month, count_rows(())),
        announced=(announced or {}).get(month),
        rate=rate(month, by_month, announced=False) if announced is None else rate(month, announced),
        unread=len({problem.place.line for problem in decisions.problems}),
        unsettled=decisions.unsettled,
        synthetic=decisions.synthetic,
    )


def rate(month: str, counts: Mapping[str, Counts], *, announced: bool = True) -> Rate:
    """The rate of the year down to a month, over the months whose reviewed and refused are both known."""
    year = {when: one for when, one in sorted(counts.items()) if month[:4] == when[:4] and when <= month}
    known = {
        when: (one.refused, one.reviewed)
        for when, one in year.items()
        if one.refused is not None and one.reviewed
    }
    return Rate(
        refused=sum(refused or 0 for refused, _ in known.values()),
        reviewed=sum(reviewed or 0 for _, reviewed in known.values()),
        months=tuple(known),
        announced=announced,
    )


def _when(row: Decided) -> str:
    return row.month
