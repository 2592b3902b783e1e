"""How commands answer: on the console or as JSON, and what they say of input that cannot be used."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.language import say

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from engine.facts import CaseModel
    from rules.law import Law

RulebookOption = Annotated[
    Path | None, typer.Option("--rulebook", help="규칙집 폴더 · Folder of another rulebook")
]
LawOfOption = Annotated[
    str,
    typer.Option(
        help="이 날(YYYY-MM-DD)의 법으로, 사실은 그대로 두고 · Under the law of this day, with the same facts"
    ),
]


@contextmanager
def reporting(language: str, as_json: bool = False) -> Iterator["Console"]:
    """A console to answer on; input that cannot be used is reported with place and remedy, exit 2."""
    from rich.console import Console

    from engine.errors import InputError
    from service.store import StoreError

    try:
        yield Console(soft_wrap=False, highlight=False)
    except InputError as error:
        _refuse(error, language, as_json)
    except StoreError as error:
        Console(stderr=True, highlight=False).print(f"[red]{error}[/red]")
        raise typer.Exit(2) from None


def _refuse(error: Any, language: str, as_json: bool) -> None:
    from rich.console import Console
    from rich.markup import escape

    from engine.errors import Problem
    from service.problems import spoken

    if as_json:
        print_json({"problems": [told(problem) for problem in error.problems]})
    else:
        console = Console(stderr=True, highlight=False)
        console.print(f"[bold red]{say(language, 'problems')}[/bold red]")
        for problem in error.problems:
            place = f"[bold]{escape(str(problem.place))}[/bold]: " if str(problem.place) else ""
            console.print(f"  {place}{escape(str(Problem(*spoken(problem, language))))}")
    raise typer.Exit(2)


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def told(problem: Any) -> dict[str, Any]:
    place = problem.place
    return {
        "message": problem.message,
        "remedy": problem.remedy,
        "file": place.file or None,
        "line": place.line or None,
        "column": place.column or None,
        "path": place.path or None,
    }


def chosen(rulebook: Path | None = None) -> "tuple[Law, ...]":
    """The rulebooks to work with: all as loaded, or that of a folder alone."""
    from rules.law import laws, open_law

    return laws() if rulebook is None else (open_law(rulebook),)


def chosen_for(model: type["CaseModel"], rulebook: Path | None = None) -> "Law":
    """The rulebook that answers cases of a kind. Raises InputError where the folder holds another."""
    from engine.errors import Place, refuse
    from rules.law import law_for, open_law

    if rulebook is None:
        return law_for(model)
    law = open_law(rulebook)
    if law.rulebook.model is not model:
        raise refuse(
            "This rulebook answers other cases", "Give the folder of the other rulebook", Place(str(rulebook))
        )
    return law


def day_of(text: str, option: str) -> "date":
    """The day that an option gives. Raises InputError where it is none."""
    from datetime import date

    from engine.errors import Place, refuse

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refuse(f"{text!r} is not a day", "Write it as 2026-03-31", Place(option)) from None


def of_day(law: "Law", law_of: str, language: str) -> "tuple[Law, tuple[str, ...]]":
    """The law to answer under, with a note where `--law-of` names the day whose law that is."""
    if not law_of:
        return law, ()
    from engine.speech import Speaker
    from rules.compare import law_on

    day = day_of(law_of, "--law-of")
    shown = Speaker(law.rulebook, language).day(day)
    return law_on(law, day), (say(language, "law_applied", day=shown),)
