"""What an application comes to, whichever executor says it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.execution import Executor, label_of
from engine.expressions import Interval
from engine.facts import CaseModel, Spot
from engine.rulebook import Rulebook
from engine.worlds import brief
from rules.items import Facts, following

Fired = Mapping[str, bool]
Ends = tuple[tuple[str, Interval], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """Something that follows: what is said of it, whether it certainly does, and its days and amounts."""

    predicate: str
    kind: str
    certain: bool
    ends: Ends


@dataclass(frozen=True, slots=True)
class Found:
    """The outcomes still possible, what could tell them apart, what follows, and the rules that fired."""

    possible: tuple[str, ...]
    items: tuple[Item, ...]
    fired: tuple[str, ...]
    may_fire: tuple[str, ...]
    questions: tuple[Spot, ...] = ()
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Teller:
    """Tells what runs over cases found, under one rulebook."""

    rulebook: Rulebook

    def answered(self, executor: Executor, case: CaseModel, *, quick: bool) -> Found:
        """Answer a case; unless `quick`, one that is left open is split into its worlds."""
        if quick:
            conclusions = executor.run(case)
            return self.of_run(conclusions.facts(), _fired(conclusions.rules_fired()))
        found = brief(executor, case)
        worlds = [world.conclusions for world in found.worlds]
        return Found(
            found.outcomes,
            tuple(self.items([world.facts() for world in worlds])),
            *self.rules([_fired(world.rules_fired()) for world in worlds]),
            found.questions,
            tuple(dict.fromkeys(rule.id for rule in found.unclear)),
        )

    def of_run(self, facts: Facts, fired: Fired) -> Found:
        """What a single run over a case found: all there is, where one outcome is left."""
        labels = {label_of(fact, self.rulebook) for fact in facts if fact[0] == self.rulebook.goal}
        possible = tuple(label for label in self.rulebook.outcomes if label in labels)
        return Found(possible, tuple(self.items([facts])), *self.rules([fired]))

    def rules(self, worlds: Sequence[Fired]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The rules that fire in every world, and those that may fire in some, as the rulebook has them."""
        every = [{_id(key) for key, sure in world.items() if sure} for world in worlds]
        certain = set.intersection(*every)
        possible = {_id(key) for world in worlds for key in world} - certain
        place = self._places.__getitem__
        return tuple(sorted(certain, key=place)), tuple(sorted(possible, key=place))

    def items(self, worlds: Sequence[Facts]) -> Iterator[Item]:
        """What follows in the worlds, by the predicates that people see."""
        for predicate, found in following(self.rulebook, worlds, self.outputs).items():
            items = [Item(predicate, one.kind, one.certain, tuple(one.ends.items())) for one in found]
            yield from sorted(items, key=self.order)

    @cached_property
    def outputs(self) -> Sequence[str]:
        """The predicates that people see, besides the outcome."""
        return [name for name in self.rulebook.outputs if name != self.rulebook.goal]

    def order(self, item: Item) -> tuple[int, Ends, bool]:
        """Items of a predicate stand in the order of their kinds, those of a kind by what they say."""
        kinds = self._kinds[item.predicate]
        return kinds.get(item.kind, len(kinds)), item.ends, item.certain

    @cached_property
    def _kinds(self) -> Mapping[str, Mapping[str, int]]:
        return {
            predicate: {
                option: place
                for place, option in enumerate(
                    option
                    for domain in self.rulebook.predicates[predicate].values()
                    for option in domain.options
                )
            }
            for predicate in self.outputs
        }

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {
            id_: place for place, id_ in enumerate(dict.fromkeys(rule.id for rule in self.rulebook.rules))
        }


def _fired(rules: frozenset[tuple[str, bool]]) -> Fired:
    return {key: (key, True) in rules for key, _ in rules}


def _id(key: str) -> str:
    return key.partition("#")[0]
