from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Place, Problem
from service.publication.counts import Counts
from service.publication.decided import Decided, Decisions
from service.publication.month import Rate, gather, rate
from tests.publication import RESULT_WORDS, decided

MONTHS = st.sampled_from([f"2025-{number:02}" for number in range(1, 4)])
ROWS = st.lists(st.builds(decided, month=MONTHS, result=st.sampled_from(RESULT_WORDS)))


def decisions(*rows: Decided) -> Decisions:
    return Decisions(tuple(rows), others=0, unsettled=0, dated=True, synthetic=False, problems=())


@given(ROWS)
def test_the_rows_of_the_month_are_listed_in_their_order_and_counted(rows: list[Decided]) -> None:
    month = gather("2025-03", decisions(*rows))
    assert list(month.rows) == [row for row in rows if row.month == "2025-03" and row.listed]
    assert month.counted.reviewed == len(month.rows)
    assert month.unlisted == sum(row.month == "2025-03" for row in rows) - len(month.rows)
    assert month.rate.reviewed == sum(row.listed for row in rows)
    assert month.rate.refused <= month.rate.reviewed


@given(st.integers(0, 9_999), st.integers(1, 9_999))
def test_a_rate_is_rounded_to_a_tenth_of_a_percent(refused: int, reviewed: int) -> None:
    shown = Fraction(Rate(refused, reviewed, (), announced=True).percent)
    assert abs(shown - Fraction(refused * 100, reviewed)) <= Fraction(1, 20)


@pytest.mark.parametrize(
    ("refused", "reviewed", "percent"),
    [(16, 280, "5.7"), (15, 301, "5.0"), (27, 291, "9.3"), (51, 260, "19.6"), (112, 538, "20.8"), (0, 0, "")],
)
def test_rates_of_record_come_out(refused: int, reviewed: int, percent: str) -> None:
    assert Rate(refused, reviewed, (), announced=True).percent == percent


def test_the_rate_covers_the_known_months_of_the_year_so_far() -> None:
    announced = {
        "2024-12": Counts(reviewed=63, restricted=0, disapproved=2),
        "2025-01": Counts(reviewed=89, restricted=6, disapproved=7),
        "2025-02": Counts(reviewed=119, restricted=3),
        "2025-03": Counts(restricted=1, disapproved=1),
        "2025-04": Counts(reviewed=59, restricted_or_disapproved=4),
        "2025-05": Counts(reviewed=67, restricted=1, disapproved=2),
    }
    assert rate("2025-04", announced) == Rate(17, 148, ("2025-01", "2025-04"), announced=True)


def test_announced_numbers_and_rows_are_not_mixed() -> None:
    month = gather(
        "2025-03", decisions(decided()), {"2025-01": Counts(reviewed=89, restricted_or_disapproved=13)}
    )
    assert month.announced is None
    assert month.counts == month.counted
    assert month.rate == Rate(13, 89, ("2025-01",), announced=True)


@pytest.mark.parametrize(
    ("when", "basis", "reasons"),
    [
        ("2015-03", "none", False),
        ("2015-04", "may", False),
        ("2020-05", "may", False),
        ("2020-06", "must", True),
    ],
)
def test_what_the_law_of_the_month_says_of_publishing(when: str, basis: str, reasons: bool) -> None:
    month = gather(when, decisions(decided(month=when)))
    assert (month.basis, month.has_reasons, month.unreasoned) == (basis, reasons, int(reasons))


@pytest.mark.parametrize(
    ("year", "joined"), [("2013", None), ("2014", (61, 9)), ("2019", (61, 9)), ("2020", None)]
)
def test_the_releases_of_2014_to_2019_joined_two_numbers(year: str, joined: tuple[int, int] | None) -> None:
    counts = Counts(reviewed=70, possible=54, approved=7, restricted=6, disapproved=3)
    month = gather(f"{year}-02", decisions(), {f"{year}-02": counts})
    assert month.joined == joined
    assert replace(month, announced=Counts(reviewed=70)).joined is None


def test_rows_that_cannot_be_read_are_counted_once() -> None:
    lines = (3, 3, 7)
    problems = tuple(Problem("It is wrong", "Right it", Place("rows.csv", line)) for line in lines)
    assert gather("2025-03", replace(decisions(decided()), problems=problems)).unread == 2


def test_sources_and_rows_that_do_not_say_all() -> None:
    rows = (
        decided(source="b.kr"),
        decided(source="a.kr", result="possible_or_approved"),
        decided(source="b.kr"),
    )
    month = gather("2025-03", decisions(*rows))
    assert (month.sources, month.unsplit) == (("a.kr", "b.kr"), 1)
