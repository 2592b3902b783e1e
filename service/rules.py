"""`psea rules`: the law, as loaded."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.console import RulebookOption, chosen, print_json, reporting, told
from service.language import JsonOption, LanguageOption, say, words

if TYPE_CHECKING:
    from rich.table import Table

    from engine.rulebook import Rule, Rulebook

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
            console.print(f"\n[bold]{escape(one.cite)}[/bold] {one.selector} {one.period} · {one.confidence}")
            console.print(
                Syntax(yaml.safe_dump(dict(one.shape), allow_unicode=True, sort_keys=False), "yaml")
            )
            for line in one.facts:
                source = law.sources.get(line, {})
                console.print(
                    f"  [dim]{line} ({source.get('confidence', '?')}) {escape(source.get('text', ''))}[/dim]"
                )


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
