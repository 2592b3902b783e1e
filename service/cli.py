"""`psea`: the one program. Exit 0 done, 1 a check found something, 2 bad input."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.language import JsonOption, LanguageOption, say, words
from service.register.commands import app as employers

if TYPE_CHECKING:
    from rich.console import Console

    from rules.law import Law
    from service.register.register import Register

app = typer.Typer(
    name="psea",
    help="공직자윤리법 취업심사 자가진단 · Self-test and casework for post-public-employment review",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
rules = typer.Typer(help="법령 규칙 · The law, as loaded", no_args_is_help=True)
cases = typer.Typer(help="사례 파일 · Case files", no_args_is_help=True)
app.add_typer(rules, name="rules")
app.add_typer(employers, name="employers")
app.add_typer(cases, name="cases")

RulebookOption = Annotated[
    Path | None, typer.Option("--rulebook", help="규칙집 폴더 · Folder of another rulebook")
]


def main() -> None:
    """Run the program; a broken pipe or an interrupt ends it quietly."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


@contextmanager
def _reporting(language: str, as_json: bool = False) -> Iterator["Console"]:
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
        _print_json({"problems": [_told(problem) for problem in error.problems]})
    else:
        console = Console(stderr=True, highlight=False)
        console.print(f"[bold red]{say(language, 'problems')}[/bold red]")
        for problem in error.problems:
            place = f"[bold]{escape(str(problem.place))}[/bold]: " if str(problem.place) else ""
            console.print(f"  {place}{escape(str(Problem(*spoken(problem, language))))}")
    raise typer.Exit(2)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _told(problem: Any) -> dict[str, Any]:
    place = problem.place
    return {
        "message": problem.message,
        "remedy": problem.remedy,
        "file": place.file or None,
        "line": place.line or None,
        "column": place.column or None,
        "path": place.path or None,
    }


def _law(rulebook: Path | None = None) -> "Law":
    from rules.law import employment, open_law

    return employment() if rulebook is None else open_law(rulebook)


def _register() -> "Register | None":
    """The register of the store, where one has been made."""
    from service.store import existing

    store = existing()
    if store is None:
        return None
    from service.register.register import Register

    return Register.from_store(store)


@app.command()
def check(
    case: Annotated[Path, typer.Argument(help="사례 파일(YAML, JSON) · A case file")],
    language: LanguageOption,
    as_json: JsonOption = False,
    rulebook: RulebookOption = None,
) -> None:
    """한 사례를 설명과 함께 진단합니다. · One case, explained."""
    with _reporting(language, as_json) as console:
        from cases.files import read_one
        from rules.advice import advise
        from service.lookup import look_up

        looked = look_up(read_one(case).facts, _register(), language)
        advice = advise(_law(rulebook), looked.case, looked.version)
        if as_json:
            typer.echo(advice.model_dump_json(indent=2))
            return
        from service.report import show

        show(advice, language, console, looked.notes)


@app.command()
def serve(
    language: LanguageOption,
    port: Annotated[int, typer.Option(min=1, max=65535, help="포트 · Port")] = 8000,
) -> None:
    """자가진단 웹 서비스를 엽니다. · The web service."""
    with _reporting(language):
        import uvicorn

        from rules.law import refuse_unverified
        from service.web.app import create_app

        law = _law()
        refuse_unverified(law)
        typer.echo(say(language, "serving", port=port))
        uvicorn.run(create_app(law, _register()), host="127.0.0.1", port=port, log_level="warning")


@rules.command("list")
def list_rules(
    language: LanguageOption, as_json: JsonOption = False, rulebook: RulebookOption = None
) -> None:
    """규칙을 조문별로 보여 줍니다. · Every rule, by provision."""
    with _reporting(language, as_json) as console:
        law = _law(rulebook).rulebook
        if as_json:
            _print_json([_rule(rule, law) for rule in law.rules])
            return
        from rich.table import Table

        for name, provision in law.provisions.items():
            found = [rule for rule in law.rules if rule.provision == name]
            table = Table(
                title=f"{law.words[language].text('provisions', name) or name} ({provision.cite})",
                title_justify="left",
                box=None,
                padding=(0, 2, 0, 0),
            )
            for column in ("rule", "cite", "when", "confidence"):
                table.add_column(words(language)["rules_columns"][column])
            for rule in found:
                when = f"{rule.selector} {rule.period}" if rule.selector else say(language, "always")
                table.add_row(rule.id, rule.cite, when, rule.confidence)
            console.print(table)
            console.print()


@rules.command("show")
def show_rule(
    rule: Annotated[str, typer.Argument(help="규칙 이름 · A rule's id")],
    language: LanguageOption,
    as_json: JsonOption = False,
    rulebook: RulebookOption = None,
) -> None:
    """한 규칙을 말과 식으로 보여 줍니다. · One rule in words and as a formula, every version."""
    with _reporting(language, as_json) as console:
        from engine.errors import nearest, refuse

        law = _law(rulebook).rulebook
        versions = [one for one in law.rules if one.id == rule]
        if not versions:
            raise refuse(f"There is no rule {rule!r}", nearest(rule, {one.id for one in law.rules}))
        if as_json:
            _print_json([_rule(one, law) for one in versions])
            return
        import yaml
        from rich.markup import escape
        from rich.syntax import Syntax

        spoken = law.words[language]
        console.print(f"[bold]{rule}[/bold] · {escape(spoken.text('provisions', versions[0].provision))}")
        for kind in ("holds", "fails", "reading"):
            if text := spoken.text("rules", rule, kind):
                console.print(f"  {escape(text)}")
        for one in versions:
            console.print(f"\n[bold]{escape(one.cite)}[/bold] {one.selector} {one.period} · {one.confidence}")
            console.print(
                Syntax(yaml.safe_dump(dict(one.shape), allow_unicode=True, sort_keys=False), "yaml")
            )
            for line in one.facts:
                source = law.sources.get(line, {})
                console.print(
                    f"  [dim]{line} ({source.get('confidence', '?')}) {escape(source.get('text', ''))}[/dim]"
                )


@rules.command("verify")
def verify_rules(
    language: LanguageOption, as_json: JsonOption = False, rulebook: RulebookOption = None
) -> None:
    """규칙집을 검증합니다. · Prove that dates tile, answers exclude each other and every rule can fire."""
    with _reporting(language, as_json) as console:
        import yaml
        from rich.markup import escape

        from engine.verify import verify

        law = _law(rulebook)
        findings = verify(law.executor)
        if as_json:
            _print_json([{**_told(one), "kind": one.kind, "case": one.case} for one in findings])
            raise typer.Exit(1 if findings else 0)
        for finding in findings:
            console.print(f"[red]{finding.kind}[/red] {escape(str(finding))}")
            if finding.case is not None:
                console.print(f"  {say(language, 'counterexample')}:")
                console.print(
                    yaml.safe_dump(dict(finding.case), allow_unicode=True, sort_keys=False), markup=False
                )
        if findings:
            console.print(say(language, "findings", count=len(findings)))
            raise typer.Exit(1)
        count = len(law.rulebook.rules)
        console.print(say(language, "verified", rules=count, provisions=len(law.rulebook.provisions)))


def _rule(rule: Any, law: Any) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "provision": rule.provision,
        "cite": rule.cite,
        "confidence": rule.confidence,
        "facts": list(rule.facts),
        "picked_by": rule.selector or None,
        "first": rule.period.first.isoformat() if rule.period.first else None,
        "last": rule.period.last.isoformat() if rule.period.last else None,
        "formula": {key: rule.shape[key] for key in ("when", "where", "unless", "then") if key in rule.shape},
        "words": {
            language: {kind: spoken.text("rules", rule.id, kind) for kind in ("holds", "fails", "reading")}
            for language, spoken in law.words.items()
        },
    }


@cases.command("schema")
def schema(
    advice: Annotated[
        bool, typer.Option("--advice", help="진단 결과의 스키마 · Of an advice instead")
    ] = False,
) -> None:
    """사례 파일의 JSON Schema. · The JSON Schema of a case file, or of an advice."""
    from cases.files import case_schema
    from rules.advice import advice_schema

    _print_json(advice_schema() if advice else case_schema())


@cases.command("run")
def run_cases(
    folder: Annotated[Path, typer.Argument(help="사례 파일이나 폴더 · A case file or a folder of them")],
    language: LanguageOption,
    as_json: JsonOption = False,
    rulebook: RulebookOption = None,
) -> None:
    """사례를 다시 돌려 예상과 견줍니다. · Replay cases and compare them with what they expect."""
    with _reporting(language, as_json) as console:
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
        law = _law(rulebook)
        shown = track(
            found, console=console, transient=True, disable=as_json or len(found) < 50, description=""
        )
        run_through, contradictions = run(law, shown)
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
            _print_json({"cases": results, "problems": [_told(p) for p in problems]})
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


@cases.command("import")
def import_cases(
    source: Annotated[Path, typer.Argument(help="공개된 심사 결과(csv) · Published results")],
    out: Annotated[Path, typer.Option("--out", help="사례 파일을 쓸 폴더 · Folder for the case files")],
    language: LanguageOption,
    as_json: JsonOption = False,
) -> None:
    """공개된 심사 결과를 사례로 만듭니다. · Turn published review results into case files."""
    with _reporting(language, as_json) as console:
        from cases.published import import_published
        from engine.errors import Problem
        from service.problems import spoken

        report = import_published(source, out)
        if as_json:
            told = {"cases": len(report.cases), "problems": [_told(problem) for problem in report.problems]}
            _print_json(told)
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


if __name__ == "__main__":
    main()
