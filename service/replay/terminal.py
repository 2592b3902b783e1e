"""What a replay found, in short, on the terminal."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from cases.record import record
from cases.replay import Replay
from cases.simulation import THREE_YEARS, Simulation
from rules.law import UNDETERMINED
from rules.speech import LawSpeaker
from service.replay.report import Names, Report, rate_per_cent
from service.replay.words import words

if TYPE_CHECKING:
    from rich.console import Console

MOST_RULES = 12


def show(report: Report, out: Path | None, language: str, console: "Console") -> None:
    """Print how many cases changed, the outcomes before and now, and the rules that make the difference."""
    say = words(language)
    for replay, names in report.replays:
        console.print(f"[bold blue]{escape(_heading(replay, names, language, say))}[/bold blue]")
        if replay.new:
            counts = {"differing": len(replay.differing), "moved": len(replay.moved)}
            console.print(say["terminal"]["moved"].format(**counts))
        console.print(_matrix(replay, language, say))
        if replay.new:
            console.print(_rules(replay, language, say))
        console.print()
    for name in report.passed:
        console.print(say["passed"].format(rulebook=say["rulebooks"][name]))
    for line in _besides(report, say):
        console.print(line, markup=False)
    if out is None:
        console.print(say["terminal"]["hint"], style="dim", markup=False)
    else:
        written = say["terminal"]["written"]
        console.print(written.format(page=out / "replay.html", data=out / "replay.json"), markup=False)


def _heading(replay: Replay, names: Names, language: str, say: dict[str, Any]) -> str:
    key = "heading_two" if replay.new else "heading"
    return str(say["terminal"][key]).format(
        rulebook=say["rulebooks"][replay.old.rulebook.name],
        ran=len(replay.replayed),
        old=names.old[language],
        new=names.new.get(language, ""),
    )


def _matrix(replay: Replay, language: str, say: dict[str, Any]) -> Table:
    speaker = LawSpeaker(replay.old.rulebook, language)

    def title(outcome: str) -> str:
        if outcome == UNDETERMINED:
            return str(say["undetermined"])
        return speaker.words.text("outcomes", outcome, "title") or outcome

    table = Table(box=None, padding=(0, 2, 0, 0))
    heading = (say["matrix"]["before"], say["matrix"]["now"]) if replay.new else (say["what"]["only"],)
    for column in heading:
        table.add_column(column)
    table.add_column(say["what"]["cases"], justify="right")
    for (before, now), count in sorted(replay.matrix.items(), key=lambda one: (-one[1], one[0])):
        sides = (title(before), title(now)) if replay.new else (title(before),)
        table.add_row(*sides, str(count))
    return table


def _rules(replay: Replay, language: str, say: dict[str, Any]) -> Table:
    speaker = LawSpeaker(replay.old.rulebook, language)
    table = Table(box=None, padding=(0, 2, 0, 0), title=say["rules"]["title"], title_justify="left")
    for column in ("rule", "fires", "cases", "moved"):
        table.add_column(say["rules"][column], justify="right" if column in {"cases", "moved"} else "left")
    for tally in [one for one in replay.rules() if one.changed][:MOST_RULES]:
        name = f"{tally.rule.id} [dim]{escape(speaker.cite(tally.rule.cite))}[/dim]"
        table.add_row(name, say["rules"]["law"][tally.law], str(tally.cases), str(tally.moved))
    return table


def _besides(report: Report, say: dict[str, Any]) -> Iterator[str]:
    rates = " · ".join(
        f"{one.year} {one.ineligible}/{one.reviewed} = {one.rate} %" for one in record().limits
    )
    yield say["terminal"]["record"].format(rates=rates)
    if report.simulation:
        yield from _simulated(report.simulation, say)


def _simulated(simulation: Simulation, say: dict[str, Any]) -> Iterator[str]:
    days = ", ".join(
        f"{day} {tally.must_file:,} ({rate_per_cent(tally.must_file, tally.people)} %)"
        for day, tally in simulation.whole.items()
    )
    last = simulation.whole[THREE_YEARS]
    people = f"{last.people:,}"
    yield say["terminal"]["simulation"].format(people=people, days=days)
    yield say["terminal"]["held"].format(held=f"{last.held:,}", must=f"{last.must_file:,}")
