"""The sheets of an xlsx workbook as rows of texts."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

from engine.errors import InputError
from service.batch.cells import MERGED
from service.batch.faults import refusal
from service.batch.table import Row, Sheet

OLD = b"\xd0\xcf\x11\xe0"
MOST_UNPACKED = 4 * 1024**3
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MERGE = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_FORMULA = re.compile(rb"<f[ >/]")
_CHUNK = 1 << 20
_OVERLAP = 64


def refuse_old(path: Path, head: bytes) -> None:
    """Raise InputError for what spreadsheet programs save in other containers than xlsx."""
    if not head.startswith(OLD):
        return
    with path.open("rb") as file:
        encrypted = _ENCRYPTED in file.read(1 << 22)
    if encrypted:
        raise refusal(path.name, "This workbook is locked with a password", "Save it without a password")
    raise refusal(path.name, "This is an old workbook (.xls)", "Save it as .xlsx and give that file")


def sheets(path: Path) -> list[Sheet]:
    """The sheets of a workbook. Raises InputError where it is damaged."""
    from openpyxl import load_workbook
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    content = path.read_bytes()
    with _reading(path):
        with zipfile.ZipFile(BytesIO(content)) as packed:
            if sum(item.file_size for item in packed.infolist()) > MOST_UNPACKED:
                raise refusal(path.name, "This workbook is too large", "Save it as csv and give that file")
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        if book.epoch == CALENDAR_MAC_1904:
            raise refusal(
                path.name,
                "This workbook counts its days from 1904",
                "Switch off the 1904 date system in its options and save it",
            )
        return [_sheet(path, content, sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]


@dataclass(frozen=True, slots=True)
class _Merge:
    """Merged cells: rows and columns, counted from 1, ends included."""

    top: int
    bottom: int
    left: int
    right: int


def _sheet(path: Path, content: bytes, sheet: Any) -> Sheet:
    with _reading(path):
        merges, formulas = _scan(content, sheet._worksheet_path)
        missing = dict(_without_values(content, str(sheet.title))) if formulas else {}
    return Sheet(str(sheet.title), lambda: _rows(path, sheet, merges, missing))


def _scan(content: bytes, part: str) -> tuple[list[_Merge], bool]:
    """The merged cells of a sheet and whether it has formulas, out of its XML."""
    from openpyxl.utils import column_index_from_string as number

    merges: list[_Merge] = []
    formulas = False
    kept = b""
    with zipfile.ZipFile(BytesIO(content)) as packed, packed.open(part) as file:
        while chunk := file.read(_CHUNK):
            text = kept + chunk
            formulas = formulas or bool(_FORMULA.search(text))
            for left, top, right, bottom in _MERGE.findall(text):
                found = _Merge(int(top), int(bottom), number(left.decode()), number(right.decode()))
                if found not in merges[-2:]:
                    merges.append(found)
            kept = text[-_OVERLAP:]
    return merges, formulas


def _without_values(content: bytes, title: str) -> Iterator[tuple[tuple[int, int], str]]:
    """The formulas of a sheet whose value was not stored, by row and column from 1."""
    from openpyxl import load_workbook

    written, stored = (
        load_workbook(BytesIO(content), read_only=True, data_only=values)[title] for values in (False, True)
    )
    written.reset_dimensions()
    stored.reset_dimensions()
    pairs = zip(written.iter_rows(), stored.iter_rows(), strict=False)
    for row, (formulas, values) in enumerate(pairs, start=1):
        for column, (formula, value) in enumerate(zip(formulas, values, strict=False), start=1):
            if formula.data_type == "f" and value.value is None:
                yield (row, column), str(formula.value)


def _rows(
    path: Path, sheet: Any, merges: list[_Merge], missing: Mapping[tuple[int, int], str]
) -> Iterator[Row]:
    sheet.reset_dimensions()
    below: dict[_Merge, str] = {}
    with _reading(path):
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            texts = [_text(cell) for cell in cells]
            for (row, column), formula in missing.items() if missing else ():
                if row == number:
                    texts[column - 1] = formula
            for merge in merges:
                if merge.top <= number <= merge.bottom:
                    _fill(texts, number, merge, below)
            yield number, texts


def _fill(texts: list[str], row: int, merge: _Merge, below: dict[_Merge, str]) -> None:
    """A value merged over rows holds for each; over columns it cannot be told whose it is."""
    texts += [""] * (merge.right - len(texts))
    if row == merge.top:
        below[merge] = texts[merge.left - 1]
    if below.get(merge):
        texts[merge.left - 1] = below[merge]
        for column in range(merge.left, merge.right):
            texts[column] = MERGED


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """A damaged workbook fails anywhere inside its reader, with whatever exception."""
    try:
        yield
    except (InputError, GeneratorExit):
        raise
    except Exception as error:
        raise refusal(
            path.name,
            f"This workbook is damaged ({type(error).__name__})",
            "Open it in a spreadsheet program and save it as .xlsx again",
        ) from error


def _text(cell: Any) -> str:
    """The text of a typed cell: a day in ISO form as far as its format shows it, a number in digits."""
    value: object = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return _shown(value.date(), str(cell.number_format).lower())
        case date() | time():
            return value.isoformat()
    return str(value).strip()


def _shown(day: date, form: str) -> str:
    """Spreadsheet programs keep a month as its first day: what the format hides was not written."""
    if day.day == 1 and "y" in form and "d" not in form:
        return day.isoformat()[: 7 if "m" in form else 4]
    return day.isoformat()
