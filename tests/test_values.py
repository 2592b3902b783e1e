import subprocess
import sys
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from engine.values import (
    GRADES,
    HIGHEST,
    LOWEST,
    UNKNOWN,
    Domain,
    Grade,
    Known,
    Won,
    between,
    domain_of,
    exactly,
    from_number,
    one_of,
    parse_known,
    plain,
    to_number,
)
from tests.generated import Colour, Shape

BOOL, INT, WON, DATE, TEXT = Domain("bool"), Domain("int"), Domain("won"), Domain("date"), Domain("text")
SHAPE, COLOUR = domain_of(Shape), domain_of(Colour)


@pytest.mark.parametrize(
    ("raw", "domain", "wanted"),
    [
        (True, BOOL, exactly(True)),
        (5, INT, exactly(5)),
        (-5, INT, exactly(-5)),
        (HIGHEST, INT, exactly(HIGHEST)),
        (0, WON, exactly(0)),
        ("2020-02-29", DATE, exactly(date(2020, 2, 29))),
        (date(2020, 2, 29), DATE, exactly(date(2020, 2, 29))),
        ("2020-02", DATE, between(date(2020, 2, 1), date(2020, 2, 29))),
        ("2020-12", DATE, between(date(2020, 12, 1), date(2020, 12, 31))),
        (2020, DATE, between(date(2020, 1, 1), date(2020, 12, 31))),
        (" x ", TEXT, exactly("x")),
        ("round", SHAPE, exactly("round")),
        (None, SHAPE, UNKNOWN),
        ("unknown", INT, UNKNOWN),
        ([7, 6, 7], INT, one_of(6, 7)),
        (["flat", "round"], SHAPE, one_of("round", "flat")),
        (["2020-01", "2020-03-05"], DATE, between(date(2020, 1, 1), date(2020, 3, 5))),
        ({"at_least": 3}, INT, between(3, None)),
        ({"at_least": 3, "at_most": 3}, INT, exactly(3)),
        ({"at_least": "2020-02", "at_most": "2020-02"}, DATE, between(date(2020, 2, 1), date(2020, 2, 29))),
        ({"at_most": "green"}, COLOUR, between(None, "green")),
    ],
)
def test_what_a_case_says_of_a_value(raw: Any, domain: Domain, wanted: Known[Any]) -> None:
    assert parse_known(raw, domain) == wanted


@pytest.mark.parametrize(
    ("raw", "domain", "message", "remedy"),
    [
        (1, BOOL, "not a truth value", "true or false"),
        ("yes", BOOL, "not a truth value", "true or false"),
        (True, INT, "not a whole number", "digits"),
        ("5", INT, "not a whole number", "digits"),
        (1.0, INT, "not a whole number", "digits"),
        (HIGHEST + 1, INT, "out of range", str(HIGHEST)),
        (LOWEST - 1, INT, "out of range", str(LOWEST)),
        (-1, WON, "out of range", "from 0"),
        ("2025-02-30", DATE, "not a day of the calendar", "Check"),
        ("2025-13", DATE, "not a day of the calendar", "Check"),
        ("0000", DATE, "not a day of the calendar", "Check"),
        ("30.1.2020", DATE, "not a date", "2026-03-31"),
        (True, DATE, "not a date", "2026-03-31"),
        ("", TEXT, "1 to 200", "quotes"),
        ("x" * 201, TEXT, "1 to 200", "quotes"),
        (5, TEXT, "1 to 200", "quotes"),
        ("rond", SHAPE, "'rond' is not known", "'round'"),
        ([], INT, "empty", "Give 1"),
        (list(range(101)), INT, "too long", "Give 1"),
        ([1, [2]], INT, "not a whole number", "digits"),
        ({}, INT, "range", "at_least"),
        ({"least": 3}, INT, "least", "at_least"),
        ({"at_least": 3, "at_most": 2}, INT, "greater", "Exchange"),
        ({"at_least": "round"}, SHAPE, "no order", "alternatives"),
        ({"at_least": "x"}, TEXT, "no order", "alternatives"),
    ],
)
def test_what_is_refused(raw: Any, domain: Domain, message: str, remedy: str) -> None:
    with pytest.raises(PydanticCustomError) as error:
        parse_known(raw, domain)
    assert error.value.context is not None
    assert message in error.value.context["message"]
    assert remedy in error.value.context["remedy"]


def test_a_long_value_is_not_repeated_in_full() -> None:
    with pytest.raises(PydanticCustomError) as error:
        parse_known("x" * 10_000, INT)
    assert len(error.value.message()) < 120


def test_a_grade_counts_from_one() -> None:
    grade = domain_of(Grade)
    assert (grade.kind, grade.bounds) == ("int", GRADES)
    assert parse_known(1, grade) == exactly(1)
    for number in (0, GRADES[1] + 1):
        with pytest.raises(PydanticCustomError, match=f"{number} is out of range"):
            parse_known(number, grade)


KNOWN = st.one_of(
    st.integers(LOWEST, HIGHEST).map(exactly),
    st.lists(st.integers(0, 99), min_size=1, max_size=5).map(lambda numbers: one_of(*sorted(set(numbers)))),
    st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda ends: between(min(ends), max(ends))),
    st.integers(0, 9).map(lambda low: between(low, None)),
    st.just(UNKNOWN),
)


@given(KNOWN)
def test_writing_and_reading_come_back_to_the_same(known: Known[int]) -> None:
    assert parse_known(plain(known), INT) == known


@given(st.dates())
def test_days_are_numbers(day: date) -> None:
    assert from_number(to_number(day, DATE), DATE) == day
    assert plain(exactly(day)) == day.isoformat()


@pytest.mark.parametrize("domain", [BOOL, SHAPE, COLOUR])
def test_bounds_hold_every_option(domain: Domain) -> None:
    low, high = domain.bounds
    values = [from_number(number, domain) for number in range(low, high + 1)]
    assert [to_number(value, domain) for value in values] == list(range(low, high + 1))


def test_domains_of_types() -> None:
    assert domain_of(Won).bounds == (0, HIGHEST)
    assert (SHAPE.ordered, COLOUR.ordered, COLOUR.options) == (False, True, ("red", "green", "blue"))
    assert [d.comparable for d in (BOOL, INT, WON, DATE, TEXT, SHAPE, COLOUR)] == [
        False,
        True,
        True,
        True,
        False,
        False,
        True,
    ]
    with pytest.raises(TypeError):
        domain_of(float)


def test_the_order_of_texts_does_not_depend_on_the_hash_seed() -> None:
    script = (
        "from engine.values import *\n"
        "print(parse_known(['한국전력공사', '한국전력기술', '한국전력거래소'], Domain('text')).options)"
    )
    shown = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": str(seed), "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in range(4)
    }
    assert len(shown) == 1
