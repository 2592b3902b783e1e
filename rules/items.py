"""What follows in the worlds of a case, as the items that people are told."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from engine.execution import Fact
from engine.expressions import Interval
from engine.rulebook import Rulebook

Facts = Mapping[Fact, bool]
Place = tuple[int, Fact]


class Following(NamedTuple):
    """Facts of a kind that are one item, and in which worlds they follow.

    Certain where one of them certainly follows in every world; `ends` are the least and the greatest of each
    argument.
    """

    kind: str
    certain: bool
    ends: dict[str, Interval]
    places: Sequence[Place]


def following(
    rulebook: Rulebook, worlds: Sequence[Facts], predicates: Iterable[str]
) -> dict[str, list[Following]]:
    """What follows of predicates in worlds, each of which says of its facts whether they are certain."""
    kinds: dict[str, dict[str, list[Place]]] = {predicate: {} for predicate in predicates}
    for number, facts in enumerate(worlds):
        for fact in facts:
            if fact[0] in kinds:
                kinds[fact[0]].setdefault(_kind_of(rulebook, fact), []).append((number, fact))
    return {
        predicate: [
            _following(kind, places, worlds)
            for kind, found in kinds_of.items()
            for places in _told_apart(found, worlds)
        ]
        for predicate, kinds_of in kinds.items()
    }


def _following(kind: str, places: Sequence[Place], worlds: Sequence[Facts]) -> Following:
    sure = {number for number, fact in places if worlds[number][fact]}
    given = [dict(fact[1]) for _, fact in places]
    ends = {
        name: (min(one[name][0] for one in given), max(one[name][1] for one in given)) for name in given[0]
    }
    return Following(kind, len(sure) == len(worlds), ends, places)


def _kind_of(rulebook: Rulebook, fact: Fact) -> str:
    """The option that a fact names, or its predicate."""
    for name, (low, _) in fact[1]:
        if options := rulebook.predicates[fact[0]][name].options:
            return options[low]
    return fact[0]


def _told_apart(found: Sequence[Place], worlds: Sequence[Facts]) -> Iterator[Sequence[Place]]:
    """The facts of a kind together where no world has several, else each by itself.

    Where a case is split, one that is possible only has other days in each world: those that may be of the
    same days stand together.
    """
    if len(found) == 1 or max(Counter(number for number, _ in found).values()) == 1:
        yield found
        return
    places: dict[Fact, list[Place]] = {}
    for number, fact in found:
        places.setdefault(fact, []).append((number, fact))
    possible: list[list[Fact]] = []
    for fact, here in places.items():
        if len(worlds) == 1 or any(worlds[number][fact] for number, _ in here):
            yield here
        else:
            near = [group for group in possible if any(_meet(fact, other) for other in group)]
            possible = [group for group in possible if group not in near]
            possible.append([*chain.from_iterable(near), fact])
    for group in possible:
        yield [place for fact in group for place in places[fact]]


def _meet(one: Fact, other: Fact) -> bool:
    """Whether the arguments of two facts may be the same."""
    pairs = zip(one[1], other[1], strict=True)
    return all(low <= last and first <= high for (_, (low, high)), (_, (first, last)) in pairs)
