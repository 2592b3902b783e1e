"""The month as a table: the official columns in csv for spreadsheets, and all of it in JSON."""

import csv
import io
import json
from typing import Any

from service.publication.counts import NAMES, Counts
from service.publication.decided import Decided
from service.publication.month import Month
from service.publication.notes import limits, notes, text
from service.publication.reasons import Ground, Reason
from service.publication.words import LANGUAGES, say, words

COLUMNS = (
    "연번",
    "퇴직 당시 소속",
    "직위(직급)",
    "퇴직일",
    "취업(예정) 기관(직위)",
    "일자",
    "심사결과",
    "결정사유",
)
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def cells(month: Month, row: Decided, number: int) -> tuple[int, *tuple[str, ...]]:
    """A row in the official columns; what is not known is empty."""
    return (
        number,
        row.agency,
        row.grade,
        row.retired,
        row.employer,
        row.started,
        say("ko", f"results.{row.result}"),
        reasons_told("ko", row.reasons) if month.has_reasons else "",
    )


def reasons_told(language: str, reasons: tuple[Reason, ...]) -> str:
    return "; ".join(_reason(language, reason) for reason in reasons)


def _reason(language: str, reason: Reason) -> str:
    if not reason.items:
        return say(language, f"reasons.{reason.ground}")
    named = [say(language, "reasons.item", item=item) for item in reason.items]
    return say(language, f"reasons.{reason.ground}_items", items=say(language, "reasons.join").join(named))


def grounds_used(month: Month) -> list[int]:
    """The items of Decree 34(3) that the published reasons name."""
    reasons = [reason for row in month.rows if month.has_reasons for reason in row.reasons]
    named = {Ground.APPROVAL, Ground.NOT_ITEMS}
    return sorted({item for reason in reasons if reason.ground in named for item in reason.items})


def csv_bytes(month: Month) -> bytes:
    """UTF-8 with BOM, as spreadsheets want it; where the rows fall short, remarks (※) below them say so."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for number, row in enumerate(month.rows, start=1):
        writer.writerow([_harmless(cell) for cell in cells(month, row, number)])
    for remark in _remarks(month):
        writer.writerow([f"※ {remark}", *[""] * (len(COLUMNS) - 1)])
    return out.getvalue().encode("utf-8-sig")


def _remarks(month: Month) -> list[str]:
    synthetic = [say("ko", "synthetic")] if month.synthetic else []
    return [*synthetic, *(text("ko", note) for note in limits(month))]


def _harmless(cell: int | str) -> int | str:
    """A text that a spreadsheet would compute, kept a text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_SIGNS) else cell


def json_bytes(month: Month) -> bytes:
    data = {
        "month": month.month,
        "synthetic": month.synthetic,
        "columns": COLUMNS,
        "rows": [
            {name: cell if cell != "" else None for name, cell in zip(COLUMNS, row, strict=True)}
            for row in (cells(month, row, number) for number, row in enumerate(month.rows, start=1))
        ],
        "counts": {
            "announced": _numbers(month.announced) if month.announced else None,
            "listed": _numbers(month.counted),
        },
        "rate": {
            "refused": month.rate.refused,
            "reviewed": month.rate.reviewed,
            "percent": month.rate.percent or None,
            "months": month.rate.months,
            "of": "announced" if month.rate.announced else "listed",
        },
        "legend": {
            language: {say("ko", f"results.{name}"): told for name, told in _legend(language).items()}
            for language in LANGUAGES
        },
        "notes": {language: [text(language, note) for note in notes(month)] for language in LANGUAGES},
        "sources": month.sources,
    }
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def _numbers(counts: Counts) -> dict[str, int | None]:
    return {name: counts.of(name) for name in NAMES}


def _legend(language: str) -> dict[str, Any]:
    return {name: told for name, told in words(language)["legend"].items() if name != "title"}
