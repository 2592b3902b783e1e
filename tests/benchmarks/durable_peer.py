"""The shared subset driven through the Python host of durable-rules, bare: no proof, no must and may.

A case is one fact with all its values, a derived fact is a fact that `says` what it is. A rule that denies
waits for the token of its stratum. Rules of unclear law count as clear here: bare rules know yes and no only.
The host's dispatcher thread is left out, because it takes rules from the thread that waits for their results.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import reduce
from itertools import count
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import Any

from durable import engine, lang

from engine import expressions as ex
from engine.calendar import shift
from engine.program import bound_conditions
from engine.rulebook import Rule, Rulebook
from tests.benchmarks.population import Population
from tests.benchmarks.shared import Plain, Shared, denied, needed, wanted

OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip
_names = count()


def as_if_clear(rulebook: Rulebook) -> Rulebook:
    """The rulebook with no rule of unclear law."""
    return replace(rulebook, rules=tuple(replace(rule, confidence="V") for rule in rulebook.rules))


class Durable:
    """The shared subset in a host of durable-rules."""

    def __init__(self, subset: Shared) -> None:
        self.subset = subset
        self.rulebook = subset.rulebook
        self.fields: dict[str, tuple[str, str]] = {}
        self.shifts: dict[str, tuple[ex.Shift, Mapping[str, str]]] = {}
        self.places = {fact: number for number, fact in enumerate(subset.rules)}
        self.facts = list(subset.rules)
        self.asked = {fact for rules in subset.rules.values() for rule in rules
                       for fact in needed(rule, self.rulebook)}  # fmt: skip
        self.strata = sorted({self.rulebook.strata[rule.head.predicate] for rules in subset.rules.values()
                              for rule in rules if rule.unless})  # fmt: skip
        self.found: set[int] = set()
        self.name = f"shared {next(_names)}"
        self.host = _Host()
        self.host.register_rulesets(dict([self._ruleset().define()]))
        self._cases = count()

    def messages(self, people: Population) -> list[dict[str, Any]]:
        """Fully known cases as durable-rules has them: a dict of numbers a case."""
        columns = {
            name: people.facts[source].values[field].tolist() for name, (source, field) in self.fields.items()
        }
        for name, (term, binds) in self.shifts.items():
            columns[name] = [
                _moved(term, binds, {key: column[place] for key, column in columns.items()}, self.rulebook)
                for place in range(people.count)
            ]
        return [
            {"case": 1, **dict(zip(columns, values, strict=True))}
            for values in zip(*columns.values(), strict=True)
        ]

    def run(self, message: Mapping[str, Any]) -> set[Plain]:
        """The facts that follow."""
        sid = str(next(self._cases))
        self.found = set()
        try:
            self.host.assert_fact(self.name, {"sid": sid, **message})
            for stratum in self.strata:
                self.host.assert_fact(self.name, {"sid": sid, "stratum": stratum})
        finally:
            self.host.delete_state(self.name, sid)
        return {self.facts[place] for place in self.found}

    def _ruleset(self) -> Any:
        rules = lang.ruleset(self.name)
        with rules:
            lang.when_all(lang.c.start << (lang.m.case == 1))(_nothing)
            for fact, group in self.subset.rules.items():
                for rule in group:
                    lang.when_all(*self._parts(rule))(self._says(fact))
        return rules

    def _parts(self, rule: Rule) -> Iterator[Any]:
        binds, conditions = bound_conditions(rule, self.rulebook)
        if rule.unless:
            yield lang.c.token << (lang.m.stratum == self.rulebook.strata[rule.head.predicate])
        if conditions:
            tests = [lang.m.case == 1, *(self._test(condition, binds) for condition in conditions)]
            yield lang.c.case << reduce(and_, tests)
        for number, fact in enumerate(wanted(rule, self.rulebook)):
            yield getattr(lang.c, f"fact{number}") << (lang.m.says == self.places[fact])
        for fact in denied(rule):
            yield lang.none(lang.m.says == self.places[fact])

    def _says(self, fact: Plain) -> Callable[[Any], None]:
        place, asked = self.places[fact], fact in self.asked

        def action(closure: Any) -> None:
            if place not in self.found:
                self.found.add(place)
                if asked:
                    closure.assert_fact({"says": place})

        return action

    def _test(self, condition: ex.Condition, binds: Mapping[str, str]) -> Any:
        match condition:
            case ex.Compare():
                left, right = self._term(condition.left, binds), self._term(condition.right, binds)
                return OPERATORS[condition.operator](left, right)
            case ex.Member():
                operator, join = (ne, and_) if condition.negated else (eq, or_)
                name = self._term(condition.term, binds)
                return reduce(join, [operator(name, number) for number in sorted(condition.numbers)])
            case ex.All() | ex.Any_():
                join = and_ if isinstance(condition, ex.All) else or_
                return reduce(join, [self._test(part, binds) for part in condition.parts])

    def _term(self, term: ex.Term, binds: Mapping[str, str]) -> Any:
        match term:
            case ex.Constant():
                return term.number
            case ex.Field():
                return getattr(lang.m, self._field(binds[term.variable], term.name))
            case ex.Shift():
                for field in ex.fields_of(term):
                    self._field(binds[field.variable], field.name)
                for name in ex.parameters_of(term):
                    self._field(*self.rulebook.date_of(self.rulebook.parameters[name]))
                name = f"moved{len(self.shifts)}"
                self.shifts[name] = term, binds
                return getattr(lang.m, name)
            case ex.Parameter():
                raise TypeError("A parameter stands alone in no rule of the shared subset")

    def _field(self, source: str, field: str) -> str:
        name = f"{source}_{field}"
        self.fields[name] = source, field
        return name


class _Host(engine.Host):  # type: ignore[misc]
    def _run(self) -> None:
        """Start no dispatcher."""


def _nothing(closure: Any) -> None:
    """Deleting a session in which no rule fired is not safe: this one always does."""


def _moved(term: ex.Shift, binds: Mapping[str, str], values: Mapping[str, int], rulebook: Rulebook) -> int:
    (field,) = ex.fields_of(term)
    base = values[f"{binds[field.variable]}_{field.name}"]
    if isinstance(term.amount, ex.Constant):
        return shift(base, term.unit, term.sign * term.amount.number)
    parameter = rulebook.parameters[term.amount.name]
    source, name = rulebook.date_of(parameter)
    day = values[f"{source}_{name}"]
    for value in parameter.values:
        first, last = value.period.numbers
        if first <= day <= last:
            return shift(base, term.unit, term.sign * value.number)
    return 0
