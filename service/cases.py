"""`psea cases`: case files, their schema, and running them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.console import RulebookOption, chosen, print_json, reporting, told
from service.language import JsonOption, LanguageOption, say, words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from cases.files import AnyCase
    from cases.mutations import Report
    from cases.runner import Result
    from rules.law import Law

_WANTING = {
    "rules_unused": ("rules_unused_none", "rules_unused_found"),
    "leaves": ("leaves_none", "leaves_found"),
    "mutants": ("mutants_none", "mutants_found"),
}
app = typer.Typer(help="사례 파일 · Case files", no_args_is_help=True)


@app.command("schema")
def schema(
    advice: Annotated[
        bool, typer.Option("--advice", help="진단 결과의 스키마 · Of an advice instead")
    ] = False,
    trust: Annotated[
        bool, typer.Option("--trust", help="주식백지신탁 사례 · Of blind trust and recusal cases")
    ] = False,
) -> None:
    """사례 파일의 JSON Schema. · The JSON Schema of a case file, or of an advice."""
    from cases.files import case_schema
    from rules.advice import EmploymentAdvice, TrustAdvice, advice_schema
    from rules.facts import EmploymentCase
    from rules.holdings import TrustCase

    if advice:
        print_json(advice_schema(TrustAdvice if trust else EmploymentAdvice))
    else:
        print_json(case_schema(TrustCase if trust else EmploymentCase))


@app.command("run")
def run_cases(
    folder: Annotated[Path, typer.Argument(help="사례 파일이나 폴더 · A case file or a folder of them")],
    language: LanguageOption,
    rules_unused: Annotated[
        bool, typer.Option("--rules-unused", help="어느 사례도 쓰지 않는 규칙 · Rules that no example fires")
    ] = False,
    leaves: Annotated[
        bool,
        typer.Option(
            "--leaves", help="어느 사례도 보여 주지 않는 조건 · Conditions that no example shows to matter"
        ),
    ] = False,
    mutants: Annotated[
        bool,
        typer.Option(
            "--mutants",
            help="사례가 알아채지 못하는 잘못(몇 분) · Faults that no example notices (minutes)",
        ),
    ] = False,
    as_json: JsonOption = False,
    rulebook: RulebookOption = None,
) -> None:
    """사례를 다시 돌려 예상과 견줍니다. · Replay cases and compare them with what they expect."""
    with reporting(language, as_json) as console:
        from rich.progress import track

        from cases.files import readable_below
        from cases.runner import checked, run
        from engine.errors import InputError

        found, problems = readable_below(folder)
        kinds = {type(case.facts) for case in found}
        laws = [law for law in chosen(rulebook) if law.rulebook.model in kinds]
        shown = track(
            found, console=console, transient=True, disable=as_json or len(found) < 50, description=""
        )
        results, contradictions = run(laws, shown)
        problems += contradictions
        good, bad = checked(results)
        wanting = _wanting(laws, found, rules_unused=rules_unused, leaves=leaves)
        tried = [_mutated(law, found, console, quiet=as_json) for law in laws] if mutants else []
        if tried:
            wanting["mutants"] = [str(mutant) for report in tried for mutant in report.survivors]
        if as_json:
            told_problems = [told(problem) for problem in problems]
            shown_results = [_result(one) for one in (*good, *bad)]
            print_json({"cases": shown_results, "problems": told_problems, **wanting})
        else:
            _show(good, bad, console, language)
            for law, report in zip(laws, tried, strict=False):
                console.print(_killed(law, report, language))
            for key, items in wanting.items():
                for item in items:
                    console.print(item, markup=False)
                console.print(say(language, _WANTING[key][bool(items)], count=len(items)))
        if problems:
            raise InputError(problems) if not as_json else typer.Exit(2)
        if bad or any(wanting.values()):
            raise typer.Exit(1)


def _wanting(
    laws: "Sequence[Law]", cases: "Sequence[AnyCase]", *, rules_unused: bool, leaves: bool
) -> dict[str, list[str]]:
    """What the examples leave out, as far as it is asked for."""
    if not laws or not (rules_unused or leaves):
        return {}
    from cases.leaves import gaps

    wanting: dict[str, list[str]] = {}
    found = [gaps(law, cases) for law in laws]
    if rules_unused:
        wanting["rules_unused"] = [f"{rule.place}: {rule.key}" for rules, _ in found for rule in rules]
    if leaves:
        wanting["leaves"] = [str(leaf) for _, parts in found for leaf in parts]
    return wanting


def _mutated(law: "Law", cases: "Sequence[AnyCase]", console: "Console", *, quiet: bool) -> "Report":
    from rich.progress import track

    from cases.mutations import Examples, mutants, report

    examples = Examples(law, cases)
    faults = list(mutants(law.rulebook))
    shown = track(faults, console=console, transient=True, disable=quiet, description=law.rulebook.name)
    return report(law, ((mutant, examples.caught(mutant)) for mutant in shown))


def _killed(law: "Law", report: "Report", language: str) -> "Table":
    """How many faults of each kind the examples notice."""
    from rich.table import Table

    table = Table(title=f"{law.rulebook.name} {report.rate:.1%}", title_justify="left", box=None)
    for column in ("kind", "tried", "caught"):
        table.add_column(words(language)["mutant_columns"][column])
    for kind, tried in sorted(report.tried.items()):
        table.add_row(kind, str(tried), str(report.caught[kind]))
    table.add_row(words(language)["mutant_columns"]["equivalent"], "", str(len(report.equivalent)))
    return table


def _result(one: "Result") -> dict[str, Any]:
    return {
        "case": one.case.name,
        "outcome": one.outcome,
        "possible": one.possible,
        "differences": one.differences,
    }


def _show(good: "Sequence[Result]", bad: "Sequence[Result]", console: "Console", language: str) -> None:
    from rich.markup import escape

    for one in bad:
        console.print(f"[red]{escape(one.case.name)}[/red] [dim]{escape(str(one.case.place))}[/dim]")
        for difference in one.differences:
            console.print(f"  {escape(difference)}")
    console.print(say(language, "cases_bad" if bad else "cases_good", good=len(good), bad=len(bad)))


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
            print_json(
                {"cases": len(report.cases), "problems": [told(problem) for problem in report.problems]}
            )
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
