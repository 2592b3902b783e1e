"""Tables of published results as they come: encodings, separators, headings, torn rows."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.documents import decoded
from engine.errors import Place, Problem, refuse

MAX_BYTES = 10_000_000
MOST_LINES = 24
HEADING_WITHIN = 12
NEEDED = ("agency", "grade", "decision")
HEADINGS = {
    "id": "id 사례번호",
    "month": "month 심사월 심사년월 심사연월 심사일 심사일자 회의일 개최일",
    "agency": "agency 소속 소속기관 퇴직당시소속 퇴직당시소속기관 퇴직당시기관",
    "grade": "grade 직위 직급 직위직급 퇴직당시직위 퇴직당시직급 퇴직당시직위직급",
    "retired_on": "retired_on 퇴직일 퇴직일자 퇴직월 퇴직년월 퇴직연월 퇴직시기",
    "employer": "employer 취업기관 취업예정기관 취업심사대상기관 취업업체",
    "employer_position": "employer_position position 취업직위 취업예정직위 취업직위직급 취업예정직위직급",
    "both": "취업기관직위 취업예정기관직위 취업예정기관및직위",
    "start_on": "start_on 일자 취업일 취업일자 취업예정일 취업예정일자 취업월",
    "decision": "decision 결과 심사결과 결정",
    "ground": "ground 사유 결정사유 심사사유",
    "source": "source 출처",
}
_KNOWN = {word: column for column, words in HEADINGS.items() for word in words.split()}
_EMPTY = {"-", "–", "—", "―", "미상", "해당없음"}
_REMARK = ("※", "*", "주)", "☞")


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of one cell, on one line, and its column in the file, counted from 1."""

    text: str = ""
    column: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it begins, and its cells by known column."""

    file: str
    line: int
    cells: dict[str, Cell]

    def text(self, column: str) -> str:
        return self.cells.get(column, Cell()).text

    def place(self, column: str = "") -> Place:
        return Place(self.file, self.line, self.cells.get(column, Cell()).column, column)


def read_table(path: Path) -> tuple[list[Row], list[Problem]]:
    """The rows below the heading, and what is wrong with those that cannot be told apart.

    Raises InputError where the file cannot be read at all or has no heading.
    """
    name = str(path)
    heading: list[str] | None = None
    rows: list[Row] = []
    problems: list[Problem] = []
    for line, record in _records(_text(path), name):
        if isinstance(record, Problem):
            problems.append(record)
        elif set(NEEDED) <= set(columns := _columns(record)):
            heading = columns
        elif heading is None:
            problems.clear()
            if line > HEADING_WITHIN:
                break
        elif len(record) < len(heading) or any(record[len(heading) :]):
            if not _is_remark(record):
                problems.append(_torn(Place(name, line), len(record), len(heading)))
        elif not _is_remark(record):
            rows.append(Row(name, line, _cells(heading, record)))
    if heading is None:
        raise refuse(
            f"There is no heading row in the first {HEADING_WITHIN} lines",
            "Put a heading with at least 퇴직 당시 소속, 직위(직급) and 심사결과 above the rows",
            Place(name, 1),
        )
    return rows, problems


def _text(path: Path) -> str:
    name = str(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise refuse(f"This file has {size:,} bytes", f"Split it below {MAX_BYTES:,} bytes", Place(name))
        content = path.read_bytes()
    except OSError as error:
        raise refuse(f"This file cannot be read ({error.strerror})", "Check the path", Place(name)) from None
    text = decoded(content)
    if text is not None:
        return text
    raise refuse("This file is not a text table", "Save it as CSV in UTF-8 or CP949", Place(name))


def _records(text: str, file: str) -> Iterator[tuple[int, list[str] | Problem]]:
    """Each record with its first line. A quote that is never closed costs its own line, not what follows."""
    lines = list(io.StringIO(text, newline=""))
    separator = max(
        ",\t;", key=lambda mark: max((line.count(mark) for line in lines[:HEADING_WITHIN]), default=0)
    )
    width = 0
    index = 0
    while index < len(lines):
        reader = csv.reader(lines[index : index + MOST_LINES], delimiter=separator, strict=True)
        taken = 1
        try:
            record = [_shown(cell) for cell in next(reader)]
            width = width or (len(record) if set(NEEDED) <= set(_columns(record)) else 0)
            taken = reader.line_num if not width or len(record) >= width else 1
            if any(record):
                yield index + 1, record
        except csv.Error as error:
            yield (
                index + 1,
                Problem(
                    f"This row cannot be taken apart ({error})",
                    'Put text that holds commas or line breaks between quotes, and double a quote inside: ""',
                    Place(file, index + 1),
                ),
            )
        index += taken


def _shown(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).split())


def _columns(record: Sequence[str]) -> list[str]:
    """The column of each cell of a heading, '' where it is none; a rank after the employer is the new one."""
    columns: list[str] = []
    for cell in record:
        column = _KNOWN.get(_squeezed(cell), "")
        after = column == "grade" and {"employer", "both"} & set(columns)
        columns.append("employer_position" if after else column)
    return columns


def _squeezed(cell: str) -> str:
    return re.sub(r"[\s()\[\]·/.]+", "", unicodedata.normalize("NFKC", cell)).lower()


def _is_remark(record: Sequence[str]) -> bool:
    filled = [cell for cell in record if cell]
    return len(filled) == 1 and filled[0].startswith(_REMARK)


def _torn(place: Place, cells: int, columns: int) -> Problem:
    return Problem(
        f"This row has {cells} cells where the heading has {columns}",
        "Put text that holds commas or line breaks between quotes, and leave no cell out",
        place,
    )


def _cells(heading: Sequence[str], record: Sequence[str]) -> dict[str, Cell]:
    return {
        column: Cell("" if text in _EMPTY else text, place)
        for place, (column, text) in enumerate(zip(heading, record, strict=False), start=1)
        if column
    }
