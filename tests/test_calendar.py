from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import FIRST, LAST, Unit, shift

UNITS = st.sampled_from(["years", "months", "days"])
ENDS = st.sampled_from(["quarter_ends", "year_ends"])


def moved(day: str, unit: Unit, amount: int) -> str:
    return date.fromordinal(shift(date.fromisoformat(day).toordinal(), unit, amount)).isoformat()


@pytest.mark.parametrize(
    ("day", "unit", "amount", "wanted"),
    [
        ("2020-02-29", "years", 1, "2021-02-28"),
        ("2020-02-29", "years", 4, "2024-02-29"),
        ("2021-02-28", "years", -1, "2020-02-28"),
        ("2020-01-31", "months", 1, "2020-02-29"),
        ("2021-01-31", "months", 1, "2021-02-28"),
        ("2020-03-31", "months", -1, "2020-02-29"),
        ("2020-12-31", "months", 1, "2021-01-31"),
        ("2020-01-15", "months", -1, "2019-12-15"),
        ("2020-02-28", "days", 2, "2020-03-01"),
        ("9999-06-01", "years", 1, "9999-12-31"),
        ("0001-06-01", "months", -6, "0001-01-01"),
    ],
)
def test_days_keep_their_place_in_the_month(day: str, unit: Unit, amount: int, wanted: str) -> None:
    assert moved(day, unit, amount) == wanted


@given(st.integers(FIRST, LAST), UNITS, st.integers(-(2**53), 2**53))
def test_a_day_never_leaves_the_calendar(day: int, unit: Unit, amount: int) -> None:
    assert FIRST <= shift(day, unit, amount) <= LAST


@given(st.integers(FIRST, LAST - 1), UNITS, st.integers(-200_000, 200_000))
def test_shifting_grows_with_day_and_amount(day: int, unit: Unit, amount: int) -> None:
    assert shift(day, unit, amount) <= shift(day + 1, unit, amount)
    assert shift(day, unit, amount) <= shift(day, unit, amount + 1)


@given(st.integers(), st.integers())
def test_plain_numbers_are_added(number: int, amount: int) -> None:
    assert shift(number, "number", amount) == number + amount


@pytest.mark.parametrize(
    ("day", "unit", "amount", "last"),
    [
        ("2023-03-31", "full_years", 3, "2026-03-31"),
        ("2021-02-28", "full_years", 3, "2024-02-29"),
        ("2021-02-27", "full_years", 3, "2024-02-27"),
        ("2024-02-28", "full_years", 3, "2027-02-28"),
        ("2024-02-29", "full_years", 3, "2027-02-28"),
        ("2026-01-30", "full_months", 1, "2026-02-28"),
        ("2026-01-31", "full_months", 1, "2026-02-28"),
        ("2026-02-28", "full_months", 1, "2026-03-31"),
        ("2025-12-31", "full_months", 1, "2026-01-31"),
    ],
)
def test_full_periods_end_as_the_civil_act_has_it(day: str, unit: Unit, amount: int, last: str) -> None:
    assert moved(day, unit, amount) == last


@given(
    st.integers(1, date.max.toordinal()), st.sampled_from(["full_years", "full_months"]), st.integers(0, 12)
)
def test_full_periods_grow_with_their_first_day(number: int, unit: Unit, amount: int) -> None:
    assert shift(number, unit, amount) <= shift(number + 1, unit, amount)


@pytest.mark.parametrize(
    ("day", "unit", "amount", "wanted"),
    [
        ("2024-01-01", "quarter_ends", 1, "2024-03-31"),
        ("2024-03-30", "quarter_ends", 1, "2024-03-31"),
        ("2024-03-31", "quarter_ends", 1, "2024-03-31"),
        ("2024-04-01", "quarter_ends", 1, "2024-06-30"),
        ("2024-03-31", "quarter_ends", 2, "2024-06-30"),
        ("2024-07-01", "quarter_ends", 2, "2024-12-31"),
        ("2024-10-01", "quarter_ends", 6, "2026-03-31"),
        ("2024-12-31", "quarter_ends", 1, "2024-12-31"),
        ("2024-01-01", "year_ends", 1, "2024-12-31"),
        ("2024-12-31", "year_ends", 1, "2024-12-31"),
        ("2024-12-31", "year_ends", 2, "2025-12-31"),
        ("2025-01-01", "year_ends", 1, "2025-12-31"),
        ("2024-05-05", "year_ends", 0, "2024-05-05"),
        ("9999-12-31", "quarter_ends", 2, "9999-12-31"),
        ("9999-01-01", "year_ends", 2**53, "9999-12-31"),
    ],
)
def test_the_ends_of_quarters_and_years(day: str, unit: Unit, amount: int, wanted: str) -> None:
    assert moved(day, unit, amount) == wanted


@given(st.dates(date(2000, 1, 1), date(2050, 12, 31)), st.integers(1, 9))
def test_the_ends_of_quarters_are_counted_one_by_one(day: date, amount: int) -> None:
    ends = [end for n in range(1100) if (end := date.fromordinal(day.toordinal() + n)) and _ends_quarter(end)]
    assert shift(day.toordinal(), "quarter_ends", amount) == ends[amount - 1].toordinal()
    years = [end for end in ends if end.month == 12]
    assert shift(day.toordinal(), "year_ends", min(amount, 2)) == years[min(amount, 2) - 1].toordinal()


def _ends_quarter(day: date) -> bool:
    return (day.month, day.day) in {(3, 31), (6, 30), (9, 30), (12, 31)}


@given(st.integers(FIRST, LAST - 1), ENDS, st.integers(-9, 40_000))
def test_ends_grow_with_day_and_amount(day: int, unit: Unit, amount: int) -> None:
    assert day <= shift(day, unit, amount) <= shift(day + 1, unit, amount) <= LAST
    assert shift(day, unit, amount) <= shift(day, unit, amount + 1)


@given(st.integers(FIRST, LAST), ENDS, st.integers(1, 200))
def test_ends_are_no_farther_than_their_longest_span(day: int, unit: Unit, amount: int) -> None:
    assert shift(day, unit, amount) - day <= amount * {"quarter_ends": 92, "year_ends": 366}[unit]


@pytest.mark.parametrize("unit", ["full_months", "full_years"])
def test_a_day_before_the_first_is_the_first(unit: Unit) -> None:
    assert shift(FIRST + 58, unit, -1) >= FIRST
    assert [shift(FIRST + n, "full_months", -1) for n in range(29, 32)] == [FIRST, FIRST, FIRST]
