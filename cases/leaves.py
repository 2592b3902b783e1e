"""Which rules no example fires, and which parts of a rule no example shows to matter.

A part is shown where an example meets all the rest of its rule, so that the rule holds or fails by that part
alone. Rules whose law is unclear (confidence U) are read here as if they were certain.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice, product
from typing import Literal

from cases.files import AnyCase
from engine import expressions as ex
from engine.errors import Place
from engine.execution import Conclusions, World
from engine.expressions import Interval, Truth
from engine.periods import Period
from engine.program import Program, compile_program, lookup
from engine.rete import Rete
from engine.rows import Row, Rows
from engine.rulebook import Rule
from engine.values import Domain, from_number, plain
from engine.verify import Solver
from engine.worlds import answer
from rules.law import Law

MAX_BINDINGS = 2_000
Kind = Literal["condition", "alternative", "option", "edge", "atom", "unless"]
_BEYOND: dict[ex.Operator, int] = {"<=": 1, "<": -1, ">=": -1, ">": 1}


@dataclass(frozen=True)
class Leaf:
    """A part of a rule that no example shows to matter, and the example that would show it."""

    rule: Rule
    kind: Kind
    text: str
    missing: str
    remedy: str

    @property
    def place(self) -> Place:
        return self.rule.place

    def __str__(self) -> str:
        return f"{self.place}: {self.rule.key}: {self.missing}. {self.remedy}."


def unused(law: Law, cases: Iterable[AnyCase]) -> list[Rule]:
    """The versions of rules that certainly fire in no example."""
    return gaps(law, cases)[0]


def unshown(law: Law, cases: Iterable[AnyCase]) -> list[Leaf]:
    """The parts of rules that no example shows to matter, in the order of the rules."""
    return gaps(law, cases)[1]


def gaps(law: Law, cases: Iterable[AnyCase]) -> tuple[list[Rule], list[Leaf]]:
    """What is unused and what is unshown, the examples being run once.

    An end of `in_force` beyond which the rest of the rule cannot hold is left out: no case could show it.
    """
    executor = _settled(law)
    bodies = [_Body(rule, executor.program) for rule in law.rulebook.rules]
    fired: set[str] = set()
    for case in examples_of(law, cases):
        worlds = answer(executor, case.facts).worlds
        fired |= set.intersection(*map(_certainly_fired, worlds))
        for scene in (Scene.of(world.conclusions) for world in worlds):
            for body in bodies:
                if body.wanting:
                    body.look(scene)
    solver = Solver(law.rulebook)
    leaves = [
        leaf
        for body in bodies
        for number, leaf in body.wanting.items()
        if number not in body.beyond or _can_hold(body.rule, body.beyond[number], solver)
    ]
    return [rule for rule in law.rulebook.rules if rule.key not in fired], leaves


def _certainly_fired(world: World) -> set[str]:
    return {key for key, sure in world.conclusions.rules_fired() if sure}


def _can_hold(rule: Rule, day: date, solver: Solver) -> bool:
    """Whether some case meets all that a rule asks on a day beyond those on which it is in force."""
    parameters = (solver.rulebook.parameters[name] for name in rule.parameters)
    valued = all(
        any(value.selector != rule.selector or day in value.period for value in parameter.values)
        for parameter in parameters
    )
    return valued and solver.possible(solver.fires(replace(rule, period=Period(day, day))))


def _settled(law: Law) -> Rete:
    """The law with its unclear rules read as certain."""
    if all(rule.confidence != "U" for rule in law.rulebook.rules):
        return law.executor
    rules = tuple(
        replace(rule, confidence="I") if rule.confidence == "U" else rule for rule in law.rulebook.rules
    )
    return Rete(compile_program(replace(law.rulebook, rules=rules)))


def examples_of(law: Law, cases: Iterable[AnyCase]) -> Iterator[AnyCase]:
    """The cases that expect something of this law; others show nothing."""
    return (case for case in cases if case.expected and isinstance(case.facts, law.rulebook.model))


# a world as the bodies of rules see it


@dataclass(frozen=True, eq=False)
class Scene:
    """The facts of a world, given and derived, by their source."""

    rows: Mapping[str, Sequence[Row]]
    parameters: Mapping[str, Interval]

    @classmethod
    def of(cls, conclusions: Conclusions) -> "Scene":
        return cls.made_of(conclusions.given, conclusions.rows.values())

    @classmethod
    def made_of(cls, given: Rows, derived: Iterable[Row] = ()) -> "Scene":
        rows: dict[str, list[Row]] = {}
        for row in (*given.rows, *derived):
            rows.setdefault(row.source, []).append(row)
        return cls(rows, given.parameters)

    def bindings(self, binds: Mapping[str, str]) -> Iterator[dict[str, Row]]:
        choices = product(*(self.rows.get(source, ()) for source in binds.values()))
        return (dict(zip(binds, rows, strict=True)) for rows in islice(choices, MAX_BINDINGS))

    def atom(self, atom: ex.Atom, bindings: Mapping[str, Row], here: ex.Lookup) -> Truth:
        """Whether some fact of the predicate has the arguments, certainly and possibly."""
        rows = self.rows.get(atom.predicate)
        if not rows:
            return False, False
        wanted = [(name, worth(argument, bindings, here)) for name, argument in atom.arguments]
        may = False
        for row in rows:
            truths = [ex.compare("==", row.values[name], value) for name, value in wanted]
            if row.certain and all(must for must, _ in truths):
                return True, True
            may = may or all(possible for _, possible in truths)
        return False, may


def worth(argument: ex.Argument, bindings: Mapping[str, Row], here: ex.Lookup) -> Interval:
    if isinstance(argument, ex.Reference):
        serial = bindings[argument.variable].serial
        return serial, serial
    return ex.value_of(argument, here)


# the parts of a rule, and what shows each


@dataclass(eq=False)
class _Part:
    """A part of a body, with the leaves shown where all rests on it: how it turns out, or on which value."""

    content: ex.Condition | ex.Atom
    denied: bool = False
    parts: list["_Part"] = field(default_factory=list)
    fails: int | None = None
    holds: int | None = None
    options: dict[int, int] = field(default_factory=dict)
    edges: dict[int, int] = field(default_factory=dict)

    def truth(self, scene: Scene, bindings: Mapping[str, Row], here: ex.Lookup) -> bool | None:
        """Whether it holds, where that is known."""
        if isinstance(self.content, ex.Atom):
            must, may = scene.atom(self.content, bindings, here)
        else:
            must, may = ex.truth_of(self.content, here)
        return (must != self.denied) if must == may else None


class _Body:
    """A rule taken apart; `wanting` holds the leaves that are not shown yet."""

    def __init__(self, rule: Rule, program: Program) -> None:
        self.rule = rule
        self.wanting: dict[int, Leaf] = {}
        self.beyond: dict[int, date] = {}
        self.binds, conditions = program.bound[rule.key]
        own = len(rule.conditions)
        self.parts = [part for condition in conditions[:own] for part in self._conjuncts(condition)]
        self.parts += [part for condition in conditions[own:] for part in self._in_force(condition)]
        self.parts += [self._atom(atom, denied=False) for atom in rule.atoms]
        self.parts += [self._atom(atom, denied=True) for atom in rule.unless]

    # taking apart

    def _leaf(self, kind: Kind, text: str, missing: str, remedy: str) -> int:
        number = len(self.wanting)
        self.wanting[number] = Leaf(self.rule, kind, text, f"No example {missing}", remedy)
        return number

    def _conjuncts(self, condition: ex.Condition) -> Iterator[_Part]:
        """Parts that must all hold: each is shown where only it fails."""
        if isinstance(condition, ex.All):
            for one in condition.parts:
                yield from self._conjuncts(one)
            return
        part = self._taken_apart(condition)
        if not part.edges and not (isinstance(condition, ex.Member) and condition.negated):
            text = written(condition)
            part.fails = self._leaf(
                "condition", text, f"fails by `{text}` alone", "Add one that meets all else and not this"
            )
        yield part

    def _in_force(self, condition: ex.Condition) -> Iterator[_Part]:
        """An end of the period of the rule."""
        for part in self._conjuncts(condition):
            assert isinstance(condition, ex.Compare)
            assert isinstance(condition.right, ex.Constant)
            for distance, number in part.edges.items():
                if distance:
                    self.beyond[number] = date.fromordinal(condition.right.number + distance)
            yield part

    def _alternative(self, condition: ex.Condition) -> _Part:
        """A part of an `or`: shown where only it holds."""
        part = self._taken_apart(condition)
        if not part.options or (isinstance(condition, ex.Member) and condition.negated):
            text = written(condition)
            part.holds = self._leaf(
                "alternative",
                text,
                f"holds by `{text}` alone among the alternatives",
                "Add one that meets all else, and of these only this",
            )
        return part

    def _taken_apart(self, condition: ex.Condition) -> _Part:
        match condition:
            case ex.All():
                return _Part(
                    condition, parts=[part for one in condition.parts for part in self._conjuncts(one)]
                )
            case ex.Any_():
                return _Part(condition, parts=[self._alternative(one) for one in condition.parts])
            case ex.Member():
                return _Part(condition, options=dict(self._options(condition)))
            case ex.Compare():
                return _Part(condition, edges=dict(self._edges(condition)))

    def _options(self, condition: ex.Member) -> Iterator[tuple[int, int]]:
        for number in sorted(condition.numbers):
            text = f"{written(condition.term)} == {_value(number, condition.term.domain)}"
            how = "fails" if condition.negated else "holds"
            missing = f"{how} by `{text}` of `{written(condition)}`"
            yield number, self._leaf("option", text, missing, f"Add one that meets all else with {text}")

    def _edges(self, condition: ex.Compare) -> Iterator[tuple[int, int]]:
        """Where the two sides are equal, and where the comparison has just turned."""
        if condition.operator not in _BEYOND:
            return
        text = written(condition)
        for distance in (0, _BEYOND[condition.operator]):
            shown = _at_distance(condition, distance)
            if shown is not None:
                holds = ex.compare(condition.operator, (distance, distance), (0, 0))[0]
                side = "at" if not distance else "just within" if holds else "just beyond"
                missing = f"{'holds' if holds else 'fails'} {side} the edge of `{text}`"
                yield distance, self._leaf("edge", text, missing, f"Add one that meets all else with {shown}")

    def _atom(self, atom: ex.Atom, *, denied: bool) -> _Part:
        text = ("unless " if denied else "") + written(atom)
        fails = self._leaf(
            "unless" if denied else "atom",
            text,
            f"fails by `{text}` alone",
            f"Add one that meets all else, {'with' if denied else 'without'} {written(atom)}",
        )
        return _Part(atom, denied, fails=fails)

    # looking

    def look(self, scene: Scene) -> None:
        """Strike off what a world shows."""
        for bindings in scene.bindings(self.binds):
            if all(row.certain for row in bindings.values()):
                self._descend(self.parts, scene, bindings, lookup(bindings, scene.parameters), usual=True)

    def _descend(
        self,
        parts: Sequence[_Part],
        scene: Scene,
        bindings: Mapping[str, Row],
        here: ex.Lookup,
        *,
        usual: bool,
    ) -> None:
        """Look at the parts on which all rests: the others of them are as `usual` as they must be."""
        odd: _Part | None = None
        for part in parts:
            truth = part.truth(scene, bindings, here)
            if truth is None or (truth != usual and odd is not None):
                return
            if truth != usual:
                odd = part
        for part in parts if odd is None else (odd,):
            self._strike(part, scene, bindings, here, holds=usual == (part is not odd))

    def _strike(
        self, part: _Part, scene: Scene, bindings: Mapping[str, Row], here: ex.Lookup, *, holds: bool
    ) -> None:
        self._shown(part.holds if holds else part.fails)
        if part.parts:
            usual = isinstance(part.content, ex.All)
            self._descend(part.parts, scene, bindings, here, usual=usual)
        elif isinstance(part.content, ex.Member):
            low, high = ex.value_of(part.content.term, here)
            if low == high:
                self._shown(part.options.get(low))
        elif isinstance(part.content, ex.Compare) and part.edges:
            distance = _distance(part.content, here)
            self._shown(None if distance is None else part.edges.get(distance))

    def _shown(self, number: int | None) -> None:
        if number is not None:
            self.wanting.pop(number, None)


def _distance(condition: ex.Compare, here: ex.Lookup) -> int | None:
    """How far the left side is above the right; for money, on which side of it."""
    (low, high), (first, last) = ex.value_of(condition.left, here), ex.value_of(condition.right, here)
    if low != high or first != last:
        return None
    return (low > first) - (low < first) if _money(condition) else low - first


def _money(condition: ex.Compare) -> bool:
    return "won" in {condition.left.domain.kind, condition.right.domain.kind}


def _at_distance(condition: ex.Compare, distance: int) -> str | None:
    """The case of the two sides at a distance, in words; None where the field cannot take that value."""
    left, right = condition.left, condition.right
    if isinstance(right, ex.Constant):
        low, high = left.domain.bounds
        number = right.number + distance
        if not low <= number <= high:
            return None
        if not _money(condition) or not distance:
            return f"{written(left)} == {_value(number, left.domain)}"
    if not distance:
        return f"{written(left)} == {written(right)}"
    if _money(condition):
        return f"{written(left)} {'>' if distance > 0 else '<'} {written(right)}"
    words = ("one day after", "one day before") if left.domain.kind == "date" else ("one above", "one below")
    return f"{written(left)} {words[distance < 0]} {written(right)}"


# parts of rules as they are written


def written(part: ex.Condition | ex.Atom | ex.Argument) -> str:
    """A part of a rule in the rule language."""
    match part:
        case ex.Compare(right=ex.Constant(number=number, domain=Domain(kind="bool"))):
            holds = (part.operator == "==") == bool(number)
            return written(part.left) if holds else f"not {written(part.left)}"
        case ex.Compare():
            return f"{written(part.left)} {part.operator} {written(part.right)}"
        case ex.Member():
            options = ", ".join(_value(number, part.term.domain) for number in sorted(part.numbers))
            return f"{written(part.term)} {'not in' if part.negated else 'in'} [{options}]"
        case ex.All():
            return " and ".join(map(_bracketed, part.parts))
        case ex.Any_():
            return " or ".join(map(_bracketed, part.parts))
        case ex.Atom():
            given = ", ".join(f"{name}={written(argument)}" for name, argument in part.arguments)
            return f"{part.predicate}({given})"
        case ex.Field():
            return f"{part.variable}.{part.name}"
        case ex.Constant():
            return _value(part.number, part.domain)
        case ex.Parameter():
            return part.name
        case ex.Reference():
            return part.variable
        case ex.Shift():
            amount = written(part.amount)
            moved = amount if part.unit == "number" else f"{part.unit}({amount})"
            return f"{written(part.base)} {'+' if part.sign > 0 else '-'} {moved}"


def _bracketed(part: ex.Condition) -> str:
    return f"({written(part)})" if isinstance(part, (ex.All, ex.Any_)) else written(part)


def _value(number: int, domain: Domain) -> str:
    value = plain(from_number(number, domain))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:_}" if domain.kind == "won" else repr(value)
