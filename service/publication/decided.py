"""Decided rows: read from a table, held to what may be published, parted into the month's and the others."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cases.published.months import PLANNED, read_period
from cases.published.results import Decision
from cases.published.table import HEADINGS, Row, read_table
from engine.errors import InputError, Place, Problem, nearest, refuse
from engine.values import Domain, Known, parse_known
from service.publication.personal import personal_data
from service.publication.reasons import FITTING, Reason, read_reasons
from service.publication.records import Record, records, squeezed
from service.register.vocabulary import Column, heading, is_synthetic

DEFERRED = "deferred"
REVIEWED = tuple(str(decision) for decision in FITTING)
_WORDS = {
    **{str(decision): str(decision) for decision in Decision},
    DEFERRED: DEFERRED,
    "취업가능": "possible",
    "취업승인": "approved",
    "취업제한": "restricted",
    "취업불승인": "disapproved",
    "취업가능또는취업승인": "possible_or_approved",
    "취업제한또는취업불승인": "restricted_or_disapproved",
    "심사보류": DEFERRED,
    "과태료": "fined",
    "고발": "complaint",
}
_KNOWN = {re.sub("^취업|^심사", "", word): result for word, result in _WORDS.items()} | _WORDS
_HEADINGS = frozenset(HEADINGS["decision"].split())
_MONTH = re.compile(r"(?P<year>(?:19|20)\d{2})-(?P<month>0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Decided:
    """One decided row in published words; `month` is YYYY-MM, `result` one of `REVIEWED` or only counted."""

    month: str
    agency: str
    grade: str
    retired: str
    employer: str
    started: str
    result: str
    reasons: tuple[Reason, ...]
    source: str
    line: int

    @property
    def listed(self) -> bool:
        return self.result in REVIEWED


@dataclass(frozen=True)
class Decisions:
    """What a file says of a month and the months of its year before it.

    `others` rows are of other times, `unsettled` may be of the month or not; `dated` is false where no
    column tells the month, so that every row is taken to be of the month asked for.
    """

    rows: tuple[Decided, ...]
    others: int
    unsettled: int
    dated: bool
    synthetic: bool
    problems: tuple[Problem, ...]


def month_of(text: str) -> str:
    """The month that is asked for, YYYY-MM. Raises InputError where it is none."""
    if not _MONTH.fullmatch(text):
        raise refuse(f"{text!r} is not a month", "Write it as 2025-12", Place("YYYY-MM"))
    return text


def read_decided(path: Path, month: str) -> Decisions:
    """Read the rows of a month and of its year before it; rows that cannot be read become problems.

    Raises InputError where the file cannot be read at all, or tells who anybody is.
    """
    rows, problems = read_table(path)
    table = [*records(path)]
    _refuse_personal(str(path), table)
    found: list[Decided] = []
    others = unsettled = 0
    for row in _unlike(rows, problems):
        when = _when(row, month, problems)
        if when is None:
            continue
        first, last = when
        if first != last:
            within = first <= month <= last
            unsettled += within
            others += not within
            continue
        if not f"{month[:4]}-01" <= first <= month:
            others += 1
            continue
        try:
            found.append(_read(row, first))
        except InputError as error:
            problems += error.problems
        others += first != month
    return Decisions(
        rows=tuple(found),
        others=others,
        unsettled=unsettled,
        dated=not rows or "month" in rows[0].cells,
        synthetic=_says_synthetic(table),
        problems=tuple(sorted(problems, key=lambda problem: problem.place.line)),
    )


def _refuse_personal(file: str, table: Sequence[Record]) -> None:
    told = [*personal_data(file, table, _HEADINGS)]
    if told:
        raise InputError(told)


def _unlike(rows: Iterable[Row], problems: list[Problem]) -> Iterator[Row]:
    """The rows without those whose id stands twice; many rows have no id."""
    seen: set[str] = set()
    for row in rows:
        name = row.text("id")
        if name and name in seen:
            problems.append(Problem(f"The case {name!r} stands twice", "Give it its own id", row.place("id")))
        else:
            seen.add(name)
            yield row


def _when(row: Row, month: str, problems: list[Problem]) -> tuple[str, str] | None:
    """The first and the last month in which the row may have been decided; none where it does not say."""
    if "month" not in row.cells:
        return month, month
    known = _known(row, "month", problems)
    if known is None:
        return None
    if not row.text("month"):
        problems.append(
            Problem(
                "The month of the review is missing",
                "Write it as 2025-12, 2025.12 or '25년 12월",
                row.place("month"),
            )
        )
        return None
    low, high = _ends(known)
    return f"{low:%Y-%m}" if low else "0000-00", f"{high:%Y-%m}" if high else "9999-99"


def _read(row: Row, month: str) -> Decided:
    """The row in published words. Raises InputError with every problem of it."""
    problems: list[Problem] = []
    retired, started = (_known(row, column, problems) for column in ("retired_on", "start_on"))
    result = _result(row, problems)
    reasons = _reasons(row, result, problems)
    if not row.text("agency") and not row.text("grade"):
        problems.append(
            Problem(
                "Neither agency nor grade is given",
                "Write 퇴직 당시 소속 and 직위(직급)",
                row.place("agency"),
            )
        )
    if retired and started:
        problems += _backwards(row, retired, started)
    if problems:
        raise InputError(problems)
    return Decided(
        month=month,
        agency=row.text("agency"),
        grade=row.text("grade"),
        retired=_period(row, "retired_on"),
        employer=_employer(row),
        started=_period(row, "start_on"),
        result=result,
        reasons=reasons,
        source=row.text("source"),
        line=row.line,
    )


def _known(row: Row, column: str, problems: list[Problem]) -> Known[date] | None:
    try:
        return parse_known(read_period(row.text(column)), Domain("date"))
    except ValueError as error:
        problems.append(Problem(str(error), "Write it as 2025-12, 2025.12 or '25년 12월", row.place(column)))
        return None


def _ends(known: Known[date]) -> tuple[date | None, date | None]:
    if known.options:
        return known.options[0], known.options[-1]
    return known.low, known.high


def _backwards(row: Row, retired: Known[date], started: Known[date]) -> Iterator[Problem]:
    (retirement, _), (_, start) = _ends(retired), _ends(started)
    if retirement and start and start < retirement:
        yield Problem(
            f"The job starts ({start:%Y-%m}) before the retirement ({retirement:%Y-%m})",
            "Correct one of the two dates; only employment after retirement is reviewed",
            row.place("start_on"),
        )


def _result(row: Row, problems: list[Problem]) -> str:
    word = re.sub(r"\s+", "", row.text("decision"))
    result = _KNOWN.get(word, "")
    if not result:
        said = f"{row.text('decision')!r} is no result of a review" if word else "The result is missing"
        problems.append(Problem(said, nearest(word, _WORDS), row.place("decision")))
    return result


def _reasons(row: Row, result: str, problems: list[Problem]) -> tuple[Reason, ...]:
    if result not in REVIEWED:
        return ()
    try:
        reasons = read_reasons(row.text("ground"))
    except ValueError as error:
        remedy = "Name the article and the item, as in 법 제17조제2항제8호 or 영 제34조제3항제9호"
        problems.append(Problem(str(error), remedy, row.place("ground")))
        return ()
    if not {reason.ground for reason in reasons} <= FITTING[Decision(result)]:
        problems.append(
            Problem(
                f"This reason does not go with the result {row.text('decision')!r}",
                "Correct the reason or the result",
                row.place("ground"),
            )
        )
    return reasons


def _employer(row: Row) -> str:
    """The employer with the position behind it in brackets, as the official lists write it."""
    if "both" in row.cells:
        return row.text("both")
    employer, position = row.text("employer"), row.text("employer_position")
    return f"{employer or '미상'} ({position})" if position else employer


def _period(row: Row, column: str) -> str:
    """A period in the official form, by months: '25년 12월, and what else is known where it is less."""
    said = read_period(row.text(column))
    planned = " 예정" if said and PLANNED in row.text(column) else ""
    return _shown(said) + planned


def _shown(period: Any) -> str:
    if period is None:
        return ""
    if isinstance(period, dict):
        return "~".join(dict.fromkeys(_month(day) for day in (period["at_least"], period["at_most"])))
    days = period if isinstance(period, list) else [period]
    return " 또는 ".join(dict.fromkeys(map(_month, days)))


def _month(day: str) -> str:
    year, *rest = day.split("-")
    shown = f"'{year[2:]}년" if year >= "2000" else f"{year}년"
    return f"{shown} {int(rest[0])}월" if rest else shown


def _says_synthetic(table: Sequence[Record]) -> bool:
    """Whether any row says of its data (자료 구분) that it is synthetic."""
    headings = next((record for _, record in table if _HEADINGS & set(map(squeezed, record))), [])
    columns = [place for place, cell in enumerate(headings) if heading(cell) is Column.ORIGIN]
    return any(
        is_synthetic(record[column]) for _, record in table for column in columns if column < len(record)
    )
