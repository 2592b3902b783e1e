"""What keeps a case from being decided: the values, lists and rules that its possible outcomes rest on."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine import expressions as ex
from engine.execution import Fact, Firing, World, label_of
from engine.facts import Spot
from engine.program import Program, atom_variable, lookup
from engine.rows import Row
from engine.rulebook import Rule


class Denied(NamedTuple):
    """A fact that an atom after `unless` may mean."""

    atom: ex.Atom
    fact: Fact
    row: Row


class Step(NamedTuple):
    """A firing that may be, the conditions that are not sure to hold, and the facts that may deny it."""

    firing: Firing
    unsure: Sequence[ex.Condition]
    denied: Sequence[Denied]


def blame(world: World, program: Program) -> "Blame":
    """What keeps the outcomes open that are possible but not certain."""
    found = Blame(world, program)
    for fact, row in _ordered_goals(world, program):
        if not row.certain:
            found.visit(fact)
    return found


class Blame:
    """The steps down from what is possible but not certain, in the order in which they are met.

    `spots` are the unknown values and lists on the way, `rules` those that are unclear.
    """

    def __init__(self, world: World, program: Program) -> None:
        self.conclusions = world.conclusions
        self.program = program
        self.given = world.conclusions.given
        self.spots: dict[Spot, None] = {}
        self.rules: dict[str, Rule] = {}
        self.steps: dict[Fact, list[Step]] = {}
        self.read: set[tuple[int, str]] = set()

    def visit(self, fact: Fact) -> None:
        """Follow a possible fact down to what keeps it from being certain."""
        if fact in self.steps:
            return
        self.steps[fact] = steps = []
        for firing in self.conclusions.firings[fact]:
            if firing.mode == "may":
                steps.append(self.follow(firing))

    def follow(self, firing: Firing) -> Step:
        rule = firing.rule
        if rule.confidence == "U":
            self.rules[rule.key] = rule
        _, conditions = self.program.bound[rule.key]
        if rule.total:
            return Step(firing, self.hold(firing, conditions[len(rule.conditions) :]), ())
        return Step(firing, self.hold(firing, conditions), self.meet(firing))

    def hold(self, firing: Firing, conditions: Iterable[ex.Condition]) -> Sequence[ex.Condition]:
        """Blame the conditions that are not sure to hold."""
        here = lookup(firing.bindings, self.given.parameters)
        unsure = [condition for condition in conditions if not ex.truth_of(condition, here)[0]]
        for condition in unsure:
            self.blame(condition, firing)
        return unsure

    def meet(self, firing: Firing) -> Sequence[Denied]:
        """Blame the facts that a rule binds, wants or denies and that are not certain."""
        rule = firing.rule
        for row in firing.bindings.values():
            if not row.certain:
                self.doubt(row)
        for number, atom in enumerate(rule.atoms):
            self.compare(atom, firing.bindings[atom_variable(number, atom)], firing)
        denied = [
            Denied(atom, other, row)
            for atom in rule.unless
            for other, row in self.conclusions.matching(atom, firing.bindings)
        ]
        for atom, other, row in denied:
            self.visit(other)
            self.compare(atom, row, firing)
        return denied

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
            source, date = rulebook.date_of(rulebook.parameters[name])
            self.uncertain(next(self.given.of(source)), date)

    def compare(self, atom: ex.Atom, row: Row, firing: Firing) -> None:
        """Blame the arguments of an atom that only may equal those of the fact it met."""
        for name, argument in atom.arguments:
            if isinstance(argument, ex.Reference):
                continue
            self.uncertain(row, name)
            if not isinstance(argument, ex.Constant):
                self.blame(ex.Compare("==", argument, argument), firing)


def _ordered_goals(world: World, program: Program) -> list[tuple[Fact, Row]]:
    rulebook = program.rulebook
    order = {label: place for place, label in enumerate(rulebook.outcomes)}
    goals = list(world.conclusions.of(rulebook.goal))
    return sorted(goals, key=lambda goal: order[label_of(goal[0], rulebook)])
