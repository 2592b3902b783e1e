"""How the answer changes as the start of the job moves, from the retirement to past its last change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from engine.cuts import Cuts
from engine.facts import CaseModel, Spot
from engine.values import Domain, exactly, from_number, to_number
from engine.worlds import outcomes, world
from rules.law import Law

DAY = Domain("date")
RUNS = 12
MOST_DAYS = 24
PAD_DAYS = 180
WIDTH = 720


@dataclass(frozen=True)
class Part:
    """The days from `first` to `last` on which a start gives one answer; no last day: from then on.

    `now` says whether the planned start is among them.
    """

    first: date
    last: date | None
    outcomes: tuple[str, ...]
    now: bool

    @property
    def decided(self) -> bool:
        return len(self.outcomes) == 1


@dataclass(frozen=True)
class Bar:
    """A part as it is drawn: its left end and width of the 720 units of the line."""

    part: Part
    x: float
    width: float


@dataclass(frozen=True)
class StartLine:
    """The parts in order, and the planned start where it is known."""

    parts: tuple[Part, ...]
    start: date | None

    @property
    def whole(self) -> bool:
        """Whether every later day has the answer of the last part."""
        return self.parts[-1].last is None

    @property
    def first(self) -> date:
        return self.parts[0].first

    @property
    def end(self) -> date:
        """The last day that is drawn: some time after the last change, and after the planned start."""
        last = self.parts[-1]
        days = max(last.first, self.start or self.first).toordinal() + PAD_DAYS
        return last.last or date.fromordinal(min(days, date.max.toordinal()))

    def bars(self) -> Iterator[Bar]:
        edges = [self.place(part.first) for part in self.parts] + [float(WIDTH)]
        for part, (left, right) in zip(self.parts, pairwise(edges), strict=True):
            yield Bar(part, left, round(right - left, 1))

    @property
    def mark(self) -> float | None:
        """Where the planned start stands on the line."""
        return self.place(self.start) if self.start and self.first <= self.start <= self.end else None

    def place(self, day: date) -> float:
        """Where a day stands on the line."""
        whole = (self.end - self.first).days
        return round(WIDTH * (day - self.first).days / whole, 1)

    def years(self) -> list[tuple[float, int]]:
        """Where each year begins on the line."""
        years = range(self.first.year + 1, self.end.year + 1)
        return [(self.place(date(year, 1, 1)), year) for year in years]


def startline(law: Law, case: CaseModel, possible: Sequence[str]) -> StartLine | None:
    """The answers along the possible days of start; `possible` is the answer for the case as it is.

    None where the retirement is not known, or where no start gives another answer. All else stays as it is.
    At most `MOST_DAYS` days are looked at.
    """
    spot = law.rulebook.spot(law.rulebook.moves)
    low = _earliest(law, case)
    if low is None:
        return None
    known = case.value(spot)
    start = known.options[0] if known.exact else None
    current = _at(law, case, spot, start) if start else None
    days = _days(law, case, spot, low, start)
    found = [(day, _at(law, case, spot, day)) for day in days[:MOST_DAYS]]
    told = [(day, tuple(possible) if outcome == current else outcome) for day, outcome in found]
    end = before(days[MOST_DAYS]) if len(days) > MOST_DAYS else None
    parts = tuple(_joined(told, start, end))
    return StartLine(parts, start) if len(parts) > 1 else None


def before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _earliest(law: Law, case: CaseModel) -> date | None:
    """The first day that the order of dates allows: that of the retirement, or the first it may have been."""
    for (source, name), later in law.rulebook.orders:
        if later == law.rulebook.moves:
            known = [getattr(fact, name) for fact in case.facts(law.rulebook.sections[source])]
            firsts = [one.options[0] if one.options else one.low for one in known]
            return None if None in firsts else min(firsts, default=None)
    return None


def _days(law: Law, case: CaseModel, spot: Spot, low: date, start: date | None) -> list[date]:
    """The first day, and the later days on which the answer may change."""
    bottom, top = to_number(low, DAY), DAY.bounds[1] - 1
    base = world(law.executor, case.with_value(spot, exactly(start or low)))
    found = set(Cuts.of(law.executor.program).breakpoints(base, law.rulebook.moves, bottom, top))
    later = sorted(point for point in found if bottom < point <= top)
    return [low, *(from_number(point, DAY) for point in later)]


def _at(law: Law, case: CaseModel, spot: Spot, day: date) -> tuple[str, ...]:
    return outcomes(law.executor, case.with_value(spot, exactly(day)), RUNS)


def _joined(
    told: Sequence[tuple[date, tuple[str, ...]]], start: date | None, end: date | None
) -> Iterator[Part]:
    """Neighbours with one answer as one part. Answers that are all undetermined count as one."""
    firsts = [
        (day, answers)
        for number, (day, answers) in enumerate(told)
        if number == 0 or _answer_of(answers) != _answer_of(told[number - 1][1])
    ]
    lasts = [*(before(day) for day, _ in firsts[1:]), end]
    for (day, answers), last in zip(firsts, lasts, strict=True):
        now = start is not None and day <= start and (last is None or start <= last)
        yield Part(day, last, answers, now)


def _answer_of(answers: tuple[str, ...]) -> str:
    return answers[0] if len(answers) == 1 else ""
