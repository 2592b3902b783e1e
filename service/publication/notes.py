"""What has to be said with a month, so that nobody takes its list for more than it is."""

from collections.abc import Iterator
from typing import Any

from service.publication.month import Month
from service.publication.words import say

Note = tuple[str, dict[str, Any]]
LIMITS = frozenset({"unlisted", "partial", "overrun", "unread", "unsettled", "unreviewed", "unreasoned"})


def notes(month: Month) -> list[Note]:
    """The notes of a month as keys with their values, the standing ones first."""
    return [("names", {}), ("months", {}), ("numbers", {}), *_of_rows(month), *_of_counts(month)]


def limits(month: Month) -> list[Note]:
    """The notes that tell where the month falls short: what a reader of the bare rows must know as well."""
    return [note for note in notes(month) if note[0] in LIMITS]


def text(language: str, note: Note) -> str:
    key, values = note
    if key == "overrun":
        values = {"names": ", ".join(say(language, f"counts.{name}") for name in values["names"])}
    return say(language, f"notes.{key}", **values)


def _of_rows(month: Month) -> Iterator[Note]:
    if not month.rows:
        return
    yield "unknown", {}
    if not month.has_reasons:
        yield "no_reasons", {}
    if month.unreasoned:
        yield "unreasoned", {"rows": month.unreasoned}
    if month.unsplit:
        yield "unsplit", {"rows": month.unsplit}
    if month.sources:
        yield "sources", {"names": ", ".join(month.sources)}


def _of_counts(month: Month) -> Iterator[Note]:
    if month.announced is None:
        yield "uncounted", {}
    elif month.announced.reviewed is None:
        yield "unreviewed", {}
    elif len(month.rows) < month.announced.reviewed:
        yield "partial", {"reviewed": month.announced.reviewed, "rows": len(month.rows)}
    if month.overrun:
        yield "overrun", {"names": month.overrun}
    if month.unread:
        yield "unread", {"rows": month.unread}
    if month.unlisted:
        yield "unlisted", {"rows": month.unlisted}
    if month.unsettled:
        yield "unsettled", {"rows": month.unsettled}
