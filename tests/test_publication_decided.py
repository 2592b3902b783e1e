from pathlib import Path

import pytest

from engine.errors import InputError
from service.publication.decided import Decided, Decisions, month_of, read_decided
from service.publication.reasons import Ground
from tests.publication import OFFICIAL, PLAIN, table


def read(folder: Path, *rows: str, heading: str = PLAIN, month: str = "2025-03") -> Decisions:
    return read_decided(table(folder, heading, *rows), month)


def one(folder: Path, row: str, heading: str = PLAIN) -> Decided:
    decisions = read(folder, row, heading=heading)
    assert decisions.problems == ()
    return decisions.rows[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_official_columns_are_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    line = "7,국세청,4급,'24년 12월,㈜가 (상근감사),'25년 4월,취업제한,법 제17조제2항제8호"
    decisions = read_decided(table(tmp_path, OFFICIAL, line, encoding=encoding), "2025-03")
    (row,) = decisions.rows
    assert not decisions.dated
    assert (row.month, row.agency, row.grade, row.employer) == ("2025-03", "국세청", "4급", "㈜가 (상근감사)")
    assert (row.retired, row.started, row.result) == ("'24년 12월", "'25년 4월", "restricted")
    assert [(reason.ground, reason.items) for reason in row.reasons] == [(Ground.RELATION, (8,))]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("2025-01", "'25년 1월"),
        ("2025-01-31", "'25년 1월"),
        ("2014", "'14년"),
        ("1999-03", "1999년 3월"),
        ("2022-02 or 2022-06", "'22년 2월 또는 '22년 6월"),
        ("2024-01~04", "'24년 1월~'24년 4월"),
        ("", ""),
    ],
)
def test_dates_are_shown_by_month_in_the_official_form(tmp_path: Path, said: str, shown: str) -> None:
    assert one(tmp_path, f"a,2025-03,국세청,4급,{said},㈜가,,,possible,,").retired == shown


def test_a_planned_date_stays_planned(tmp_path: Path) -> None:
    assert (
        one(tmp_path, "a,2025-03,국세청,4급,2025-01,㈜가,,2025-04 예정,possible,,").started
        == "'25년 4월 예정"
    )


@pytest.mark.parametrize(
    ("employer", "position", "shown"),
    [("㈜가", "고문", "㈜가 (고문)"), ("㈜가", "", "㈜가"), ("", "고문", "미상 (고문)"), ("", "", "")],
)
def test_the_position_stands_in_brackets(tmp_path: Path, employer: str, position: str, shown: str) -> None:
    assert one(tmp_path, f"a,2025-03,국세청,4급,2025-01,{employer},{position},,possible,,").employer == shown


@pytest.mark.parametrize(
    ("word", "result"),
    [
        ("취업가능", "possible"),
        ("가능", "possible"),
        ("취업 불승인", "disapproved"),
        ("취업가능 또는 취업승인", "possible_or_approved"),
        ("심사보류", "deferred"),
        ("과태료", "fined"),
    ],
)
def test_results_are_read_in_their_words(tmp_path: Path, word: str, result: str) -> None:
    assert one(tmp_path, f"a,2025-03,국세청,4급,2025-01,㈜가,,,{word},,").result == result


def test_rows_are_parted_by_their_month(tmp_path: Path) -> None:
    decisions = read(
        tmp_path,
        "a,2025-03-28,국세청,4급,,㈜가,,,possible,,",
        "b,2025-01,국세청,4급,,㈜가,,,possible,,",
        "c,2025-04,국세청,4급,,㈜가,,,what?,,",
        "d,2024-03,국세청,4급,,㈜가,,,possible,,",
        "e,2025-01~04,국세청,4급,,㈜가,,,possible,,",
        "f,2025,국세청,4급,,㈜가,,,possible,,",
        "g,Q1,국세청,4급,,㈜가,,,possible,,",
        "h,2025-04~06,국세청,4급,,㈜가,,,possible,,",
    )
    assert [(row.month, row.line) for row in decisions.rows] == [("2025-03", 2), ("2025-01", 3)]
    assert (decisions.others, decisions.unsettled, decisions.dated) == (4, 3, True)
    assert decisions.problems == ()


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("a,2025-03,국세청,4급,soon,㈜가,,,possible,,", 5, "'soon' is not a month"),
        ("a,2025-03,국세청,4급,,㈜가,,2025-13,possible,,", 8, "not in the calendar"),
        ("a,2025-03,국세청,4급,2025-03,㈜가,,2025-01,possible,,", 8, "before the retirement"),
        ("a,2025-03,국세청,4급,,㈜가,,,maybe,,", 9, "no result of a review"),
        ("a,2025-03,국세청,4급,,㈜가,,,,,", 9, "The result is missing"),
        ("a,2025-03,,,,㈜가,,,possible,,", 3, "Neither agency nor grade"),
        ("a,2025-03,국세청,4급,,㈜가,,,possible,친분,", 10, "not told by an article"),
        ("a,2025-03,국세청,4급,,㈜가,,,possible,relevance,", 10, "does not go with the result"),
        ("a,,국세청,4급,,㈜가,,,possible,,", 2, "month of the review is missing"),
        ("a,maybe,국세청,4급,,㈜가,,,possible,,", 2, "'maybe' is not a month"),
        ("good,2025-03,국세청,4급,,㈜가,,,possible,,", 1, "stands twice"),
        ("a,2025-03,국세청", 0, "3 cells where the heading has 11"),
    ],
)
def test_a_bad_row_is_told_by_row_and_column_and_loses_no_other(
    tmp_path: Path, row: str, column: int, said: str
) -> None:
    decisions = read(tmp_path, "good,2025-03,국세청,4급,,㈜가,,,possible,,", row)
    (problem,) = decisions.problems
    assert (problem.place.line, problem.place.column) == (3, column)
    assert said in problem.message
    assert problem.remedy
    assert [found.line for found in decisions.rows] == [2]


def test_who_a_person_is_is_refused_before_anything_else_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, "a,2025-03,국세청,900101-1234567,,㈜가,,,maybe,,")
    assert [(problem.place.line, problem.place.column) for problem in caught.value.problems] == [(2, 4)]
    with pytest.raises(InputError, match="who a person is"):
        read(tmp_path, "국세청,4급,possible,김", heading="agency,grade,decision,성명")


@pytest.mark.parametrize(("origin", "synthetic"), [("가상", True), ("실제", False), ("", False)])
def test_rows_may_say_that_they_are_synthetic(tmp_path: Path, origin: str, synthetic: bool) -> None:
    decisions = read(
        tmp_path,
        "2024-03,국세청,4급,possible,",
        f"2024-03,국세청,4급,possible,{origin}",
        heading="month,agency,grade,decision,자료 구분",
    )
    assert decisions.synthetic is synthetic


@pytest.mark.parametrize("text", ["2025-13", "2025-3", "25-03", "2025-03-01", "x", "2025-00"])
def test_a_month_is_asked_for_as_year_and_month(text: str) -> None:
    with pytest.raises(InputError, match="is not a month"):
        month_of(text)
