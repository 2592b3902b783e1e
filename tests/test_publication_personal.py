import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Problem
from service.publication.personal import personal_data

HEADINGS = frozenset({"심사결과", "decision"})
NUMBER = "900101-1234567"


def found(*table: list[str]) -> list[Problem]:
    return list(personal_data("rows.csv", enumerate(table, start=1), HEADINGS))


@pytest.mark.parametrize(
    "word",
    [
        "성명",
        "성 명",
        "이름",
        "성명(한자)",
        "주민등록번호",
        "생년월일",
        "연락처",
        "휴대전화",
        "전자우편",
        "주소",
        "name",
        "Full Name",
        "last_name",
        "applicant name",
        "Date of birth",
        "RRN",
        "phone no.",
        "E-mail",
    ],
)
def test_a_column_that_tells_who_a_person_is_is_refused(word: str) -> None:
    (problem,) = found(["소속", word, "심사결과"], ["국세청", "", "취업가능"])
    assert (problem.place.line, problem.place.column) == (1, 2)
    assert "column 2" in str(problem)


def test_the_lines_above_the_heading_are_looked_at_as_well() -> None:
    assert [problem.place.line for problem in found(["명단"], ["", "성명"], ["소속", "심사결과"])] == [2]


@pytest.mark.parametrize(
    "word",
    [
        "id",
        "기관 이름",
        "기관명",
        "employer",
        "취업(예정) 기관(직위)",
        "employer_position",
        "agency",
        "일자",
        "연번",
    ],
)
def test_other_columns_are_let_in(word: str) -> None:
    assert found([word, "decision"]) == []


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (NUMBER, "resident registration"),
        (f"국세청 {NUMBER}", "resident registration"),
        ("９００１０１－１２３４５６７", "resident registration"),
        ("010-1234-5678", "telephone"),
        ("someone@example.org", "e-mail"),
    ],
)
def test_a_cell_that_tells_who_a_person_is_is_refused_and_not_repeated(cell: str, kind: str) -> None:
    (problem,) = found(["소속", "심사결과"], ["국세청", "취업가능"], [cell, "취업가능"])
    assert kind in problem.message
    assert (problem.place.line, problem.place.column) == (3, 1)
    assert cell not in str(problem)


def test_words_of_headings_are_free_in_rows() -> None:
    assert found(["employer", "decision"], ["주소산업", "possible"], ["전화국", "possible"]) == []


@given(st.integers(0, 20), st.integers(0, 5))
def test_a_number_is_found_wherever_it_stands(line: int, column: int) -> None:
    table = [["소속"] * 6 for _ in range(21)]
    table[line][column] = NUMBER
    (problem,) = found(["a"] * 5 + ["decision"], *table)
    assert (problem.place.line, problem.place.column) == (line + 2, column + 1)
