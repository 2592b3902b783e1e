"""What would change an answer: the next day, and the smallest changes of what a person can choose."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.cuts import Cuts
from engine.execution import Executor
from engine.facts import Spot
from engine.rulebook import Rulebook
from engine.values import UNKNOWN, Domain, Known, exactly, from_number, to_number
from engine.worlds import Answer, outcomes

RUNS = 6


@dataclass(frozen=True, slots=True)
class Change:
    """If the value at `spot` were `value`, the answer would be `outcomes`."""

    spot: Spot
    value: Known[Any]
    outcomes: tuple[str, ...]


def next_day(executor: Executor, current: Answer) -> Change | None:
    """The first later day on which the answer changes if the movable date moves and all else stays.

    Only asked where that date is exactly known.
    """
    rulebook = executor.program.rulebook
    spot = rulebook.spot(rulebook.moves)
    known = current.base.case.value(spot)
    if not known.exact:
        return None
    domain = Domain("date")
    start = to_number(known.options[0], domain)
    cuts = Cuts.of(executor.program)
    latest = domain.bounds[1] - 1
    points = set(cuts.breakpoints(current.base, rulebook.moves, start, latest))
    now = outcomes(executor, current.base.case, RUNS)
    for point in sorted(point for point in points if start < point <= latest):
        day = exactly(from_number(point, domain))
        moved = outcomes(executor, current.base.case.with_value(spot, day), RUNS)
        if moved != now and (current.outcome or len(moved) == 1):
            return Change(spot, day, moved)
    return None


def smallest(executor: Executor, current: Answer) -> list[Change]:
    """Each single choice of the job that leads to another decided answer, by lever and answer."""
    cuts = Cuts.of(executor.program)
    return [
        change
        for spot, key, domain in _levers(executor.program.rulebook, current)
        for change in _turned(executor, current, spot, cuts.classes(key, domain, UNKNOWN))
    ]


def _levers(rulebook: Rulebook, current: Answer) -> Iterator[tuple[Spot, tuple[str, str], Domain]]:
    for source, name in rulebook.levers:
        section = rulebook.sections[source]
        domain = section.fact.domains()[name]
        for index in range(len(current.base.case.facts(section))):
            yield Spot(section.name, index, name), (source, name), domain


def _turned(
    executor: Executor, current: Answer, spot: Spot, classes: list[tuple[Known[Any], Known[Any]]]
) -> Iterator[Change]:
    known = current.base.case.value(spot)
    if not known.exact:
        return
    found: dict[tuple[str, ...], list[Any]] = {}
    for chosen, alike in classes:
        if known.options[0] not in alike.options:
            other = outcomes(executor, current.base.case.with_value(spot, chosen), RUNS)
            if other != current.outcomes and len(other) == 1:
                found.setdefault(other, []).extend(alike.options)
    for reached, options in found.items():
        yield Change(spot, Known(tuple(options)), reached)
