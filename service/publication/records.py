"""The plain records of a csv, as they stand in the file."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from engine.documents import decoded
from engine.errors import Place, refuse

Record = tuple[int, list[str]]
MAX_BYTES = 10_000_000
_HEADING_WITHIN = 12


def records(path: Path) -> Iterator[Record]:
    """Each record with the line on which it begins. UTF-8, with or without BOM, or CP949.

    Raises InputError for a file that is no such table.
    """
    text = _text(path)
    head = text.splitlines()[:_HEADING_WITHIN]
    separator = max(",\t;", key=lambda mark: max((line.count(mark) for line in head), default=0))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    line = 1
    try:
        for record in reader:
            yield line, [cell.strip() for cell in record]
            line = reader.line_num + 1
    except csv.Error as error:
        raise refuse(
            f"This row cannot be taken apart ({error})",
            'Put text that holds commas or line breaks between quotes, and double a quote inside: ""',
            Place(str(path), line),
        ) from None


def squeezed(text: str) -> str:
    """A heading without what does not tell it apart: case, spaces, brackets, signs."""
    return re.sub(r"[^0-9a-z가-힣]+", "", unicodedata.normalize("NFKC", text).lower())


def _text(path: Path) -> str:
    place = Place(str(path))
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise refuse(f"This file has {size:,} bytes", f"Split it below {MAX_BYTES:,} bytes", place)
        text = decoded(path.read_bytes())
    except OSError as error:
        raise refuse(f"This file cannot be read ({error.strerror})", "Check the path", place) from None
    if text is None:
        raise refuse("This file is not a text table", "Save it as CSV in UTF-8 or CP949", place)
    return text
