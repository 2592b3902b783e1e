from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from rules.facts import EmployerKind
from service.register import sheets
from service.register.importer import parse
from service.register.problems import RegisterError

KOREAN = """연번,기관명,사업자등록번호,법인등록번호,유형
1,(주)한빛전자,124-81-00998,110111-1234569,영리사기업체
2,법무법인 누리,,,법무법인
"""


def write(folder: Path, text: str, encoding: str = "utf-8", name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def workbook(folder: Path, *named: tuple[str, list[list[object]]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for title, rows in named:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / "list.xlsx"
    book.save(path)
    return path


def codes(parsed):
    return [(one.row, one.code, one.column) for one in parsed.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_encodings(tmp_path, encoding):
    parsed = parse(write(tmp_path, KOREAN, encoding))
    assert parsed.problems == []
    assert [(one.name, one.number, one.kind, one.row) for one in parsed.listings] == [
        ("(주)한빛전자", "1248100998", EmployerKind.COMPANY, 2),
        ("법무법인 누리", None, EmployerKind.LAW_FIRM, 3),
    ]
    assert not parsed.synthetic


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_english_headings_in_another_order_after_a_title(tmp_path, separator):
    rows = [["Covered employers"], ["Type", "Business Number", "Name"], ["law firm", "", "Nuri"]]
    lines = "\n".join(separator.join(row + [""] * (3 - len(row))) for row in rows)
    [one] = parse(write(tmp_path, lines)).listings
    assert (one.name, one.kind, one.row) == ("Nuri", EmployerKind.LAW_FIRM, 3)


def test_a_quoted_name_may_hold_separators_and_lines(tmp_path):
    [one] = parse(write(tmp_path, '기관명,유형\n"한빛, 누리\n연구원",안전\n')).listings
    assert one.name == "한빛, 누리 연구원"


def test_bad_rows_are_reported_and_the_others_kept(tmp_path):
    text = """기관명,사업자등록번호,유형,비고
한빛전자,124-81-00997,영리사기업체,
,,협회,
누리,,모름,
가람,,,
다온,12,협회,
=A1,,협회,
나래,000-00-00015,협회,
미르,,협회,900101-1234567
정상,,협회,
정상,,협회,
"""
    parsed = parse(write(tmp_path, text))
    assert [one.name for one in parsed.listings] == ["정상"]
    assert codes(parsed) == [
        (2, "number_checksum", "사업자등록번호"),
        (3, "no_name", "기관명"),
        (4, "unknown_kind", "유형"),
        (5, "no_kind", "유형"),
        (6, "number_length", "사업자등록번호"),
        (7, "formula_cell", "기관명"),
        (8, "number_synthetic", "사업자등록번호"),
        (9, "resident_number", "비고"),
        (11, "repeated", "기관명"),
    ]
    assert "list.csv, 9행, '비고' 열" in parsed.problems[7].sentence("ko")
    assert all("900101" not in one.sentence(lang) for one in parsed.problems for lang in ("ko", "en"))


def test_a_resident_number_above_the_headings_is_reported(tmp_path):
    parsed = parse(write(tmp_path, f"담당 900101-1234567,,,,\n{KOREAN}"))
    assert codes(parsed) == [(1, "resident_number", "A")]
    assert len(parsed.listings) == 2


def test_missing_columns_say_what_was_found_and_what_is_needed(tmp_path):
    with pytest.raises(RegisterError) as caught:
        parse(write(tmp_path, "연번,기관명,주소\n1,한빛,서울\n"))
    assert caught.value.problem.code == "missing_columns"
    assert caught.value.problem.values == {"found": "연번, 기관명, 주소", "needed": "유형 (kind)"}


def test_a_kind_for_the_whole_file(tmp_path):
    [one] = parse(write(tmp_path, "연번,기관명\n1,한빛협회\n"), EmployerKind.ASSOCIATION).listings
    assert one.kind is EmployerKind.ASSOCIATION


def test_sheets_may_be_named_after_the_kind(tmp_path):
    path = workbook(
        tmp_path,
        ("법무법인", [["취업심사대상기관 고시"], [], ["연번", "명칭"], [1, "법무법인 누리"]]),
        ("세무법인", [["명칭"], ["세무법인 가람"]]),
        ("표지", [["안내"]]),
        ("빈 시트", []),
    )
    parsed = parse(path)
    assert [(one.name, one.kind, one.row) for one in parsed.listings] == [
        ("법무법인 누리", EmployerKind.LAW_FIRM, 4),
        ("세무법인 가람", EmployerKind.TAX_FIRM, 2),
    ]
    assert [(one.sheet, one.code) for one in parsed.problems] == [("표지", "missing_columns")]


def test_numbers_dates_formulas_and_errors_in_cells(tmp_path):
    path = workbook(
        tmp_path,
        ("목록", [
            ["연번", "기관명", "사업자등록번호", "유형", "지정일"],
            ["=ROW()", "한빛", 1248100998, "협회", date(2026, 1, 1)],
            [2, "누리", 1248100998.0, "협회"],
            [3, "=B2", None, "협회"],
            [4, "#REF!", None, "협회"],
            [5, "가람", None, "협회", 9001011234567],
        ]),
    )  # fmt: skip
    parsed = parse(path)
    assert [(one.name, one.number) for one in parsed.listings] == [
        ("한빛", "1248100998"),
        ("누리", "1248100998"),
    ]
    assert codes(parsed) == [
        (4, "formula_cell", "기관명"), (5, "error_cell", "기관명"), (6, "resident_number", "지정일")
    ]  # fmt: skip


def test_synthetic_and_real_rows_do_not_mix(tmp_path):
    text = """기관명,사업자등록번호,유형,자료 구분
하나(가상),000-00-00015,협회,가상
한빛,,협회,
둘,124-81-00998,협회,가상
셋,,협회,모름
"""
    parsed = parse(write(tmp_path, text))
    assert parsed.synthetic
    assert [one.name for one in parsed.listings] == ["하나(가상)"]
    assert [one.code for one in parsed.problems] == ["mixed_origin", "number_not_synthetic", "unknown_origin"]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"\xd0\xcf\x11\xe0....", "old_excel"), (b"PK\x03\x04broken", "bad_workbook"),
     (b"\xff\xfe\x00\x81\xff", "unknown_encoding"), (b"\n\n\n", "empty")],
)  # fmt: skip
def test_files_that_cannot_be_read(tmp_path, content, code):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(RegisterError) as caught:
        parse(path)
    assert caught.value.problem.code == code


def test_a_missing_and_a_too_large_file(tmp_path, monkeypatch):
    with pytest.raises(RegisterError, match="cannot be opened"):
        parse(tmp_path / "none.csv")
    monkeypatch.setattr(sheets, "MOST_BYTES", 10)
    with pytest.raises(RegisterError, match="too large"):
        parse(write(tmp_path, KOREAN))


def test_a_workbook_that_unpacks_too_large_is_refused(tmp_path, monkeypatch):
    path = workbook(tmp_path, ("법무법인", [["명칭"], ["법무법인 누리"]]))
    monkeypatch.setattr(sheets, "_MOST_UNPACKED", 1_000)
    with pytest.raises(RegisterError, match="too large"):
        parse(path)


def test_rows_are_counted_as_they_are_read(tmp_path):
    ticks: list[int] = []
    parse(
        write(tmp_path, "기관명,유형\n" + "".join(f"한빛{n},협회\n" for n in range(2_500))), tick=ticks.append
    )
    assert ticks == [1_000, 1_000, 500]
