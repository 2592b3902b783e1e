"""JSON lines as rows of texts: the object of a case file a line, with its number as `id`."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rules.facts import EmploymentCase
from service.batch.faults import Spot, refusal
from service.batch.table import Row, Sheet

NUMBERS = ("id", "case")
ABOUT = ("title", "note", "source", "expect")
_SIGNS = ("|", "..", "~", ">", "<", "=", "[", "{")


def sheets(path: Path) -> list[Sheet]:
    """The one sheet of a file of JSON lines: its headings are the paths that occur in it."""
    headings: dict[str, None] = {"id": None}
    for _, cells in _flat(path):
        headings |= dict.fromkeys(cells)
    titles = list(headings)

    def rows() -> Iterator[Row]:
        yield 0, titles
        for number, cells in _flat(path):
            yield number, [cells.get(title, "") for title in titles]

    return [Sheet("", rows)]


def _flat(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, _cells(path, number, line)
    except UnicodeDecodeError:
        raise refusal(path.name, "This file is not UTF-8 text", "Save it as UTF-8") from None


def _cells(path: Path, number: int, line: str) -> dict[str, str]:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise refusal(
            path.name,
            f"This is not valid JSON: {error}",
            "Write one object a line, as `psea cases schema` prints it",
            Spot(row=number),
        ) from None
    if not isinstance(data, dict):
        raise refusal(path.name, "This line is no JSON object", "Write one object a line", Spot(row=number))
    cells: dict[str, str] = {}
    for name, part in data.items():
        if name in NUMBERS:
            cells["id"] = str(part)
        elif name not in ABOUT:
            cells |= _section(name, part)
    return cells


def _section(name: str, part: Any) -> dict[str, str]:
    if isinstance(part, list):
        return {f"{name}.complete": "true", **_items(name, part)}
    if not isinstance(part, dict):
        return {name: text_of(part)}
    if "items" in part and isinstance(part["items"], list):
        complete = {f"{name}.{key}": text_of(value) for key, value in part.items() if key != "items"}
        return {**complete, **_items(name, part["items"])}
    return {f"{name}.{key}": text_of(value) for key, value in part.items()}


def _items(name: str, items: list[Any]) -> dict[str, str]:
    """The entries of a list in numbered columns; one of which nothing is said still is one."""
    cells: dict[str, str] = {}
    for index, item in enumerate(items, start=1):
        said: Mapping[str, Any] = item if isinstance(item, dict) and item else {_first_field(name): None}
        for key, value in said.items():
            cells[f"{name}[{index}].{key}"] = text_of(value) or "?"
    return cells


def _first_field(name: str) -> str:
    sections = EmploymentCase.sections().values()
    return next((field for one in sections if one.name == name for field in one.fact.domains()), "")


def text_of(value: Any) -> str:
    """The text of a JSON value: a list, a range, or a string with signs as JSON, the others plain."""
    match value:
        case None:
            return ""
        case str() if any(sign in value for sign in _SIGNS):
            return json.dumps([value], ensure_ascii=False)
        case str():
            return value
    return json.dumps(value, ensure_ascii=False)
