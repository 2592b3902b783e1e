"""What is typed into a question is read as a case file says it, or refused at its field."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.facts import Spot
from engine.values import parse_known
from service.web.forms import SECTIONS
from service.web.inputs import BLANK, Wrong, domain_at, read, typed

RETIRED = Spot("official", 0, "retired_on")
GRADE = Spot("official", 0, "grade")
CAPITAL = Spot("employer", 0, "capital")
LAWYER = Spot("official", 0, "lawyer")
CATEGORY = Spot("works", 0, "category")
NAME = Spot("employer", 0, "name")
SPOTS = [Spot(name, 0, field) for name, part in SECTIONS.items() for field in part.fact.domains()]


def day(year: str = "", month: str = "", dom: str = "") -> object:
    parts = {"year": year, "month": month, "day": dom}
    return read(RETIRED, {f"input.retired_on.{part}": (text,) for part, text in parts.items()})


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("2025", "6", "30"), "2025-06-30"),
        (("2025", "06"), "2025-06"),
        (("2025",), "2025"),
        (("２０２５", " 6 ", "１"), "2025-06-01"),
        ((), BLANK),
    ],
)
def test_dates_may_be_as_exact_as_they_are_known(parts: tuple[str, ...], said: object) -> None:
    assert day(*parts) == said


@pytest.mark.parametrize(
    ("parts", "field", "code"),
    [
        (("2025", "2", "30"), "day", "bad_day"),
        (("2025", "13"), "month", "bad_month"),
        (("2025", "", "3"), "month", "no_month"),
        (("", "3", "3"), "year", "no_year"),
        (("25", "3", "3"), "year", "bad_year"),
        (("2025", "x", "3"), "month", "not_digits"),
        (("9999",), "year", "bad_year"),
    ],
)
def test_impossible_dates_are_refused_at_their_field(parts: tuple[str, ...], field: str, code: str) -> None:
    with pytest.raises(Wrong) as wrong:
        day(*parts)
    assert (wrong.value.name, wrong.value.code) == (f"input.retired_on.{field}", code)


@pytest.mark.parametrize(
    ("text", "won"),
    [
        ("1,000,000,000", 10**9),
        ("10억", 10**9),
        ("1천억 원", 10**11),
        ("3천5백만원", 35_000_000),
        ("1조2000억", 1_200_000_000_000),
        ("10억 5천만", 1_050_000_000),
        ("0", 0),
    ],
)
def test_amounts_in_the_korean_manner(text: str, won: int) -> None:
    assert read(CAPITAL, {"input.capital": (text,)}) == won


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({"input.capital": ("많이",)}, "not_amount"),
        ({"input.capital": ("억",)}, "not_amount"),
        ({"input.capital": ("1", ), "input.capital.at_least": ("2",)}, "amount_and_range"),
        ({"input.capital.at_least": ("3",), "input.capital.at_most": ("2",)}, "range_reversed"),
        ({"input.capital": ("99999999999999999",)}, "too_much"),
    ],
)  # fmt: skip
def test_amounts_that_say_nothing(raw: dict[str, tuple[str, ...]], code: str) -> None:
    with pytest.raises(Wrong) as wrong:
        read(CAPITAL, raw)
    assert wrong.value.code == code


def test_a_range_of_an_amount() -> None:
    assert read(CAPITAL, {"input.capital.at_least": ("1억",)}) == {"at_least": 10**8}


def test_grades_are_bounded() -> None:
    assert read(GRADE, {"input.grade": ("4급",)}) == 4
    with pytest.raises(Wrong, match="out_of_range"):
        read(GRADE, {"input.grade": ("12",)})


def test_choices() -> None:
    assert read(LAWYER, {"input.lawyer": ("unknown",)}) is None
    assert read(LAWYER, {"input.lawyer": ("false",)}) is False
    assert read(CATEGORY, {"input.category": ("tax", "case")}) == ["tax", "case"]
    with pytest.raises(Wrong, match="not_offered"):
        read(CATEGORY, {"input.category": ("love",)})
    with pytest.raises(Wrong, match="unknown_and_more"):
        read(CATEGORY, {"input.category": ("tax", "unknown")})


def test_texts_lose_control_signs() -> None:
    assert read(NAME, {"input.name": ("가\x00상\u202e  회사",)}) == "가 상 회사"


def test_initial_consonants_stay_what_they_are() -> None:
    assert read(NAME, {"input.name": ("ㄱㅅ ㄳ　Ａ",)}) == "ㄱㅅ ㄳ A"


@given(st.sampled_from(SPOTS), st.data())
def test_whatever_is_typed_is_read_refused_or_blank(spot: Spot, data: st.DataObject) -> None:
    name = f"input.{spot.field}"
    names = st.sampled_from([name, *(f"{name}.{end}" for end in ("year", "month", "day", "at_least"))])
    values = st.text(max_size=12) | st.sampled_from(
        ["unknown", "true", *domain_at(spot).options, "2025", "1"]
    )
    raw = data.draw(st.dictionaries(names, st.tuples(values) | st.tuples(values, values)))
    try:
        said = read(spot, raw)
    except Wrong:
        return
    if said is not BLANK:
        known = parse_known(said, domain_at(spot))
        assert parse_known(_again(spot, said), domain_at(spot)) == known


def _again(spot: Spot, said: object) -> object:
    return read(spot, typed(spot, said)) if typed(spot, said) else said


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)))
def test_a_date_stands_in_the_form_as_it_was_typed(when: date) -> None:
    assert read(RETIRED, typed(RETIRED, when.isoformat())) == when.isoformat()
