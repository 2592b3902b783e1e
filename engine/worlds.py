"""What a case that is not fully known comes to: it is split into its worlds, and their answers are joined."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine import expressions as ex
from engine.cuts import Cuts
from engine.execution import Assumption, Executor, Firing, World, label_of, labels
from engine.facts import CaseModel, Spot
from engine.program import Program, atom_variable, lookup
from engine.rows import Row
from engine.rulebook import Rule

RUNS = 160
LARGE = 500


@dataclass(eq=False)
class _Node:
    world: World
    spot: Spot | None = None
    children: list["_Node"] = field(default_factory=list)
    rests_on: "Unresolved | None" = None

    @property
    def open(self) -> tuple[Spot, ...]:
        return self.rests_on.spots if self.rests_on else ()


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


def answer(executor: Executor, case: CaseModel, runs: int = RUNS) -> Answer:
    """Decide a case. `runs` bounds how many worlds are looked at: with too few the answer is too cautious.

    A world with much in it counts as several.
    """
    search = _Search(executor, runs)
    root = search.explore(case)
    leaves = list(_leaves(root))
    for leaf in leaves:
        search.explain(leaf)
    possible = search.outcomes(root)
    questions = dict.fromkeys(_questions(root)) if len(possible) > 1 else {}
    unclear = {rule.key: rule for leaf in leaves if leaf.rests_on for rule in leaf.rests_on.rules}
    return Answer(
        outcomes=possible,
        base=root.world,
        worlds=tuple(leaf.world for leaf in leaves),
        questions=tuple(questions),
        unclear=tuple(unclear.values()),
        runs=search.used,
    )


def outcomes(executor: Executor, case: CaseModel, runs: int) -> tuple[str, ...]:
    """The outcomes of `answer`, without what could tell them apart."""
    search = _Search(executor, runs)
    return search.outcomes(search.explore(case))


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

    def world(self, case: CaseModel, assumptions: tuple[Assumption, ...]) -> World:
        conclusions = self.executor.run(case)
        world = World(case, conclusions, tuple(labels(conclusions, self.program.rulebook)), assumptions)
        self.used += _size(world)
        return world

    def explore(self, case: CaseModel) -> _Node:
        root = _Node(self.world(case, ()))
        queue = deque([root])
        while queue:
            node = queue.popleft()
            if len(node.world.outcomes) > 1:
                self.split(node)
                queue.extend(node.children)
        return root

    def outcomes(self, root: _Node) -> tuple[str, ...]:
        found = {outcome for leaf in _leaves(root) for outcome in leaf.world.outcomes}
        return tuple(label for label in self.program.rulebook.outcomes if label in found)

    def explain(self, node: _Node) -> None:
        """Find what keeps a world from being decided."""
        if len(node.world.outcomes) > 1 and node.rests_on is None:
            node.rests_on = unresolved(node.world, self.program)

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
                    _Node(
                        self.world(
                            node.world.case.with_value(spot, chosen), (*node.world.assumptions, (spot, shown))
                        )
                    )
                    for chosen, shown in cells
                ]
                return


@dataclass(frozen=True)
class Unresolved:
    """What keeps a world from being decided: unknown values, in the order met, and unclear rules."""

    spots: tuple[Spot, ...]
    rules: tuple[Rule, ...]


def unresolved(world: World, program: Program) -> Unresolved:
    """Everything that the possible but uncertain outcomes of a world rest on."""
    walk = _Walk(world, program)
    for fact, row in _ordered_goals(world, program):
        if not row.certain:
            walk.visit(fact)
    return Unresolved(tuple(walk.spots), tuple(walk.rules.values()))


def _ordered_goals(world: World, program: Program) -> list[tuple[Any, Row]]:
    rulebook = program.rulebook
    order = {label: place for place, label in enumerate(rulebook.outcomes)}
    goals = list(world.conclusions.of(rulebook.goal))
    return sorted(goals, key=lambda goal: order[label_of(goal[0], rulebook)])


class _Walk:
    def __init__(self, world: World, program: Program) -> None:
        self.conclusions = world.conclusions
        self.program = program
        self.given = world.conclusions.given
        self.spots: dict[Spot, None] = {}
        self.rules: dict[str, Rule] = {}
        self.seen: set[Any] = set()
        self.read: set[tuple[int, str]] = set()
        self.doubted: set[int] = set()

    def visit(self, fact: Any) -> None:
        """Follow a possible fact down to what keeps it from being certain."""
        if fact in self.seen:
            return
        self.seen.add(fact)
        for firing in self.conclusions.firings[fact]:
            if firing.mode == "may":
                self.follow(firing)

    def follow(self, firing: Firing) -> None:
        rule = firing.rule
        if rule.confidence == "U":
            self.rules[rule.key] = rule
        _, conditions = self.program.bound[rule.key]
        if rule.total:
            self.hold(firing, conditions[len(rule.conditions) :])
        else:
            self.hold(firing, conditions)
            self.meet(firing)

    def hold(self, firing: Firing, conditions: Iterable[ex.Condition]) -> None:
        """Blame the conditions that are not sure to hold."""
        here = lookup(firing.bindings, self.given.parameters)
        for condition in conditions:
            if not ex.truth_of(condition, here)[0]:
                self.blame(condition, firing)

    def meet(self, firing: Firing) -> None:
        """Blame the facts that a rule binds, wants or denies and that are not certain."""
        rule = firing.rule
        for row in firing.bindings.values():
            if not row.certain and row.serial not in self.doubted:
                self.doubted.add(row.serial)
                self.doubt(row)
        for number, atom in enumerate(rule.atoms):
            self.compare(atom, firing.bindings[atom_variable(number, atom)], firing)
        for atom in rule.unless:
            for other, row in self.conclusions.matching(atom, firing.bindings):
                self.visit(other)
                self.compare(atom, row, firing)

    def doubt(self, row: Row) -> None:
        if row.section:
            self.spots.setdefault(row.spot(""))
        else:
            self.visit(self.conclusions.fact_of(row))

    def blame(self, condition: ex.Condition, firing: Firing) -> None:
        for term in ex.terms_of(condition):
            for name in ex.fields_of(term):
                self.uncertain(firing.bindings[name.variable], name.name)
            for parameter in ex.parameters_of(term):
                self.parameter(parameter)

    def uncertain(self, row: Row, name: str) -> None:
        low, high = row.values[name]
        if low == high or (row.serial, name) in self.read:
            return
        self.read.add((row.serial, name))
        if row.section:
            self.spots.setdefault(row.spot(name))
            return
        for firing in self.conclusions.firings[self.conclusions.fact_of(row)]:
            argument = dict(firing.rule.head.arguments)[name]
            if firing.rule.total == name:
                self.count(firing.rule)
            elif not isinstance(argument, ex.Reference):
                self.blame(ex.Compare("==", argument, argument), firing)

    def count(self, rule: Rule) -> None:
        """Blame what leaves a total open: what may not count, and what is not known of what may."""
        for summand in self.conclusions.summands[rule.key]:
            if not summand.certain:
                for firing in summand.firings:
                    self.hold(firing, rule.conditions)
                    self.meet(firing)
            for variable, row in summand.bindings.items():
                for name in row.values:
                    if not row.section or (variable, name) == (rule.summed.variable, rule.summed.name):
                        self.uncertain(row, name)

    def parameter(self, name: str) -> None:
        low, high = self.given.parameters[name]
        if low != high:
            rulebook = self.program.rulebook
            source, date = rulebook.dates[rulebook.parameters[name].values[0].selector]
            self.uncertain(next(self.given.of(source)), date)

    def compare(self, atom: ex.Atom, row: Row, firing: Firing) -> None:
        """Blame the arguments of an atom that only may equal those of the fact it met."""
        for name, argument in atom.arguments:
            if isinstance(argument, ex.Reference):
                continue
            self.uncertain(row, name)
            if not isinstance(argument, ex.Constant):
                self.blame(ex.Compare("==", argument, argument), firing)
