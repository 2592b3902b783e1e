"""A replay with the statistics of record and the simulation beside it, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from cases.population import model
from cases.published.survey import RESULTS
from cases.record import record
from cases.replay import Replay, Replayed, RuleTally, Side
from cases.simulation import Effect, Simulation, Tally, Turn
from engine import VERSION
from engine.difference import Conclusion
from engine.errors import InputError, Problem
from rules.advice import LANGUAGES
from rules.law import Law
from rules.speech import LawSpeaker
from service.console import told
from service.publication.counts import Counts
from service.publication.meetings import read_meetings


@dataclass(frozen=True)
class Names:
    """What the laws before and now are called, by language; `new` is empty where there is one law."""

    old: Mapping[str, str]
    new: Mapping[str, str]


@dataclass(frozen=True)
class Report:
    """Everything that one run of `psea replay` found. `whole` says that all of history was run."""

    replays: Sequence[tuple[Replay, Names]]
    passed: tuple[str, ...]
    problems: tuple[Problem, ...]
    simulation: Simulation | None
    whole: bool


def as_data(report: Report) -> dict[str, Any]:
    """The report as plain data, with words in both languages: equal runs give equal bytes."""
    return {
        "laws": [_replay(replay, names) for replay, names in report.replays],
        "passed": list(report.passed),
        "problems": [told(problem) for problem in report.problems],
        "record": _record(),
        "simulation": _simulation(report.simulation) if report.simulation else None,
        "engine": VERSION,
    }


@cache
def months() -> Mapping[str, Counts]:
    """The announced numbers of every month of which a total is known."""
    counts, problems = read_meetings(RESULTS.with_name("meetings.csv"))
    if problems:
        raise InputError(problems)
    return {month: told for month, told in sorted(counts.items()) if told.reviewed is not None}


def rate_per_cent(part: int, whole: int) -> float:
    """A share in per cent, to one decimal."""
    return round(100 * part / whole, 1) if whole else 0.0


def _replay(replay: Replay, names: Names) -> dict[str, Any]:
    return {
        "rulebook": replay.old.rulebook.name,
        "old": _law(replay.old, names.old),
        "new": _law(replay.new, names.new) if replay.new else None,
        "ran": len(replay.replayed),
        "differing": len(replay.differing),
        "moved": len(replay.moved),
        "matrix": [
            {"before": before, "now": now, "cases": count}
            for (before, now), count in sorted(replay.matrix.items())
        ],
        "possible": [
            {"outcome": outcome, "before": before, "now": now} for outcome, before, now in replay.possible()
        ],
        "decided": [
            {"decided": decided or None, "outcome": outcome, "cases": count}
            for (decided, outcome), count in sorted(replay.decided.items())
        ],
        "rules": [_rule(one, replay) for one in replay.rules()],
        "conclusions": [_conclusion(found, replay) for found in replay.conclusions()],
        "cases": [_case(one) for one in replay.replayed],
    }


def _law(law: Law, names: Mapping[str, str]) -> dict[str, Any]:
    return {"names": dict(names), "digest": law.rulebook.digest}


def _rule(tally: RuleTally, replay: Replay) -> dict[str, Any]:
    law = replay.old if tally.law == "old" or replay.new is None else replay.new
    return {
        "rule": tally.rule.id,
        "cite": tally.rule.cite,
        "fires_in": tally.law,
        "changed": tally.changed,
        "cases": tally.cases,
        "moved": tally.moved,
        "words": {language: LawSpeaker(law.rulebook, language).rule(tally.rule) for language in LANGUAGES},
    }


def _conclusion(found: tuple[Conclusion, int, int], replay: Replay) -> dict[str, Any]:
    conclusion, gained, lost = found
    law = replay.new or replay.old
    return {
        "conclusion": str(conclusion),
        "gained": gained,
        "lost": lost,
        "words": {
            language: LawSpeaker(law.rulebook, language).conclusion(conclusion) for language in LANGUAGES
        },
    }


def _case(one: Replayed) -> dict[str, Any]:
    found: dict[str, Any] = {
        "case": one.event.case.name,
        "title": one.event.case.title,
        "source": one.event.case.source,
        "decided": one.event.decided or None,
        "before": _side(one.before),
        "now": _side(one.after),
    }
    if one.difference:
        found |= {
            name: [str(conclusion) for conclusion in getattr(one.difference, name)]
            for name in ("gained", "lost", "altered")
        }
        found["reasons"] = [
            {"rule": reason.rule.id, "fires_in": reason.law, "changed": reason.changed}
            for reason in one.difference.reasons
        ]
    return found


def _side(side: Side) -> dict[str, Any]:
    return {"outcome": side.outcome, "possible": list(side.possible)}


def _record() -> dict[str, Any]:
    return {
        "kind": "record",
        "limits": [{**one.model_dump(), "rate_per_cent": one.rate} for one in record().limits],
        "france_per_cent": record().france.model_dump(),
        "months": [
            {"month": month, "reviewed": counts.reviewed, "refused": counts.refused}
            for month, counts in months().items()
        ],
    }


def _simulation(simulation: Simulation) -> dict[str, Any]:
    return {
        "kind": "simulation",
        "synthetic": True,
        "assumptions": model().model_dump(mode="json"),
        "years": [
            {
                "year": year.year,
                "reviewed": year.reviewed,
                "own_days": _tally(year.own),
                "by_day": _by_day(year.by_day),
                "reviewed_held": {day.isoformat(): held for day, held in year.reviewed_held.items()},
            }
            for year in simulation.years
        ],
        "whole": _by_day(simulation.whole),
        "effects": [_effect(effect) for effect in simulation.effects],
        "variations": [
            {
                "assumption": one.assumption,
                "end": one.end,
                "share": one.share,
                "by_day": _by_day(one.by_day),
            }
            for one in simulation.variations
        ],
    }


def _by_day(tallies: Mapping[Any, Tally]) -> dict[str, Any]:
    return {day.isoformat(): _tally(tally) for day, tally in tallies.items()}


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "people": tally.people,
        "must_file": tally.must_file,
        "must_file_per_cent": rate_per_cent(tally.must_file, tally.people),
        "agency_standard": tally.held,
        "agency_standard_per_cent": rate_per_cent(tally.held, tally.must_file),
    }


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "change": effect.name,
        "before": _tally(effect.before),
        "after": _tally(effect.after),
        "must_file": _turn(effect.filing),
        "agency_standard": _turn(effect.standard),
        "years": {
            str(year): {"before": _tally(before), "after": _tally(after)}
            for year, (before, after) in effect.years.items()
        },
    }


def _turn(turn: Turn) -> dict[str, Any]:
    return {"begin": turn.begin, "cease": turn.cease, "rules": [vars(one) for one in turn.rules]}
