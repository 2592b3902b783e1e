"""The answers and the errors as a file: csv, xlsx, JSON lines or parquet, always the same bytes."""

import csv
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from service.batch.faults import refusal
from service.batch.parts import put
from service.batch.results import FAULT, TYPES, Sayer, Value
from service.batch.words import say, words

MOST_ROWS = 1_048_575
LONGEST_CELL = 32_767
SUFFIXES = (".csv", ".xlsx", ".jsonl", ".parquet")
SIGNS = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = {"row": 6, "id": 14, "outcome": 20, "title": 36, "rulebook": 14, "register": 14}
_WIDTH = 30
_FAULT_WIDTHS = (14, 12, 6, 6, 18, 20, 50, 60)


class Answers(Protocol):
    """What a run found, as often as it is asked for."""

    def tally(self) -> Mapping[str, int]:
        """How many rows have each outcome."""

    def rows(self) -> Iterable[Sequence[Value]]: ...

    def faults(self) -> Iterable[Sequence[str]]: ...

    def copy(self, path: Path, suffix: str) -> None:
        """Write the rows as csv without headings, JSON lines or parquet."""


@dataclass(frozen=True)
class Output:
    """Where answers go; `notes` are told beside them where the format has room."""

    path: Path
    sayer: Sayer
    notes: Sequence[str] = ()

    def write(self, answers: Answers) -> Path | None:
        """Write answers and errors, each file whole or not at all; where the errors are, if there are any."""
        suffix = self.path.suffix.lower()
        bad = any(True for _ in answers.faults())
        if suffix == ".xlsx":
            put(self.path, lambda path: self._workbook(path, answers))
            return self.path if bad else None
        errors = self._errors(answers, bad=bad)
        put(
            self.path,
            lambda path: self._csv(path, answers) if suffix == ".csv" else answers.copy(path, suffix),
        )
        return errors

    @property
    def _errors_path(self) -> Path:
        return self.path.with_name(f"{self.path.stem}.errors.csv")

    def _errors(self, answers: Answers, *, bad: bool) -> Path | None:
        if not bad:
            self._errors_path.unlink(missing_ok=True)
            return None

        def write(path: Path) -> None:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                rows = csv.writer(file, lineterminator="\n")
                rows.writerow(self._fault_headings())
                rows.writerows(map(guarded, fault) for fault in answers.faults())

        put(self._errors_path, write)
        return self._errors_path

    def _fault_headings(self) -> list[str]:
        return [str(words(self.sayer.language)["fault"][name]) for name in FAULT]

    def _headings(self) -> list[str]:
        return [self.sayer.heading(column) for column in self.sayer.columns]

    def _csv(self, path: Path, answers: Answers) -> None:
        """UTF-8 with a byte order mark, which spreadsheet programs want."""
        body = path.with_name(path.name + ".new")
        answers.copy(body, ".csv")
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(self._headings())
        with path.open("ab") as whole, body.open("rb") as rest:
            shutil.copyfileobj(rest, whole)
        body.unlink()

    def _workbook(self, path: Path, answers: Answers) -> None:
        from service.batch.sheets import Book

        if sum(answers.tally().values()) > MOST_ROWS:
            raise refusal(
                self.path.name, "A sheet does not hold so many rows", "End --out with .csv or .parquet"
            )
        sheets = words(self.sayer.language)["sheets"]
        book = Book()
        forms = self.sayer.columns
        widths = [_WIDTHS.get(column, _WIDTH) for column in forms]
        cells = ([_cell(value) for value in row] for row in answers.rows())
        book.table(str(sheets["results"]), self._headings(), widths, cells)
        faults = [[_cell(text) for text in fault] for fault in islice(answers.faults(), MOST_ROWS)]
        if faults:
            book.table(str(sheets["faults"]), self._fault_headings(), _FAULT_WIDTHS, faults)
        told = [[self.sayer.heading(column), self.sayer.meaning(column)] for column in forms]
        notes = [[note, ""] for note in (say(self.sayer.language, "says", "notice"), *self.notes)]
        explained = words(self.sayer.language)["template"]["columns"][:2]
        book.table(str(sheets["explained"]), explained, [34, 90], [*notes, *told])
        book.save(path)


def guarded(text: str) -> str:
    """A text that a spreadsheet program takes neither for a formula nor for the end of a row."""
    return (f"'{text}" if text.startswith(SIGNS) else text).replace("\r", " ")


def _cell(value: Value) -> str | int:
    if isinstance(value, int):
        return value
    return guarded(joined(value))[:LONGEST_CELL]


def write_rows(path: Path, suffix: str, rows: Iterable[Sequence[Value]], sayer: Sayer) -> None:
    """Write rows as csv without headings, JSON lines, or, through DuckDB, parquet."""
    if suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(map(_texts, rows))
        return
    lines = path if suffix == ".jsonl" else path.with_name(path.name + ".new")
    columns = list(sayer.columns)
    with lines.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            named = dict(zip(columns, row, strict=True))
            file.write(json.dumps(named, ensure_ascii=False, separators=(",", ":")) + "\n")
    if suffix == ".parquet":
        import duckdb

        types = ", ".join(f"'{name}': '{TYPES[form]}'" for name, form in sayer.columns.items())
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute(
                f"COPY (SELECT * FROM read_json('{quoted(lines)}', format='newline_delimited', "
                f"columns={{{types}}})) TO '{quoted(path)}' (FORMAT parquet, COMPRESSION zstd)"
            )
        lines.unlink()


def _texts(row: Sequence[Value]) -> list[str | int]:
    return [value if isinstance(value, int) else guarded(joined(value)) for value in row]


def joined(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else "; ".join(value)


def quoted(path: Path) -> str:
    """A path within a quoted text of SQL."""
    return str(path).replace("'", "''")
