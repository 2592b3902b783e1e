"""`psea rules`: the law, as loaded."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.console import RulebookOption, chosen, print_json, reporting, told
from service.language import JsonOption, LanguageOption, say, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from rich.table import Table

    from engine.rulebook import Rule, Rulebook
    from rules.coverage import Line
    from service.difference import Compared

app = typer.Typer(help="법령 규칙 · The law, as loaded", no_args_is_help=True)


@app.command("list")
def list_rules(
    language: LanguageOption, as_json: JsonOption = False, rulebook: RulebookOption = None
) -> None:
    """규칙을 조문별로 보여 줍니다. · Every rule, by provision."""
    with reporting(language, as_json) as console:
        rulebooks = [law.rulebook for law in chosen(rulebook)]
        if as_json:
            print_json([_rule(rule, law) for law in rulebooks for rule in law.rules])
            return
        for law in rulebooks:
            for name in law.provisions:
                console.print(_provision(name, law, language))
                console.print()


def _provision(name: str, law: "Rulebook", language: str) -> "Table":
    from rich.table import Table

    title = law.words[language].text("provisions", name) or name
    table = Table(
        title=f"{title} ({law.provisions[name].cite})", title_justify="left", box=None, padding=(0, 2, 0, 0)
    )
    for column in ("rule", "cite", "when", "confidence"):
        table.add_column(words(language)["rules_columns"][column])
    for rule in law.rules:
        if rule.provision == name:
            when = f"{rule.selector} {rule.period}" if rule.selector else say(language, "always")
            table.add_row(rule.id, rule.cite, when, rule.confidence)
    return table


@app.command("show")
def show_rule(
    rule: Annotated[str, typer.Argument(help="규칙 이름 · A rule's id")],
    language: LanguageOption,
    sql: Annotated[bool, typer.Option("--sql", help="실행되는 SQL로 · As the SQL that is run")] = False,
    as_json: JsonOption = False,
    rulebook: RulebookOption = None,
) -> None:
    """한 규칙을 말과 식으로 보여 줍니다. · One rule in words and as a formula, every version."""
    with reporting(language, as_json) as console:
        from engine.errors import nearest, refuse

        rulebooks = [law.rulebook for law in chosen(rulebook)]
        ids = {one.id for law in rulebooks for one in law.rules}
        if rule not in ids:
            raise refuse(f"There is no rule {rule!r}", nearest(rule, ids))
        law = next(law for law in rulebooks if any(one.id == rule for one in law.rules))
        versions = [one for one in law.rules if one.id == rule]
        if sql:
            _show_sql(versions, law, language, as_json)
            return
        if as_json:
            print_json([_rule(one, law) for one in versions])
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
            when = f"{one.selector} {one.period}" if one.selector else say(language, "always")
            console.print(f"\n[bold]{escape(one.cite)}[/bold] {when} · {one.confidence}")
            console.print(
                Syntax(yaml.safe_dump(dict(one.shape), allow_unicode=True, sort_keys=False), "yaml")
            )
            for line in one.facts:
                source = law.sources.get(line, {})
                console.print(
                    f"  [dim]{line} ({source.get('confidence', '?')}) {escape(source.get('text', ''))}[/dim]"
                )


def _show_sql(versions: "Sequence[Rule]", law: "Rulebook", language: str, as_json: bool) -> None:
    from service.rules_sql import RulesSql

    writer = RulesSql(law)
    if as_json:
        print_json([{**_rule(one, law), "sql": writer.text(one, language)} for one in versions])
    else:
        typer.echo(writer.texts(versions, language))


@app.command("verify")
def verify_rules(
    language: LanguageOption, as_json: JsonOption = False, rulebook: RulebookOption = None
) -> None:
    """규칙집을 검증합니다. · Prove that dates tile, answers exclude each other and every rule can fire."""
    with reporting(language, as_json) as console:
        import yaml
        from rich.markup import escape

        from engine.verify import verify

        rulebooks = chosen(rulebook)
        findings = [finding for law in rulebooks for finding in verify(law.executor)]
        if as_json:
            print_json([{**told(one), "kind": one.kind, "case": one.case} for one in findings])
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
        count = sum(len(law.rulebook.rules) for law in rulebooks)
        provisions = sum(len(law.rulebook.provisions) for law in rulebooks)
        console.print(say(language, "verified", rules=count, provisions=provisions))


@app.command("coverage")
def cover_rules(
    language: LanguageOption, as_json: JsonOption = False, rulebook: RulebookOption = None
) -> None:
    """법령 근거마다 규칙을 맞춰 봅니다. · Every line of the fact base: its rules, or why it has none."""
    with reporting(language, as_json) as console:
        from dataclasses import asdict

        from rules.coverage import covered, missing

        rulebooks = [law.rulebook for law in chosen(rulebook)]
        lines, gaps = covered(rulebooks), missing(rulebooks)
        if as_json:
            print_json({"lines": [asdict(line) for line in lines], "gaps": [asdict(gap) for gap in gaps]})
        else:
            console.print(_covered(lines, language))
            kinds = words(language)["coverage_gaps"]
            for gap in gaps:
                console.print(f"[red]{gap.line}[/red] {kinds[gap.kind]} {', '.join(gap.rules)}")
            key = "coverage_incomplete" if gaps else "coverage_complete"
            console.print(say(language, key, lines=len(lines), gaps=len(gaps)))
        if gaps:
            raise typer.Exit(1)


def _covered(lines: "Iterable[Line]", language: str) -> "Table":
    from rich.markup import escape
    from rich.table import Table

    from rules.coverage import in_force

    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("line", "cite", "when", "confidence", "rules"):
        table.add_column(words(language)["coverage_columns"][column])
    for line in lines:
        names = ", ".join(rule.partition(":")[2] for rule in line.rules)
        why = f"[dim]{escape(line.reason.why[language])}[/dim]" if line.reason else ""
        table.add_row(line.id, line.article, in_force(line), line.confidence, names or why)
    return table


@app.command("diff")
def diff_rules(
    one: Annotated[str, typer.Argument(help="날짜(2025-12-31)나 규칙집 폴더 · A day or a rulebook folder")],
    other: Annotated[str, typer.Argument(help="견줄 날짜나 폴더 · The day or folder to compare with")],
    language: LanguageOption,
    by: Annotated[
        str,
        typer.Option(
            help="이 날짜(예: retired_on)로 고르는 규칙만 견줍니다 · Only versions that this date picks"
        ),
    ] = "",
    cases: Annotated[
        Path | None,
        typer.Option(help="답이 달라지는 사례를 찾을 폴더 · Folder of cases to answer under both laws"),
    ] = None,
    as_json: JsonOption = False,
    rulebook: RulebookOption = None,
) -> None:
    """두 날짜의 법이나 두 규칙집이 어떻게 다른지 말로 보여 줍니다. · What differs, in words.

    날짜의 법이란 그날 퇴직하고 취업하고 신청하고 결정받는 사람에게 적용되는 법입니다. --by를 주면 그 날짜로
    고르는 규칙만 달리하고 나머지는 그대로 둡니다. --cases를 주면 사례의 사실은 그대로 두고 두 법으로 답해
    견줍니다. 다른 점이 있어도 0으로 끝납니다.

    The law of a day is that for somebody who retires, starts, files and is decided on that day; with --by
    only the versions picked by that one date differ. --cases leaves the facts of each case as they are and
    answers it under both laws. Exit 0 also where something differs.
    """
    with reporting(language, as_json) as console:
        from rich.progress import track

        from cases.files import readable_below
        from engine.errors import InputError
        from service.difference import as_data, days_beside, show, with_cases

        days = _day(one), _day(other)
        if days[0] and days[1]:
            found, passed = days_beside(chosen(rulebook), (days[0], days[1]), by, language)
        else:
            found, passed = [_folders(one, other, by, rulebook)], []
        problems: list[Any] = []
        if cases is not None:
            read, problems = readable_below(cases)
            for place, compared in enumerate(found):
                shown = track(read, console=console, transient=True, disable=as_json, description="")
                found[place], contradictory = with_cases(compared, shown)
                problems += contradictory
        if as_json:
            told_problems = [told(problem) for problem in problems]
            print_json({"laws": [as_data(one) for one in found], "passed": passed, "problems": told_problems})
        else:
            for compared in found:
                show(compared, language, console)
                console.print()
            for name in passed:
                console.print(words(language)["diff"]["passed"].format(rulebook=name))
        if problems:
            raise InputError(problems) if not as_json else typer.Exit(2)


def _day(text: str) -> "date | None":
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _folders(one: str, other: str, by: str, rulebook: Path | None) -> "Compared":
    from engine.errors import Place, refuse
    from service.difference import folders_beside

    both = "Give two days such as 2026-01-01, or two folders of rulebooks"
    for text in (one, other):
        if not (Path(text).is_dir() or _day(text)):
            raise refuse(f"{text!r} is neither a day nor a folder", both)
    if _day(one) or _day(other):
        raise refuse("A day is not compared with a folder", both)
    if by or rulebook:
        raise refuse("Two folders are compared whole", "Leave out --by and --rulebook", Place("--by"))
    return folders_beside(Path(one), Path(other))


def _rule(rule: "Rule", law: "Rulebook") -> dict[str, Any]:
    return {
        "rulebook": law.name,
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
