"""The draft of a request as files."""

from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

import pytest
from hwpx import HwpxDocument
from openpyxl import load_workbook

from service.web.filing import Part, request
from service.web.filing_files import document, workbook
from service.web.words import words
from tests.results import result

KOREAN, ENGLISH = (words(language)["request"] for language in ("ko", "en"))


def parts(**other: object) -> list[Part]:
    found = result(**other)
    return request(found, found.test.teller("ko"))


def rows(content: bytes, sheet: str) -> list[tuple[object, ...]]:
    book = load_workbook(BytesIO(content))
    return [tuple(row) for row in book[sheet].iter_rows(values_only=True)]


def cells(content: bytes) -> dict[str, str]:
    """Label and value of every row of the tables of an HWPX document."""
    found: dict[str, str] = {}
    for paragraph in HwpxDocument.open(content).paragraphs:
        for table in paragraph.tables:
            for row in table.rows:
                label, value = (cell.text for cell in row.cells)
                found.setdefault(label, value)
    return found


def test_the_workbook_has_every_entry() -> None:
    told = rows(workbook(parts(), KOREAN, None), KOREAN["sheet"])
    assert told[0][0] == KOREAN["title"]
    assert told[1][0] == KOREAN["draft"]
    assert ("취업예정기관", "기관 이름", "가상건설(주)") in told
    assert ("신청인", "성명", "직접 작성") in told
    assert len(told) == 3 + sum(len(part.entries) for part in parts())


def test_what_looks_like_a_formula_stays_text() -> None:
    content = workbook(parts(employer__name="=HYPERLINK(1)"), KOREAN, None)
    book = load_workbook(BytesIO(content))
    cell = next(cell for row in book.active.iter_rows() for cell in row if "HYPERLINK" in str(cell.value))
    assert cell.data_type == "s"


def test_english_is_a_sheet_of_its_own() -> None:
    content = workbook(parts(), KOREAN, ENGLISH)
    assert load_workbook(BytesIO(content)).sheetnames == [KOREAN["sheet"], "English"]
    told = rows(content, "English")
    assert told[1][0] == ENGLISH["draft"]
    assert ("The planned job", "Planned start", "취업 예정일") in told
    assert rows(workbook(parts(), KOREAN, None), KOREAN["sheet"]) == rows(content, KOREAN["sheet"])


def test_the_document_is_read_back_with_every_entry() -> None:
    content = document(parts(), KOREAN, None)
    told = cells(content)
    assert told["기관 이름"] == "가상건설(주)"
    assert told["취업 예정일"] == "2026년 3월 2일"
    assert told["성명"] == "직접 작성"
    assert told["내는 기한"] == "2026년 1월 31일"
    assert not HwpxDocument.open(content).validate().issues


def test_the_document_is_a_sound_archive() -> None:
    with ZipFile(BytesIO(document(parts(), KOREAN, None))) as archive:
        assert archive.testzip() is None
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
        assert archive.read("mimetype") == b"application/hwp+zip"
        assert b"synthetic-fixture" not in b"".join(archive.read(name) for name in archive.namelist())


def test_the_document_says_that_it_is_a_draft() -> None:
    paper = HwpxDocument.open(document(parts(), KOREAN, None))
    texts = [paragraph.text for paragraph in paper.paragraphs]
    assert KOREAN["title"] in texts
    assert KOREAN["draft"] in texts


def test_english_follows_in_the_document() -> None:
    texts = [one.text for one in HwpxDocument.open(document(parts(), KOREAN, ENGLISH)).paragraphs]
    assert texts.index(ENGLISH["draft"]) > texts.index(KOREAN["draft"])
    assert ENGLISH["draft"] not in [
        one.text for one in HwpxDocument.open(document(parts(), KOREAN, None)).paragraphs
    ]


@pytest.mark.parametrize("name", ["<b>&amp;", "가\x00나", "\ud7ff\ue000", "a\u2028b"])
def test_odd_names_do_no_harm(name: str) -> None:
    told = cells(document(parts(employer__name=name), KOREAN, None))
    assert told["기관 이름"].replace("\n", "")
    assert workbook(parts(employer__name=name), KOREAN, None)
