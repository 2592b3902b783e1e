"""`psea publish`: the month's results as a page, a table and data."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.console import print_json, reporting, told
from service.language import JsonOption, LanguageOption

if TYPE_CHECKING:
    from rich.console import Console

    from engine.errors import Problem
    from service.publication.decided import Decisions
    from service.publication.month import Month


def publish(
    month: Annotated[str, typer.Argument(metavar="YYYY-MM", help="심사한 달 · Month of the reviews")],
    decided: Annotated[Path, typer.Option("--from", help="결정된 행(csv) · Decided rows (csv)")],
    out: Annotated[Path, typer.Option("--out", help="쓸 폴더 · Folder to write to")],
    language: LanguageOption,
    meetings: Annotated[
        Path | None,
        typer.Option("--meetings", help="달마다 발표된 건수(csv) · Numbers announced by month (csv)"),
    ] = None,
    keep_going: Annotated[
        bool,
        typer.Option(
            "--keep-going", help="못 읽는 행은 빼고 공개 · Publish without the rows that cannot be read"
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """한 달의 심사 결과를 이름 없이 공개합니다. · The month's results, without names."""
    with reporting(language, as_json) as console:
        from service.publication.decided import month_of, read_decided
        from service.publication.files import write_files
        from service.publication.meetings import read_meetings
        from service.publication.month import gather
        from service.publication.page import page_bytes
        from service.publication.tables import csv_bytes, json_bytes

        decisions = read_decided(decided, month_of(month))
        announced, amiss = read_meetings(meetings) if meetings else (None, [])
        problems = [*decisions.problems, *amiss]
        if problems and not keep_going:
            _refuse_incomplete(problems)
        published = gather(month, decisions, announced)
        _refuse_nothing(published, decided)
        makers = {"html": page_bytes, "csv": csv_bytes, "json": json_bytes}
        paths = write_files(out, {f"{month}.{kind}": make(published) for kind, make in makers.items()})
        if as_json:
            print_json(_summary(published, decisions, paths, problems))
        else:
            _show(published, decisions, paths, problems, console, language)
        if problems:
            raise typer.Exit(1)


def _refuse_incomplete(problems: "Sequence[Problem]") -> None:
    from engine.errors import InputError, Place, Problem

    raise InputError(
        [
            *problems,
            Problem(
                "Nothing was published, because a month with rows left out is not the month's results",
                "Correct the file, or publish without them by --keep-going; the page then says so",
                Place(problems[0].place.file),
            ),
        ]
    )


def _refuse_nothing(published: "Month", decided: Path) -> None:
    from engine.errors import Place, refuse

    if not published.rows and published.announced is None:
        raise refuse(
            f"There is neither a row nor a number of {published.month}",
            "Check the month, or give the numbers announced by --meetings",
            Place(str(decided)),
        )


def _summary(
    published: "Month", decisions: "Decisions", paths: Sequence[Path], problems: "Sequence[Problem]"
) -> dict[str, object]:
    from service.publication.notes import limits, text

    return {
        "month": published.month,
        "files": [str(path) for path in paths],
        "rows": len(published.rows),
        "others": decisions.others,
        "unsettled": decisions.unsettled,
        "dated": decisions.dated,
        "synthetic": published.synthetic,
        "rate": published.rate.percent or None,
        "rate_of": "announced" if published.rate.announced else "listed",
        "notes": [text("en", note) for note in limits(published)],
        "problems": [told(problem) for problem in problems],
    }


def _show(
    published: "Month",
    decisions: "Decisions",
    paths: Sequence[Path],
    problems: "Sequence[Problem]",
    console: "Console",
    language: str,
) -> None:
    from engine.errors import Problem
    from service.problems import spoken
    from service.publication.notes import limits, text
    from service.publication.words import month_name, say

    name = month_name(language, published.month)
    lines = [say(language, "command.rows", month=name, rows=len(published.rows), others=decisions.others)]
    lines += [] if decisions.dated else [say(language, "command.undated")]
    lines += [say(language, "synthetic")] if published.synthetic else []
    lines += [text(language, note) for note in limits(published)]
    lines += [say(language, "command.wrote", path=path) for path in paths]
    lines += [say(language, "command.left_out")] if problems else []
    lines += [str(Problem(*spoken(problem, language), problem.place)) for problem in problems]
    for line in lines:
        console.print(line, markup=False)
