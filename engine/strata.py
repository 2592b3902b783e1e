"""The strata of a rulebook: what must be known before something can be denied."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from engine.errors import InputError, refuse
from engine.rulebook import Rule


def stratify(rules: Sequence[Rule]) -> dict[str, int]:
    """The stratum of each predicate. Raises InputError naming a loop that goes through `unless` or a total.

    What is denied or added up lies below, and a total lies below what reads it.
    """
    equal: dict[str, set[str]] = defaultdict(set)
    below: dict[str, set[str]] = defaultdict(set)
    derived = {rule.head.predicate for rule in rules}
    totals = {rule.head.predicate for rule in rules if rule.total}
    for rule in rules:
        head = rule.head.predicate
        read = _read(rule, derived)
        apart = read if rule.total else read & totals
        below[head] |= apart | {atom.predicate for atom in rule.unless}
        equal[head] |= read - apart
    strata = dict.fromkeys(sorted(derived), 0)
    for _ in range(len(derived) + 1):
        raised = False
        for head in strata:
            need = max(
                [strata[name] for name in equal[head]] + [strata[name] + 1 for name in below[head]],
                default=0,
            )
            if need > strata[head]:
                strata[head], raised = need, True
        if not raised:
            return strata
    raise _loop_error(rules, derived, equal, below)


def _read(rule: Rule, derived: set[str]) -> set[str]:
    return (set(rule.binds.values()) & derived) | {atom.predicate for atom in rule.atoms}


def _loop_error(
    rules: Sequence[Rule], derived: set[str], equal: Mapping[str, set[str]], below: Mapping[str, set[str]]
) -> InputError:
    for rule in rules:
        steps = [("denies", atom.predicate) for atom in rule.unless]
        steps += [("adds up", name) for name in sorted(_read(rule, derived))] if rule.total else []
        for verb, name in steps:
            path = _path(name, rule.head.predicate, equal, below)
            if path:
                shown = " -> ".join([rule.head.predicate, *path])
                return refuse(
                    f"This rule {verb} what rests on itself: {shown}",
                    "Take one step out of the loop, or split the predicate in two",
                    rule.place,
                )
    return refuse("The rules go in a loop through `unless` or a total", "Take one step out of the loop")


def _path(start: str, goal: str, *edges: Mapping[str, set[str]]) -> list[str]:
    paths = {start: [start]}
    queue = [start]
    while queue:
        here = queue.pop(0)
        if here == goal:
            return paths[here]
        for there in sorted(set().union(*(edge.get(here, set()) for edge in edges))):
            if there not in paths:
                paths[there] = [*paths[here], there]
                queue.append(there)
    return []
