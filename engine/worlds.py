"""What a case that is not fully known comes to, and the worlds in which that is explained: its parts."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.blame import Blame, blame
from engine.completions import Completed, completed
from engine.cuts import Cuts
from engine.execution import Assumption, Executor, World, labels
from engine.facts import CaseModel, Spot
from engine.rulebook import Rule

RUNS = 160
LARGE = 500


@dataclass(eq=False)
class _Node:
    world: World
    spot: Spot | None = None
    children: list["_Node"] = field(default_factory=list)
    rests_on: Blame | None = None

    @property
    def open(self) -> tuple[Spot, ...]:
        return tuple(self.rests_on.spots) if self.rests_on else ()


@dataclass(frozen=True, eq=False)
class Answer:
    """The outcomes still possible, the worlds that were looked at, and what could still tell them apart."""

    outcomes: tuple[str, ...]
    base: World
    worlds: tuple[World, ...]
    questions: tuple[Spot, ...]
    unclear: tuple[Rule, ...]
    runs: int

    @property
    def outcome(self) -> str | None:
        """The outcome, where it is the only one still possible."""
        return self.outcomes[0] if len(self.outcomes) == 1 else None


def world(executor: Executor, case: CaseModel, assumptions: tuple[Assumption, ...] = ()) -> World:
    """What a single run says of a case."""
    conclusions = executor.run(case)
    return World(case, conclusions, tuple(labels(conclusions, executor.program.rulebook)), assumptions)


def answer(executor: Executor, case: CaseModel, runs: int = RUNS) -> Answer:
    """Decide a case. `runs` bounds how many worlds are looked at: with too few they say too little.

    A world with much in it counts as several.
    """
    base = world(executor, case)
    return _split(executor, base, _completed(executor, base, runs), runs)


def brief(executor: Executor, case: CaseModel) -> Answer:
    """The answer to a case, whose worlds are not looked at where its completions tell what leaves it open."""
    base = world(executor, case)
    told = _completed(executor, base, RUNS)
    if told.exact and len(told.outcomes) > 1:
        return Answer(told.outcomes, base, (base,), told.questions, told.unclear, 1)
    return _split(executor, base, told, RUNS)


def outcomes(executor: Executor, case: CaseModel, runs: int) -> tuple[str, ...]:
    """The outcomes of `answer` alone."""
    base = world(executor, case)
    told = _completed(executor, base, runs)
    return told.outcomes if told.exact else _split(executor, base, told, runs).outcomes


def _completed(executor: Executor, base: World, runs: int) -> Completed:
    """What the completions come to; of a world that counts as too many, only what it says itself."""
    if _size(base) > runs:
        return Completed(base.outcomes, exact=False)
    return completed(base, executor.program)


def _split(executor: Executor, base: World, told: Completed, runs: int) -> Answer:
    """The answer with the worlds of a case, and what these tell where its completions are not exact."""
    search = _Search(executor, runs)
    root = search.explore(base)
    leaves = list(_leaves(root))
    told = told if told.exact else search.told(root, leaves)
    return Answer(
        outcomes=told.outcomes,
        base=base,
        worlds=tuple(leaf.world for leaf in leaves),
        questions=told.questions,
        unclear=told.unclear,
        runs=search.used,
    )


def _leaves(node: _Node) -> Iterator[_Node]:
    if not node.children:
        yield node
    for child in node.children:
        yield from _leaves(child)


def _signature(node: _Node) -> tuple[Any, ...]:
    """What a node comes to, whatever it was split by where that makes no difference."""
    if not node.children:
        return (node.world.outcomes, node.open if len(node.world.outcomes) > 1 else ())
    below = [_signature(child) for child in node.children]
    if all(one == below[0] for one in below):
        return below[0]
    parts = [child.world.assumptions[-1][1] for child in node.children]
    return node.spot, tuple(zip(parts, below, strict=True))


def _questions(node: _Node) -> Iterator[Spot]:
    """The spots that tell outcomes apart, nearest to the root first."""
    queue = deque([node])
    while queue:
        here = queue.popleft()
        if not here.children:
            if len(here.world.outcomes) > 1:
                yield from here.open
            continue
        below = [_signature(child) for child in here.children]
        if any(one != below[0] for one in below):
            assert here.spot is not None
            yield here.spot
            queue.extend(here.children)
        else:
            queue.append(here.children[0])


def _size(world: World) -> int:
    """How many worlds a world counts as."""
    return max(1, sum(map(len, world.conclusions.firings.values())) // LARGE)


class _Search:
    def __init__(self, executor: Executor, runs: int) -> None:
        self.executor = executor
        self.program = executor.program
        self.limit = runs
        self.used = 0
        self.cuts = Cuts.of(self.program)

    def node(self, world: World) -> _Node:
        self.used += _size(world)
        return _Node(world)

    def explore(self, base: World) -> _Node:
        root = self.node(base)
        queue = deque([root])
        while queue:
            node = queue.popleft()
            if len(node.world.outcomes) > 1:
                self.split(node)
                queue.extend(node.children)
        return root

    def told(self, root: _Node, leaves: Sequence[_Node]) -> Completed:
        for leaf in leaves:
            self.explain(leaf)
        found = {outcome for leaf in leaves for outcome in leaf.world.outcomes}
        possible = tuple(label for label in self.program.rulebook.outcomes if label in found)
        questions = dict.fromkeys(_questions(root)) if len(possible) > 1 else {}
        unclear = {
            rule.key: rule for leaf in leaves if leaf.rests_on for rule in leaf.rests_on.rules.values()
        }
        return Completed(possible, tuple(questions), tuple(unclear.values()))

    def explain(self, node: _Node) -> None:
        """Find what keeps a world from being decided."""
        if len(node.world.outcomes) > 1 and node.rests_on is None:
            node.rests_on = blame(node.world, self.program)

    def split(self, node: _Node) -> None:
        left = (self.limit - self.used) // _size(node.world)
        if left < 2:
            return
        self.explain(node)
        for spot in node.open:
            cells = self.cuts.cells(node.world, spot)
            if 1 < len(cells) <= left:
                node.spot = spot
                node.children = [
                    self.node(
                        world(
                            self.executor,
                            node.world.case.with_value(spot, chosen),
                            (*node.world.assumptions, (spot, shown)),
                        )
                    )
                    for chosen, shown in cells
                ]
                return
