"""Read the official lists: csv or xlsx, columns in any order, Korean or English headings.

A row that cannot be used is reported with its place and a remedy; the others are read. A list without the
columns it needs is refused as a whole.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from rules.facts import EmployerKind
from service.register.identifiers import NumberFault, business_number, holds_resident_number
from service.register.models import Listing
from service.register.names import normalise
from service.register.problems import Problem, RegisterError
from service.register.sheets import Cell, Sheet, read
from service.register.vocabulary import (
    Column,
    heading,
    is_synthetic,
    is_unknown_kind,
    kind_of,
    kind_words,
)

_HEADING_WITHIN = 20
_TICK = 1_000
_LONGEST_NAME = 200
_NEEDED = {Column.NAME: "기관명 (name)", Column.KIND: "유형 (kind)"}

Row = tuple[int, list[Cell]]
Tick = Callable[[int], None]


@dataclass(slots=True)
class Parsed:
    """What a file says: its institutions, the faults of other rows, and whether it is synthetic."""

    listings: list[Listing] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class _Layout:
    file: str
    sheet: str
    columns: dict[Column, int]
    titles: list[str]
    kind: EmployerKind | None

    def problem(self, code: str, row: int, column: int | None = None, **values: str) -> Problem:
        title = self.titles[column] if column is not None and column < len(self.titles) else ""
        return Problem(code, self.file, self.sheet, row, title or _letter(column), values)


def parse(path: Path, kind: EmployerKind | None = None, tick: Tick = lambda rows: None) -> Parsed:
    """Read the list in `path`; `kind` is that of rows where neither a column nor the sheet's name says it.

    `tick` is called with the number of further rows read. Raises RegisterError when nothing can be read.
    """
    parsed = Parsed()
    reader = _Reader(parsed)
    unusable: list[Problem] = []
    for sheet in read(path):
        layout, rows = _layout(path.name, sheet, kind, unusable, parsed)
        if layout:
            reader.read(layout, rows, tick)
    if not parsed.listings and not parsed.problems:
        raise RegisterError(unusable[0] if unusable else Problem("empty", file=path.name))
    parsed.problems.extend(unusable)
    return parsed


def _layout(
    file: str, sheet: Sheet, kind: EmployerKind | None, unusable: list[Problem], parsed: Parsed
) -> tuple[_Layout | None, Iterator[Row]]:
    head = [(number, cells) for number, cells in islice(sheet.rows, _HEADING_WITHIN) if _texts(cells)]
    best: tuple[int, dict[Column, int]] = (0, {})
    for place, (_, cells) in enumerate(head):
        columns = _columns(cells)
        if len(columns) > len(best[1]):
            best = (place, columns)
    place, columns = best
    general = kind or kind_of(sheet.name)
    if Column.NAME in columns and (Column.KIND in columns or general):
        titles = [cell.text for cell in head[place][1]]
        layout = _Layout(file, sheet.name, columns, titles, general)
        parsed.problems.extend(_personal_above(layout, head[:place]))
        return layout, chain(head[place + 1 :], sheet.rows)
    if head:
        unusable.append(_missing(file, sheet.name, head[place], columns))
    return None, iter(())


def _columns(cells: list[Cell]) -> dict[Column, int]:
    columns: dict[Column, int] = {}
    for place, cell in enumerate(cells):
        if column := heading(cell.text):
            columns.setdefault(column, place)
    return columns


def _missing(file: str, sheet: str, row: Row, columns: dict[Column, int]) -> Problem:
    number, cells = row
    lacking = [
        word
        for column, word in ((Column.NAME, "기관명 (name)"), (Column.KIND, "유형 (kind)"))
        if column not in columns
    ]
    found = ", ".join(text for text in _texts(cells) if not holds_resident_number(text))[:300]
    return Problem(
        "missing_columns", file, sheet, number, values={"found": found, "needed": ", ".join(lacking)}
    )


def _personal_above(layout: _Layout, rows: Iterable[Row]) -> Iterator[Problem]:
    for number, cells in rows:
        for place, cell in enumerate(cells):
            if holds_resident_number(cell.text):
                yield Problem("resident_number", layout.file, layout.sheet, number, _letter(place))


def _texts(cells: list[Cell]) -> list[str]:
    return [cell.text for cell in cells if cell.text]


def _letter(column: int | None) -> str:
    if column is None:
        return ""
    letters = ""
    rest = column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


class _Reader:
    """Reads rows one after another; remembers what was seen, and whether the list is synthetic."""

    def __init__(self, parsed: Parsed) -> None:
        self._parsed = parsed
        self._seen: dict[tuple[str, str | None, EmployerKind | None], str] = {}
        self._origin: bool | None = None

    def read(self, layout: _Layout, rows: Iterator[Row], tick: Tick) -> None:
        waiting = 0
        for number, cells in rows:
            if _texts(cells):
                found = self._row(layout, number, cells)
                if isinstance(found, Problem):
                    self._parsed.problems.append(found)
                else:
                    self._parsed.listings.append(found)
            waiting += 1
            if waiting == _TICK:
                tick(waiting)
                waiting = 0
        tick(waiting)
        self._parsed.synthetic = bool(self._origin)

    def _row(self, layout: _Layout, row: int, cells: list[Cell]) -> Listing | Problem:
        corporate = layout.columns.get(Column.CORPORATE_NUMBER)
        for place, cell in enumerate(cells):
            if holds_resident_number(cell.text, corporate_column=place == corporate):
                return layout.problem("resident_number", row, place)
        needed = (Column.NAME, Column.NUMBER, Column.KIND, Column.SECTOR, Column.ORIGIN)
        texts: dict[Column, str] = {}
        for column in needed:
            place = layout.columns.get(column, len(cells))
            cell = cells[place] if place < len(cells) else Cell()
            if cell.fault:
                return layout.problem(f"{cell.fault}_cell", row, place)
            texts[column] = cell.text
        return self._listing(layout, row, texts)

    def _listing(self, layout: _Layout, row: int, texts: dict[Column, str]) -> Listing | Problem:
        def problem(code: str, column: Column, **values: str) -> Problem:
            return layout.problem(code, row, layout.columns.get(column), **values)

        name = " ".join(texts[Column.NAME].split())
        normalised = normalise(name)
        if not normalised:
            return problem("no_name", Column.NAME)
        if len(name) > _LONGEST_NAME:
            return problem("long_name", Column.NAME, most=str(_LONGEST_NAME))
        origin = is_synthetic(texts[Column.ORIGIN])
        if origin is None:
            return problem("unknown_origin", Column.ORIGIN, text=texts[Column.ORIGIN][:40])
        if self._origin is not None and origin is not self._origin:
            return problem("mixed_origin", Column.ORIGIN)
        kind = kind_of(texts[Column.KIND]) if texts[Column.KIND] else layout.kind
        unknown = origin and is_unknown_kind(texts[Column.KIND])
        if kind is None and not unknown:
            text = texts[Column.KIND][:40]
            return problem("unknown_kind" if text else "no_kind", Column.KIND, text=text, kinds=kind_words())
        number = None
        if texts[Column.NUMBER]:
            try:
                number = business_number(_padded(texts[Column.NUMBER], synthetic=origin), synthetic=origin)
            except NumberFault as fault:
                return problem(f"number_{fault.code}", Column.NUMBER, text=texts[Column.NUMBER][:20])
        key = (normalised, number, kind)
        if key in self._seen:
            return problem("repeated", Column.NAME, first=self._seen[key])
        self._seen[key] = f"{layout.sheet} {row}".strip()
        self._origin = origin
        return Listing(name, normalised, kind, number, texts[Column.SECTOR] or None, row)


def _padded(text: str, *, synthetic: bool) -> str:
    """Numbers of a synthetic list begin with 000, which a spreadsheet may have dropped."""
    return text.zfill(10) if synthetic and text.isdigit() else text
