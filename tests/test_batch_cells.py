from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values import Domain, Known, between, exactly, one_of
from rules.law import employment
from service.batch.cells import Cell
from service.batch.columns import Column, Headings
from service.batch.faults import Fault

DATE, WON = Cell(Domain("date"), {}), Cell(Domain("won"), {})
BOOL, TEXT = Cell(Domain("bool"), {}), Cell(Domain("text"), {})
DAY = exactly(date(2025, 12, 31))
MONTH = between(date(2025, 12, 1), date(2025, 12, 31))


def field(path: str) -> Cell:
    headings = Headings(employment().rulebook)
    column = headings.column(path)
    assert column is not None
    return headings.cell(column)


GRADE, KIND = field("official.grade"), field("employer.kind")
POLICE, MILITARY = field("official.police_rank"), field("official.military_rank")


@pytest.mark.parametrize(
    "text",
    [
        "2025-12-31",
        " 2025.12.31 ",
        "2025. 12. 31.",
        "2025/12/31",
        "20251231",
        "'25.12.31",
        "25.12.31.",
        "2025년 12월 31일",
        "2025-12-31 00:00:00",
        "2025-12-31T00:00:00",
        "46022",
        "46022.0",
        "２０２５-１２-３１",
        '["2025-12-31"]',
    ],
)
def test_a_day_in_many_forms(text: str) -> None:
    assert DATE.read(text) == DAY


@pytest.mark.parametrize("text", ["2025-12", "2025.12", "2025년 12월", "2025/12"])
def test_a_month_is_some_day_of_it(text: str) -> None:
    assert DATE.read(text) == MONTH


@pytest.mark.parametrize(
    ("cell", "text", "known"),
    [
        (DATE, "2025", between(date(2025, 1, 1), date(2025, 12, 31))),
        (DATE, "2025.12..2026.01", between(date(2025, 12, 1), date(2026, 1, 31))),
        (DATE, "2025-12-01 ~ 2025-12-31", MONTH),
        (DATE, ">= 2025-12", Known((), date(2025, 12, 1), None)),
        (DATE, "2025-12-31 까지", Known((), None, date(2025, 12, 31))),
        (DATE, "2025-12-31|2026-01-01", one_of(date(2025, 12, 31), date(2026, 1, 1))),
        (WON, "1,000,000,000", exactly(10**9)),
        (WON, "10억", exactly(10**9)),
        (WON, "1억 5,000만원", exactly(150_000_000)),
        (WON, "1.5억", exactly(150_000_000)),
        (WON, "₩ 3조", exactly(3 * 10**12)),
        (WON, "10억 이상", Known((), 10**9, None)),
        (WON, "5억..10억", between(5 * 10**8, 10**9)),
        (WON, "1000000000.0", exactly(10**9)),
        (GRADE, "4", exactly(4)),
        (GRADE, "4급", exactly(4)),
        (GRADE, "6|7", one_of(6, 7)),
        (GRADE, "7급 또는 8급", one_of(7, 8)),
        (GRADE, "[6, 7]", one_of(6, 7)),
        (GRADE, "<=3", Known((), None, 3)),
        (KIND, "회계법인", exactly("accounting_firm")),
        (KIND, "영리사기업체", exactly("company")),
        (KIND, "영리사기업체 (회사)", exactly("company")),
        (KIND, "Company", exactly("company")),
        (KIND, "협회|company", one_of("company", "association")),
        (MILITARY, "소령 이하", exactly("below_lieutenant_colonel")),
        (POLICE, "치안정감 이상", between("chief_superintendent_general", None)),
        (TEXT, " ㈜가나 ", exactly("㈜가나")),
    ],
)
def test_what_a_cell_says(cell: Cell, text: str, known: Known[Any]) -> None:
    assert cell.read(text) == known


@pytest.mark.parametrize("text", ["예", "네", "O", "o", "○", "Y", "TRUE", "true", "1", "해당", "있음"])
def test_yes(text: str) -> None:
    assert BOOL.read(text) == exactly(True)


@pytest.mark.parametrize("text", ["아니오", "아니요", "X", "×", "N", "false", "0", "해당 없음", "없음"])
def test_no(text: str) -> None:
    assert BOOL.read(text) == exactly(False)


@pytest.mark.parametrize("text", ["", " ", "?", "-", "모름", "미상", "unknown", "N/A"])
def test_nothing_is_known(text: str) -> None:
    for cell in (DATE, WON, BOOL, TEXT, GRADE, KIND):
        known = cell.read(text)
        assert isinstance(known, Known)
        assert known.unknown


def test_grades_count_down_where_a_bound_is_in_words() -> None:
    assert GRADE.read("5급 이상") == Known((), None, 5)
    assert GRADE.read("5급 이하") == Known((), 5, None)
    assert field("official.diplomat_post_grade").read("6등급 이상") == Known((), 6, None)
    assert isinstance(GRADE.read("5 이상"), Fault)


@pytest.mark.parametrize(
    ("cell", "text", "said"),
    [
        (DATE, "곧", "'곧' is not a date"),
        (DATE, "2025-02-30", "2025-02-30 is not a day of the calendar"),
        (DATE, "20251331", "2025-13-31 is not a day of the calendar"),
        (DATE, "2026-01..2025-01", "at_least is greater than at_most"),
        (WON, "많음", "'많음' is not a whole number"),
        (WON, "-5", "-5 is out of range"),
        (GRADE, "세무6급", "'세무6급' is not a whole number"),
        (BOOL, "아마", "'아마' is not a truth value"),
        (KIND, "협희", "'협희' is not known here"),
        (TEXT, "=A1", "This cell holds a formula without its value"),
        (TEXT, "#N/A", "This cell holds the error #N/A"),
        (TEXT, "900101-1234568", "This may be a resident registration number"),
        (TEXT, "긴" * 201, "is not a text of 1 to 200 characters"),
    ],
)
def test_what_a_cell_cannot_say(cell: Cell, text: str, said: str) -> None:
    fault = cell.read(text)
    assert isinstance(fault, Fault)
    assert said in fault.message
    assert fault.remedy


def test_a_misspelt_option_offers_the_nearest_in_its_language() -> None:
    korean, english = KIND.read("세무볍인"), KIND.read("compani")
    assert isinstance(korean, Fault)
    assert isinstance(english, Fault)
    assert "'세무법인'" in korean.remedy
    assert "'company'" in english.remedy


@given(st.dates(date(1980, 1, 1), date(2150, 1, 1)))
def test_every_day_is_read_from_every_form(day: date) -> None:
    serial = str((day - date(1899, 12, 30)).days)
    forms = (
        day.isoformat(),
        f"{day:%Y.%m.%d}",
        f"{day:%Y%m%d}",
        f"{day.year}. {day.month}. {day.day}.",
        serial,
    )
    assert {DATE.read(form) for form in forms} == {exactly(day)}


@given(st.integers(0, 2**53))
def test_every_amount_is_read_from_every_form(amount: int) -> None:
    units = f"{amount // 10**8}억 {amount % 10**8 // 10**4}만 {amount % 10**4}원"
    assert {WON.read(form) for form in (str(amount), f"{amount:,}", f"{amount:,}원", units)} == {
        exactly(amount)
    }


@given(st.text())
def test_any_text_is_read_or_refused_with_a_remedy(text: str) -> None:
    for cell in (DATE, WON, BOOL, TEXT, GRADE, KIND):
        read = cell.read(text)
        assert isinstance(read, Known) or (read.message and read.remedy)


def test_every_option_is_read_from_each_of_its_names() -> None:
    headings = Headings(employment().rulebook)
    columns: list[Column] = [*headings.columns, *(one for items in headings.items.values() for one in items)]
    for column in columns:
        if column.meaning == "field" and (options := headings.cell(column).domain.options):
            cell = headings.cell(column)
            for option in options:
                for name in (option, *(names[option] for names in cell.names.values())):
                    assert cell.read(name) == exactly(option), name
