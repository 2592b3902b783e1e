"""Rulebooks of any number of rules with the shapes of the law: its first rules, or it and copies of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from graphlib import TopologicalSorter

from engine import expressions as ex
from engine.rulebook import Rule, Rulebook


def rulebook_of(law: Rulebook, count: int) -> Rulebook:
    """The rules that others rest on come first; a copy of the law derives facts with names of its own."""
    rules: list[Rule] = []
    predicates: dict[str, ex.Signature] = {}
    strata: dict[str, int] = {}
    order = _in_order(law)
    for copy in range(-(-count // len(law.rules))):
        names = {name: f"{name}_{copy}" if copy else name for name in law.predicates}
        for name in order:
            some = law.by_predicate[name][: count - len(rules)]
            if some:
                rules += [_renamed(rule, names, copy) for rule in some]
                predicates[names[name]] = law.predicates[name]
                strata[names[name]] = law.strata[name]
    return replace(law, rules=tuple(rules), predicates=predicates, strata=strata)


def _in_order(law: Rulebook) -> Sequence[str]:
    """The predicates, each after those that its rules read."""
    needs = {
        name: {source for rule in rules for source in rule.reads if source in law.predicates} - {name}
        for name, rules in law.by_predicate.items()
    }
    return list(TopologicalSorter(needs).static_order())


def _renamed(rule: Rule, names: Mapping[str, str], copy: int) -> Rule:
    def atom(one: ex.Atom) -> ex.Atom:
        return replace(one, predicate=names[one.predicate])

    return replace(
        rule,
        id=f"{rule.id}-{copy}" if copy else rule.id,
        binds={variable: names.get(source, source) for variable, source in rule.binds.items()},
        atoms=tuple(map(atom, rule.atoms)),
        unless=tuple(map(atom, rule.unless)),
        head=atom(rule.head),
    )
