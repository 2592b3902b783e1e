"""Tables as people hand them in: what is read, and what is said of those that cannot be."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from engine.errors import InputError, Problem
from engine.values import Known, exactly, plain
from rules.law import employment
from service.batch.applications import Application, Desk, Refused
from service.batch.columns import Headings
from service.batch.files import open_table

HEADINGS = Headings(employment().rulebook)
HEAD = ["신청번호", "퇴직일", "취업 시작일", "자본금", "변호사"]
ROW = ["가-1", "2025-12-31", "2026-06-01", "10억", "예"]


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]], **merged: str) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cells in merged.get(name, "").split():
            sheet.merge_cells(cells)
    book.save(path)
    return path


def delimited(
    path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8", delimiter: str = ","
) -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def read(path: Path, sheet: str = "") -> list[Application | Refused]:
    table = open_table(path, sheet, HEADINGS)
    desk = Desk(table, HEADINGS, None)
    return [desk.read(record) for record in table.records()]


def cases(path: Path, sheet: str = "") -> list[Application]:
    found = read(path, sheet)
    refused = [one for one in found if isinstance(one, Refused)]
    assert not refused, refused
    return [one for one in found if isinstance(one, Application)]


def refused(path: Path, sheet: str = "") -> Refused:
    (found,) = (one for one in read(path, sheet) if isinstance(one, Refused))
    return found


def problem(path: Path, sheet: str = "") -> Problem:
    with pytest.raises(InputError) as caught:
        read(path, sheet)
    return caught.value.problems[0]


def said(application: Application) -> tuple[Any, ...]:
    case = application.case
    known: list[Known[Any]] = [
        case.official.retired_on, case.engagement.start_on, case.employer.capital, case.official.lawyer,
    ]  # fmt: skip
    return tuple(map(plain, known))


WHOLE = ("2025-12-31", "2026-06-01", 10**9, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_every_encoding_and_with_every_sign(tmp_path: Path, encoding: str, delimiter: str) -> None:
    (one,) = cases(delimited(tmp_path / "t.csv", [HEAD, ROW], encoding, delimiter))
    assert (one.number, one.row, said(one)) == ("가-1", 2, WHOLE)


def test_a_workbook_with_real_dates_serials_and_texts(tmp_path: Path) -> None:
    rows = [
        HEAD,
        ["a", date(2025, 12, 31), datetime(2026, 6, 1), 10**9, True],
        ["b", 46022, "2026.6.1", 1e9, "O"],
        [3, "20251231", "46174", "1,000,000,000", "예"],
    ]
    found = cases(workbook(tmp_path / "t.xlsx", {"신청": rows}))
    assert [one.number for one in found] == ["a", "b", "3"]
    assert {said(one) for one in found} == {WHOLE}


def test_a_date_that_shows_its_month_alone_is_a_month(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", {"신청": [HEAD, ["a", date(2025, 12, 1), "2026-06-01"]]})
    book = load_workbook(path)
    book["신청"]["B2"].number_format = "yyyy-mm"
    book.save(path)
    (one,) = cases(path)
    assert plain(one.case.official.retired_on) == {"at_least": "2025-12-01", "at_most": "2025-12-31"}


def test_titles_empty_rows_totals_footnotes_and_repeated_headings_are_passed_over(tmp_path: Path) -> None:
    rows = [
        ["2026년 3월 취업심사 신청 현황", "", "", "", ""],
        [""] * 5,
        HEAD,
        ROW,
        [""] * 5,
        HEAD,
        ["예시", "2020-01-01", "2020-01-01", "", ""],
        ["가-2", *ROW[1:]],
        ["합 계", "2건", "", "", ""],
        ["※ 지어낸 자료", "", "", "", ""],
    ]
    table = open_table(delimited(tmp_path / "t.csv", rows), "", HEADINGS)
    assert [record.number for record in table.records()] == ["가-1", "가-2"]
    assert [record.row for record in table.records()] == [4, 8]
    assert table.passed_over() == 3


def test_cells_merged_over_rows_hold_for_each_of_them(tmp_path: Path) -> None:
    rows = [HEAD, ROW, ["가-2", None, "2026-06-01", "10억", "예"]]
    found = cases(workbook(tmp_path / "t.xlsx", {"신청": rows}, 신청="B2:B3"))
    assert [said(one) for one in found] == [WHOLE, WHOLE]


def test_headings_merged_over_two_rows_are_found(tmp_path: Path) -> None:
    rows = [
        ["신청번호", "날짜", None, "기관", None],
        [None, "퇴직일", "취업 시작일", "자본금", "변호사"],
        ROW,
    ]
    (one,) = cases(workbook(tmp_path / "t.xlsx", {"신청": rows}, 신청="A1:A2 B1:C1 D1:E1"))
    assert (one.number, said(one)) == ("가-1", WHOLE)


def test_cells_merged_over_columns_are_not_guessed(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", {"신청": [HEAD, ROW]}, 신청="B2:C2")
    (fault,) = refused(path).faults
    assert "merged" in fault.message
    assert (fault.spot.sheet, fault.spot.row, fault.spot.column) == ("신청", 2, "C")


def with_formula(path: Path, stored: str) -> Path:
    workbook(path, {"신청": [HEAD, ["가-1", "2025-12-31", "2026-06-01", "=5*200000000", "예"]]})
    content = {}
    with zipfile.ZipFile(path) as packed:
        content = {name: packed.read(name) for name in packed.namelist()}
    sheet = next(name for name in content if name.startswith("xl/worksheets/sheet"))
    assert b"<v />" in content[sheet] or b"<v></v>" in content[sheet]
    for empty in (b"<v />", b"<v></v>"):
        content[sheet] = content[sheet].replace(empty, stored.encode())
    with zipfile.ZipFile(path, "w") as packed:
        for name, part in content.items():
            packed.writestr(name, part)
    return path


def test_a_formula_stands_for_its_stored_value(tmp_path: Path) -> None:
    (one,) = cases(with_formula(tmp_path / "t.xlsx", "<v>1000000000</v>"))
    assert said(one) == WHOLE


def test_a_formula_without_a_value_asks_for_recalculation(tmp_path: Path) -> None:
    (fault,) = refused(with_formula(tmp_path / "t.xlsx", "")).faults
    assert "formula without its value" in fault.message
    assert "Recalculate" in fault.remedy
    assert (fault.spot.row, fault.spot.column, fault.spot.heading) == (2, "D", "자본금")


def test_lists_stand_in_sheets_of_their_own(tmp_path: Path) -> None:
    sheets: dict[str, Sequence[Sequence[Any]]] = {
        "설명": [["아무 말"]],
        "신청": [[*HEAD, "업무 모두 적음"], [*ROW, "예"], ["가-2", *ROW[1:], None]],
        "업무": [
            ["신청번호", "업무의 종류", "업무를 마지막으로 한 날"],
            ["가-1", "contract", "2024-01"],
            ["가-2", "case", None],
            ["가-1", "tax", date(2025, 1, 2)],
            ["합계", "3건", None],
        ],
    }
    first, second = cases(workbook(tmp_path / "t.xlsx", sheets))
    assert [plain(work.category) for work in first.case.works.items] == ["contract", "tax"]
    assert (first.case.works.complete, second.case.works.complete) == (True, False)
    assert len(second.case.works.items) == 1


def test_a_fault_of_a_list_stands_in_its_own_sheet(tmp_path: Path) -> None:
    sheets = {"신청": [HEAD, ROW], "업무": [["신청번호", "업무의 종류"], ["가-1", "계약"]]}
    (fault,) = refused(workbook(tmp_path / "t.xlsx", sheets)).faults
    assert (fault.spot.sheet, fault.spot.row, fault.spot.column, fault.number) == ("업무", 2, "B", "가-1")


def test_an_entry_without_its_application_is_told(tmp_path: Path) -> None:
    sheets = {"신청": [HEAD, ROW], "업무": [["신청번호", "업무의 종류"], ["가-9", "tax"]]}
    (fault,) = refused(workbook(tmp_path / "t.xlsx", sheets)).faults
    assert "'가-9'" in fault.message
    assert fault.spot.sheet == "업무"


def test_numbered_columns_make_lists(tmp_path: Path) -> None:
    head = [*HEAD, "works[1].category", "works[3].category", "works.complete"]
    one, two = cases(
        delimited(tmp_path / "t.csv", [head, [*ROW, "tax", "case", "예"], ["2", *ROW[1:], "", "", ""]])
    )
    assert [plain(work.category) for work in one.case.works.items] == ["tax", "case"]
    assert one.case.works.complete
    assert two.case.works.items == ()
    assert not two.case.works.complete


def test_words_for_agency_and_rank_are_read_and_never_overrule(tmp_path: Path) -> None:
    head = ["퇴직일", "취업 시작일", "소속", "직위·직급", "직급"]
    days = ["2025-12-31", "2026-06-01"]
    one, two, three = cases(
        delimited(
            tmp_path / "t.csv",
            [
                head,
                [*days, "국세청", "세무6급", ""],
                [*days, "국세청", "세무6급", "5"],
                [*days, "", "4급|5급", ""],
            ],
        )
    )
    assert one.case.official.body == exactly("tax_service")
    assert one.case.official.grade == exactly(6)
    assert two.case.official.grade == exactly(5)
    assert plain(three.case.official.grade) == [4, 5]
    assert [one.number, two.number] == ["2", "3"]


def test_a_serial_number_stands_beside_the_application_number(tmp_path: Path) -> None:
    rows = [["연번", *HEAD], ["1", *ROW]]
    (one,) = cases(delimited(tmp_path / "t.csv", rows))
    assert (one.number, said(one)) == ("가-1", WHOLE)
    (alone,) = cases(delimited(tmp_path / "t.csv", [["연번", *HEAD[1:]], ["1", *ROW[1:]]]))
    assert alone.number == "1"


def test_words_for_a_rank_in_the_column_of_the_grade(tmp_path: Path) -> None:
    path = delimited(tmp_path / "t.csv", [["퇴직일", "취업 시작일", "직급"], ["2025", "2026", "세무6급"]])
    (fault,) = refused(path).faults
    assert "직위·직급" in fault.remedy


def test_an_unknown_rank_offers_near_words(tmp_path: Path) -> None:
    path = delimited(tmp_path / "t.csv", [["퇴직일", "취업 시작일", "직위·직급"], ["2025", "2026", "경갑"]])
    (fault,) = refused(path).faults
    assert "경감" in fault.remedy
    assert fault.spot.column == "C"


def test_what_is_left_out_may_follow_from_another_field(tmp_path: Path) -> None:
    path = delimited(
        tmp_path / "t.csv", [["퇴직일", "취업 시작일", "고위공무원단", "직급"], ["2025", "2026", "예", "?"]]
    )
    (one,) = cases(path)
    assert plain(one.case.official.grade) == [1, 2]


def test_repeated_and_missing_numbers(tmp_path: Path) -> None:
    rows = [HEAD, ROW, ["", *ROW[1:]], ROW]
    found = read(delimited(tmp_path / "t.csv", rows))
    assert isinstance(found[0], Application)
    faults = [fault for one in found if isinstance(one, Refused) for fault in one.faults]
    assert [fault.spot.row for fault in faults] == [3, 4]
    assert "missing" in faults[0].message
    assert "Row 2" in faults[1].message


def test_a_row_tells_everything_that_is_wrong_with_it(tmp_path: Path) -> None:
    path = delimited(tmp_path / "t.csv", [HEAD, ["가-1", "언젠가", "2026-13-01", "많음", "글쎄"]])
    assert [fault.spot.heading for fault in refused(path).faults] == HEAD[1:]


def test_contradictions_stand_at_their_cell(tmp_path: Path) -> None:
    head = [*HEAD, "postings[1].body", "postings[2].from_on", "postings[2].to_on"]
    rows = [head, [*ROW[:2], "2020-01-01", "", "", "국세청", "2020-02-01", "2020-01-01"]]
    faults = refused(delimited(tmp_path / "t.csv", rows)).faults
    assert [fault.spot.column for fault in faults] == ["C", "G"]


@pytest.mark.parametrize(
    ("rows", "message", "remedy"),
    [
        ([["신청번호", "퇴직일자", "취업 시작일"], ["1"]], "'퇴직일자' is not known here", "'퇴직일'"),
        ([["신청번호", "퇴직일"], ["1", "2025"]], "Columns are missing: 취업 시작일", "Add them"),
        ([["이름", "나이"], ["홍", "1"]], "No row of headings is known here; seen were 이름, 나이", "퇴직일"),
        ([["퇴직일", "official.retired_on", "취업 시작일"], ["1"]], "columns A and B both say", "Keep one"),
    ],
)
def test_tables_that_are_refused(
    tmp_path: Path, rows: Sequence[Sequence[str]], message: str, remedy: str
) -> None:
    found = problem(delimited(tmp_path / "t.csv", rows))
    assert message in found.message
    assert remedy in found.remedy


def test_the_sheet_is_chosen_by_name_by_content_or_by_hand(tmp_path: Path) -> None:
    other = [["이름"], ["홍"]]
    assert len(cases(workbook(tmp_path / "a.xlsx", {"표지": other, "3월": [HEAD, ROW]}))) == 1
    both = workbook(tmp_path / "b.xlsx", {"3월": [HEAD, ROW], "4월": [HEAD, ROW, ["나", *ROW[1:]]]})
    assert "Several sheets" in problem(both).message
    assert len(cases(both, "4월")) == 2
    assert problem(both, "4웥").remedy == "Write one of 3월, 4월"
    assert "No row of headings" in problem(workbook(tmp_path / "c.xlsx", {"표지": other})).message
    assert "no sheets" in problem(delimited(tmp_path / "d.csv", [HEAD, ROW]), "신청").message


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old workbook"),
        ("t.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("t.xlsx", b"PK\x03\x04" + b"\0" * 40, "damaged"),
        ("t.parquet", b"PAR1" + b"\0" * 40, "no parquet"),
        ("t.csv", b"", "empty"),
        ("t.csv", b"\xff\xfe\xfd\x00\x80abc\x00", "formed"),
        ("t.csv", "신청번호,퇴직일".encode("latin-1", "replace") + b"\x81\x00", "neither UTF-8 nor CP949"),
        ("t.jsonl", b"{", "not valid JSON"),
        ("t.jsonl", b"[1]", "no JSON object"),
        ("t.jsonl", b"\xff", "not UTF-8"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    if message == "formed":
        assert problem(path).remedy
    else:
        assert message in problem(path).message


def test_a_row_that_is_no_csv_is_told_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f'{",".join(HEAD)}\n{",".join(ROW)}\n"{"x" * 200_000}"\n')
    found = problem(path)
    assert "no row of a csv file" in found.message
    assert found.place.line == 3


def test_json_lines_are_case_files(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(
        '{"id": "a", "official": {"retired_on": "2025-12", "grade": [6, 7], "lawyer": null}, "engagement": '
        '{"start_on": "2026-06-01"}, "employer": {"name": "가|나", "capital": {"at_least": 5}}, '
        '"works": [{"category": "tax"}, {}], "postings": {"complete": false, "items": []}}\n'
        '\n{"case": "b", "official": {"agency": "국세청", "rank": "세무6급", "retired_on": "2025-12-31"}, '
        '"engagement": {"start_on": "2026-06-01"}, "employer": {}}\n'
    )
    one, two = cases(path)
    assert plain(one.case.official.grade) == [6, 7]
    assert plain(one.case.employer.name) == "가|나"
    assert plain(one.case.employer.capital) == {"at_least": 5}
    assert len(one.case.works.items) == 2
    assert one.case.works.complete
    assert (one.row, two.row, two.number) == (1, 3, "b")
    assert two.case.official.grade == exactly(6)


def test_parquet_is_read_with_its_types(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "t.parquet"
    duckdb.sql(
        "SELECT '가-1' AS \"신청번호\", DATE '2025-12-31' AS \"퇴직일\", "
        "TIMESTAMP '2026-06-01' AS \"취업 시작일\", "
        'CAST(1000000000 AS DOUBLE) AS "자본금", true AS "변호사", [6, 7] AS "직급"'
    ).write_parquet(str(path))
    (one,) = cases(path)
    assert said(one) == WHOLE
    assert plain(one.case.official.grade) == [6, 7]
