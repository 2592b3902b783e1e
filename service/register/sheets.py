"""Rows of cells out of csv and xlsx files, whatever wrote them."""

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from engine.documents import decoded
from service.register.problems import Problem, RegisterError

MOST_BYTES = 50 * 1024 * 1024
_MOST_UNPACKED = 10 * MOST_BYTES
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_FORMULA_SIGNS = ("=", "@")


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell; `fault` is "formula" or "error" where there is no plain value."""

    text: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by name (empty for csv), its rows with their numbers as a spreadsheet shows them."""

    name: str
    rows: Iterator[tuple[int, list[Cell]]]


def read(path: Path) -> Iterator[Sheet]:
    """The sheets of a csv (UTF-8, with or without BOM, or CP949) or xlsx; RegisterError if unreadable."""
    content = _content(path)
    if content.startswith(b"PK"):
        yield from _workbook(path, content)
    elif content.startswith(_OLD_EXCEL):
        raise RegisterError(Problem("old_excel", file=path.name))
    else:
        yield Sheet("", _lines(path, content))


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise _too_large(path, size, MOST_BYTES)
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RegisterError(Problem("unreadable", file=path.name, values={"reason": reason})) from error


def _too_large(path: Path, size: int, most: int) -> RegisterError:
    sizes = {"size": f"{size / 1024 / 1024:.0f}", "most": f"{most // 1024 // 1024}"}
    return RegisterError(Problem("too_large", file=path.name, values=sizes))


def _lines(path: Path, content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    text = _decoded(path, content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for row in reader:
            yield reader.line_num, [_text_cell(value) for value in row]
    except csv.Error as error:
        values = {"reason": str(error)}
        raise RegisterError(Problem("bad_csv", file=path.name, row=reader.line_num, values=values)) from error


def _decoded(path: Path, content: bytes) -> str:
    text = decoded(content)
    if text is not None:
        return text
    raise RegisterError(Problem("unknown_encoding", file=path.name))


def _delimiter(text: str) -> str:
    head = next((line for line in text.splitlines() if line.strip()), "")
    return max(",\t;", key=head.count)


def _text_cell(value: str) -> Cell:
    text = value.strip()
    return Cell(text, "formula" if text.startswith(_FORMULA_SIGNS) else "")


def _workbook(path: Path, content: bytes) -> Iterator[Sheet]:
    from openpyxl import load_workbook

    with _reading(path):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(item.file_size for item in packed.infolist())
        if unpacked > _MOST_UNPACKED:
            raise _too_large(path, unpacked, _MOST_UNPACKED)
        sheets = load_workbook(io.BytesIO(content), read_only=True).worksheets
    for sheet in sheets:
        yield Sheet(str(sheet.title), _cells(path, sheet))


def _cells(path: Path, sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    with _reading(path):
        for number, row in enumerate(sheet.iter_rows(), start=1):
            yield number, [_typed_cell(cell.value, cell.data_type) for cell in row]


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """A damaged workbook fails anywhere inside its reader, with whatever exception."""
    try:
        yield
    except (RegisterError, GeneratorExit):
        raise
    except Exception as error:
        values = {"reason": type(error).__name__}
        raise RegisterError(Problem("bad_workbook", file=path.name, values=values)) from error


def _typed_cell(value: object, data_type: str) -> Cell:
    if value is None:
        return Cell()
    if data_type == "f":
        return Cell(str(value), "formula")
    if data_type == "e":
        return Cell(str(value), "error")
    if isinstance(value, float) and value.is_integer():
        return Cell(str(int(value)))
    if isinstance(value, datetime | date):
        return Cell(value.isoformat())
    return Cell(str(value).strip())
