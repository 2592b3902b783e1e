from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from engine.periods import Period, gaps_and_overlaps

PERIODS = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 8)).map(
        lambda two: Period(date.fromordinal(two[0]), date.fromordinal(two[0] + two[1]))
    ),
    max_size=4,
)


@given(PERIODS, st.integers(1, 30), st.integers(0, 20))
def test_gaps_are_the_days_that_no_period_covers(periods: list[Period], first: int, length: int) -> None:
    within = Period(date.fromordinal(first), date.fromordinal(first + length))
    gaps, _ = gaps_and_overlaps(periods, within)
    days = set(range(first, first + length + 1))
    covered = {day for period in periods for day in range(period.numbers[0], period.numbers[1] + 1)}
    found = [day for gap in gaps for day in range(gap.numbers[0], gap.numbers[1] + 1)]
    assert sorted(found) == sorted(days - covered)


@given(PERIODS)
def test_overlaps_are_the_days_that_two_periods_cover(periods: list[Period]) -> None:
    _, overlaps = gaps_and_overlaps(periods, Period(None, None))
    counts = [sum(date.fromordinal(day) in period for period in periods) for day in range(1, 60)]
    found = {day for overlap in overlaps for day in range(overlap.numbers[0], overlap.numbers[1] + 1)}
    assert found == {day for day, count in enumerate(counts, 1) if count > 1}
