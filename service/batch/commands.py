"""`psea batch`: many applications at once, and the template for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.console import RulebookOption, print_json, reporting
from service.language import JsonOption, LanguageOption

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from rules.law import Law
    from service.batch.runs import Job, Run, Summary
    from service.register.register import Register

_SLOW = 1.0


def batch(
    language: LanguageOption,
    source: Annotated[
        Path | None,
        typer.Argument(metavar="INPUT", help="csv, xlsx, parquet, json lines", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="결과 파일(csv, xlsx, parquet, jsonl) · Where the answers go")
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--template", help="빈 서식(xlsx)을 씁니다 · Write the template (xlsx)")
    ] = None,
    executor: Annotated[
        str, typer.Option(help="duckdb, rete, spark; 정하지 않으면 건수에 따라 · by the number of rows")
    ] = "",
    sheet: Annotated[str, typer.Option(help="신청이 적힌 시트 · The sheet of the applications")] = "",
    quick: Annotated[
        bool,
        typer.Option("--quick", help="각 건을 한 번만 봅니다 · Take one look at each row"),
    ] = False,
    as_json: JsonOption = False,
    rulebook: RulebookOption = None,
) -> None:
    """여러 신청을 한꺼번에 진단합니다. · Many applications at once."""
    with reporting(language, as_json) as console:
        from rules.facts import EmploymentCase
        from service.console import chosen_for

        law = chosen_for(EmploymentCase, rulebook)
        if template is not None:
            with _writing(template):
                _template(template, law, language, console, as_json)
            return
        from service.batch.runs import Job, Run

        given, target = _files(source, out, executor)
        job = Job(given, target, language, law, _register(), executor, sheet, quick)
        run = Run(job)
        with _writing(target):
            summary = _worked(run, language)
        if as_json:
            print_json(_told(summary, job))
        else:
            _show(summary, job, console)
            for note in run.notes:
                console.print(note)
        if summary.refused:
            raise typer.Exit(1 if summary.rows else 2)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """A file that cannot be written is told with the reason."""
    from engine.errors import Place, refuse

    try:
        yield
    except OSError as error:
        raise refuse(
            f"The answers cannot be written ({error.strerror})",
            "Check permissions and the room on the disk, then start the same command again",
            Place(str(path)),
        ) from None


def _template(path: Path, law: "Law", language: str, console: "Console", as_json: bool) -> None:
    from service.batch.template import write
    from service.batch.words import say

    write(path, law.rulebook, language)
    if as_json:
        print_json({"template": str(path)})
    else:
        console.print(say(language, "summary", "template", path=path))


def _files(source: Path | None, out: Path | None, executor: str) -> tuple[Path, Path]:
    from engine.errors import Place, nearest, refuse
    from service.batch.output import SUFFIXES
    from service.batch.runs import EXECUTORS

    if source is None:
        raise refuse(
            "No table is given", "Write `psea batch INPUT --out OUT`, or `psea batch --template FILE`"
        )
    if out is None:
        raise refuse("It is not said where the answers go", "Add --out with a file name", Place("--out"))
    if out.suffix.lower() not in SUFFIXES:
        raise refuse(
            f"{out.suffix or out.name!r} is no format of answers",
            f"End the name with {', '.join(SUFFIXES)}",
            Place("--out"),
        )
    if executor and executor not in EXECUTORS:
        raise refuse(f"{executor!r} is not known here", nearest(executor, EXECUTORS), Place("--executor"))
    if not out.parent.is_dir():
        raise refuse("The folder of the answers does not exist", "Make it first", Place(str(out.parent)))
    if out.exists() and source.exists() and out.samefile(source):
        raise refuse("The answers would overwrite the table", "Choose another --out", Place(str(out)))
    return source, out


def _worked(run: "Run", language: str) -> "Summary":
    """Run with a progress bar on stderr once it has taken a second."""
    from time import monotonic

    begun = monotonic()
    bars: list[Progress] = []
    done = 0

    def tick(rows: int, total: int | None) -> None:
        nonlocal done
        done += rows
        if not bars and monotonic() - begun > _SLOW:
            bars.append(_bar(language))
        for bar in bars:
            bar.update(bar.task_ids[0], completed=done, total=total)

    try:
        return run.finish(tick)
    finally:
        for bar in bars:
            bar.stop()


def _register() -> "Register | None":
    """The register of the store, where one has been made."""
    from service.store import existing

    store = existing()
    if store is None:
        return None
    from service.register.register import Register

    return Register.from_store(store)


def _bar(language: str) -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from service.batch.words import say

    parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*parts, console=Console(stderr=True), transient=True)
    bar.add_task(say(language, "summary", "working"), total=None)
    bar.start()
    return bar


def _told(summary: "Summary", job: "Job") -> dict[str, object]:
    from service.batch.results import FAULT

    return {
        "out": str(job.out),
        "executor": summary.executor,
        "answered": summary.rows,
        "refused": summary.refused,
        "passed_over": summary.skipped,
        "outcomes": dict(sorted(summary.outcomes.items())),
        "errors": str(summary.errors) if summary.errors else None,
        "faults": [
            {**dict(zip(FAULT, fault, strict=True)), "times": times}
            for fault, times in summary.faults.values()
        ],
        "fault_count": summary.fault_count,
        "rulebook": job.law.rulebook.digest,
    }


def _show(summary: "Summary", job: "Job", console: "Console") -> None:
    from rich.markup import escape

    from service.batch.words import say

    def told(key: str, **values: object) -> str:
        return escape(say(job.language, "summary", key, **values))

    if summary.before == "restarted":
        console.print(told("restarted"))
    elif summary.before == "resumed":
        console.print(told("resumed", parts=summary.parts_before))
    console.print(told("done", good=summary.rows, out=job.out))
    titles = job.law.rulebook.words[job.language]
    for outcome, count in sorted(summary.outcomes.items(), key=lambda one: (-one[1], one[0])):
        console.print(f"  {count:>7,}  {escape(titles.text('outcomes', outcome, 'title'))}")
    if job.quick:
        console.print(told("quick"))
    if summary.skipped:
        console.print(told("skipped", skipped=summary.skipped))
    if summary.refused:
        where = summary.errors or ""
        console.print(
            f"[red]{told('bad', bad=summary.refused, faults=summary.fault_count, where=where)}[/red]"
        )
        for fault, times in summary.faults.values():
            _, sheet, row, column, heading, _, message, remedy = fault
            place = " ".join(part for part in (sheet, f"{column}{row}", heading) if part)
            often = f" (×{times:,})" if times > 1 else ""
            console.print(f"  [bold]{escape(place)}[/bold]{often}: {escape(f'{message}. {remedy}')}")
    console.print(say(job.language, "says", "notice"))
