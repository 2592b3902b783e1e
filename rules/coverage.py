"""Which law the rulebook holds: a table by provision, for people who review it."""

from collections import Counter

from engine.rulebook import Rule, Rulebook
from rules.citations import in_korean


def markdown(rulebook: Rulebook) -> str:
    """The provisions of a rulebook as a Markdown table: versions, how sure, and fact lines."""
    lines = [
        "| provision | 조문 | rules | versions by date | V | P | I | U | fact lines |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, provision in sorted(rulebook.provisions.items()):
        rules = [rule for rule in rulebook.rules if rule.provision == name]
        sure = Counter(str(rule.confidence) for rule in rules)
        marks = " | ".join(str(sure[mark]) for mark in "VPIU")
        facts = ", ".join(sorted({line for rule in rules for line in rule.facts}))
        title = rulebook.words["en"].text("provisions", name) or name
        lines.append(
            f"| {title} (`{name}`) | {in_korean(provision.cite)} | {len({rule.id for rule in rules})} "
            f"| {_periods(rules)} | {marks} | {facts} |"
        )
    return "\n".join(lines) + "\n"


def _periods(rules: list[Rule]) -> str:
    periods = sorted({f"{rule.selector} {rule.period}" for rule in rules if rule.selector})
    return "; ".join(periods) or "all"
