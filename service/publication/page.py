"""The month as a page: Korean with English beside it, complete on its own, without script."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.publication.counts import NAMES, Counts
from service.publication.month import Month
from service.publication.notes import notes, text
from service.publication.tables import cells, grounds_used, reasons_told
from service.publication.words import month_name, say, words

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
_ALWAYS = ("reviewed", "possible", "approved", "restricted", "disapproved", "deferred", "fined")


def page_bytes(month: Month) -> bytes:
    """The page in UTF-8; the same month gives the same bytes."""
    page = _template().render(
        month=month,
        names={language: month_name(language, month.month) for language in ("ko", "en")},
        rows=[_row(month, number) for number in range(1, len(month.rows) + 1)],
        columns=_shown_counts(month),
        announced=month.announced,
        notes=notes(month),
        joined=_joined(month),
        rate_months={language: _rate_months(month, language) for language in ("ko", "en")},
        grounds=grounds_used(month),
        results=tuple(name for name in words("ko")["legend"] if name != "title"),
        say=say,
        note_text=text,
        words=words,
    )
    return page.encode()


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("month.html")


def _row(month: Month, number: int) -> dict[str, Any]:
    row = month.rows[number - 1]
    _, *told = cells(month, row, number)
    return {
        "number": number,
        "cells": told[:-2],
        "result": told[-2],
        "result_en": say("en", f"results.{row.result}"),
        "kind": row.result,
        "reason": told[-1],
        "reason_en": reasons_told("en", row.reasons),
    }


def _shown_counts(month: Month) -> list[str]:
    """The numbers to show: the usual ones, and of the others those that are known and not nought."""
    both: list[Counts] = [counts for counts in (month.announced, month.counted) if counts]
    return [name for name in NAMES if name in _ALWAYS or any(counts.of(name) for counts in both)]


def _joined(month: Month) -> tuple[str, dict[str, int]] | None:
    """How the releases of the time put the numbers, where they put two into one."""
    if month.joined is None:
        return None
    passed, refused = month.joined
    approved, disapproved = month.counts.approved, month.counts.disapproved
    unsplit = month.counts.possible_or_approved or month.counts.restricted_or_disapproved
    if unsplit or approved is None or disapproved is None:
        return "joined_unsplit", {"passed": passed, "refused": refused}
    return "joined", {
        "passed": passed,
        "refused": refused,
        "approved": approved,
        "disapproved": disapproved,
    }


def _rate_months(month: Month, language: str) -> dict[str, str]:
    """The months in the rate, and those of the year before this one that are not."""
    until = [f"{month.month[:4]}-{number:02}" for number in range(1, int(month.month[5:]) + 1)]
    missing = [when for when in until if when not in month.rate.months]
    return {
        "known": _listed(month.rate.months, language),
        "missing": _listed(missing, language),
    }


def _listed(months: tuple[str, ...] | list[str], language: str) -> str:
    return ", ".join(month_name(language, when, short=True) for when in months)
