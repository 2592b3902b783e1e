"""What each answer to an open question would make of the result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.cuts import OTHER_TEXT, Cuts
from engine.facts import CaseModel, Spot
from engine.speech import Speaker
from engine.values import Known, between
from engine.worlds import outcomes, world
from rules.advice import LANGUAGES, Text
from rules.law import Law
from service.web.inputs import NUMBERS

RUNS = 4
MOST_ANSWERS = 64


@dataclass(frozen=True)
class Effect:
    """With one of these answers the result would be `outcomes`; no answers: were the list complete."""

    answers: tuple[Text, ...]
    other: bool
    outcomes: tuple[str, ...]


def effects(law: Law, case: CaseModel, spots: Iterable[str]) -> Mapping[str, list[Effect]]:
    """For open questions, by spot as an advice writes it, what each answer would make of the result.

    At most `MOST_ANSWERS` answers are tried in all, so the last questions may have none.
    """
    by_name = {str(spot): spot for spot in _spots(case)}
    base = world(law.executor, case)
    cuts = Cuts.of(law.executor.program)
    found: dict[str, list[Effect]] = {}
    tried = 0
    for name in spots:
        spot = by_name[name]
        cells = cuts.cells(base, spot) if spot.field else [(Known(), Known())]
        tried += len(cells)
        if tried > MOST_ANSWERS:
            break
        found[name] = _grouped(law, case, spot, cells)
    return found


def _spots(case: CaseModel) -> Iterable[Spot]:
    for section in case.sections().values():
        if section.listed:
            yield Spot(section.name)
        for index in range(len(case.facts(section))):
            yield from (Spot(section.name, index, name) for name in section.fact.domains())


def _grouped(
    law: Law, case: CaseModel, spot: Spot, cells: Iterable[tuple[Known[Any], Known[Any]]]
) -> list[Effect]:
    """The answers that lead to one result as one effect."""
    groups: dict[tuple[str, ...], list[Known[Any]]] = {}
    for chosen, shown in cells:
        reached = outcomes(law.executor, case.with_value(spot, chosen), RUNS)
        groups.setdefault(reached, []).append(shown)
    speakers = {language: Speaker(law.rulebook, language) for language in LANGUAGES}
    return [_effect(speakers, spot, shown, reached) for reached, shown in groups.items()]


def _effect(
    speakers: Mapping[str, Speaker], spot: Spot, shown: list[Known[Any]], reached: tuple[str, ...]
) -> Effect:
    if not spot.field:
        return Effect((), False, reached)
    named = [_closed(spot, known) for known in shown if not _is_other(known)]
    told = (
        Text(
            **{
                language: speaker.value(known, speaker.domain(spot), speaker.field_key(spot))
                for language, speaker in speakers.items()
            }
        )
        for known in named
    )
    return Effect(tuple(told), len(named) < len(shown), reached)


def _is_other(known: Known[Any]) -> bool:
    return any(isinstance(option, str) and option.startswith(OTHER_TEXT) for option in known.options)


def _closed(spot: Spot, known: Known[Any]) -> Known[Any]:
    """A range of grades ends where the grades end, so that it reads "1급" and not "1급 이하"."""
    ends = NUMBERS.get((spot.section, spot.field))
    if ends is None or known.options:
        return known
    return between(known.low or ends[0], known.high or ends[1])
