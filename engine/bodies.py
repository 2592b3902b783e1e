"""Rules as bodies of SQL queries: which tables they join, and what must and may hold of the rows.

A predicate is kept in one of three forms. Where every rule derives it with constants, it is a flag
of the case for each of these; where one argument is a listed fact besides, a flag of that fact;
else its facts are rows of a relation.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from engine import expressions as ex
from engine import tables
from engine.program import SERIAL, Denial, Program, Side, Test, Variant
from engine.rulebook import Rule
from engine.sql import (
    ALWAYS,
    CASE_ALIAS,
    PARAMETER,
    TRUE,
    Derived,
    Ends,
    Fact,
    Given,
    Speller,
    Truth,
    all_of,
    column,
    exactly,
    number,
    one_of,
    one_or_any,
)

MUST, MAY, MANY = "must", "may", "many"
Ground = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Form:
    """How the facts of a predicate are kept.

    `grounds` are the constants of its flags, `section` the listed fact that bears them and `reference` the
    argument that it is; a relation has none of them.
    """

    predicate: str
    grounds: tuple[Ground, ...] = ()
    section: str = ""
    reference: str = ""

    @property
    def relation(self) -> bool:
        return not self.grounds

    def flag(self, ground: Ground) -> str:
        """The columns of a flag, without the ending that tells must from may."""
        number = f"_{self.grounds.index(ground)}" if len(self.grounds) > 1 else ""
        return f"is_{self.predicate}{number}"


@dataclass(frozen=True)
class Absence:
    """What must not exist: no row of a flagged listed fact, or of a relation, for which this holds."""

    source: str
    alias: str
    holds: Truth


@dataclass(frozen=True)
class Body:
    """One conjunction of a rule over rows: of the case, of listed facts and of relations, by alias."""

    rule: Rule
    facts: Mapping[str, Fact]
    items: Mapping[str, str]
    tuples: Mapping[str, str]
    holds: Truth
    absent: tuple[Absence, ...]

    @property
    def grain(self) -> str | None:
        """The listed fact whose rows settle it, `""` where the case does, None where a join must."""
        if self.tuples or self.absent or len(self.items) > 1:
            return None
        return next(iter(self.items.values()), "")


@dataclass(frozen=True, eq=False)
class Bodies:
    """The forms of the predicates of a program and the bodies of its rules.

    `loose` are the parameters that may not be settled in exact cases; None where cases need not be exact.
    """

    program: Program
    loose: frozenset[str] | None = None

    @cached_property
    def schema(self) -> tables.Schema:
        return tables.Schema(self.program, self.loose)

    @cached_property
    def sure(self) -> frozenset[str]:
        """The predicates that certainly hold wherever they may: in exact cases, all that rest on no doubt."""
        doubtful = {rule.head.predicate for rule in self.program.rulebook.rules if not self.clear(rule)}
        for _ in self.reads:
            doubtful |= {name for name, reads in self.reads.items() if reads & doubtful}
        return frozenset(self.reads.keys() - doubtful) if self.schema.exact else frozenset()

    def clear(self, rule: Rule) -> bool:
        """Whether nothing but the facts that a rule reads can leave it open in an exact case."""
        loose = self.loose or frozenset()
        return rule.confidence != "U" and loose.isdisjoint(rule.parameters)

    @property
    def worth(self) -> Given:
        """What parameters are worth, as a fact of the case."""
        return Given(self.schema, PARAMETER, CASE_ALIAS, ALWAYS, "")

    @cached_property
    def reads(self) -> Mapping[str, frozenset[str]]:
        """The predicates that the rules of each predicate read."""
        found: dict[str, set[str]] = {rule.head.predicate: set() for rule in self.program.rulebook.rules}
        for variant in self.program.variants:
            sources = {*variant.joins.values(), *(denial.source for denial in variant.denials)}
            found[variant.rule.head.predicate] |= sources & found.keys()
        return {predicate: frozenset(sources) for predicate, sources in found.items()}

    @cached_property
    def counted(self) -> frozenset[str]:
        """The relations of which a total must know how many facts each of theirs may stand for."""
        rulebook = self.program.rulebook
        queue = [source for rule in rulebook.rules if rule.total for source in rule.binds.values()]
        found: set[str] = set()
        while queue:
            name = queue.pop()
            if name in self.reads and self.forms[name].relation and name not in {*rulebook.totals, *found}:
                found.add(name)
                for rule in rulebook.by_predicate[name]:
                    queue += [rule.binds[variable] for variable in used(rule)]
        return frozenset(found)

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        rulebook = self.program.rulebook
        return {
            predicate: Form(predicate)
            if predicate in rulebook.recursive or predicate in rulebook.totals
            else self._form(predicate)
            for predicate in self.reads
        }

    def _form(self, predicate: str) -> Form:
        sections = self.program.rulebook.sections
        rules = self.program.rulebook.by_predicate[predicate]
        grounds: dict[Ground, None] = {}
        references = set()
        for rule in rules:
            for name, argument in rule.head.arguments:
                if isinstance(argument, ex.Reference) and sections[argument.domain.name].listed:
                    references.add((argument.domain.name, name))
                elif not isinstance(argument, ex.Constant):
                    return Form(predicate)
            grounds[ground_of(rule)] = None
        if len(references) > 1:
            return Form(predicate)
        return Form(predicate, tuple(grounds), *next(iter(references), ("", "")))

    def arguments(self, predicate: str) -> tuple[str, ...]:
        """The arguments of a predicate, in the order in which rules derive them."""
        return tuple(name for name, _ in self.program.rulebook.by_predicate[predicate][0].head.arguments)

    def flag(self, form: Form, ground: Ground, alias: str) -> Truth:
        """Whether a flag is set in a row."""
        may = column(f"{form.flag(ground)}_{MAY}", alias)
        must = may if form.predicate in self.sure else column(f"{form.flag(ground)}_{MUST}", alias)
        return Truth(must, may)

    def borne_by(self, source: str) -> Iterator[Form]:
        """The forms whose flags a listed fact type bears."""
        return (form for form in self.forms.values() if form.section == source)

    @cached_property
    def of(self) -> Mapping[str, tuple[Body, ...]]:
        """The bodies of each rule, by its key."""
        found: dict[str, list[Body]] = {rule.key: [] for rule in self.program.rulebook.rules}
        for variant in self.program.variants:
            found[variant.rule.key] += _Building(self, variant).bodies()
        return {key: tuple(bodies) for key, bodies in found.items()}


def ground_of(rule: Rule) -> Ground:
    """The constants of a rule's head."""
    return tuple(
        (name, argument.number) for name, argument in rule.head.arguments if isinstance(argument, ex.Constant)
    )


class _Building:
    """The bodies of one variant."""

    def __init__(self, whole: Bodies, variant: Variant) -> None:
        self.whole = whole
        self.variant = variant
        self.items: dict[str, str] = {}
        self.tuples: dict[str, str] = {}
        self.facts: dict[str, Fact] = {PARAMETER: whole.worth}
        self.choices: dict[str, list[Fact]] = {}

    def bodies(self) -> Iterator[Body]:
        """One body for each choice among the flags that more than one condition asks about."""
        self._bind()
        apart = self._told_apart()
        for chosen in product(*(self.choices[variable] for variable in apart)):
            facts = {**self.facts, **dict(zip(apart, chosen, strict=True))}
            yield self._body(facts, [variable for variable in self.choices if variable not in apart])

    def _bind(self) -> None:
        sections = self.whole.program.rulebook.sections
        variables = {**self.variant.joins, **self.variant.fixed}
        for variable, source in variables.items():
            if source in sections:
                self.facts[variable] = self._given(source, listed=sections[source].listed)
        for variable, source in variables.items():
            if source not in sections:
                form = self.whole.forms[source]
                facts = self._derived(form, self._alias(variable, form, self.variant.tests))
                if len(facts) == 1:
                    (self.facts[variable],) = facts
                else:
                    self.choices[variable] = facts

    def _given(self, source: str, *, listed: bool) -> Given:
        schema = self.whole.schema
        if not listed:
            return Given(schema, source, CASE_ALIAS, ALWAYS, tables.serial(source))
        alias = self._new_alias(self.items, "v", source)
        certain = TRUE if schema.exact else column(tables.CERTAIN, alias)
        return Given(schema, source, alias, Truth(certain, TRUE), tables.SERIAL)

    def _new_alias(self, aliases: dict[str, str], letter: str, source: str) -> str:
        alias = f"{letter}{len(aliases)}"
        aliases[alias] = source
        return alias

    def _alias(self, variable: str, form: Form, tests: Sequence[Test]) -> str:
        """The alias whose rows say what a variable of a derived predicate is bound to."""
        if form.relation:
            return self._new_alias(self.tuples, "t", form.predicate)
        if not form.section:
            return CASE_ALIAS
        return self._bearer(variable, form, tests) or self._new_alias(self.items, "v", form.section)

    def _bearer(self, variable: str, form: Form, tests: Sequence[Test]) -> str:
        """The alias of the listed fact that a test says a flag is one of."""
        for test in tests:
            named = isinstance(test.left.column, ex.Field) and test.left.column.name == form.reference
            if named and test.left.variable == variable and isinstance(test.right, Side):
                fact = self.facts.get(test.right.variable)
                if isinstance(fact, Given) and fact.source == form.section and test.right.column == SERIAL:
                    return fact.alias
        return ""

    def _derived(self, form: Form, alias: str) -> list[Fact]:
        """The facts that a variable of a predicate may stand for, in the columns of an alias."""
        if form.relation:
            names = self.whole.program.rulebook.predicates[form.predicate]
            arguments = {
                name: Ends(column(f"{name}_lo", alias), column(f"{name}_hi", alias)) for name in names
            }
            many = column(MANY, alias) if form.predicate in self.whole.counted else number(1)
            must = TRUE if form.predicate in self.whole.sure else column(MUST, alias)
            return [Derived(Truth(must, TRUE), arguments, many)]
        serial = column(tables.SERIAL, alias)
        bearer = {form.reference: Ends(serial, serial)} if form.section else {}
        many = one_or_any(column(tables.CERTAIN, alias)) if form.section else number(1)
        return [
            Derived(
                self.whole.flag(form, ground, alias),
                {**bearer, **{name: exactly(worth) for name, worth in ground}},
                many,
            )
            for ground in form.grounds
        ]

    def _told_apart(self) -> list[str]:
        """The variables for which it matters which of their flags is meant."""
        apart = set(self.variant.rule.binds) if self.variant.rule.total else set(used(self.variant.rule))
        for test in self.variant.tests:
            if len(test.variables & self.choices.keys()) > 1:
                apart |= test.variables
        for denial in self.variant.denials:
            apart |= set().union(*(test.variables for test in denial.tests), set())
        return [variable for variable in self.choices if variable in apart]

    def _body(self, facts: dict[str, Fact], open_: Sequence[str]) -> Body:
        variant, items = self.variant, dict(self.items)
        truths = [fact.presence for fact in facts.values()]
        truths += [_test(test, facts) for test in variant.tests if test.variables <= facts.keys()]
        for variable in open_:
            asking = [test for test in variant.tests if variable in test.variables]
            truths.append(one_of(_meets(variable, fact, asking, facts) for fact in self.choices[variable]))
        absent: list[Absence] = []
        for place, denial in enumerate(variant.denials):
            met = self._denied(denial, f"n{place}", facts)
            if isinstance(met, Absence):
                absent.append(met)
            else:
                truths.append(met.denied)
        return Body(variant.rule, facts, items, self.tuples, all_of(truths), tuple(absent))

    def _denied(self, denial: Denial, alias: str, facts: Mapping[str, Fact]) -> Truth | Absence:
        """Whether a denied fact is there: a truth of the rows at hand, or rows to look for."""
        form = self.whole.forms[denial.source]
        here = CASE_ALIAS
        if form.section:
            here = self._bearer(denial.variable, form, denial.tests)
        elif form.relation:
            here = ""
        met = one_of(
            _meets(denial.variable, fact, denial.tests, facts) for fact in self._derived(form, here or alias)
        )
        return met if here else Absence(form.section or form.predicate, alias, met)


def _meets(variable: str, fact: Fact, tests: Sequence[Test], facts: Mapping[str, Fact]) -> Truth:
    here = {**facts, variable: fact}
    return all_of([fact.presence, *(_test(test, here) for test in tests)])


def _test(test: Test, facts: Mapping[str, Fact]) -> Truth:
    return Speller(facts).test(test)


def used(rule: Rule) -> Iterator[str]:
    """The variables on whose facts the arguments of a rule's head depend."""
    for _, argument in rule.head.arguments:
        if isinstance(argument, ex.Reference):
            yield argument.variable
        else:
            yield from (field.variable for field in ex.fields_of(argument))
