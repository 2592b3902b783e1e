"""Turns the shapes of rules into typed rules."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from engine import expressions as ex
from engine.documents import Document
from engine.errors import InputError, Place, Problem, nearest, refuse
from engine.facts import Section
from engine.periods import Period
from engine.rulebook import Parameter, Rule
from engine.shapes import ProvisionShape, RuleShape
from engine.values import Domain


class Typist:
    """Turns shapes into typed rules; predicates take their signature from the rules that derive them."""

    def __init__(
        self,
        sections: Mapping[str, Section],
        parameters: Mapping[str, Parameter],
        dates: Mapping[str, tuple[str, str]],
        pairs: Sequence[tuple[ProvisionShape, Document]],
        problems: list[Problem],
    ) -> None:
        self.sections = sections
        self.types: dict[str, ex.Signature] = {
            name: section.fact.domains() for name, section in sections.items()
        }
        self.parameters = {name: parameter.domain for name, parameter in parameters.items()}
        self.dates = dates
        self.problems = problems
        self.shapes = [
            (shape, provision, document, index)
            for provision, document in pairs
            for index, shape in enumerate(provision.rules)
        ]
        self.labels: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.predicates: dict[str, ex.Signature] = {}
        self._infer()

    def _place(self, document: Document, index: int, *rest: str | int) -> Place:
        return document.place(("rules", index, *rest))

    def _scope(self, shape: RuleShape, place: Place) -> ex.Scope | None:
        """The scope of a rule, or None as long as a predicate it binds has no signature yet."""
        variables: dict[str, tuple[str, ex.Signature]] = {}
        for variable, source in shape.when.items():
            if source in self.types:
                variables[variable] = (source, self.types[source])
            elif source in self.predicates:
                variables[variable] = (source, self.predicates[source])
            else:
                return None
        return ex.Scope(variables, self.parameters, self.predicates, place)

    def _infer(self) -> None:
        waiting = list(self.shapes)
        heads: list[tuple[str, dict[str, ex.Derived], Place]] = []
        while waiting:
            later = []
            for entry in waiting:
                shape, _, document, index = entry
                scope = self._scope(shape, self._place(document, index, "then"))
                if scope is None:
                    later.append(entry)
                    continue
                self._infer_head(shape, scope, heads)
            if len(later) == len(waiting):
                self._refuse_unbound(later)
                break
            waiting = later
        self._close_labels()
        self._agree(heads)

    def _infer_head(
        self, shape: RuleShape, scope: ex.Scope, heads: list[tuple[str, dict[str, ex.Derived], Place]]
    ) -> None:
        try:
            name, arguments = ex.parse_head(shape.then, scope)
        except InputError as error:
            self.problems += error.problems
            return
        heads.append((name, arguments, scope.place))
        signature = dict(self.predicates.get(name, {}))
        for argument, value in arguments.items():
            if isinstance(value, str):
                self.labels[name, argument].add(value)
                signature.setdefault(argument, Domain("enum", (), name=f"{name}.{argument}"))
            else:
                known = signature.get(argument)
                if known is None or (known.kind == "enum" and not known.options):
                    signature[argument] = value.domain
        self.predicates[name] = signature

    def _close_labels(self) -> None:
        for (name, argument), labels in self.labels.items():
            signature = dict(self.predicates[name])
            if not signature[argument].options:
                signature[argument] = Domain("enum", tuple(sorted(labels)), name=f"{name}.{argument}")
                self.predicates[name] = signature
        closed = {
            domain.name: domain
            for arguments in self.predicates.values()
            for domain in arguments.values()
            if domain.options
        }
        for name, arguments in self.predicates.items():
            self.predicates[name] = {
                argument: domain if domain.options else closed.get(domain.name, domain)
                for argument, domain in arguments.items()
            }

    def _agree(self, heads: Iterable[tuple[str, dict[str, ex.Derived], Place]]) -> None:
        for name, arguments, place in heads:
            if name in self.types:
                self.problems.append(
                    Problem(f"{name!r} is a fact type", "Give the derived fact another name", place)
                )
            missing = set(self.predicates[name]) - set(arguments)
            if missing:
                self.problems.append(
                    Problem(
                        f"{name} is derived elsewhere with {', '.join(sorted(missing))} as well",
                        "Give every rule that derives it the same arguments",
                        place,
                    )
                )

    def _refuse_unbound(self, entries: Sequence[tuple[RuleShape, ProvisionShape, Document, int]]) -> None:
        known = [*self.types, *self.predicates]
        for shape, _, document, index in entries:
            for variable, source in shape.when.items():
                if source not in known:
                    place = self._place(document, index, "when", variable)
                    self.problems.append(
                        Problem(f"There are no facts {source!r}", nearest(source, known), place)
                    )

    def rules(self) -> tuple[Rule, ...]:
        counts: dict[str, int] = defaultdict(int)
        typed = []
        for shape, provision, document, index in sorted(self.shapes, key=_shape_order):
            version = counts[shape.rule]
            counts[shape.rule] += 1
            try:
                typed.append(self._rule(shape, provision, document, index, version))
            except InputError as error:
                self.problems += error.problems
        self._refuse_shared_totals(typed)
        return tuple(typed)

    def _refuse_shared_totals(self, rules: Sequence[Rule]) -> None:
        """A total is derived by one rule, or by versions of it of which one is in force at a time."""
        for total in (rule for rule in rules if rule.total):
            for other in rules:
                if other is total or other.head.predicate != total.head.predicate:
                    continue
                apart = total.selector == other.selector and total.period.apart(other.period)
                if other.id != total.id or not apart:
                    self.problems.append(
                        Problem(
                            f"{total.head.predicate} is a total, and {other.id} derives it as well",
                            "Let one rule derive it, in versions that are never in force together",
                            total.place,
                        )
                    )
                    break

    def _rule(
        self, shape: RuleShape, provision: ProvisionShape, document: Document, index: int, version: int
    ) -> Rule:
        scope = self._scope(shape, self._place(document, index))
        if scope is None:
            raise InputError([])
        conditions: list[ex.Condition] = []
        atoms: list[ex.Atom] = []
        for number, text in enumerate(shape.where):
            item = ex.parse_condition(text, self._at(scope, document, index, "where", number))
            if isinstance(item, ex.Atom):
                atoms.append(item)
            else:
                conditions.append(item)
        unless = [
            ex.parse_atom(text, self._at(scope, document, index, "unless", number))
            for number, text in enumerate(shape.unless)
        ]
        selector, period = next(iter(shape.in_force.items()), ("", Period(None, None)))
        if selector and selector not in self.dates:
            raise refuse(
                f"{selector!r} is not a date that picks a version",
                nearest(selector, self.dates),
                self._place(document, index, "in_force"),
            )
        self._picked_once(selector, shape, self._place(document, index, "in_force"))
        head, total = self._head(shape, self._at(scope, document, index, "then"))
        if total and selector and self.sections[self.dates[selector][0]].listed:
            raise refuse(
                f"{selector} is a date of each {self.dates[selector][0]}, but a total is one for the case",
                "Ask for that date in `where`",
                self._place(document, index, "in_force"),
            )
        return Rule(
            id=shape.rule,
            version=version,
            provision=provision.provision,
            cite=shape.cite or provision.cite,
            facts=shape.facts,
            confidence=shape.confidence,
            selector=selector,
            period=period,
            binds=dict(shape.when),
            conditions=tuple(conditions),
            atoms=tuple(atoms),
            unless=tuple(unless),
            head=head,
            total=total,
            shape=shape.model_dump(mode="json", exclude_defaults=True, serialize_as_any=True, fallback=str),
            place=self._place(document, index),
        )

    def _picked_once(self, selector: str, shape: RuleShape, place: Place) -> None:
        """A date of a listed fact picks a rule that binds one such fact."""
        if not selector or not self.sections[self.dates[selector][0]].listed:
            return
        source = self.dates[selector][0]
        bound = [variable for variable, kind in shape.when.items() if kind == source]
        if not bound:
            raise refuse(
                f"{selector} is a date of {source}, which this rule does not bind",
                f"Bind it in `when`, such as {source[0]}: {source}",
                place,
            )
        if len(bound) > 1:
            raise refuse(
                f"{selector} could be the date of {' or '.join(bound)}",
                f"Bind {source} once, or split the rule in two",
                place,
            )

    def _at(self, scope: ex.Scope, document: Document, index: int, *rest: str | int) -> ex.Scope:
        return ex.Scope(
            scope.variables, scope.parameters, self.predicates, self._place(document, index, *rest)
        )

    def _head(self, shape: RuleShape, scope: ex.Scope) -> tuple[ex.Atom, str]:
        """What follows, and which of its arguments is a total."""
        name, arguments = ex.parse_head(shape.then, scope)
        signature = self.predicates[name]
        typed: list[tuple[str, ex.Argument]] = []
        total = ""
        for argument, value in sorted(arguments.items()):
            domain = signature[argument]
            if isinstance(value, str):
                if value not in domain.options:
                    raise scope.refuse(
                        f"{value!r} is not an option of {argument}", nearest(value, domain.options)
                    )
                typed.append((argument, ex.Constant(domain.options.index(value), domain)))
                continue
            if (value.domain.kind, value.domain.name) != (domain.kind, domain.name):
                raise scope.refuse(
                    f"{argument} of {name} is {value.domain.kind} here and {domain.kind} elsewhere",
                    "Let it have one type",
                )
            if isinstance(value, ex.Total):
                total = argument
            typed.append((argument, value.field if isinstance(value, ex.Total) else value))
        return ex.Atom(name, tuple(typed)), total


def _shape_order(entry: tuple[RuleShape, ProvisionShape, Document, int]) -> tuple[str, date, str]:
    shape = entry[0]
    period = next(iter(shape.in_force.values()), Period(None, None))
    return shape.rule, period.first or date.min, str(period)
