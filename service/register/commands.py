"""`psea employers`: import, search, count and synthesise lists of covered employers (취업심사대상기관)."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from service.language import JsonOption, Language, LanguageOption

if TYPE_CHECKING:
    from rich.console import Console

    from rules.facts import EmployerKind
    from service.register.problems import Problem
    from service.register.register import Found, ImportReport, Register, Stats, Version
    from service.register.synthesis import Total

app = typer.Typer(
    name="employers",
    help="취업심사대상기관 목록 · The lists of covered employers",
    no_args_is_help=True,
    add_completion=False,
)

_SHOWN_PROBLEMS = 20
_MOST_RESULTS = 1_000
_PART = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

OnOption = Annotated[str | None, typer.Option("--on", help="기준일 · As of this day, YYYY-MM-DD")]
KnownOption = Annotated[
    str | None, typer.Option("--known", help="그날 알고 있던 대로 · As known on this day, YYYY-MM-DD")
]


@app.command("import")
def import_list(
    lang: LanguageOption,
    file: Annotated[Path, typer.Argument(help="csv 또는 xlsx · A csv or xlsx file")],
    year: Annotated[int | None, typer.Option(help="쓰이는 해(협회는 고시한 해) · Year of the list")] = None,
    from_on: Annotated[str | None, typer.Option("--from", help="첫날 · First day of validity")] = None,
    to_on: Annotated[str | None, typer.Option("--to", help="마지막 날 · Last day of validity")] = None,
    part: Annotated[
        str, typer.Option("--list", help="institutions, associations, additions ...")
    ] = "institutions",
    kind: Annotated[
        str | None, typer.Option(help="유형 열이 없을 때 · Kind, where no column says it")
    ] = None,
    known_from: Annotated[
        str | None, typer.Option(help="알게 된 날(기본: 오늘) · Day it became known (default: today)")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="출처(기본: 파일 이름) · Source (default: the file's name)")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """목록 올리기 · Import a list; an earlier version is kept."""
    with _answering(lang, as_json) as console:
        from service.register.register import UnusableRows

        first, last = _period(year, _date(from_on), _date(to_on), part)
        known_on = _date(known_from) or date.today()
        of_kind = _kind(kind)
        register = _register()
        try:
            with _progress(lang, "output.reading") as tick:
                report = register.import_file(
                    file,
                    first,
                    last,
                    known_on,
                    source or file.name,
                    part=_checked_part(part),
                    kind=of_kind,
                    tick=tick,
                )
        except UnusableRows as error:
            if as_json:
                _print_json(
                    {"error": _problem(error.problem, lang), "problems": _problems(error.problems, lang)}
                )
                raise typer.Exit(2) from None
            _show_problems(console, error.problems, lang)
            raise
        if as_json:
            _print_json(_report(report, lang))
        else:
            _show_reports(console, [report], lang)
            _show_problems(console, report.problems, lang)
        if report.problems:
            raise typer.Exit(1)


@app.command()
def search(
    lang: LanguageOption,
    text: Annotated[str, typer.Argument(help="이름·초성·사업자등록번호 · Name, initials or business number")],
    on: OnOption = None,
    known: KnownOption = None,
    limit: Annotated[int, typer.Option(help="찾을 개수 · Number of results")] = 10,
    as_json: JsonOption = False,
) -> None:
    """기관 찾기 · Find an institution on the lists in force on a day (default: today)."""
    with _answering(lang, as_json) as console:
        if not 1 <= limit <= _MOST_RESULTS:
            _refuse("bad_limit", text=str(limit))
        day, known_on = _date(on) or date.today(), _date(known)
        register = _register()
        identity = register.identity(day, known_on)
        found = register.search(text, day, known_on, limit)
        if as_json:
            _print_json(
                {
                    "text": text,
                    "on": day.isoformat(),
                    "known": known_on.isoformat() if known_on else None,
                    "synthetic": identity.synthetic,
                    "register": {
                        "year": identity.year,
                        "digest": identity.digest,
                        "lists": [_version(version) for version in identity.lists],
                    },
                    "matches": [_match(one) for one in found],
                }
            )
            return
        _show_found(console, found, text, day, lang)
        _show_used(console, identity.lists, day, lang)


@app.command()
def stats(
    lang: LanguageOption, on: OnOption = None, known: KnownOption = None, as_json: JsonOption = False
) -> None:
    """유형별 개수 · Count the institutions of each kind (default: on all lists)."""
    with _answering(lang, as_json) as console:
        day, known_on = _date(on), _date(known)
        register = _register()
        if day:
            register.identity(day, known_on)
        counted = register.stats(day, known_on)
        if as_json:
            synthetic = any(one.version.synthetic for one in counted)
            _print_json({"synthetic": synthetic, "lists": [_counts(one) for one in counted]})
            return
        _show_stats(console, counted, lang)


@app.command()
def synthesise(
    lang: LanguageOption,
    year: Annotated[int | None, typer.Option(help="해 · Year, such as 2026")] = None,
    on: Annotated[str | None, typer.Option("--date", help="날 · Day, such as 2014-06-25")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="csv·xlsx로 쓰기(저장하지 않음) · Write csv or xlsx instead of storing"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """가상 목록 만들기 · Make clearly marked synthetic lists with the published totals."""
    with _answering(lang, as_json) as console:
        day = _date(on)
        when = day or year
        if when is None or (day and year is not None):
            _refuse("choose_when")
        if out:
            _write_lists(console, when, out, lang, as_json)
            return
        register = _register()
        with _progress(lang, "output.building"):
            reports = register.synthesise(when, date.today())
        if as_json:
            _print_json({"synthetic": True, "lists": [_version(one.version) for one in reports]})
            return
        _show_reports(console, reports, lang)


def _write_lists(console: "Console", when: int | date, out: Path, lang: Language, as_json: bool) -> None:
    from service.register import exporter, synthesis
    from service.register.words import say

    totals = synthesis.totals_for(when)
    written = []
    for total in totals:
        path = out if len(totals) == 1 else _own_name(out, total)
        with _progress(lang, "output.building"):
            exporter.write(path, synthesis.listings(total), synthetic=True)
        written.append(_written(path, total))
        if not as_json:
            console.print(say(lang, "output.written", file=str(path), size=f"{total.total:,}"), markup=False)
    if as_json:
        _print_json({"synthetic": True, "files": written})
    else:
        _warn_synthetic(console, lang)


def _written(path: Path, total: "Total") -> dict[str, Any]:
    return {
        "file": str(path),
        "part": total.part,
        "from_on": total.from_on.isoformat(),
        "to_on": total.to_on.isoformat(),
        "size": total.total,
        "source": total.source,
    }


def _own_name(out: Path, total: "Total") -> Path:
    return out.with_name(f"{out.stem}-{total.part}-{total.from_on}{out.suffix}")


@contextmanager
def _answering(lang: Language, as_json: bool) -> Iterator["Console"]:
    """Turn what went wrong into words and exit code 2."""
    from rich.console import Console
    from sqlalchemy.exc import SQLAlchemyError

    from service.register.problems import Problem, RegisterError
    from service.store import StoreError

    try:
        yield Console(soft_wrap=False)
        return
    except RegisterError as error:
        problem = error.problem
    except (StoreError, SQLAlchemyError):
        problem = Problem("store")
    if as_json:
        _print_json({"error": _problem(problem, lang)})
    else:
        Console(stderr=True).print(problem.sentence(lang), style="red", markup=False, highlight=False)
    raise typer.Exit(2)


@contextmanager
def _progress(lang: Language, key: str) -> Iterator[Any]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from service.register.words import say

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(say(lang, key), total=None)
        yield lambda rows: progress.advance(task, rows)


def _register() -> "Register":
    from service.register.register import Register
    from service.store import engine

    return Register.from_store(engine())


def _refuse(code: str, **values: str) -> NoReturn:
    from service.register.problems import Problem, RegisterError

    raise RegisterError(Problem(code, values=values))


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        _refuse("bad_date", text=text)


def _period(year: int | None, first: date | None, last: date | None, part: str) -> tuple[date, date | None]:
    if year is not None and (first or last or not 1 <= year <= 9999):
        _refuse("choose_dates")
    if year is not None:
        return (date(year, 6, 30), None) if part == "associations" else (date(year, 1, 1), date(year, 12, 31))
    if first is None:
        _refuse("choose_dates")
    return first, last


def _checked_part(part: str) -> str:
    if not _PART.fullmatch(part):
        _refuse("bad_part", text=part)
    return part


def _kind(text: str | None) -> "EmployerKind | None":
    from service.register.vocabulary import kind_of, kind_words

    if text is None:
        return None
    kind = kind_of(text)
    if kind is None:
        _refuse("unknown_kind", text=text, kinds=kind_words())
    return kind


def _print_json(answer: dict[str, Any]) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _problem(problem: "Problem", lang: Language) -> dict[str, Any]:
    return {
        "code": problem.code,
        "file": problem.file,
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "what": problem.what(lang),
        "remedy": problem.remedy(lang),
    }


def _problems(problems: Iterable["Problem"], lang: Language) -> list[dict[str, Any]]:
    return [_problem(problem, lang) for problem in problems]


def _version(version: "Version") -> dict[str, Any]:
    return {
        "part": version.part,
        "from_on": version.from_on.isoformat(),
        "to_on": version.to_on.isoformat() if version.to_on else None,
        "known_from": version.known_from.isoformat(),
        "synthetic": version.synthetic,
        "source": version.source,
        "digest": version.digest,
        "size": version.size,
    }


def _report(report: "ImportReport", lang: Language) -> dict[str, Any]:
    return {
        "synthetic": report.version.synthetic,
        "new": report.new,
        "list": _version(report.version),
        "problems": _problems(report.problems, lang),
    }


def _match(one: "Found") -> dict[str, Any]:
    listing = one.match.listing
    return {
        "name": listing.name,
        "kind": listing.kind,
        "sector": listing.sector,
        "number": listing.number,
        "score": one.match.score,
        "why": one.match.why,
        "errors": one.match.errors,
        "list": {"part": one.version.part, "from_on": one.version.from_on.isoformat()},
        "synthetic": one.version.synthetic,
    }


def _counts(one: "Stats") -> dict[str, Any]:
    sectors = [
        {"kind": kind, "sector": sector, "count": count} for (kind, sector), count in one.sectors.items()
    ]
    kinds = {kind or "unknown": count for kind, count in one.kinds.items()}
    return {**_version(one.version), "kinds": kinds, "sectors": sectors}


def _headed(lang: Language, *keys: str) -> Any:
    from rich.table import Table

    from service.register.words import say

    table = Table()
    for key in keys:
        right = key in ("score", "count")
        table.add_column(say(lang, f"headings.{key}"), justify="right" if right else "left", overflow="fold")
    return table


def _part_word(version: "Version", lang: Language) -> str:
    from service.register.words import known

    return known(lang, f"parts.{version.part}", version.part)


def _period_words(version: "Version", lang: Language) -> str:
    from service.register.words import say

    return f"{version.from_on} ~ {version.to_on or say(lang, 'output.open_end')}"


def _show_reports(console: "Console", reports: Iterable["ImportReport"], lang: Language) -> None:
    from service.register.words import say

    shown = list(reports)
    for report in shown:
        console.print(
            say(
                lang,
                "output.stored" if report.new else "output.already",
                part=_part_word(report.version, lang),
                period=_period_words(report.version, lang),
                size=f"{report.version.size:,}",
            )
        )
    if any(report.version.synthetic for report in shown):
        _warn_synthetic(console, lang)


def _show_problems(console: "Console", problems: Iterable["Problem"], lang: Language) -> None:
    from rich.text import Text

    from service.register.words import say

    faults = list(problems)
    if not faults:
        return
    console.print(say(lang, "output.left_out", count=f"{len(faults):,}"), style="yellow")
    table = _headed(lang, "where", "what", "remedy")
    for fault in faults[:_SHOWN_PROBLEMS]:
        table.add_row(*map(Text, (fault.where(lang), fault.what(lang), fault.remedy(lang))))
    console.print(table)
    if len(faults) > _SHOWN_PROBLEMS:
        console.print(say(lang, "output.more", count=f"{len(faults) - _SHOWN_PROBLEMS:,}"))


def _show_found(console: "Console", found: list["Found"], text: str, day: date, lang: Language) -> None:
    from rich.text import Text

    from service.register.identifiers import hyphenated
    from service.register.words import say

    if not found:
        console.print(say(lang, "output.nothing", on=day.isoformat(), text=text), markup=False)
        return
    table = _headed(lang, "name", "kind", "number", "why", "score")
    for one in found:
        listing = one.match.listing
        table.add_row(
            Text(listing.name),
            say(lang, f"kinds.{listing.kind or 'unknown'}"),
            hyphenated(listing.number) if listing.number else "",
            say(lang, f"why.{one.match.why}", errors=str(one.match.errors)),
            f"{one.match.score:.1f}",
        )
    console.print(table)


def _show_used(console: "Console", lists: Iterable["Version"], day: date, lang: Language) -> None:
    from service.register.words import say

    used = list(lists)
    words = [f"{_part_word(one, lang)} {_period_words(one, lang)} ({one.digest[:12]})" for one in used]
    console.print(
        say(lang, "output.used", on=day.isoformat(), lists="; ".join(words)), highlight=False, markup=False
    )
    if any(one.synthetic for one in used):
        _warn_synthetic(console, lang)


def _show_stats(console: "Console", counted: list["Stats"], lang: Language) -> None:
    from rich.text import Text

    from service.register.words import say

    if not counted:
        console.print(say(lang, "output.no_lists"))
        return
    for one in counted:
        table = _headed(lang, "kind", "sector", "count")
        table.title = f"{_part_word(one.version, lang)} {_period_words(one.version, lang)}"
        table.caption = Text(one.version.source)
        for kind, count in one.kinds.items():
            table.add_row(say(lang, f"kinds.{kind or 'unknown'}"), "", f"{count:,}")
            for (of_kind, sector), part_count in one.sectors.items():
                if of_kind == kind:
                    table.add_row("", Text(sector), f"{part_count:,}", style="dim")
        table.add_section()
        table.add_row(say(lang, "output.total"), "", f"{one.version.size:,}", style="bold")
        console.print(table)
    if any(one.version.synthetic for one in counted):
        _warn_synthetic(console, lang)


def _warn_synthetic(console: "Console", lang: Language) -> None:
    from service.register.words import say

    console.print(say(lang, "output.synthetic"), style="bold yellow")
