"""Which cases another law answers otherwise, and which rules make the difference."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from cases.files import AnyCase, placed
from engine.difference import Conclusion, compare, premises
from engine.errors import InputError, Problem
from engine.expressions import Interval
from engine.rulebook import Rule, Rulebook
from engine.worlds import Answer, answer
from rules.advice import refuse_contradiction
from rules.law import UNDETERMINED, Law

FAR = 1_000
_PLAIN = {"date", "int", "won"}
Values = tuple[tuple[str, Interval], ...]


@dataclass(frozen=True)
class Standing:
    """How something follows from a case: certainly or perhaps, with which days and amounts."""

    certain: bool
    values: frozenset[Values] = frozenset()


@dataclass(frozen=True)
class Reason:
    """A rule that makes a difference: it fires, or certainly fires, in one law and not in the other.

    `changed` says that the rule itself, or a parameter it reads, differs between the laws: what else fires
    otherwise only follows from such rules. A changed rule may also fire in both.
    """

    rule: Rule
    law: Literal["old", "new", "both"]
    changed: bool


@dataclass(frozen=True)
class CaseDifference:
    """A case that two laws answer otherwise: outcomes and conclusions of the old law and of the new.

    `altered` follows in both, with other days or amounts or with another certainty. `reasons` stand
    nearest to the outcome first.
    """

    case: AnyCase
    outcomes: tuple[str, str]
    possible: tuple[tuple[str, ...], tuple[str, ...]]
    gained: tuple[Conclusion, ...]
    lost: tuple[Conclusion, ...]
    altered: tuple[Conclusion, ...]
    reasons: tuple[Reason, ...]


def differences(
    old: Law, new: Law, cases: Iterable[AnyCase]
) -> tuple[list[CaseDifference], list[Problem], int]:
    """The cases that two laws answer otherwise, the problems of contradictory ones, and how many were run.

    Both laws must be for cases of one kind; cases of another kind are passed over.
    """
    judge = _Judge(old, new)
    found: list[CaseDifference] = []
    problems: list[Problem] = []
    ran = 0
    for case in cases:
        if not isinstance(case.facts, old.rulebook.model):
            continue
        try:
            refuse_contradiction(case.facts)
        except InputError as error:
            problems += placed(error.problems, case)
            continue
        ran += 1
        if (difference := judge.difference(case)) is not None:
            found.append(difference)
    return found, problems, ran


class _Judge:
    def __init__(self, old: Law, new: Law) -> None:
        self.old = old
        self.new = new
        self.changed = compare(old.rulebook, new.rulebook).changed_rules
        versions = (
            {rule.id: rule for rule in old.rulebook.rules},
            {rule.id: rule for rule in new.rulebook.rules},
        )
        self.rules = {"old": versions[0], "new": versions[1], "both": versions[1]}
        self.distance = _distances(old.rulebook, new.rulebook)

    def difference(self, case: AnyCase) -> CaseDifference | None:
        before, after = (answer(law.executor, case.facts) for law in (self.old, self.new))
        then, now = standings(before, self.old.rulebook), standings(after, self.new.rulebook)
        if then == now and before.outcomes == after.outcomes:
            return None
        return CaseDifference(
            case=case,
            outcomes=(before.outcome or UNDETERMINED, after.outcome or UNDETERMINED),
            possible=(before.outcomes, after.outcomes),
            gained=tuple(sorted(now.keys() - then.keys())),
            lost=tuple(sorted(then.keys() - now.keys())),
            altered=tuple(sorted(one for one in then.keys() & now.keys() if then[one] != now[one])),
            reasons=tuple(self.reasons(before, after)),
        )

    def reasons(self, before: Answer, after: Answer) -> Iterator[Reason]:
        then, now = fired(before), fired(after)
        found = [
            Reason(self.rules[law][name], law, name in self.changed)
            for name in then.keys() | now.keys()
            if (law := _law(then.get(name), now.get(name))) != "both" or name in self.changed
        ]
        yield from sorted(found, key=lambda one: (self.far(one.rule), one.rule.id))

    def far(self, rule: Rule) -> int:
        return self.distance.get(rule.head.predicate, FAR)


def _law(then: bool | None, now: bool | None) -> Literal["old", "new", "both"]:
    """In which law a rule fires more surely; None stands for not at all."""
    if then == now:
        return "both"
    return "new" if then is None or (now and not then) else "old"


def fired(found: Answer) -> dict[str, bool]:
    """The rules that fire in some world, each with whether it certainly does in every world."""
    each = [world.conclusions.rules_fired() for world in found.worlds]
    sure = set.intersection(*({key.partition("#")[0] for key, certain in one if certain} for one in each))
    return {name: name in sure for one in each for name in (key.partition("#")[0] for key, _ in one)}


def standings(found: Answer, rulebook: Rulebook) -> Mapping[Conclusion, Standing]:
    """Everything that follows in some world, by predicate and label."""
    each = [_of_world(world.conclusions.summary(), rulebook) for world in found.worlds]
    conclusions = {conclusion for world in each for conclusion in world}
    nowhere = Standing(False)
    joined = {}
    for conclusion in conclusions:
        places = [world.get(conclusion, nowhere) for world in each]
        values = frozenset().union(*(place.values for place in places))
        joined[conclusion] = Standing(all(place.certain for place in places), values)
    return joined


def _of_world(
    summary: Iterable[tuple[tuple[str, Values], bool]], rulebook: Rulebook
) -> dict[Conclusion, Standing]:
    found: dict[Conclusion, Standing] = {}
    for (predicate, arguments), certain in summary:
        domains = rulebook.predicates[predicate]
        values = tuple((name, worth) for name, worth in arguments if domains[name].kind in _PLAIN)
        ranges = [(domains[name].options, worth) for name, worth in arguments if domains[name].options]
        labels = [
            (label, low == high) for options, (low, high) in ranges for label in options[low : high + 1]
        ]
        for label, exact in labels or [("", True)]:
            one = Conclusion(predicate, label)
            known = found.get(one, Standing(False))
            found[one] = Standing(known.certain or (certain and exact), known.values | {values})
    return found


def _distances(*rulebooks: Rulebook) -> dict[str, int]:
    """How many steps each predicate is from the outcome, along what rules ask about."""
    rules = [rule for rulebook in rulebooks for rule in rulebook.rules]
    far = {rulebook.goal: 0 for rulebook in rulebooks}
    edge = set(far)
    for step in range(1, FAR):
        edge = {name for rule in rules if rule.head.predicate in edge for name in premises(rule)} - far.keys()
        if not edge:
            break
        far |= dict.fromkeys(edge, step)
    return far
