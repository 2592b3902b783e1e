"""Proofs that a fault makes no difference: every case has the same answer under the law and under a mutant.

Proved is what every fully known case shows, with up to `ITEMS` facts in each list. A rule whose law is
unclear makes what rests on it uncertain, so all is proved twice: of what certainly follows, and of what may.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeGuard

import z3

from engine import expressions as ex
from engine.rulebook import Parameter, Rule, Rulebook
from engine.verify import Solver

TIMEOUT_MS = 3_000
_NO_VALUE = -1


class _View(Solver):
    """What certainly follows, or what may; what must be lacking in the one must be lacking in the `other`."""

    def __init__(self, rulebook: Rulebook, other: "_View | None" = None) -> None:
        super().__init__(rulebook)
        self.other: Solver = other or self
        if other:
            self.solver, self._terms, self._unfolded = other.solver, other._terms, other._unfolded
            other.other = self
        self.solver.set("timeout", TIMEOUT_MS)

    def lacks(
        self, predicate: str, arguments: Mapping[str, z3.ArithRef], path: tuple[str, ...]
    ) -> z3.BoolRef:
        return z3.Not(self.other.holds(predicate, arguments, path))

    def total_of(self, rule: Rule, path: tuple[str, ...]) -> z3.ArithRef:
        """What certainly counts, or what may, where a total is only asked to be large; else anything."""
        if self.other is self or (rule.summed.domain.kind == "won" and _only_large(rule, self.rulebook)):
            return super().total_of(rule, path)
        amount = z3.Int(f"anything {rule.key} {next(self._unfolded)}")
        low, high = rule.summed.domain.bounds
        self.solver.add(amount >= low, amount <= high)
        return amount


def _only_large(total: Rule, rulebook: Rulebook) -> bool:
    """Whether all that rules ask of a total is that it lies above something."""
    name = total.head.predicate
    for rule in rulebook.rules:
        atoms = (*rule.atoms, *rule.unless)
        variables = {variable for variable, source in rule.binds.items() if source == name}
        arguments = (argument for atom in (*atoms, rule.head) for _, argument in atom.arguments)
        if any(atom.predicate == name for atom in atoms) or _reads(arguments, variables):
            return False
        leaves = (leaf for condition in rule.conditions for leaf in _leaves(condition))
        asked = (leaf for leaf in leaves if _reads(ex.terms_of(leaf), variables))
        if not all(_lower_bound(leaf) and not _reads([leaf.right], variables) for leaf in asked):
            return False
    return True


def _lower_bound(leaf: ex.Compare | ex.Member) -> TypeGuard[ex.Compare]:
    return isinstance(leaf, ex.Compare) and leaf.operator in {">", ">="}


def _leaves(condition: ex.Condition) -> Iterator[ex.Compare | ex.Member]:
    if isinstance(condition, (ex.All, ex.Any_)):
        for part in condition.parts:
            yield from _leaves(part)
    else:
        yield condition


def _reads(arguments: Iterable[ex.Argument], variables: set[str]) -> bool:
    return any(field.variable in variables for argument in arguments for field in ex.fields_of(argument))


class Proofs:
    """What can be proved about changes of one law."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.views = [_View(rulebook)]
        sure = tuple(rule for rule in rulebook.rules if rule.confidence != "U")
        if len(sure) < len(rulebook.rules):
            self.views.append(_View(replace(rulebook, rules=sure), self.views[0]))

    def same(self, touched: Iterable[tuple[Rule, Rule | None]]) -> bool:
        """Whether the versions of each rule changed derive the same facts as before.

        Versions count together: that another one fires shows nowhere, unless only one of them is unclear.
        """
        changes = {old.key: new for old, new in touched}
        ids = {self.rulebook.by_key[key].id for key in changes}
        return all(self._same_versions(one, changes) for one in sorted(ids))

    def _same_versions(self, one: str, changes: Mapping[str, Rule | None]) -> bool:
        before = [rule for rule in self.rulebook.rules if rule.id == one]
        after = [new for rule in before if (new := changes.get(rule.key, rule)) is not None]
        if any(rule.total for rule in (*before, *after)):
            return False
        predicates = {rule.head.predicate for rule in (*before, *after)}
        return all(self._same_facts(predicate, before, after) for predicate in sorted(predicates))

    def _same_facts(self, predicate: str, before: Sequence[Rule], after: Sequence[Rule]) -> bool:
        fact = {name: z3.Int(f"the {name}") for name in self.rulebook.predicates[predicate]}
        for number, view in enumerate(self.views):
            then, now = (
                z3.Or(
                    *(
                        view.derives(rule, fact)
                        for rule in rules
                        if rule.head.predicate == predicate and not (number and rule.confidence == "U")
                    )
                )
                for rules in (before, after)
            )
            if view.possible(z3.Xor(then, now)):
                return False
        return True

    def unread(self, before: Parameter, after: Parameter) -> bool:
        """Whether no rule that reads a parameter can fire on a supported day on which its value differs."""
        view = self.views[0]
        source, name = self.rulebook.date_of(before)
        day = view.field((source, 0), name)
        differs = z3.And(self._supported(view), _worth(before, day) != _worth(after, day))
        readers = [
            without(rule, before.name) for rule in self.rulebook.rules if before.name in rule.parameters
        ]
        return not any(view.possible(z3.And(differs, view.fires(reader))) for reader in readers)

    def _supported(self, view: Solver) -> z3.BoolRef:
        selector, period = self.rulebook.supported
        source, name = self.rulebook.dates[selector]
        first, last = period.numbers
        day = view.field((source, 0), name)
        return z3.And(day >= first, day <= last)


def _worth(parameter: Parameter, day: z3.ArithRef) -> z3.ArithRef:
    worth: z3.ArithRef = z3.IntVal(_NO_VALUE)
    for value in parameter.values:
        first, last = value.period.numbers
        worth = z3.If(z3.And(day >= first, day <= last), z3.IntVal(value.number), worth)
    return worth


def without(rule: Rule, parameter: str) -> Rule:
    """A rule without the parts that read a parameter: it fires where the rule does, whatever the value."""

    def reads(*terms: ex.Argument) -> bool:
        return any(name == parameter for term in terms for name in ex.parameters_of(term))

    def kept(atoms: Iterable[ex.Atom]) -> tuple[ex.Atom, ...]:
        return tuple(atom for atom in atoms if not reads(*(argument for _, argument in atom.arguments)))

    conditions = tuple(condition for condition in rule.conditions if not reads(*ex.terms_of(condition)))
    return replace(rule, conditions=conditions, atoms=kept(rule.atoms), unless=kept(rule.unless))
