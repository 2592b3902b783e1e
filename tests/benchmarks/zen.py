"""The rulebook as a decision graph of zen-engine (JDM), for comparison: the same rules, every one evaluated.

Input, a node of parameters, a node of moved days, a node of expressions for each stratum, output. Each rule
is one expression and so is each predicate, the `or` (or the union) of its rules; recursion is unrolled to
`LEVELS`. zen knows exact facts only. Years are moved as months: zen 2.1 fails to move 29 February by a year.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import Any

from engine import expressions as ex
from engine.calendar import MONTHS_TO_END
from engine.facts import CaseModel
from engine.program import bound_conditions
from engine.rows import encode
from engine.rulebook import Rule, Rulebook

LEVELS = 3
EPOCH, DAY = 719_163, 86_400_000
Expressions = dict[str, str]


def graph(rulebook: Rulebook, *, layered: bool = True) -> str:
    """The decision graph in JSON: a node for each stratum, or, not `layered`, all expressions in one node."""
    return _Writer(rulebook, layered).graph()


def context(case: CaseModel, rulebook: Rulebook) -> dict[str, Any]:
    """An exact case as zen takes it: days and options as numbers, texts as they are."""
    rows = encode(case, rulebook)
    texts = {number: text for text, number in rows.texts.items()}
    found: dict[str, Any] = {section.name: [] for section in rulebook.sections.values() if section.listed}
    for row in rows.rows:
        domains = rulebook.sections[row.source].fact.domains()
        fact: dict[str, Any] = {"s": row.serial}
        for name, (low, _) in row.values.items():
            kind = domains[name].kind
            fact[name] = bool(low) if kind == "bool" else texts[low] if kind == "text" else low
        if rulebook.sections[row.source].listed:
            found[row.section].append(fact)
        else:
            found[row.section] = fact
    return found


def conclusions(
    result: Mapping[str, Any], rulebook: Rulebook
) -> set[tuple[str, tuple[tuple[str, Any], ...]]]:
    """What an evaluation concluded, each predicate with its arguments."""
    found: set[tuple[str, tuple[tuple[str, Any], ...]]] = set()
    for predicate, signature in rulebook.predicates.items():
        value = result[_predicate_key(predicate)]
        if not signature:
            found |= {(predicate, ())} if value else set()
        else:
            found |= {(predicate, tuple(sorted(arguments.items()))) for arguments in value}
    return found


def outcome(result: Mapping[str, Any], rulebook: Rulebook) -> str:
    (only,) = result[_predicate_key(rulebook.goal)]
    return rulebook.label(rulebook.goal, "kind", int(only["kind"]))


def evaluated(trace: Mapping[str, Any]) -> set[str]:
    """The keys of all expressions that a trace has a value for."""
    return {key for node in trace.values() for key in node["traceData"] or ()}


def rule_key(rule: Rule) -> str:
    return "rule_" + re.sub(r"\W", "_", rule.key)


def _predicate_key(predicate: str) -> str:
    return f"is_{predicate}"


class _Writer:
    def __init__(self, rulebook: Rulebook, layered: bool) -> None:
        self.rulebook = rulebook
        self.layered = layered
        self.before = "" if layered else "$."
        self.moved: Expressions = {}
        self.stratum = 0
        self.meaning: dict[str, str] = {}

    def graph(self) -> str:
        strata = [
            self.stratum_expressions(number) for number in range(1 + max(self.rulebook.strata.values()))
        ]
        layers = [self.parameters(), self.moved, *strata]
        return json.dumps(
            _chain(
                layers if self.layered else [{key: value for layer in layers for key, value in layer.items()}]
            )
        )

    def parameters(self) -> Expressions:
        found = {}
        for name, parameter in self.rulebook.parameters.items():
            source, field = self.rulebook.date_of(parameter)
            day = f"{self.rulebook.sections[source].name}.{field}"
            worth = "0"
            for value in parameter.values:
                first, last = value.period.numbers
                worth = f"({day} >= {first} and {day} <= {last}) ? {value.number} : ({worth})"
            found[f"parameter_{name}"] = worth
        return found

    def stratum_expressions(self, number: int) -> Expressions:
        self.stratum = number
        here = {name for name, stratum in self.rulebook.strata.items() if stratum == number}
        needs = {name: (_needed(self.rulebook.by_predicate[name]) & here) - {name} for name in sorted(here)}
        found: Expressions = {}
        for name in TopologicalSorter(needs).static_order():
            found |= self.predicate(name)
        return found

    def predicate(self, name: str) -> Expressions:
        rules = self.rulebook.by_predicate[name]
        recursive = [rule for rule in rules if name in _needed([rule])]
        key = _predicate_key(name)
        found = {rule_key(rule): self.rule(rule) for rule in rules if rule not in recursive}
        parts = [f"$.{part}" for part in found]
        if recursive:
            found[f"{key}_1"] = self.union(name, parts)
            parts = [f"$.{key}_1"]
        for level in range(2, LEVELS + 1) if recursive else ():
            self.meaning[name] = f"$.{key}_{level - 1}"
            rounds = {
                f"{rule_key(rule)}{'' if level == 2 else f'_{level}'}": self.rule(rule) for rule in recursive
            }
            found |= rounds
            found[f"{key}_{level}"] = self.union(name, [f"$.{part}" for part in rounds])
            parts.append(f"$.{key}_{level}")
            del self.meaning[name]
        found[key] = self.union(name, parts)
        return found

    def union(self, name: str, parts: Sequence[str]) -> str:
        return f"merge([{', '.join(parts)}])" if self.rulebook.predicates[name] else " or ".join(parts)

    def rule(self, rule: Rule) -> str:
        """True or false, or the list of arguments with which the rule derives its predicate."""
        binds, conditions = bound_conditions(rule, self.rulebook)
        loops = {variable: source for variable, source in binds.items() if self.looped(source)}
        told = set().union(*(_variables(argument) for _, argument in rule.head.arguments)) & set(loops)
        order = [variable for variable in loops if variable in told]
        order += [variable for variable in loops if variable not in told]
        tests: list[tuple[set[str], str]] = [
            (ex.variables_of(condition) & set(loops), self.condition(condition, binds))
            for condition in conditions
        ]
        tests += [(set(), self.named(source)) for source in binds.values()
                  if source in self.rulebook.predicates and source not in loops.values()]  # fmt: skip
        tests += [(_atom_variables(atom) & set(loops), self.atom(atom, binds)) for atom in rule.atoms]
        tests += [
            (_atom_variables(atom) & set(loops), f"not ({self.atom(atom, binds)})") for atom in rule.unless
        ]
        levels = [[test for needed, test in tests if not needed]]
        for place, variable in enumerate(order):
            seen = set(order[: place + 1])
            levels.append([test for needed, test in tests if variable in needed and needed <= seen])
        inner = ""
        for place in range(len(order) - 1, len(told) - 1, -1):
            variable = order[place]
            inside = _all([*levels[place + 1], *([inner] if inner else [])])
            inner = f"some({self.named(binds[variable])} as {_name(variable)}, {inside})"
        if not rule.head.arguments:
            return _all([*levels[0], *([inner] if inner else [])])
        return self.listed(rule, binds, order[: len(told)], levels, inner)

    def listed(
        self,
        rule: Rule,
        binds: Mapping[str, str],
        told: Sequence[str],
        levels: Sequence[Sequence[str]],
        inner: str,
    ) -> str:
        arguments = ", ".join(f"{name}: {self.argument(value, binds)}" for name, value in rule.head.arguments)
        ending = [inner] if inner else []
        if not told:
            return f"({_all([*levels[0], *ending])}) ? [{{{arguments}}}] : []"
        text = ""
        for place in range(len(told) - 1, -1, -1):
            source, variable = self.named(binds[told[place]]), _name(told[place])
            last = place == len(told) - 1
            inside = _all([*levels[place + 1], *(ending if last else [])])
            chosen = source if inside == "true" else f"filter({source} as {variable}, {inside})"
            text = (
                f"map({chosen} as {variable}, {{{arguments}}})" if last
                else f"flatMap({chosen} as {variable}, {text})"
            )  # fmt: skip
        return f"({_all(levels[0])}) ? {text} : []" if levels[0] else text

    def looped(self, source: str) -> bool:
        if source in self.rulebook.predicates:
            return bool(self.rulebook.predicates[source])
        return self.rulebook.sections[source].listed

    def named(self, source: str) -> str:
        """Where the facts of a source are found from the stratum being written."""
        if source in self.rulebook.sections:
            return self.rulebook.sections[source].name
        if source in self.meaning:
            return self.meaning[source]
        here = self.rulebook.strata[source] == self.stratum
        return f"{'$.' if here else self.before}{_predicate_key(source)}"

    def condition(self, condition: ex.Condition, binds: Mapping[str, str]) -> str:
        match condition:
            case ex.Compare(operator="==", right=ex.Constant(domain=domain)) if domain.kind == "bool":
                left = self.argument(condition.left, binds)
                return left if condition.right.number else f"not {left}"  # type: ignore[union-attr]
            case ex.Compare():
                left, right = (self.argument(term, binds) for term in (condition.left, condition.right))
                return f"{left} {condition.operator} {right}"
            case ex.Member():
                operator = "not in" if condition.negated else "in"
                return f"{self.argument(condition.term, binds)} {operator} {sorted(condition.numbers)}"
            case ex.All():
                return "(" + " and ".join(self.condition(part, binds) for part in condition.parts) + ")"
            case ex.Any_():
                return "(" + " or ".join(self.condition(part, binds) for part in condition.parts) + ")"

    def atom(self, atom: ex.Atom, binds: Mapping[str, str]) -> str:
        here = self.named(atom.predicate)
        if not self.rulebook.predicates[atom.predicate]:
            return here
        equal = _all([f"a.{name} == {self.argument(value, binds)}" for name, value in atom.arguments])
        return f"some({here} as a, {equal})" if atom.arguments else f"len({here}) > 0"

    def argument(self, term: ex.Argument, binds: Mapping[str, str]) -> str:
        match term:
            case ex.Constant():
                return str(bool(term.number)).lower() if term.domain.kind == "bool" else str(term.number)
            case ex.Parameter():
                return f"{self.before}parameter_{term.name}"
            case ex.Field():
                return f"{self.row(term.variable, binds)}.{term.name}"
            case ex.Reference():
                return f"{self.row(term.variable, binds)}.s"
            case ex.Shift():
                return self.shift(term, binds)

    def row(self, variable: str, binds: Mapping[str, str]) -> str:
        source = binds[variable]
        return _name(variable) if self.looped(source) else self.named(source)

    def shift(self, term: ex.Shift, binds: Mapping[str, str]) -> str:
        """A moved day. One over a single fact is worked out once, in a node of its own."""
        looped = any(self.looped(binds[field.variable]) for field in ex.fields_of(term))
        text = self.moved_text(term, binds)
        if looped:
            return text
        name = next((name for name, known in self.moved.items() if known == text), f"moved_{len(self.moved)}")
        self.moved[name] = text
        return self.before + name

    def moved_text(self, term: ex.Term, binds: Mapping[str, str]) -> str:
        if not isinstance(term, ex.Shift):
            return self.argument(term, binds)
        base, amount = self.moved_text(term.base, binds), self.moved_text(term.amount, binds)
        if term.unit in {"number", "days"}:
            return f"({base} {'+' if term.sign > 0 else '-'} {amount})"
        if term.unit in MONTHS_TO_END:
            assert amount == "1", "zen: only the next end of a quarter or year"
            span = term.unit.removesuffix("_ends")
            return f"(floor(d(({base} - {EPOCH}) * {DAY}).endOf('{span}').timestamp() / {DAY}) + {EPOCH})"
        full = term.unit.startswith("full_")
        method, months = ("add" if term.sign > 0 else "sub"), 12 if term.unit.endswith("years") else 1
        day = f"d(({base} - {EPOCH - full}) * {DAY})"
        moved = f"{day}.{method}({months} * {amount}, 'month')"
        number = f"{moved}.timestamp() / {DAY} + {EPOCH}"
        return f"({number} - ({moved}.day() == {day}.day() ? 1 : 0))" if full else f"({number})"


def _needed(rules: Iterable[Rule]) -> set[str]:
    return {
        name
        for rule in rules
        for name in (*rule.binds.values(), *(atom.predicate for atom in (*rule.atoms, *rule.unless)))
    }


def _variables(argument: ex.Argument) -> set[str]:
    if isinstance(argument, ex.Reference):
        return {argument.variable}
    return {field.variable for field in ex.fields_of(argument)}


def _atom_variables(atom: ex.Atom) -> set[str]:
    return set().union(*(_variables(argument) for _, argument in atom.arguments))


def _name(variable: str) -> str:
    return "v_" + variable


def _all(tests: Sequence[str]) -> str:
    return " and ".join(tests) if tests else "true"


def _chain(layers: Sequence[Expressions]) -> dict[str, Any]:
    nodes = [_node("input", "inputNode")]
    for number, layer in enumerate(layers):
        expressions = [{"id": key, "key": key, "value": value} for key, value in layer.items()]
        nodes.append(
            _node(f"layer {number}", "expressionNode", {"expressions": expressions, "passThrough": True})
        )
    nodes.append(_node("output", "outputNode"))
    names = [node["id"] for node in nodes]
    edges = [
        {"id": f"{one} to {other}", "type": "edge", "sourceId": one, "targetId": other}
        for one, other in pairwise(names)
    ]
    return {"nodes": nodes, "edges": edges}


def _node(name: str, kind: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}} | (
        {"content": content} if content else {}
    )
