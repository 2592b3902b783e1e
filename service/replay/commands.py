"""`psea replay`: history again, under the law of each case's day, another day's, or another rulebook."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.console import LawOfOption, day_of, print_json, reporting
from service.language import JsonOption, LanguageOption

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from cases.replay import Event
    from cases.simulation import Simulation
    from engine.errors import Problem
    from rules.law import Law
    from service.replay.report import Names, Report

PAGE, DATA = "replay.html", "replay.json"


def replay(
    language: LanguageOption,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="사례 파일이나 폴더 · Case files or folders")
    ] = None,
    law_of: LawOfOption = "",
    against: Annotated[
        Path | None, typer.Option(help="견줄 다른 규칙집 폴더 · Folder of another rulebook")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="보고서(HTML, JSON)를 쓸 폴더 · Folder for the report")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """지난 사례를 그날의 법이나 다른 법으로 다시 돌립니다. · History again, and what changes by which rule.

    PATHS를 주지 않으면 공개된 심사 결과와 판례를 모두 돌리고, 2014·2015년 개정의 모의실험을 덧붙입니다.
    다른 점이 있어도 0으로 끝납니다.

    Without PATHS: every published result and the court decisions, with a simulation of the changes of 2014
    and 2015. Exit 0 also where something differs.
    """
    with reporting(language, as_json) as console:
        from engine.errors import InputError
        from service.replay.report import as_data

        day = day_of(law_of, "--law-of") if law_of else None
        report = _report(tuple(paths or ()), day, against, console, language, quiet=as_json)
        if out is not None:
            _write(report, out, language)
        if as_json:
            print_json(as_data(report))
        else:
            from service.replay.terminal import show

            show(report, out, language, console)
        if report.problems:
            raise InputError(report.problems) if not as_json else typer.Exit(2)


def _report(
    paths: tuple[Path, ...],
    day: "date | None",
    against: Path | None,
    console: "Console",
    language: str,
    *,
    quiet: bool,
) -> "Report":
    from cases.replay import replay as replayed
    from service.replay.report import Report

    events, problems = _events(paths)
    pairs, passed = _laws(events, day, against)
    replays = []
    for old, new, names in pairs:
        own = [event for event in events if isinstance(event.case.facts, old.rulebook.model)]
        with _progress(len(own), "replaying", console, language, quiet=quiet) as tick:
            found, contradictory = replayed(old, new, _ticking(own, tick))
        replays.append((found, names))
        problems += contradictory
    simulation = None if paths else _simulated(console, language, quiet=quiet)
    return Report(tuple(replays), passed, tuple(problems), simulation, whole=not paths)


def _events(paths: tuple[Path, ...]) -> "tuple[list[Event], list[Problem]]":
    from cases.replay import below, history

    if not paths:
        return history()
    found = [below(path) for path in paths]
    return [event for events, _ in found for event in events], [one for _, bad in found for one in bad]


def _laws(
    events: "Iterable[Event]", day: "date | None", against: Path | None
) -> "tuple[list[tuple[Law, Law | None, Names]], tuple[str, ...]]":
    """For each rulebook that answers some case: the law before and now; rulebooks that lack the day."""
    from engine.difference import holds
    from engine.errors import Place, refuse
    from rules.law import law_for, open_law

    kinds = {type(event.case.facts): None for event in events}
    laws = [law_for(kind) for kind in kinds]
    if against is not None:
        other = open_law(against)
        laws = [law for law in laws if law.rulebook.model is other.rulebook.model]
        if not laws:
            raise refuse(
                "No case here is answered by that rulebook",
                "Give the folder of the other rulebook, or other cases",
                Place(str(against)),
            )
        return [_beside(laws[0], other, day, against)], ()
    lacking = tuple(law.rulebook.name for law in laws if day and not holds(law.rulebook, day))
    known = [law for law in laws if law.rulebook.name not in lacking] or laws[:1]
    return [_beside(law, law if day else None, day, None) for law in known], lacking


def _beside(
    old: "Law", other: "Law | None", day: "date | None", against: Path | None
) -> "tuple[Law, Law | None, Names]":
    from rules.advice import LANGUAGES
    from rules.compare import law_on
    from service.replay.report import Names
    from service.replay.words import words

    def named(key: str, **values: Any) -> dict[str, str]:
        return {language: str(words(language)["laws"][key]).format(**values) for language in LANGUAGES}

    new = law_on(other, day) if other and day else other
    if against is not None:
        called = named("against_day" if day else "against", folder=against, day=day)
    else:
        called = named("day", day=day) if day else {}
    return old, new, Names(named("own"), called)


def _simulated(console: "Console", language: str, *, quiet: bool) -> "Simulation":
    from cases.record import record
    from cases.simulation import simulate, steps
    from rules.law import employment

    reviewed = {one.year: one.reviewed for one in record().limits}
    with _progress(steps(reviewed), "simulating", console, language, quiet=quiet) as tick:
        return simulate(employment(), reviewed, tick)


@contextmanager
def _progress(
    total: int, key: str, console: "Console", language: str, *, quiet: bool
) -> Iterator[Callable[[], None]]:
    """A bar over so many steps, each of which is told by a call."""
    from rich.progress import Progress

    from service.replay.words import words

    hidden = quiet or not console.is_terminal
    with Progress(console=console, transient=True, disable=hidden) as progress:
        task = progress.add_task(words(language)["terminal"][key], total=total)
        yield lambda: progress.advance(task)


def _ticking(events: "Iterable[Event]", tick: Callable[[], None]) -> "Iterator[Event]":
    for event in events:
        yield event
        tick()


def _write(report: "Report", out: Path, language: str) -> None:
    import json

    from engine.errors import Place, refuse
    from service.replay.page import page
    from service.replay.report import as_data

    data = json.dumps(as_data(report), ensure_ascii=False, indent=1) + "\n"
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / PAGE).write_text(page(report, language), encoding="utf-8", newline="\n")
        (out / DATA).write_text(data, encoding="utf-8", newline="\n")
    except OSError as error:
        raise refuse(
            f"The report cannot be written ({error.strerror})", "Choose another folder", Place(str(out))
        ) from None
