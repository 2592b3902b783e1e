"""Write a list as the csv or xlsx file that the importer reads."""

import csv
from collections.abc import Iterable
from pathlib import Path

from service.register.identifiers import hyphenated
from service.register.models import Listing
from service.register.problems import Problem, RegisterError
from service.register.vocabulary import kind_word

_HEADINGS = ("연번", "기관명", "사업자등록번호", "유형", "업종", "자료 구분")
_WIDTHS = (8, 44, 16, 20, 28, 12)


def write(path: Path, listings: Iterable[Listing], *, synthetic: bool) -> None:
    """Write `listings` to `path`: csv is UTF-8 with BOM, for Excel.

    Every row says whether it is synthetic (자료 구분). RegisterError for another suffix or no access.
    """
    rows = ([*map(str, _row(one, synthetic))] for one in listings)
    writers = {".csv": _write_csv, ".xlsx": _write_xlsx}
    if path.suffix.lower() not in writers:
        raise RegisterError(Problem("unknown_suffix", file=path.name))
    try:
        writers[path.suffix.lower()](path, rows)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RegisterError(Problem("unwritable", file=path.name, values={"reason": reason})) from error


def _row(one: Listing, synthetic: bool) -> tuple[int | str, ...]:
    number = hyphenated(one.number) if one.number else ""
    origin = "가상" if synthetic else "실제"
    return one.row, one.name, number, kind_word(one.kind), one.sector or "", origin


def _write_csv(path: Path, rows: Iterable[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADINGS)
        writer.writerows(rows)


def _write_xlsx(path: Path, rows: Iterable[list[str]]) -> None:
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("취업심사대상기관")
    for place, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCDEF"[place]].width = width
    sheet.append(_HEADINGS)
    for row in rows:
        sheet.append(row)
    workbook.save(path)
