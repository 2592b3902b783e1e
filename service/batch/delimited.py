"""A csv file as rows of texts, in UTF-8, UTF-16 or CP949, parted by commas, tabs or semicolons."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from service.batch.faults import Spot, refusal
from service.batch.table import Row, Sheet

LONGEST_CELL = 1 << 17
_CHUNK = 1 << 20
_ENCODINGS = ("utf-8-sig", "cp949")


def sheets(path: Path) -> list[Sheet]:
    """The one sheet of a csv file. Raises InputError where it is no text in a known encoding."""
    encoding = _encoding(path)
    delimiter = _delimiter(path, encoding)
    return [Sheet("", lambda: _rows(path, encoding, delimiter))]


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else _ENCODINGS:
        if _decodes(path, encoding):
            return encoding
    raise refusal(path.name, "This file is neither UTF-8 nor CP949 text", "Save it as csv in UTF-8")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                if "\0" in decoder.decode(chunk):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _delimiter(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline="") as file:
        head = next((line for line in file if line.strip(" \r\n,;\t")), "")
    return max(",\t;", key=head.count)


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        number = 0
        try:
            for number, texts in enumerate(reader, start=1):
                yield number, [text.strip() for text in texts]
        except csv.Error as error:
            raise refusal(
                path.name,
                f"This is no row of a csv file ({error})",
                "Check the quotation marks of this row and the one above",
                Spot(row=number + 1),
            ) from None
