from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import FIRST, LAST, Unit, shift

UNITS = st.sampled_from(["years", "months", "days"])


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
