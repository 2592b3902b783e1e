"""The shared subset as a system of OpenFisca-core, for comparison: the same rules, the same answers.

Every fact is a variable, and so is every condition that rules ask, so that OpenFisca works it out once. A
fact on which rules of unclear law bear is two variables: certain, and possible. OpenFisca picks the law by
the period of the simulation, one for all; here each case has its own dates, conditions like any other.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum, EnumArray
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from engine import expressions as ex
from engine.program import bound_conditions
from engine.rulebook import Rule
from engine.values import Domain
from tests.benchmarks.population import Flags, Numbers, Population, moved
from tests.benchmarks.shared import Plain, Shared, denied, wanted

Formula = Callable[..., Any]
Answers = Mapping[Plain, tuple[Flags, Flags]]
EPOCH = 719_163
NOW = "2026-01-01"
_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


class OpenFisca:
    """The shared subset, ready to run on arrays."""

    def __init__(self, subset: Shared) -> None:
        self.subset = subset
        self.entity = build_entity(key="case", plural="cases", label="A case", is_person=True)
        self.system = TaxBenefitSystem([self.entity])
        self.inputs: dict[str, tuple[str, str, Domain]] = {}
        self.enums: dict[str, Any] = {}
        self.conditions: dict[str, str] = {}
        for fact, rules in subset.rules.items():
            self._add(variable_name(fact, "must"), bool, self._fact(rules, "must"))
            if fact in subset.unclear:
                self._add(variable_name(fact, "may"), bool, self._fact(rules, "may"))

    def arrays(self, people: Population) -> dict[str, Any]:
        """Fully known cases as OpenFisca has them."""
        found: dict[str, Any] = {}
        for name, (source, field, domain) in self.inputs.items():
            numbers = people.facts[source].values[field]
            if domain.kind == "date":
                found[name] = (numbers - EPOCH).astype("datetime64[D]")
            elif name in self.enums:
                found[name] = EnumArray(numbers.astype(np.uint8), self.enums[name])
            else:
                found[name] = numbers.astype(np.bool_ if domain.kind == "bool" else np.int32)
        return found

    def run(self, arrays: Mapping[str, Any]) -> Answers:
        """For each fact, in which cases it is certain and in which it is possible."""
        size = len(next(iter(arrays.values())))
        simulation = SimulationBuilder().build_default_simulation(self.system, size)
        for name, array in arrays.items():
            simulation.set_input(name, NOW, array)
        found = {}
        for fact in self.subset.rules:
            must = simulation.calculate(variable_name(fact, "must"), NOW)
            unclear = fact in self.subset.unclear
            found[fact] = must, simulation.calculate(variable_name(fact, "may"), NOW) if unclear else must
        return found

    def _add(self, name: str, kind: Any, formula: Formula | None = None, options: Any = None) -> None:
        parts = {"value_type": kind, "entity": self.entity, "definition_period": DateUnit.ETERNITY}
        if formula:
            parts["formula"] = formula
        if options:
            parts |= {"possible_values": options, "default_value": next(iter(options))}
        self.system.add_variable(type(name, (Variable,), parts))

    def _fact(self, rules: tuple[Rule, ...], mode: str) -> Formula:
        names = [self._asked(rule, mode) for rule in rules if mode == "may" or rule.confidence != "U"]

        def formula(case: Any, period: Any) -> Any:
            found = np.zeros(case.count, dtype=np.bool_)
            for holding, missing in names:
                parts = [case(name, period) for name in holding]
                parts += [~case(name, period) for name in missing]
                found |= reduce(np.logical_and, parts)
            return found

        return formula

    def _asked(self, rule: Rule, mode: str) -> tuple[list[str], list[str]]:
        """The variables that must hold for a rule, and those that must not."""
        binds, conditions = bound_conditions(rule, self.subset.rulebook)
        other = "must" if mode == "may" else "may"
        return (
            [self._condition(condition, binds) for condition in conditions]
            + [self._variable(fact, mode) for fact in wanted(rule, self.subset.rulebook)],
            [self._variable(fact, other) for fact in denied(rule)],
        )

    def _variable(self, fact: Plain, mode: str) -> str:
        return variable_name(fact, mode if fact in self.subset.unclear else "must")

    def _condition(self, condition: ex.Condition, binds: Mapping[str, str]) -> str:
        text = repr(_named(condition, binds))
        if text not in self.conditions:
            self.conditions[text] = f"condition_{len(self.conditions)}"
            self._add(self.conditions[text], bool, self._truth(condition, binds))
        return self.conditions[text]

    def _truth(self, condition: ex.Condition, binds: Mapping[str, str]) -> Formula:
        match condition:
            case ex.Compare():
                compare, right = _OPERATORS[condition.operator], self._term(condition.right, binds)
                left = self._term(condition.left, binds)
                return lambda case, period: compare(left(case, period), right(case, period))
            case ex.Member():
                term, numbers = self._term(condition.term, binds), sorted(condition.numbers)
                return _is_one_of(term, numbers, condition.negated)
            case ex.All() | ex.Any_():
                parts = [self._truth(part, binds) for part in condition.parts]
                join = np.logical_and if isinstance(condition, ex.All) else np.logical_or
                return lambda case, period: reduce(join, [part(case, period) for part in parts])

    def _term(self, term: ex.Term, binds: Mapping[str, str]) -> Formula:
        match term:
            case ex.Constant():
                worth: Any = term.number
                if term.domain.kind == "date":
                    worth = np.datetime64(term.number - EPOCH, "D")
                return lambda case, period: worth
            case ex.Field():
                name = self._input(binds[term.variable], term.name, term.domain)
                return lambda case, period: case(name, period)
            case ex.Parameter():
                return self._parameter(term.name)
            case ex.Shift():
                assert term.unit == "full_years"
                base, amount = self._term(term.base, binds), self._term(term.amount, binds)
                return lambda case, period: _full_years(base(case, period), amount(case, period))

    def _parameter(self, name: str) -> Formula:
        parameter = self.subset.rulebook.parameters[name]
        source, field = self.subset.rulebook.date_of(parameter)
        day = self._input(source, field, Domain("date"))
        steps = [(np.datetime64(value.period.numbers[0] - EPOCH, "D"), value.number)
                 for value in parameter.values]  # fmt: skip

        def formula(case: Any, period: Any) -> Any:
            days = case(day, period)
            return np.select([days >= first for first, _ in reversed(steps)], [n for _, n in reversed(steps)])

        return formula

    def _input(self, source: str, field: str, domain: Domain) -> str:
        name = f"{source}_{field}"
        if name not in self.inputs:
            self.inputs[name] = source, field, domain
            kinds: Mapping[str, Any] = {"bool": bool, "date": date}
            if domain.kind == "enum" and not domain.ordered:
                self.enums[name] = Enum(domain.name, {option: option for option in domain.options})
                self._add(name, Enum, options=self.enums[name])
            else:
                self._add(name, kinds.get(domain.kind, int))
        return name


def variable_name(fact: Plain, mode: str) -> str:
    predicate, arguments = fact
    return "_".join([mode, predicate, *(str(number) for _, number in arguments)])


def _named(condition: ex.Condition, binds: Mapping[str, str]) -> Any:
    """The condition with its variables replaced by what they stand for."""
    return condition, sorted((name, binds[name]) for name in ex.variables_of(condition))


def _is_one_of(term: Formula, numbers: list[int], negated: bool) -> Formula:
    def formula(case: Any, period: Any) -> Any:
        values = term(case, period)
        found = reduce(np.logical_or, [values == number for number in numbers])
        return ~found if negated else found

    return formula


def _full_years(days: Numbers, years: Numbers) -> Numbers:
    """The last day of a period of years that begins on the next day."""
    begin = days.astype(np.int64) + EPOCH + 1
    end = moved(begin, 12 * years)
    kept = _day_of_month(end) == _day_of_month(begin)
    found: Numbers = (end - EPOCH - kept).astype("datetime64[D]")
    return found


def _day_of_month(numbers: Numbers) -> Numbers:
    days = (numbers - EPOCH).astype("datetime64[D]")
    found: Numbers = days - days.astype("datetime64[M]").astype("datetime64[D]")
    return found
