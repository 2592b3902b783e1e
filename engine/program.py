"""Rules as conjunctions of plain comparisons between columns, the form that every executor runs.

A column is a term over the fields of one fact. An `or` across facts makes variants of its rule.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

from engine import expressions as ex
from engine.errors import refuse
from engine.expressions import Interval
from engine.rows import Row, Rows
from engine.rulebook import Rule, Rulebook
from engine.values import Domain

SELF = "self"
SERIAL = ex.Field(SELF, "", Domain("ref"))
MAX_VARIANTS = 64
MAX_OWN = 24
_DUMMY = "of the date that picks the version"

Indicator = ex.Member | ex.Any_ | ex.All | ex.Compare
Column = ex.Term | Indicator
Reader = Callable[[Row, Mapping[str, Interval]], Interval]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a column of the fact bound to `variable`, or a constant."""

    variable: str
    column: Column


@dataclass(frozen=True, slots=True)
class Test:
    """A plain comparison of a column with a constant or with a column of the same or another fact."""

    operator: ex.Operator
    left: Side
    right: Side | int

    @property
    def variables(self) -> set[str]:
        return {self.left.variable} | ({self.right.variable} if isinstance(self.right, Side) else set())


@dataclass(frozen=True, slots=True)
class Denial:
    """No fact of `source` passes the tests; its own variable in them is the name given here."""

    variable: str
    source: str
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One conjunction of a rule: facts to join, tests to pass, facts that must be absent.

    That of a total binds what it adds up, whether it is in force or not.
    `fixed` holds the variables bound to the one fact of a type that no test asks about.
    """

    rule: Rule
    joins: Mapping[str, str]
    fixed: Mapping[str, str]
    tests: tuple[Test, ...]
    denials: tuple[Denial, ...]


@dataclass(frozen=True, eq=False)
class Program:
    """The variants of a rulebook, each with the stratum of what it derives."""

    rulebook: Rulebook
    variants: tuple[Variant, ...]

    @cached_property
    def bound(self) -> Mapping[str, tuple[dict[str, str], list[ex.Condition]]]:
        """The variables and conditions of each rule, by its key."""
        return {rule.key: bound_conditions(rule, self.rulebook) for rule in self.rulebook.rules}

    @cached_property
    def strata(self) -> int:
        return 1 + max(self.rulebook.strata.values(), default=0)

    @cached_property
    def totals(self) -> Sequence[Sequence[Rule]]:
        """The rules that add up, by stratum."""
        strata = self.rulebook.strata
        return [
            [rule for rule in self.rulebook.rules if rule.total and strata[rule.head.predicate] == stratum]
            for stratum in range(self.strata)
        ]

    @cached_property
    def _turns(self) -> tuple[int, ...]:
        """The days from which the date that bounds the law picks other versions."""
        selector, _ = self.rulebook.supported
        spans = [rule.period.numbers for rule in self.rulebook.rules if rule.selector == selector]
        return tuple(sorted({day for first, last in spans for day in (first, last + 1)}))

    def era(self, rows: Rows) -> int | None:
        """Between which turns the date that bounds the law lies, by number; None where it is not exact."""
        source, name = self.rulebook.dates[self.rulebook.supported[0]]
        low, high = next(rows.of(source)).values[name]
        return bisect_right(self._turns, low) if low == high else None

    def of_era(self, era: int | None) -> Iterator[Variant]:
        """The variants that the date that bounds the law allows in an era."""
        selector, _ = self.rulebook.supported
        for variant in self.variants:
            first, last = variant.rule.period.numbers
            turns = bisect_right(self._turns, first), bisect_right(self._turns, last)
            if era is None or variant.rule.selector != selector or turns[0] <= era <= turns[1]:
                yield variant

    def stratum(self, variant: Variant) -> int:
        return self.rulebook.strata[variant.rule.head.predicate]


def compile_program(rulebook: Rulebook) -> Program:
    """Compile every rule. Raises InputError for a rule that cannot be run."""
    return Program(rulebook, tuple(v for rule in rulebook.rules for v in _variants(rule, rulebook)))


def bound_conditions(rule: Rule, rulebook: Rulebook) -> tuple[dict[str, str], list[ex.Condition]]:
    """The variables and conditions of a rule, with those that put it in force."""
    binds = dict(rule.binds)
    conditions = list(rule.conditions)
    if rule.selector:
        source, name = rulebook.dates[rule.selector]
        variable = next((variable for variable, bound in binds.items() if bound == source), _DUMMY)
        binds.setdefault(variable, source)
        conditions += _in_force(rule, ex.Field(variable, name, Domain("date")))
    return binds, conditions


def _in_force(rule: Rule, day: ex.Field) -> Iterator[ex.Condition]:
    first, last = rule.period.numbers
    if rule.period.first:
        yield ex.Compare(">=", day, ex.Constant(first, day.domain))
    if rule.period.last:
        yield ex.Compare("<=", day, ex.Constant(last, day.domain))


def _variants(rule: Rule, rulebook: Rulebook) -> Iterator[Variant]:
    binds, conditions = (
        (dict(rule.binds), rule.conditions) if rule.total else bound_conditions(rule, rulebook)
    )
    tests: list[Test] = []
    for number, atom in enumerate(rule.atoms):
        variable = atom_variable(number, atom)
        binds[variable] = atom.predicate
        tests += _atom_tests(variable, atom)
    denials = tuple(
        Denial(
            f"not {number} {atom.predicate}",
            atom.predicate,
            tuple(_atom_tests(f"not {number} {atom.predicate}", atom)),
        )
        for number, atom in enumerate(rule.unless)
    )
    alternatives = list(product(*(list(_alternatives(condition, rule)) for condition in conditions)))
    if len(alternatives) > MAX_VARIANTS:
        raise refuse("This rule has too many alternatives", "Write several rules", rule.place)
    for alternative in alternatives:
        whole = tuple(_folded([*tests, *(test for part in alternative for test in part)]))
        asked = set().union(
            *(test.variables for test in (*whole, *(t for denial in denials for t in denial.tests)))
        )
        fixed = {
            variable: source
            for variable, source in binds.items()
            if variable not in asked and source in rulebook.sections and not rulebook.sections[source].listed
        }
        joins = {variable: source for variable, source in binds.items() if variable not in fixed}
        yield Variant(rule, joins, fixed, whole, denials)


def atom_variable(number: int, atom: ex.Atom) -> str:
    """The variable under which the fact that a rule's atom meets is bound."""
    return f"atom {number} {atom.predicate}"


def _folded(tests: list[Test]) -> Iterator[Test]:
    """The tests, those that ask one fact alone made into one where they are many."""
    own: dict[str, list[Test]] = {}
    for test in tests:
        if isinstance(test.right, Side):
            yield test
        else:
            own.setdefault(test.left.variable, []).append(test)
    for variable, alone in own.items():
        if len(alone) <= MAX_OWN:
            yield from alone
        else:
            yield Test("==", Side(variable, ex.All(tuple(map(_condition, alone)))), 1)


def _condition(test: Test) -> ex.Condition:
    column = test.left.column
    if isinstance(column, (ex.Compare, ex.Member, ex.All, ex.Any_)):
        return column
    assert isinstance(test.right, int)
    return ex.Compare(test.operator, column, ex.Constant(test.right, column.domain))


def _atom_tests(variable: str, atom: ex.Atom) -> Iterator[Test]:
    for name, argument in atom.arguments:
        left = Side(variable, ex.Field(SELF, name, argument.domain))
        match argument:
            case ex.Reference():
                yield Test("==", left, Side(argument.variable, SERIAL))
            case ex.Constant():
                yield Test("==", left, argument.number)
            case _:
                yield Test("==", left, _side(argument, variable))


def _alternatives(condition: ex.Condition, rule: Rule) -> Iterator[tuple[Test, ...]]:
    """The condition as alternatives of conjunctions of tests."""
    variables = ex.variables_of(condition)
    if not variables:
        raise refuse("A condition of this rule names no field", "Compare a field of a bound fact", rule.place)
    match condition:
        case ex.All():
            for parts in product(*(list(_alternatives(part, rule)) for part in condition.parts)):
                yield tuple(test for part in parts for test in part)
        case ex.Compare(operator="!=") if len(variables) == 2:
            for operator in ("<", ">"):
                yield from _alternatives(replace(condition, operator=operator), rule)
        case ex.Compare() if condition.operator != "!=":
            yield (_test(condition),)
        case _ if len(variables) == 1:
            (variable,) = variables
            yield (Test("==", Side(variable, _alone(condition)), 1),)
        case ex.Any_():
            for part in condition.parts:
                yield from _alternatives(part, rule)


def _test(condition: ex.Compare) -> Test:
    left, right, operator = condition.left, condition.right, condition.operator
    if not list(ex.fields_of(left)):
        left, right, operator = right, left, ex.MIRRORED[operator]
    (home,) = {field.variable for field in ex.fields_of(left)}
    if isinstance(right, ex.Constant):
        return Test(operator, _side(left, home), right.number)
    return Test(operator, _side(left, home), _side(right, home))


def _side(term: ex.Term, home: str) -> Side:
    """The term as a column; one that names no fact is a column of the fact it is compared with."""
    variable = next((field.variable for field in ex.fields_of(term)), home)
    return Side(variable, _alone_term(term))


def _alone_term(term: ex.Term) -> ex.Term:
    match term:
        case ex.Field():
            return replace(term, variable=SELF)
        case ex.Shift():
            return replace(term, base=_alone_term(term.base))
    return term


def _alone(condition: ex.Condition) -> ex.Condition:
    match condition:
        case ex.Compare():
            return replace(condition, left=_alone_term(condition.left), right=_alone_term(condition.right))
        case ex.Member():
            return replace(condition, term=replace(condition.term, variable=SELF))
        case ex.All():
            return ex.All(tuple(_alone(part) for part in condition.parts))
        case ex.Any_():
            return ex.Any_(tuple(_alone(part) for part in condition.parts))


def lookup(bindings: Mapping[str, Row], parameters: Mapping[str, Interval]) -> ex.Lookup:
    """Evaluation over bound rows."""
    return ex.Lookup(
        lambda variable, name: bindings[variable].values[name],
        lambda variable, name: bindings[variable].options.get(name),
        parameters.__getitem__,
    )


def reader(column: Column) -> Reader:
    """How to read a column of a fact: as an interval, a condition as 0 or 1."""
    match column:
        case ex.Field(name=""):
            return lambda row, parameters: (row.serial, row.serial)
        case ex.Field(name=name):
            return lambda row, parameters: row.values[name]
        case ex.Parameter(name=name):
            return lambda row, parameters: parameters[name]
        case ex.Compare() | ex.Member() | ex.All() | ex.Any_():
            return lambda row, parameters: _as_numbers(ex.truth_of(column, lookup({SELF: row}, parameters)))
        case ex.Constant() | ex.Shift():
            return lambda row, parameters: ex.value_of(column, lookup({SELF: row}, parameters))


def _as_numbers(truth: ex.Truth) -> Interval:
    must, may = truth
    return int(must), int(may)
