"""The largest part of the rulebook that engines without lists, ranges and joins can run: the shared subset.

It has the rules that ask only of the official, the engagement and the employer, and of no money: each says
one fact, yes or no. A fact is in it with all its rules, and with all facts that they ask for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from engine import expressions as ex
from engine.program import bound_conditions
from engine.rulebook import Rule, Rulebook

Plain = tuple[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, eq=False)
class Shared:
    """The facts of the subset, each with its rules, those that are asked for before those that ask."""

    rulebook: Rulebook
    rules: Mapping[Plain, tuple[Rule, ...]]

    @cached_property
    def unclear(self) -> frozenset[Plain]:
        """The facts that may be possible and not certain, because a rule of unclear law bears on them."""
        found: set[Plain] = set()
        for fact, rules in self.rules.items():
            if any(rule.confidence == "U" or found & set(needed(rule, self.rulebook)) for rule in rules):
                found.add(fact)
        return frozenset(found)

    @cached_property
    def alone(self) -> Rulebook:
        """A rulebook of these rules and no others."""
        keys = {rule.key for rules in self.rules.values() for rule in rules}
        return restricted(self.rulebook, keys)


def shared(rulebook: Rulebook) -> Shared:
    told: dict[Plain | None, list[Rule]] = {}
    for rule in rulebook.rules:
        told.setdefault(plain(rule.head), []).append(rule)
    shifting = {rule.head.predicate for rule in told.pop(None, ())}
    rules = {
        fact: tuple(group)
        for fact, group in told.items()
        if fact and fact[0] not in shifting and all(_plain(rule, rulebook) for rule in group)
    }
    while stray := [
        fact
        for fact, group in rules.items()
        if any(need not in rules for rule in group for need in needed(rule, rulebook))
    ]:
        for fact in stray:
            del rules[fact]
    return Shared(rulebook, dict(_in_order(rules, rulebook)))


def bearing_on(rulebook: Rulebook, predicate: str) -> Rulebook:
    """A rulebook of the rules that bear on one predicate and no others."""
    wanted, queue = {predicate}, [predicate]
    while queue:
        for rule in rulebook.by_predicate[queue.pop()]:
            names = {source for source in rule.reads if source in rulebook.predicates}
            queue += names - wanted
            wanted |= names
    return restricted(rulebook, {rule.key for rule in rulebook.rules if rule.head.predicate in wanted})


def restricted(rulebook: Rulebook, keys: set[str]) -> Rulebook:
    """A rulebook of the rules with these keys and no others."""
    rules = tuple(rule for rule in rulebook.rules if rule.key in keys)
    names = {rule.head.predicate for rule in rules}
    return replace(
        rulebook,
        rules=rules,
        parameters={
            name: value
            for name, value in rulebook.parameters.items()
            if any(name in rule.parameters for rule in rules)
        },
        predicates={name: value for name, value in rulebook.predicates.items() if name in names},
        strata={name: number for name, number in rulebook.strata.items() if name in names},
    )


def plain(atom: ex.Atom) -> Plain | None:
    """What an atom says, where that is the same in every case."""
    arguments = [(name, value) for name, value in atom.arguments if isinstance(value, ex.Constant)]
    if len(arguments) < len(atom.arguments):
        return None
    return atom.predicate, tuple((name, value.number) for name, value in arguments)


def wanted(rule: Rule, rulebook: Rulebook) -> list[Plain]:
    """The facts that must hold for a rule of the subset."""
    bound = [(source, ()) for source in rule.binds.values() if source in rulebook.predicates]
    return [*bound, *filter(None, map(plain, rule.atoms))]


def denied(rule: Rule) -> list[Plain]:
    """The facts that must not hold for a rule of the subset."""
    return list(filter(None, map(plain, rule.unless)))


def needed(rule: Rule, rulebook: Rulebook) -> list[Plain]:
    return [*wanted(rule, rulebook), *denied(rule)]


def _plain(rule: Rule, rulebook: Rulebook) -> bool:
    binds, conditions = bound_conditions(rule, rulebook)
    fields = [
        field for condition in conditions for term in ex.terms_of(condition) for field in ex.fields_of(term)
    ]
    return (
        not rule.total
        and all(_once(source, rulebook) for source in binds.values())
        and all(field.domain.kind not in {"won", "text"} for field in fields)
        and all(plain(atom) for atom in (*rule.atoms, *rule.unless))
    )


def _once(source: str, rulebook: Rulebook) -> bool:
    if source in rulebook.sections:
        return not rulebook.sections[source].listed
    return not rulebook.predicates[source]


def _in_order(
    rules: Mapping[Plain, tuple[Rule, ...]], rulebook: Rulebook
) -> Iterator[tuple[Plain, tuple[Rule, ...]]]:
    """A fact after those that its rules ask for."""
    done: set[Plain] = set()
    while len(done) < len(rules):
        for fact, group in rules.items():
            needs = {need for rule in group for need in needed(rule, rulebook)}
            if fact not in done and needs <= done:
                done.add(fact)
                yield fact, group
