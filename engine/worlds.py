"""What a case that is not fully known comes to: it is split into its worlds, and their answers are joined."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any

from engine import expressions as ex
from engine.execution import Conclusions, Executor, Firing, labels
from engine.facts import CaseModel, Spot
from engine.program import Program, lookup
from engine.rows import Interval, Row
from engine.rulebook import Rule
from engine.values import Domain, Known, between, exactly, from_number

RUNS = 160
OTHER_TEXT = "\u2026"
Assumption = tuple[Spot, Known[Any]]


@dataclass(frozen=True, eq=False)
class World:
    """A case with some unknowns assumed, and what follows in it."""

    case: CaseModel
    conclusions: Conclusions
    outcomes: tuple[str, ...]
    assumptions: tuple[Assumption, ...]


@dataclass(eq=False)
class _Node:
    world: World
    spot: Spot | None = None
    children: list["_Node"] = field(default_factory=list)
    open: tuple[Spot, ...] = ()


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
    """Decide a case. `runs` bounds how many worlds are looked at: with too few the answer is too cautious."""
    search = _Search(executor, runs)
    root = search.explore(case)
    leaves = list(_leaves(root))
    outcomes = {outcome for leaf in leaves for outcome in leaf.world.outcomes}
    questions = dict.fromkeys(_questions(root)) if len(outcomes) > 1 else {}
    unclear = {
        rule.key: rule
        for leaf in leaves
        if len(leaf.world.outcomes) > 1
        for rule in unresolved(leaf.world, executor.program).rules
    }
    return Answer(
        outcomes=tuple(label for label in executor.program.rulebook.outcomes if label in outcomes),
        base=root.world,
        worlds=tuple(leaf.world for leaf in leaves),
        questions=tuple(questions),
        unclear=tuple(unclear.values()),
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


class _Search:
    def __init__(self, executor: Executor, runs: int) -> None:
        self.executor = executor
        self.program = executor.program
        self.limit = runs
        self.used = 0
        self.cuts = Cuts.of(self.program)

    def world(self, case: CaseModel, assumptions: tuple[Assumption, ...]) -> World:
        self.used += 1
        conclusions = self.executor.run(case)
        return World(case, conclusions, tuple(labels(conclusions, self.program.rulebook)), assumptions)

    def explore(self, case: CaseModel) -> _Node:
        root = _Node(self.world(case, ()))
        queue = deque([root])
        while queue:
            node = queue.popleft()
            if len(node.world.outcomes) > 1:
                self.split(node)
                queue.extend(node.children)
        return root

    def split(self, node: _Node) -> None:
        node.open = unresolved(node.world, self.program).spots
        for spot in node.open:
            cells = self.cuts.cells(node.world, spot)
            if len(cells) > 1 and self.used + len(cells) <= self.limit:
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
    return sorted(
        goals, key=lambda goal: order[rulebook.label(rulebook.goal, "kind", dict(goal[0][1])["kind"][0])]
    )


class _Walk:
    def __init__(self, world: World, program: Program) -> None:
        self.conclusions = world.conclusions
        self.program = program
        self.given = world.conclusions.given
        self.spots: dict[Spot, None] = {}
        self.rules: dict[str, Rule] = {}
        self.seen: set[Any] = set()
        self.read: set[tuple[int, str]] = set()

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
        here = lookup(firing.bindings, self.given.parameters)
        for condition in conditions:
            if not ex.truth_of(condition, here)[0]:
                self.blame(condition, firing)
        for row in firing.bindings.values():
            if not row.certain:
                self.doubt(row)
        for variable, atom in _atoms(firing):
            self.compare(atom, firing.bindings[variable], firing)
        for atom in rule.unless:
            for other, row in list(self.conclusions.of(atom.predicate)):
                if self.matches(atom, row, firing):
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
            if not isinstance(argument, ex.Reference):
                self.blame(ex.Compare("==", argument, argument), firing)

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

    def matches(self, atom: ex.Atom, row: Row, firing: Firing) -> bool:
        here = lookup(firing.bindings, self.given.parameters)
        for name, argument in atom.arguments:
            if isinstance(argument, ex.Reference):
                serial = firing.bindings[argument.variable].serial
                value: Interval = (serial, serial)
            else:
                value = ex.value_of(argument, here)
            if not ex.compare("==", row.values[name], value)[1]:
                return False
        return True


def _atoms(firing: Firing) -> Iterator[tuple[str, ex.Atom]]:
    for number, atom in enumerate(firing.rule.atoms):
        yield f"atom {number} {atom.predicate}", atom


# where a value may be cut so that every condition of the rulebook is settled in each part


@dataclass(frozen=True)
class Use:
    """A comparison that a field takes part in: its own term, and what that is compared with."""

    operator: ex.Operator
    term: ex.Term
    other: ex.Term
    other_source: str


@dataclass(frozen=True)
class Cuts:
    """How the rulebook uses each field, by fact type and name."""

    program: Program
    uses: Mapping[tuple[str, str], Sequence[Use]]
    memberships: Mapping[tuple[str, str], Sequence[frozenset[int]]]
    shown: frozenset[tuple[str, str]]

    @classmethod
    @lru_cache(maxsize=16)
    def of(cls, program: Program) -> "Cuts":
        uses: dict[tuple[str, str], list[Use]] = {}
        memberships: dict[tuple[str, str], list[frozenset[int]]] = {}
        shown: set[tuple[str, str]] = set()
        for rule in program.rulebook.rules:
            binds, conditions = program.bound[rule.key]
            for condition in _simple(conditions):
                if isinstance(condition, ex.Member):
                    key = binds[condition.term.variable], condition.term.name
                    memberships.setdefault(key, []).append(condition.numbers)
                elif isinstance(condition, ex.Compare):
                    _note(condition, binds, uses)
            for atom in (rule.head, *rule.atoms, *rule.unless):
                for _, argument in atom.arguments:
                    if not isinstance(argument, ex.Reference):
                        shown |= {(binds[name.variable], name.name) for name in ex.fields_of(argument)}
        return cls(program, uses, memberships, frozenset(shown))

    def cells(self, world: World, spot: Spot) -> list[tuple[Known[Any], Known[Any]]]:
        """The parts of what a value may be: for each a value to go on with, and the part as it is shown."""
        if not spot.field:
            return []
        source = next(
            name for name, part in self.program.rulebook.sections.items() if part.name == spot.section
        )
        domain = self.program.rulebook.sections[source].fact.domains()[spot.field]
        known = world.case.value(spot)
        if domain.kind == "text":
            return self._texts(world, spot, known)
        if domain.kind in {"bool", "enum"}:
            return self.classes((source, spot.field), domain, known)
        if known.options:
            return [(exactly(option), exactly(option)) for option in known.options]
        low, high = next(
            row.values[spot.field]
            for row in world.conclusions.given.of(source)
            if row.section == spot.section and row.index == spot.index
        )
        return [(part, part) for part in self._parts(world, (source, spot.field), low, high, domain)]

    def _texts(self, world: World, spot: Spot, known: Known[Any]) -> list[tuple[Known[Any], Known[Any]]]:
        """Each text that the case names elsewhere, and one that it does not."""
        candidates = known.options or (*world.conclusions.given.texts, f"{OTHER_TEXT} {spot}")
        return [(exactly(text), exactly(text)) for text in dict.fromkeys(candidates)]

    def classes(
        self, key: tuple[str, str], domain: Domain, known: Known[Any]
    ) -> list[tuple[Known[Any], Known[Any]]]:
        """Options that no condition tells apart stand together, and one of them stands for all."""
        low, high = domain.bounds
        if known.low is not None:
            low = domain.options.index(known.low)
        if known.high is not None:
            high = domain.options.index(known.high)
        options = known.options or tuple(from_number(number, domain) for number in range(low, high + 1))
        groups: dict[Any, list[Any]] = {}
        for option in options:
            groups.setdefault(self._profile(key, option, domain), []).append(option)
        return [(exactly(group[0]), Known(tuple(group))) for group in groups.values()]

    def _profile(self, key: tuple[str, str], option: Any, domain: Domain) -> Any:
        number = domain.options.index(option) if domain.kind == "enum" else int(option)
        uses = self.uses.get(key, ())
        if key in self.shown or any(not isinstance(use.other, ex.Constant) for use in uses):
            return number
        compared = [
            ex.compare(use.operator, (number, number), (use.other.number, use.other.number))
            for use in uses
            if isinstance(use.other, ex.Constant)
        ]
        return (*compared, *(number in numbers for numbers in self.memberships.get(key, ())))

    def _parts(
        self, world: World, key: tuple[str, str], low: int, high: int, domain: Domain
    ) -> list[Known[Any]]:
        points = sorted({point for point in self.breakpoints(world, key, low, high) if low < point <= high})
        starts = [low, *points]
        ends = [point - 1 for point in points] + [high]
        whole_low, whole_high = domain.bounds
        return [
            between(
                None if start <= whole_low else from_number(start, domain),
                None if end >= whole_high else from_number(end, domain),
            )
            for start, end in zip(starts, ends, strict=True)
        ]

    def breakpoints(self, world: World, key: tuple[str, str], low: int, high: int) -> Iterator[int]:
        """The first values from which some condition on the field may be settled another way."""
        rulebook = self.program.rulebook
        for parameter in rulebook.parameters.values():
            if rulebook.dates[parameter.values[0].selector] == key:
                yield from (value.period.numbers[0] for value in parameter.values)
        for numbers in self.memberships.get(key, ()):
            for number in numbers:
                yield number
                yield number + 1
        for use in self.uses.get(key, ()):
            for parameters in self._worths(world, use):
                for mark in self._marks(world, use, parameters):
                    if use.operator in {">=", "<", "==", "!="}:
                        yield _first(use.term, mark, low, high, parameters)
                    if use.operator in {">", "<=", "==", "!="}:
                        yield _first(use.term, mark + 1, low, high, parameters)

    def _worths(self, world: World, use: Use) -> Iterator[Mapping[str, Interval]]:
        """What the parameters may be worth, with each value that those of a comparison ever have."""
        named = dict.fromkeys((*ex.parameters_of(use.term), *ex.parameters_of(use.other)))
        values = [{value.number for value in self.program.rulebook.parameters[name].values} for name in named]
        for chosen in product(*values):
            fixed = {name: (number, number) for name, number in zip(named, chosen, strict=True)}
            yield {**world.conclusions.given.parameters, **fixed}

    def _marks(self, world: World, use: Use, parameters: Mapping[str, Interval]) -> Iterable[int]:
        """What the other side of a comparison may be worth, at its ends."""
        if not use.other_source:
            return set(ex.value_of(use.other, lookup({}, parameters)))
        rows = _rows_of(world, use.other_source)
        return {
            end for row in rows for end in ex.value_of(_on_self(use.other), lookup({"": row}, parameters))
        }


def _rows_of(world: World, source: str) -> Iterator[Row]:
    yield from world.conclusions.given.of(source)
    for _, row in world.conclusions.of(source):
        yield row


def _on_self(term: ex.Term) -> ex.Term:
    match term:
        case ex.Field():
            return ex.Field("", term.name, term.domain)
        case ex.Shift():
            return ex.Shift(_on_self(term.base), term.unit, term.sign, term.amount)
    return term


def _first(term: ex.Term, mark: int, low: int, high: int, parameters: Mapping[str, Interval]) -> int:
    """The least value from `low` to `high` + 1 with which a term, which grows with it, reaches a mark."""
    here = _on_self(term)
    top = high + 1
    while low < top:
        middle = (low + top) // 2
        row = Row(0, "", True, {name.name: (middle, middle) for name in ex.fields_of(term)})
        if ex.value_of(here, lookup({"": row}, parameters))[0] >= mark:
            top = middle
        else:
            low = middle + 1
    return low


def _simple(conditions: Iterable[ex.Condition]) -> Iterator[ex.Condition]:
    for condition in conditions:
        if isinstance(condition, (ex.All, ex.Any_)):
            yield from _simple(condition.parts)
        else:
            yield condition


def _note(condition: ex.Compare, binds: Mapping[str, str], uses: dict[tuple[str, str], list[Use]]) -> None:
    sides = (
        (condition.left, condition.right, condition.operator),
        (
            condition.right,
            condition.left,
            ex.MIRRORED[condition.operator],
        ),
    )
    for term, other, operator in sides:
        for name in ex.fields_of(term):
            other_source = next((binds[field.variable] for field in ex.fields_of(other)), "")
            uses.setdefault((binds[name.variable], name.name), []).append(
                Use(operator, term, other, other_source)
            )
