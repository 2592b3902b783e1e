"""The numbers that are announced each month: reviewed, results, deferred, fined."""

from pathlib import Path

from cases.published.months import read_period
from engine.errors import InputError, Place, Problem, refuse
from service.publication.counts import NAMES, Counts
from service.publication.personal import personal_data
from service.publication.records import records, squeezed

_HEADINGS = {
    "month": "month 심사월 심사년월 심사연월 회의월",
    "reviewed": "reviewed 심사 심사건수 심사인원",
    "possible": "possible 취업가능",
    "approved": "approved 취업승인",
    "possible_or_approved": "possible_or_approved 취업가능또는취업승인",
    "restricted": "restricted 취업제한",
    "disapproved": "disapproved 취업불승인",
    "restricted_or_disapproved": "restricted_or_disapproved 취업제한또는취업불승인",
    "deferred": "deferred 심사보류 보류",
    "fined": "fined 과태료 과태료부과요청",
    "unauthorised_found": "unauthorised_found 임의취업 임의취업적발",
}
_KNOWN = {squeezed(word): name for name, words in _HEADINGS.items() for word in words.split()}


def read_meetings(path: Path) -> tuple[dict[str, Counts], list[Problem]]:
    """The announced numbers by month, and what is wrong with the rows that give none.

    Raises InputError where the file cannot be read at all or tells who anybody is.
    """
    table = [(line, record) for line, record in records(path) if any(record)]
    columns = [_KNOWN.get(squeezed(cell), "") for cell in table[0][1]] if table else []
    if not {"month", "reviewed"} <= set(columns):
        raise refuse(
            "There is no heading row with month and reviewed",
            "Put the headings month (심사월) and reviewed (심사 건수) above the numbers",
            Place(str(path), 1),
        )
    if told := [*personal_data(str(path), table, frozenset(_KNOWN))]:
        raise InputError(told)
    counts: dict[str, Counts] = {}
    problems: list[Problem] = []
    for line, record in table[1:]:
        place = Place(str(path), line)
        cells = {name: cell for name, cell in zip(columns, record, strict=False) if name}
        try:
            month, found = _read(cells, place)
        except InputError as error:
            problems += error.problems
            continue
        if month in counts:
            problems.append(Problem(f"The month {month} stands twice", "Keep one of the rows", place))
        else:
            counts[month] = found
    return counts, problems


def _read(cells: dict[str, str], place: Place) -> tuple[str, Counts]:
    problems: list[Problem] = []
    month = _month(cells["month"], place, problems)
    numbers = {name: _number(cells.get(name, ""), name, place, problems) for name in NAMES}
    counts = Counts(**numbers)
    if not problems and not counts.adds_up:
        problems.append(
            Problem(
                f"The results do not add up to the {counts.reviewed} reviewed",
                "Correct a number, or leave out the one that is not known",
                place,
            )
        )
    if problems:
        raise InputError(problems)
    return month, counts.told_apart


def _month(text: str, place: Place, problems: list[Problem]) -> str:
    try:
        period = read_period(text)
    except ValueError:
        period = None
    if not isinstance(period, str) or len(period) < len("2025-12"):
        wrong = Place(place.file, place.line, path="month")
        problems.append(Problem(f"{text!r} is not a month", "Write it as 2025-12", wrong))
        return ""
    return period[: len("2025-12")]


def _number(text: str, name: str, place: Place, problems: list[Problem]) -> int | None:
    digits = text.replace(",", "")
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
        wrong = Place(place.file, place.line, path=name)
        problems.append(
            Problem(f"{text!r} is not a number of reviews", "Write digits, or nothing if not known", wrong)
        )
        return None
    return int(digits) if digits else None
