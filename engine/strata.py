"""The strata of a rulebook: what must be known before something can be denied."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from engine.errors import InputError, refuse
from engine.rulebook import Rule


def stratify(rules: Sequence[Rule]) -> dict[str, int]:
    """The stratum of each predicate. Raises InputError naming a loop that goes through `unless`."""
    positive: dict[str, set[str]] = defaultdict(set)
    negative: dict[str, set[str]] = defaultdict(set)
    derived = {rule.head.predicate for rule in rules}
    for rule in rules:
        head = rule.head.predicate
        positive[head] |= (set(rule.binds.values()) & derived) | {a.predicate for a in rule.atoms}
        negative[head] |= {atom.predicate for atom in rule.unless}
    strata = dict.fromkeys(sorted(derived), 0)
    for _ in range(len(derived) + 1):
        raised = False
        for head in strata:
            need = max(
                [strata[name] for name in positive[head]] + [strata[name] + 1 for name in negative[head]],
                default=0,
            )
            if need > strata[head]:
                strata[head], raised = need, True
        if not raised:
            return strata
    raise _loop_error(rules, positive, negative)


def _loop_error(
    rules: Sequence[Rule], positive: Mapping[str, set[str]], negative: Mapping[str, set[str]]
) -> InputError:
    for rule in rules:
        for atom in rule.unless:
            path = _path(atom.predicate, rule.head.predicate, positive, negative)
            if path:
                shown = " -> ".join([rule.head.predicate, *path])
                return refuse(
                    f"This rule denies what rests on itself: {shown}",
                    "Take one step out of the loop, or split the predicate in two",
                    rule.place,
                )
    return refuse("The rules go in a loop through `unless`", "Take one step out of the loop")


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
