"""`psea cases`: case files, their schema, and running them."""

from pathlib import Path
from typing import Annotated, Any

import typer

from service.console import RulebookOption, chosen, print_json, reporting, told
from service.language import JsonOption, LanguageOption, say

app = typer.Typer(help="사례 파일 · Case files", no_args_is_help=True)


@app.command("schema")
def schema(
    advice: Annotated[
        bool, typer.Option("--advice", help="진단 결과의 스키마 · Of an advice instead")
    ] = False,
) -> None:
    """사례 파일의 JSON Schema. · The JSON Schema of a case file, or of an advice."""
    from cases.files import case_schema
    from rules.advice import advice_schema

    print_json(advice_schema() if advice else case_schema())


@app.command("run")
def run_cases(
    folder: Annotated[Path, typer.Argument(help="사례 파일이나 폴더 · A case file or a folder of them")],
    language: LanguageOption,
    as_json: JsonOption = False,
    rulebook: RulebookOption = None,
) -> None:
    """사례를 다시 돌려 예상과 견줍니다. · Replay cases and compare them with what they expect."""
    with reporting(language, as_json) as console:
        from rich.markup import escape
        from rich.progress import track

        from cases.files import find_cases, readable_cases
        from cases.runner import checked, run
        from engine.errors import InputError

        problems: list[Any] = []
        found = []
        for path in find_cases(folder):
            try:
                cases_of_file, unreadable = readable_cases(path)
                found += cases_of_file
                problems += unreadable
            except InputError as error:
                problems += error.problems
        shown = track(
            found, console=console, transient=True, disable=as_json or len(found) < 50, description=""
        )
        run_through, contradictions = run(chosen(rulebook), shown)
        problems += contradictions
        good, bad = checked(run_through)
        if as_json:
            results = [
                {
                    "case": one.case.name,
                    "outcome": one.outcome,
                    "possible": one.possible,
                    "differences": one.differences,
                }
                for one in (*good, *bad)
            ]
            print_json({"cases": results, "problems": [told(p) for p in problems]})
        else:
            for one in bad:
                console.print(f"[red]{escape(one.case.name)}[/red] [dim]{escape(str(one.case.place))}[/dim]")
                for difference in one.differences:
                    console.print(f"  {escape(difference)}")
            key = "cases_bad" if bad else "cases_good"
            console.print(say(language, key, good=len(good), bad=len(bad)))
        if problems:
            raise InputError(problems) if not as_json else typer.Exit(2)
        if bad:
            raise typer.Exit(1)


@app.command("import")
def import_cases(
    source: Annotated[Path, typer.Argument(help="공개된 심사 결과(csv) · Published results")],
    out: Annotated[Path, typer.Option("--out", help="사례 파일을 쓸 폴더 · Folder for the case files")],
    language: LanguageOption,
    as_json: JsonOption = False,
) -> None:
    """공개된 심사 결과를 사례로 만듭니다. · Turn published review results into case files."""
    with reporting(language, as_json) as console:
        from cases.published import import_published
        from engine.errors import Problem
        from service.problems import spoken

        report = import_published(source, out)
        if as_json:
            told = {"cases": len(report.cases), "problems": [told(problem) for problem in report.problems]}
            print_json(told)
        else:
            for problem in report.problems:
                said = Problem(*spoken(problem, language), problem.place)
                console.print(str(said), style="yellow", markup=False)
            told_problems = len(report.problems)
            console.print(
                say(language, "imported", cases=len(report.cases), folder=out, problems=told_problems)
            )
        if report.problems:
            raise typer.Exit(1)
