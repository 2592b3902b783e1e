"""Runs case files and says where the law answers differently from what they expect."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cases.files import AnyCase, Expected, placed
from engine.errors import InputError, Problem, nearest
from engine.execution import Conclusions
from engine.speech import known_of
from engine.values import Known, plain
from engine.worlds import Answer, answer
from rules.advice import refuse_contradiction
from rules.law import UNDETERMINED, Law


@dataclass(frozen=True)
class Result:
    """What a case came to, and each difference from what its file expects."""

    case: AnyCase
    outcome: str
    possible: tuple[str, ...]
    fired: frozenset[str]
    differences: tuple[str, ...]


def run(laws: Iterable[Law], cases: Iterable[AnyCase]) -> tuple[list[Result], list[Problem]]:
    """Replay cases, each under the rulebook that answers its kind; one that no rulebook answers is left out.

    A case that contradicts itself is a problem, and the others are still run.
    """
    by_model = {law.rulebook.model: law for law in laws}
    results: list[Result] = []
    problems: list[Problem] = []
    for case in cases:
        try:
            if (law := by_model.get(type(case.facts))) is not None:
                results.append(run_one(law, case))
        except InputError as error:
            problems += placed(error.problems, case)
    return results, problems


def run_one(law: Law, case: AnyCase) -> Result:
    refuse_contradiction(case.facts)
    found = answer(law.executor, case.facts)
    certain = _fired(found, certain=True)
    outcome = found.outcome or UNDETERMINED
    differences = tuple(_differences(law, found, case.expected)) if case.expected else ()
    return Result(case, outcome, found.outcomes, certain, differences)


def _fired(found: Answer, *, certain: bool) -> frozenset[str]:
    """Rules that certainly fire in every world, or that may fire in some."""
    each = [
        {key.partition("#")[0] for key, sure in world.conclusions.rules_fired() if sure or not certain}
        for world in found.worlds
    ]
    return frozenset(set.intersection(*each) if certain else set.union(*each))


def _differences(law: Law, found: Answer, expected: Expected) -> Iterator[str]:
    outcome = found.outcome or UNDETERMINED
    if expected.outcome is not None and outcome != expected.outcome:
        among = f" ({' or '.join(found.outcomes)})" if outcome == UNDETERMINED else ""
        yield f"the outcome is {outcome}{among}, not {expected.outcome}"
    if expected.possible is not None and set(found.outcomes) != set(expected.possible):
        yield f"possible are {', '.join(found.outcomes)}, not {', '.join(expected.possible)}"
    yield from _rule_differences(law, found, expected)
    questions = {str(spot) for spot in found.questions}
    if expected.questions is not None and questions != set(expected.questions):
        open_ones = ", ".join(sorted(questions)) or "no questions"
        yield f"open are {open_ones}, not {', '.join(expected.questions)}"
    unclear = {rule.id for rule in found.unclear}
    if expected.unclear is not None and unclear != set(expected.unclear):
        yield f"unclear are {', '.join(sorted(unclear)) or 'no rules'}, not {', '.join(expected.unclear)}"
    certain, possible = _following(law, found, certain=True), _following(law, found, certain=False)
    yield from (f"{item} does not follow" for item in expected.follows if item not in certain)
    yield from (f"{item} may not follow" for item in expected.may if item not in possible)
    yield from (f"{item} certainly follows" for item in expected.may if item in certain)
    yield from (f"{item} may follow" for item in expected.absent if item in possible)
    yield from _days(_said(law, found, "by_on"), expected.by, "due by")
    yield from _days(_said(law, found, "from_on"), expected.since, "running from")
    yield from _days(_said(law, found, "until_on"), expected.until, "running until")
    yield from _amounts(_said(law, found, "up_to"), expected.up_to)


def _days(said: Mapping[str, set[Known[Any]]], expected: Mapping[str, str], how: str) -> Iterator[str]:
    shown = {item.partition(".")[2]: _either(known) for item, known in said.items()}
    for kind, day in expected.items():
        if shown.get(kind) != day:
            yield f"{kind} is {how} {shown.get(kind, 'no day')}, not {day}"


def _amounts(said: Mapping[str, set[Known[Any]]], expected: Mapping[str, int]) -> Iterator[str]:
    for item, amount in expected.items():
        shown = _either(said[item]) if item in said else "nothing"
        if shown != str(amount):
            yield f"{item} goes up to {shown}, not {amount}"


def _either(known: Iterable[Known[Any]]) -> str:
    return " or ".join(sorted(str(plain(one)) for one in known))


def _rule_differences(law: Law, found: Answer, expected: Expected) -> Iterator[str]:
    known = {rule.id for rule in law.rulebook.rules}
    certain, possible = _fired(found, certain=True), _fired(found, certain=False)
    for rule in (*expected.fires, *expected.silent):
        if rule not in known:
            yield f"there is no rule {rule!r}. {nearest(rule, known)}"
    yield from (f"{rule} does not fire" for rule in expected.fires if rule in known and rule not in certain)
    yield from (f"{rule} may fire" for rule in expected.silent if rule in possible)


def _following(law: Law, found: Answer, *, certain: bool) -> set[str]:
    each = [_kinds(law, world.conclusions, certain=certain) for world in found.worlds]
    return set.intersection(*each) if certain else set.union(*each)


def _kinds(law: Law, conclusions: Conclusions, *, certain: bool) -> set[str]:
    found = set()
    for (predicate, arguments), row in conclusions.rows.items():
        for name, (low, _) in arguments:
            options = law.rulebook.predicates[predicate][name].options
            if options and (row.certain or not certain):
                found.add(f"{predicate}.{options[low]}")
    return found


def _said(law: Law, found: Answer, argument: str) -> dict[str, set[Known[Any]]]:
    """What an argument is worth in every world, by predicate and kind."""
    said: dict[str, set[Known[Any]]] = {}
    for world in found.worlds:
        for (predicate, arguments), _ in world.conclusions.rows.items():
            given = dict(arguments)
            if argument in given and "kind" in given:
                kind = law.rulebook.label(predicate, "kind", given["kind"][0])
                known = known_of(given[argument], law.rulebook.predicates[predicate][argument])
                said.setdefault(f"{predicate}.{kind}", set()).add(known)
    return said


def checked(results: Iterable[Result]) -> tuple[list[Result], list[Result]]:
    """Results as expected, and results that differ."""
    good: list[Result] = []
    bad: list[Result] = []
    for result in results:
        (bad if result.differences else good).append(result)
    return good, bad
