"""The law with one small fault in it, and whether the examples notice.

A mutant is a rulebook in which one rule or one value of a parameter is slightly wrong. A fault that no
example notices is one that no case could tell, or a gap in the examples.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Literal, TypeVar

from cases.equivalence import Proofs, without
from cases.files import AnyCase, Expected
from cases.leaves import Scene, examples_of, worth, written
from cases.runner import run_one
from engine import expressions as ex
from engine.execution import World
from engine.expressions import Interval
from engine.periods import Period
from engine.program import bound_conditions, compile_program, lookup
from engine.rete import Rete
from engine.rows import Row, encode
from engine.rulebook import Parameter, Rule, Rulebook
from engine.worlds import answer
from rules.law import Law

Kind = Literal["operator", "threshold", "negation", "option", "label", "date", "value", "dropped"]
P = TypeVar("P", ex.Atom, ex.Condition)
_STRICT: dict[ex.Operator, ex.Operator] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_EQUAL: tuple[ex.Operator, ...] = ("<=", ">=")
_DAY = timedelta(days=1)


@dataclass(frozen=True, eq=False)
class Mutant:
    """A rulebook with one fault: `touched` pairs each rule it changes with what became of it."""

    kind: Kind
    name: str
    fault: str
    rulebook: Rulebook
    touched: tuple[tuple[Rule, Rule | None], ...]
    parameter: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.fault}"


def mutants(rulebook: Rulebook) -> Iterator[Mutant]:
    """Every mutant: of rules, of their dates, of parameters. They keep the digest of the original."""
    for rule in rulebook.rules:
        for kind, fault, new in _rule_faults(rule):
            yield _changed(rulebook, kind, fault, {rule.key: new})
        yield _changed(rulebook, "dropped", "the rule is dropped", {rule.key: None})
    for _, versions in groupby(rulebook.rules, key=lambda rule: (rule.id, rule.selector)):
        same = list(versions)
        for fault, moved in _moved([rule.period for rule in same]):
            changes = {same[index].key: replace(same[index], period=new) for index, new in moved.items()}
            yield _changed(rulebook, "date", fault, changes)
    for parameter in rulebook.parameters.values():
        readers = tuple((rule, rule) for rule in rulebook.rules if parameter.name in rule.parameters)
        for kind, fault, changed in _parameter_faults(parameter):
            wrong = replace(rulebook, parameters={**rulebook.parameters, parameter.name: changed})
            yield Mutant(kind, parameter.name, fault, wrong, readers, parameter.name)


def _changed(rulebook: Rulebook, kind: Kind, fault: str, changes: Mapping[str, Rule | None]) -> Mutant:
    rules = tuple(new for rule in rulebook.rules if (new := changes.get(rule.key, rule)) is not None)
    touched = tuple((rulebook.by_key[key], new) for key, new in changes.items())
    return Mutant(kind, next(iter(changes)), fault, replace(rulebook, rules=rules), touched)


def _moved(periods: Sequence[Period]) -> Iterator[tuple[str, dict[int, Period]]]:
    """Every end of some periods a day earlier or later; one that adjoins it moves with it."""
    for index, period in enumerate(periods):
        for step in (-_DAY, _DAY):
            if period.first:
                moved = {index: Period(period.first + step, period.last)}
                for other, before in enumerate(periods):
                    if before.last and before.last + _DAY == period.first:
                        moved[other] = Period(before.first, before.last + step)
                yield f"begins on {period.first + step}, not {period.first}", moved
            if period.last and not any(other.first == period.last + _DAY for other in periods):
                moved = {index: Period(period.first, period.last + step)}
                yield f"ends on {period.last + step}, not {period.last}", moved


# faults of a rule


def _rule_faults(rule: Rule) -> Iterator[tuple[Kind, str, Rule]]:
    for index, condition in enumerate(rule.conditions):
        for kind, fault, wrong in _faults(condition):
            yield kind, fault, replace(rule, conditions=_with(rule.conditions, index, wrong))
    for index, atom in enumerate(rule.atoms):
        for kind, fault, other in _atom_faults(atom):
            yield kind, fault, replace(rule, atoms=_with(rule.atoms, index, other))
    for index, atom in enumerate(rule.unless):
        for kind, fault, other in _atom_faults(atom):
            yield kind, f"unless {fault}", replace(rule, unless=_with(rule.unless, index, other))
    for kind, fault, head in _argument_faults(rule.head):
        yield kind, fault, replace(rule, head=head)


def _with(parts: tuple[P, ...], index: int, new: P | None) -> tuple[P, ...]:
    return (*parts[:index], *(() if new is None else (new,)), *parts[index + 1 :])


def _atom_faults(atom: ex.Atom) -> Iterator[tuple[Kind, str, ex.Atom | None]]:
    yield from _argument_faults(atom)
    yield "dropped", f"{written(atom)} is dropped", None


def _argument_faults(atom: ex.Atom) -> Iterator[tuple[Kind, str, ex.Atom]]:
    """The atom with another label in the place of each, and with each amount of a shift changed by one."""
    for index, (name, argument) in enumerate(atom.arguments):
        others: list[tuple[Kind, ex.Argument]] = []
        if isinstance(argument, ex.Constant) and len(argument.domain.options) > 1:
            number = (argument.number + 1) % len(argument.domain.options)
            others.append(("label", replace(argument, number=number)))
        elif isinstance(argument, ex.Shift):
            others += [("threshold", term) for step in (-1, 1) for term in _shifted(argument, step)]
        for kind, other in others:
            arguments = (*atom.arguments[:index], (name, other), *atom.arguments[index + 1 :])
            wrong = replace(atom, arguments=arguments)
            yield kind, f"{written(atom)} becomes {written(wrong)}", wrong


def _faults(condition: ex.Condition) -> Iterator[tuple[Kind, str, ex.Condition | None]]:
    match condition:
        case ex.Compare():
            inner: Iterable[tuple[Kind, ex.Condition]] = _compare_faults(condition)
        case ex.Member():
            inner = _member_faults(condition)
        case ex.All() | ex.Any_():
            yield from _part_faults(condition)
            inner = ()
    for kind, wrong in inner:
        yield kind, f"{written(condition)} becomes {written(wrong)}", wrong
    yield "dropped", f"{written(condition)} is dropped", None


def _part_faults(condition: ex.All | ex.Any_) -> Iterator[tuple[Kind, str, ex.Condition | None]]:
    for index, part in enumerate(condition.parts):
        for kind, fault, wrong in _faults(part):
            parts = _with(condition.parts, index, wrong)
            yield kind, fault, replace(condition, parts=parts) if len(parts) > 1 else parts[0]


def _compare_faults(condition: ex.Compare) -> Iterator[tuple[Kind, ex.Condition]]:
    operator, left, right = condition.operator, condition.left, condition.right
    opposite = replace(condition, operator=ex.OPPOSITE[operator])
    if left.domain.kind == "bool":
        yield "negation", opposite
        return
    yield "operator", opposite
    if operator in _STRICT:
        yield "operator", replace(condition, operator=_STRICT[operator])
    elif operator == "==" and left.domain.comparable:
        yield from (("operator", replace(condition, operator=other)) for other in _EQUAL)
    for step in (-1, 1):
        yield from (("threshold", replace(condition, left=term)) for term in _shifted(left, step))
        yield from (("threshold", replace(condition, right=term)) for term in _shifted(right, step))
        if isinstance(right, ex.Constant):
            low, high = left.domain.bounds
            if low <= right.number + step <= high:
                yield "threshold", replace(condition, right=replace(right, number=right.number + step))


def _shifted(term: ex.Term, step: int) -> Iterator[ex.Term]:
    """The term with each amount that it is moved by one more or less."""
    if isinstance(term, ex.Shift):
        yield from (replace(term, base=base) for base in _shifted(term.base, step))
        if isinstance(term.amount, ex.Constant) and term.amount.number + step > 0:
            yield replace(term, amount=replace(term.amount, number=term.amount.number + step))


def _member_faults(condition: ex.Member) -> Iterator[tuple[Kind, ex.Condition]]:
    """The list without each of its values, and with each value that stands beside one of them."""
    yield "negation", replace(condition, negated=not condition.negated)
    numbers = condition.numbers
    low, high = condition.term.domain.bounds
    beside = {number + step for number in numbers for step in (-1, 1)} - numbers
    for number in sorted(numbers if len(numbers) > 1 else ()):
        yield "option", replace(condition, numbers=numbers - {number})
    for number in sorted(beside):
        if low <= number <= high:
            yield "option", replace(condition, numbers=numbers | {number})


def _parameter_faults(parameter: Parameter) -> Iterator[tuple[Kind, str, Parameter]]:
    values = parameter.values
    for index, value in enumerate(values):
        for number in (value.number - 1, value.number + 1):
            others = (*values[:index], replace(value, number=number), *values[index + 1 :])
            fault = f"{value.period} is {number}, not {value.number}"
            yield "value", fault, replace(parameter, values=others)
    for fault, moved in _moved([value.period for value in values]):
        others = tuple(replace(value, period=moved.get(n, value.period)) for n, value in enumerate(values))
        yield "date", fault, replace(parameter, values=others)


# whether an example notices


Follows = Mapping[tuple[tuple[str, Interval], ...], bool]


class _Body:
    """What a rule gives, as far as its own body goes."""

    def __init__(self, rule: Rule, rulebook: Rulebook) -> None:
        self.rule = rule
        self.binds, self.conditions = bound_conditions(rule, rulebook)

    def follows(self, scene: Scene, parameters: Mapping[str, Interval]) -> Follows:
        """The arguments of each fact that follows, with whether it is certain."""
        found: dict[tuple[tuple[str, Interval], ...], bool] = {}
        for bindings in scene.bindings(self.binds):
            here = lookup(bindings, parameters)
            certain = self.rule.confidence != "U" and all(row.certain for row in bindings.values())
            for must, may in self._truths(scene, bindings, here):
                certain = certain and must
                if not may:
                    break
            else:
                arguments = self.rule.head.arguments
                fact = tuple((name, worth(argument, bindings, here)) for name, argument in arguments)
                found[fact] = found.get(fact, False) or certain
        return found

    def nearly_holds(self, scene: Scene, most: int) -> bool:
        """Whether at most so many parts fail for some facts."""
        for bindings in scene.bindings(self.binds):
            failing = 0
            for _, may in self._truths(scene, bindings, lookup(bindings, scene.parameters)):
                failing += not may
                if failing > most:
                    break
            else:
                return True
        return False

    def _truths(self, scene: Scene, bindings: Mapping[str, Row], here: ex.Lookup) -> Iterator[ex.Truth]:
        for condition in self.conditions:
            yield ex.truth_of(condition, here)
        for atom in self.rule.atoms:
            yield scene.atom(atom, bindings, here)
        for atom in self.rule.unless:
            must, may = scene.atom(atom, bindings, here)
            yield not may, not must


class _Nearness:
    """Whether a fault in a rule can matter: most examples are ruled out by what is given, before they run."""

    def __init__(self, rule: Rule, rulebook: Rulebook, parameter: str) -> None:
        self.most = 0 if parameter else 1
        self.whole = _Body(without(rule, parameter) if parameter else rule, rulebook)
        binds = {name: source for name, source in rule.binds.items() if source in rulebook.sections}
        asked = tuple(one for one in self.whole.rule.conditions if ex.variables_of(one) <= binds.keys())
        self.given = _Body(replace(rule, binds=binds, conditions=asked, atoms=(), unless=()), rulebook)

    def matters(self, example: "_Example") -> bool:
        """Whether all but the faulty part may hold, in some world."""
        if not self.given.nearly_holds(example.given, self.most):
            return False
        return any(self.whole.nearly_holds(scene, self.most) for scene in example.scenes)


class _Example:
    """A case that expects something, and what follows in each world, the case as it stands first."""

    def __init__(self, law: Law, number: int, case: AnyCase, expected: Expected) -> None:
        self.law = law
        self.number = number
        self.case = case
        self.expected = expected
        self.provision = Path(case.place.file).stem
        self.named = {*expected.fires, *expected.silent}

    @cached_property
    def given(self) -> Scene:
        return Scene.made_of(encode(self.case.facts, self.law.rulebook))

    @cached_property
    def worlds(self) -> tuple[World, ...]:
        found = answer(self.law.executor, self.case.facts)
        return tuple(dict.fromkeys((found.base, *found.worlds)))

    @cached_property
    def scenes(self) -> tuple[Scene, ...]:
        return tuple(Scene.of(world.conclusions) for world in self.worlds)

    @cached_property
    def good(self) -> bool:
        """Whether it comes out as it expects under the law as it is."""
        return not run_one(self.law, self.case).differences

    def distance(self, mutant: Mutant) -> int:
        """0 where it asks about a rule that is changed, 1 where it stands with its provision, else 2."""
        if any(old.id in self.named for old, _ in mutant.touched):
            return 0
        return 1 if any(old.provision == self.provision for old, _ in mutant.touched) else 2


class Examples:
    """The examples of a law, to be tried on its mutants; what follows from each is kept."""

    def __init__(self, law: Law, cases: Iterable[AnyCase]) -> None:
        self.law = law
        self.examples = [
            _Example(law, number, case, case.expected)
            for number, case in enumerate(examples_of(law, cases))
            if case.expected
        ]
        self._proofs = Proofs(law.rulebook)
        self._bodies = {rule.key: _Body(rule, law.rulebook) for rule in law.rulebook.rules}
        self._nearness: dict[tuple[str, str], _Nearness] = {}
        self._near: dict[tuple[str, str, int], bool] = {}
        self._known: dict[tuple[str, int, int], Follows] = {}

    def caught(self, mutant: Mutant) -> AnyCase | None:
        """An example that comes out otherwise than it expects, where one does: nearest to the fault first."""
        bodies = {old.key: _Body(new, mutant.rulebook) for old, new in mutant.touched if new}
        by_distance: dict[int, list[_Example]] = defaultdict(list)
        for example in self.examples:
            by_distance[example.distance(mutant)].append(example)
        law: Law | None = None
        for number, (_, examples) in enumerate(sorted(by_distance.items())):
            if number == 1 and equivalent(mutant, self._proofs):
                return None
            doubtful: list[_Example] = []
            for example in examples:
                differs, told = self._difference(mutant, bodies, example)
                if told and example.good:
                    return example.case
                if differs:
                    doubtful.append(example)
            if doubtful and law is None:
                executor = Rete(compile_program(mutant.rulebook))
                law = replace(self.law, rulebook=mutant.rulebook, executor=executor)
            for example in doubtful:
                if law and run_one(law, example.case).differences and example.good:
                    return example.case
        return None

    def _may_differ(self, mutant: Mutant, example: _Example) -> bool:
        """Whether all of a changed rule may hold but for one part, or for the parts that read a parameter."""
        if mutant.parameter and self._reads_alike(mutant, example):
            return False
        return any(self._nearly(old, mutant.parameter, example) for old, _ in mutant.touched)

    def _reads_alike(self, mutant: Mutant, example: _Example) -> bool:
        """Whether the parameter is worth what it was on the day that picks it, where that is known."""
        before, after = (law.parameters[mutant.parameter] for law in (self.law.rulebook, mutant.rulebook))
        source, name = self.law.rulebook.date_of(before)
        first, last = example.given.rows[source][0].values[name]
        return first == last and _value_on(before, first) == _value_on(after, first)

    def _nearly(self, rule: Rule, parameter: str, example: _Example) -> bool:
        known = rule.key, parameter, example.number
        if known not in self._near:
            key = rule.key, parameter
            if key not in self._nearness:
                self._nearness[key] = _Nearness(rule, self.law.rulebook, parameter)
            self._near[known] = self._nearness[key].matters(example)
        return self._near[known]

    def _difference(
        self, mutant: Mutant, bodies: Mapping[str, _Body], example: _Example
    ) -> tuple[bool, bool]:
        """Whether a changed rule may give something else in a world, and whether the example surely tells."""
        if not self._may_differ(mutant, example):
            return False, False
        if any(new and old.head.predicate in self._recursive for old, new in mutant.touched):
            return True, False
        for number, scene in enumerate(example.scenes):
            parameters = scene.parameters
            if mutant.parameter:
                parameters = encode(example.worlds[number].case, mutant.rulebook).parameters
            after = {
                old.key: bodies[old.key].follows(scene, parameters) if new else {}
                for old, new in mutant.touched
            }
            if any(self._follows(old, example, number) != after[old.key] for old, _ in mutant.touched):
                surely = number == 0 and not mutant.parameter
                return True, surely and self._surely_told(mutant.touched[0][0], after, example)
        return False, False

    def _follows(self, rule: Rule, example: _Example, number: int) -> Follows:
        """What a rule gives in a world under the law as it is."""
        key = rule.key, example.number, number
        if key not in self._known:
            scene = example.scenes[number]
            self._known[key] = self._bodies[rule.key].follows(scene, scene.parameters)
        return self._known[key]

    def _surely_told(self, rule: Rule, after: Mapping[str, Follows], example: _Example) -> bool:
        """Whether a rule that must fire no longer can, or one that must be silent now certainly fires.

        What is certain or impossible in the case as it stands is so in each of its worlds.
        """
        versions = [
            after[one.key] if one.key in after else self._follows(one, example, 0)
            for one in self.law.rulebook.rules
            if one.id == rule.id
        ]
        if rule.id in example.expected.fires and not any(versions):
            return True
        fires = any(certain for version in versions for certain in version.values())
        return fires and rule.id in example.expected.silent

    @cached_property
    def _recursive(self) -> set[str]:
        """Predicates that rest on themselves: what their rules give cannot be told from one body."""
        below: dict[str, set[str]] = defaultdict(set)
        for rule in self.law.rulebook.rules:
            atoms = (atom.predicate for atom in (*rule.atoms, *rule.unless))
            below[rule.head.predicate] |= {*rule.binds.values(), *atoms}
        return {predicate for predicate in below if predicate in _reached(predicate, below)}


def _value_on(parameter: Parameter, day: int) -> int | None:
    values = ((value.number, *value.period.numbers) for value in parameter.values)
    return next((number for number, first, last in values if first <= day <= last), None)


def _reached(predicate: str, below: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    queue = [predicate]
    while queue:
        new = below.get(queue.pop(), set()) - reached
        reached |= new
        queue += new
    return reached


def equivalent(mutant: Mutant, proofs: Proofs) -> bool:
    """Whether it is proved that no case can tell a mutant from the law (whose `proofs` these are)."""
    if mutant.parameter:
        before, after = (law.parameters[mutant.parameter] for law in (proofs.rulebook, mutant.rulebook))
        return proofs.unread(before, after)
    return proofs.same(mutant.touched)


@dataclass(frozen=True)
class Report:
    """How many mutants of each kind there were and how many were caught; those that were not."""

    tried: Mapping[Kind, int]
    caught: Mapping[Kind, int]
    equivalent: tuple[Mutant, ...]
    survivors: tuple[Mutant, ...]

    @property
    def rate(self) -> float:
        """The part that was caught of those that some case may tell."""
        told = sum(self.tried.values()) - len(self.equivalent)
        return sum(self.caught.values()) / told if told else 1.0


def report(law: Law, tried: Iterable[tuple[Mutant, AnyCase | None]]) -> Report:
    """Sum up mutants, each with the example that caught it."""
    pairs = list(tried)
    uncaught = [mutant for mutant, case in pairs if case is None]
    proofs = Proofs(law.rulebook)
    alike = [mutant for mutant in uncaught if equivalent(mutant, proofs)]
    return Report(
        tried=Counter(mutant.kind for mutant, _ in pairs),
        caught=Counter(mutant.kind for mutant, case in pairs if case is not None),
        equivalent=tuple(alike),
        survivors=tuple(mutant for mutant in uncaught if mutant not in alike),
    )
