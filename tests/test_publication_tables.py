import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.publication.counts import Counts
from service.publication.decided import Decided, Decisions, read_decided
from service.publication.month import Month, gather
from service.publication.reasons import Ground, Reason
from service.publication.tables import COLUMNS, csv_bytes, grounds_used, json_bytes
from tests.publication import decided

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
ROWS = st.lists(st.builds(decided, agency=TEXTS, grade=TEXTS, employer=TEXTS), max_size=5)
ITEM = (Reason(Ground.APPROVAL, (8, 9)),)


def month(*rows: Decided, announced: Counts | None = None, when: str = "2025-03") -> Month:
    decisions = Decisions(rows, others=0, unsettled=0, dated=True, synthetic=False, problems=())
    return gather(when, decisions, None if announced is None else {when: announced})


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_csv_has_the_official_columns_and_opens_in_a_spreadsheet() -> None:
    content = csv_bytes(month(decided(result="approved", reasons=ITEM), announced=Counts(reviewed=1)))
    assert content.startswith(b"\xef\xbb\xbf")
    heading, row = read_csv(content)
    assert ",".join(heading) == (
        "연번,퇴직 당시 소속,직위(직급),퇴직일,취업(예정) 기관(직위),일자,심사결과,결정사유"
    )
    reason = "영 제34조제3항제8호·제9호"
    assert row == ["1", "국세청", "4급", "'25년 1월", "㈜가 (고문)", "'25년 4월", "취업승인", reason]


@given(ROWS)
def test_serials_begin_with_one_and_no_cell_is_a_formula(rows: list[Decided]) -> None:
    found = [row for row in read_csv(csv_bytes(month(*rows)))[1:] if not row[0].startswith("※")]
    assert [row[0] for row in found] == [str(number) for number in range(1, len(rows) + 1)]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in found for cell in row)
    assert [row[1].removeprefix("'") for row in found] == [row.agency.removeprefix("'") for row in rows]


@given(ROWS)
def test_the_same_month_gives_the_same_bytes_and_json_says_what_csv_says(rows: list[Decided]) -> None:
    published = month(*rows)
    assert csv_bytes(published) == csv_bytes(month(*rows))
    assert json_bytes(published) == json_bytes(month(*rows))
    data = json.loads(json_bytes(published))
    assert [row["퇴직 당시 소속"] for row in data["rows"]] == [row.agency or None for row in rows]
    assert data["counts"]["listed"]["reviewed"] == len(rows)


def test_months_before_the_law_asked_for_reasons_carry_none() -> None:
    old = month(decided(month="2020-05", result="approved", reasons=ITEM), when="2020-05")
    assert read_csv(csv_bytes(old))[1][-1] == ""
    assert json.loads(json_bytes(old))["rows"][0][COLUMNS[-1]] is None
    assert grounds_used(old) == []
    assert grounds_used(month(decided(result="approved", reasons=ITEM))) == [8, 9]


@pytest.mark.parametrize("synthetic", [True, False])
def test_synthetic_rows_are_called_so_in_every_file(synthetic: bool) -> None:
    published = replace(month(decided()), synthetic=synthetic)
    assert ("가상 자료" in csv_bytes(published).decode()) is synthetic
    assert json.loads(json_bytes(published))["synthetic"] is synthetic


def test_a_published_csv_is_read_back(tmp_path: Path) -> None:
    rows = (
        decided(result="approved", reasons=ITEM),
        decided(result="possible_or_approved", retired="'22년 2월 또는 '22년 6월", started="'25년 4월 예정"),
        decided(result="disapproved", reasons=(Reason(Ground.NO_APPROVAL),), employer=""),
    )
    path = tmp_path / "2025-03.csv"
    published = month(*rows, announced=Counts(reviewed=9))
    path.write_bytes(csv_bytes(published))
    again = read_decided(path, "2025-03")
    assert again.problems == ()
    assert csv_bytes(gather("2025-03", again, {"2025-03": Counts(reviewed=9)})) == csv_bytes(published)
