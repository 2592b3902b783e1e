"""The draft of a request as files: a workbook for Excel and a document for Hangul (HWPX)."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from hwpx import HwpxDocument
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from service.batch.sheets import height
from service.web.filing import Entry, Part

Words = Mapping[str, Any]
HEAD = PatternFill("solid", fgColor="ECF2FE")
OWN = PatternFill("solid", fgColor="FFF3DB")
LINE = Side("thin", color="CDD1D5")
THIN = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
WIDTHS = (36, 30, 70)
COLUMN_WEIGHTS = (3, 7)
SHADE = "#ECF2FE"


def workbook(parts: Sequence[Part], korean: Words, english: Words | None) -> bytes:
    """An .xlsx of the draft in Korean; with `english`, what every entry means on a second sheet."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = korean["sheet"]
    _draft_sheet(sheet, parts, korean)
    if english:
        _english_sheet(book.create_sheet(korean["english_sheet"]), parts, korean, english)
    book.properties.creator = "psea"
    book.properties.title = korean["title"]
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _draft_sheet(sheet: Worksheet, parts: Sequence[Part], words: Words) -> None:
    _top(sheet, words)
    _row(sheet, [words["columns"][key] for key in ("part", "field", "value")], head=True)
    for part in parts:
        for entry in part.entries:
            value = entry.value or words["own"]
            cells = _row(sheet, [words["parts"][part.key], entry.label(words), value])
            if not entry.value:
                cells[-1].fill = OWN


def _english_sheet(sheet: Worksheet, parts: Sequence[Part], korean: Words, english: Words) -> None:
    _top(sheet, english)
    _row(
        sheet,
        [english["columns"]["part"], english["columns"]["field"], korean["columns"]["field"]],
        head=True,
    )
    for part in parts:
        for entry in part.entries:
            _row(sheet, [english["parts"][part.key], entry.label(english), entry.label(korean)])
    _row(sheet, ["", english["own"], korean["own"]])


def _top(sheet: Worksheet, words: Words) -> None:
    for number, (text, font) in enumerate(
        ((words["title"], Font(bold=True, size=14)), (words["draft"], Font(color="8A5C00"))), start=1
    ):
        sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=len(WIDTHS))
        cell = sheet.cell(number, 1, text)
        cell.font = font
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[2].height = 64
    for column, width in zip("ABC", WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _row(sheet: Worksheet, texts: Sequence[str], head: bool = False) -> list[Cell]:
    """A row below the others. What a visitor typed stays text, even where it looks like a formula."""
    number = sheet.max_row + 1
    sheet.row_dimensions[number].height = height(texts, WIDTHS)
    cells = []
    for column, text in enumerate(texts, start=1):
        cell = sheet.cell(number, column)
        assert isinstance(cell, Cell)
        cell.value = text
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.border = THIN
        if head:
            cell.font = Font(bold=True)
            cell.fill = HEAD
        cells.append(cell)
    return cells


def document(parts: Sequence[Part], korean: Words, english: Words | None) -> bytes:
    """An .hwpx of the draft in Korean, a table a part; with `english`, an explanation at the end."""
    paper = HwpxDocument.new()
    paper.parts.clear_document_metadata()
    paper.parts.set_document_metadata(title=korean["title"], creator="psea")
    paper.add_heading(korean["title"], level=1)
    paper.add_paragraph(korean["draft"], inherit_style=False)
    for part in parts:
        paper.add_heading(korean["parts"][part.key], level=2)
        _table(paper, [(entry.label(korean), _value(entry, korean)) for entry in part.entries])
    if english:
        paper.add_heading(korean["english_sheet"], level=1)
        paper.add_paragraph(english["draft"], inherit_style=False)
        told = [(entry.label(korean), entry.label(english)) for part in parts for entry in part.entries]
        _table(paper, [*told, (korean["own"], english["own"])])
    content: bytes = paper.to_bytes()
    return content


def _value(entry: Entry, words: Words) -> str:
    return entry.value or str(words["own"])


def _table(paper: HwpxDocument, rows: Sequence[tuple[str, str]]) -> None:
    table = paper.add_table(len(rows), 2)
    table.set_column_widths(COLUMN_WEIGHTS)
    for number, (label, value) in enumerate(rows):
        table.set_cell_text(number, 0, label)
        table.set_cell_text(number, 1, value)
        table.set_cell_shading(number, 0, SHADE)
