"""What is wrong with a row, and where it stands as a spreadsheet shows it."""

from dataclasses import dataclass, replace

from engine.errors import InputError, Place, Problem


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell: sheet (empty for a table without sheets), row from 1, column letter and heading."""

    sheet: str = ""
    row: int = 0
    column: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that keeps a row from being answered."""

    message: str
    remedy: str
    spot: Spot = Spot()
    number: str = ""
    text: str = ""

    def at(self, spot: Spot, number: str, text: str) -> "Fault":
        return replace(self, spot=spot, number=number, text=text)


def letter(column: int) -> str:
    """The letters of a column that counts from 0."""
    letters = ""
    rest = column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def refusal(file: str, message: str, remedy: str, spot: Spot = Spot()) -> InputError:
    """The input cannot be used as a whole."""
    name = f"{file} [{spot.sheet}]" if spot.sheet else file
    column = f"{spot.column} {spot.heading}".strip()
    return InputError([Problem(message, remedy, Place(name, spot.row, 0, column))])
