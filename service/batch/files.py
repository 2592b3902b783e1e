"""The table in a file, whatever its format."""

from pathlib import Path

from engine.errors import Place, refuse
from service.batch.columns import Headings
from service.batch.faults import refusal
from service.batch.table import Sheet, Table, laid_out

WORKBOOK, PARQUET = b"PK\x03\x04", b"PAR1"
LINES = (".jsonl", ".ndjson", ".json")


def open_table(path: Path, sheet: str, headings: Headings) -> Table:
    """The applications of a csv, xlsx, parquet or JSON lines file. Raises InputError where it holds none."""
    found = _sheets(path)
    if sheet and not any(one.name for one in found):
        raise refusal(path.name, "This file has no sheets", "Leave out --sheet")
    return laid_out(path.name, found, sheet, headings)


def _sheets(path: Path) -> list[Sheet]:
    """Only the reader that is needed is loaded. The content decides, then the name."""
    head = _head(path)
    if head.startswith(WORKBOOK):
        from service.batch import workbook

        return workbook.sheets(path)
    if head.startswith(PARQUET):
        from service.batch import parquet

        return parquet.sheets(path)
    if path.suffix.lower() in LINES:
        from service.batch import lines

        return lines.sheets(path)
    from service.batch import delimited
    from service.batch.workbook import refuse_old

    refuse_old(path, head)
    return delimited.sheets(path)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise refuse(
            f"This file cannot be read ({error.strerror})", "Check the path", Place(str(path))
        ) from None
    if not head:
        raise refuse("This file is empty", "Fill in what `psea batch --template` writes", Place(str(path)))
    return head
