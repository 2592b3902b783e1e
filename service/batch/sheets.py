"""Workbooks that are the same bytes for the same content."""

import math
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from rich.cells import cell_len

MADE = datetime(2026, 1, 1)
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_ILLEGAL = dict.fromkeys(range(32)) | {9: " ", 10: "\n", 13: " "}
_HEAD = PatternFill("solid", fgColor="DCE6F1")
_LINE = 15.0
_FILLED = 0.95


class Book:
    """A workbook of tables, each a sheet with its headings in view."""

    def __init__(self) -> None:
        self.book = Workbook(write_only=True)
        self.book.properties.creator = "psea"
        self.book.properties.created = self.book.properties.modified = MADE

    def table(
        self,
        name: str,
        headings: Sequence[str],
        widths: Sequence[int],
        rows: Iterable[Sequence[str | int]],
        *,
        filtered: bool = True,
        form: str = "",
        wrapped: bool = False,
    ) -> Any:
        """Add a sheet: headings frozen, with a filter over the rows; `form` is that of its numbers.

        `wrapped` is for rows to read: each is as high as its texts, and one of a single text runs on.
        """
        sheet: Any = self.book.create_sheet(name)
        for place, width in enumerate(widths, start=1):
            dimension = sheet.column_dimensions[get_column_letter(place)]
            dimension.width = width
            if form:
                dimension.number_format = form
        if wrapped:
            sheet.page_setup.orientation = "landscape"
            sheet.page_setup.fitToHeight = 0
            sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.freeze_panes = "A2"
        sheet.row_dimensions[1].height = height(headings, widths)
        sheet.append([_heading(sheet, text) for text in headings])
        count = 1
        for row in rows:
            count += 1
            fitted = wrapped and len(row) > 1
            if fitted:
                sheet.row_dimensions[count].height = height(map(str, row), widths)
            sheet.append([_plain(sheet, value, form, wrapped=fitted) for value in row])
        if filtered:
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{count}"
        return sheet

    def save(self, path: Path) -> None:
        """Save with fixed times inside."""
        raw = path.with_name(path.name + ".new")
        self.book.save(raw)
        with zipfile.ZipFile(raw) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for item in source.infolist():
                fixed = zipfile.ZipInfo(item.filename, _ZIP_DAY)
                fixed.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(fixed, _undated(item.filename, source.read(item)))
        raw.unlink()


def height(texts: Iterable[str], widths: Iterable[float]) -> float:
    """How high a row is, in points, whose texts are wrapped in columns of these widths."""
    return _LINE * max(
        sum(max(1, math.ceil(cell_len(line) / (width * _FILLED))) for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=False)
    )


def _undated(name: str, content: bytes) -> bytes:
    """The properties without the time of saving, which the library sets itself."""
    if name != "docProps/core.xml":
        return content
    import re

    stamp = MADE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)


def _heading(sheet: Any, text: str) -> Any:
    cell: Any = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    cell.fill = _HEAD
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _plain(sheet: Any, value: str | int, form: str, *, wrapped: bool) -> Any:
    plain = value.translate(_ILLEGAL) if isinstance(value, str) else value
    if not form and not wrapped:
        return plain
    cell: Any = WriteOnlyCell(sheet, value=plain)
    if form:
        cell.number_format = form
    if wrapped:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
