"""The expressions of the rule language: parsed as Python syntax, typed in a scope, never run as Python."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic_core import PydanticCustomError

from engine.calendar import MONTHS_TO_END, Unit, shift
from engine.errors import InputError, Place, nearest, refuse
from engine.values import Domain, parse_known, to_number

Operator = Literal["==", "!=", "<", "<=", ">", ">="]
Interval = tuple[int, int]
Truth = tuple[bool, bool]
OPPOSITE: dict[Operator, Operator] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MIRRORED: dict[Operator, Operator] = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
UNITS: dict[str, Unit] = {
    "years": "years",
    "months": "months",
    "full_years": "full_years",
    "full_months": "full_months",
    "quarter_ends": "quarter_ends",
    "year_ends": "year_ends",
    "days": "days",
}
NUMBER = Domain("int")
MAX_DEPTH = 60
BOOLEAN = Domain("bool")


@dataclass(frozen=True, slots=True)
class Constant:
    number: int
    domain: Domain


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    domain: Domain


@dataclass(frozen=True, slots=True)
class Field:
    variable: str
    name: str
    domain: Domain


@dataclass(frozen=True, slots=True)
class Reference:
    """A bound fact itself, as the argument of an atom."""

    variable: str
    domain: Domain


@dataclass(frozen=True, slots=True)
class Shift:
    """A day or number moved by a constant or a parameter; `sign` is 1 or -1."""

    base: "Term"
    unit: Unit
    sign: int
    amount: Constant | Parameter

    @property
    def domain(self) -> Domain:
        return self.base.domain


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of a field over every binding of a rule, as the argument of its head."""

    field: Field

    @property
    def domain(self) -> Domain:
        return self.field.domain


Term = Constant | Parameter | Field | Shift
Argument = Term | Reference
Derived = Argument | Total | str


@dataclass(frozen=True, slots=True)
class Compare:
    operator: Operator
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Member:
    """Whether a field is (or, negated, is not) one of some values."""

    term: Field
    numbers: frozenset[int]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any_:
    parts: tuple["Condition", ...]


Condition = Compare | Member | All | Any_


@dataclass(frozen=True, slots=True)
class Atom:
    """A derived fact with some of its arguments given by name."""

    predicate: str
    arguments: tuple[tuple[str, Argument], ...]


Signature = Mapping[str, Domain]


@dataclass(frozen=True)
class Scope:
    """What an expression may name: bound variables with their fields, parameters, and predicates."""

    variables: Mapping[str, tuple[str, Signature]]
    parameters: Mapping[str, Domain]
    predicates: Mapping[str, Signature]
    place: Place = Place()  # noqa: RUF009

    def refuse(self, message: str, remedy: str) -> InputError:
        return refuse(message, remedy, self.place)


def parse_condition(text: str, scope: Scope) -> Condition | Atom:
    """Parse one item of `where`: a condition, or an atom over a derived predicate."""
    node = _tree(text, scope)
    return _atom(node, scope) if isinstance(node, ast.Call) else _condition(node, scope)


def parse_atom(text: str, scope: Scope) -> Atom:
    """Parse an item of `unless`."""
    node = _tree(text, scope)
    if not isinstance(node, ast.Call):
        raise scope.refuse(
            f"{text!r} is not an atom", "Write a derived predicate with brackets, such as subject()"
        )
    return _atom(node, scope)


def parse_head(text: str, scope: Scope) -> tuple[str, dict[str, Derived]]:
    """Parse `then`: the predicate and its arguments; a text argument comes back as the label it is."""
    name, keywords = _call(_tree(text, scope), scope)
    arguments = {keyword: _derived(value, scope) for keyword, value in keywords.items()}
    plain = [value for value in arguments.values() if isinstance(value, (Constant, str))]
    if any(isinstance(value, Total) for value in arguments.values()) and len(plain) < len(arguments) - 1:
        raise scope.refuse(
            f"{name} is a total, so its other arguments are the same in every case", "Write plain values"
        )
    return name, arguments


def _derived(node: ast.expr, scope: Scope) -> Derived:
    match node:
        case ast.Constant(value=str() as label):
            return label
        case ast.Call(func=ast.Name(id="total")):
            return _total(node, scope)
    return _argument(node, scope)


def _total(node: ast.Call, scope: Scope) -> Total:
    term = _term(node.args[0], scope) if len(node.args) == 1 and not node.keywords else None
    if not isinstance(term, Field):
        raise scope.refuse(
            f"{ast.unparse(node)!r} does not add up a field",
            "Name one of a bound fact, such as total(c.value)",
        )
    if term.domain.kind not in {"int", "won"}:
        raise scope.refuse(f"A {_kind(term.domain)} cannot be added up", "Add up numbers or money")
    return Total(term)


def _tree(text: str, scope: Scope) -> ast.expr:
    if not isinstance(text, str):
        raise scope.refuse(f"{text!r} is not an expression", "Write it as text")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise scope.refuse(
            f"{text!r} is not an expression", "Write a comparison such as o.grade <= 4"
        ) from None
    if _depth(tree) > MAX_DEPTH:
        raise scope.refuse("This expression is nested too deeply", "Write several conditions")
    return tree


def _depth(node: ast.AST) -> int:
    depth, level = 0, [node]
    while level:
        depth, level = depth + 1, [child for parent in level for child in ast.iter_child_nodes(parent)]
    return depth


def _call(node: ast.expr, scope: Scope) -> tuple[str, dict[str, ast.expr]]:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        raise scope.refuse(
            f"{ast.unparse(node)!r} is not an atom", "Write a predicate with brackets: subject()"
        )
    keywords = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    if node.args or len(keywords) != len(node.keywords):
        raise scope.refuse(
            f"An argument of {node.func.id} has no name", f"Name each one, such as {node.func.id}(work=w)"
        )
    return node.func.id, keywords


def _atom(node: ast.expr, scope: Scope) -> Atom:
    name, keywords = _call(node, scope)
    if name not in scope.predicates:
        raise scope.refuse(f"No rule derives {name!r}", nearest(name, scope.predicates))
    signature = scope.predicates[name]
    arguments = []
    for keyword, value in sorted(keywords.items()):
        if keyword not in signature:
            raise scope.refuse(f"{name} has no argument {keyword!r}", nearest(keyword, signature))
        arguments.append((keyword, _typed(value, signature[keyword], scope)))
    return Atom(name, tuple(arguments))


def _condition(node: ast.expr, scope: Scope, *, positive: bool = True) -> Condition:
    match node:
        case ast.UnaryOp(op=ast.Not()):
            return _condition(node.operand, scope, positive=not positive)
        case ast.BoolOp():
            parts = tuple(_condition(value, scope, positive=positive) for value in node.values)
            return All(parts) if isinstance(node.op, ast.And) == positive else Any_(parts)
        case ast.Compare():
            return _comparison(node, scope, positive=positive)
        case ast.Call():
            raise scope.refuse(
                f"{ast.unparse(node)!r} stands inside a condition", "Give an atom as an item of its own"
            )
    term = _term(node, scope)
    if term.domain.kind != "bool":
        raise scope.refuse(f"{ast.unparse(node)!r} is not a condition", "Compare it with something")
    return Compare("==", term, Constant(int(positive), BOOLEAN))


def _comparison(node: ast.Compare, scope: Scope, *, positive: bool) -> Condition:
    operands = [node.left, *node.comparators]
    parts = tuple(
        _pair(left, operator, right, scope, positive=positive)
        for left, operator, right in zip(operands, node.ops, operands[1:], strict=False)
    )
    if len(parts) == 1:
        return parts[0]
    return All(parts) if positive else Any_(parts)


_OPERATORS: dict[type[ast.cmpop], Operator] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


def _pair(left: ast.expr, operator: ast.cmpop, right: ast.expr, scope: Scope, *, positive: bool) -> Condition:
    if isinstance(operator, (ast.In, ast.NotIn)):
        return _membership(left, right, scope, negated=isinstance(operator, ast.NotIn) == positive)
    if type(operator) not in _OPERATORS:
        raise scope.refuse("This comparison is not part of the language", "Use == != < <= > >= in")
    symbol = _OPERATORS[type(operator)]
    if isinstance(left, (ast.Constant, ast.List)) and not isinstance(right, ast.Constant):
        left, right, symbol = right, left, MIRRORED[symbol]
    first = _term(left, scope)
    second = _typed(right, first.domain, scope)
    if isinstance(second, Reference):
        raise scope.refuse("Facts are not compared", "Compare their fields")
    if symbol not in {"==", "!="} and not first.domain.comparable:
        raise scope.refuse(f"{ast.unparse(left)!r} has no order", "Compare it with == or !=")
    return Compare(symbol if positive else OPPOSITE[symbol], first, second)


def _membership(left: ast.expr, right: ast.expr, scope: Scope, *, negated: bool) -> Member:
    term = _term(left, scope)
    if not isinstance(term, Field) or not isinstance(right, (ast.List, ast.Tuple)):
        raise scope.refuse("`in` needs a field and a list", "Write it as o.grade in [5, 6, 7]")
    constants = [_typed(value, term.domain, scope) for value in right.elts]
    numbers = frozenset(value.number for value in constants if isinstance(value, Constant))
    if len(numbers) != len(constants) or not numbers:
        raise scope.refuse(
            "The list after `in` holds something that is not a plain value", "List plain values once"
        )
    return Member(term, numbers, negated)


def _argument(node: ast.expr, scope: Scope) -> Argument:
    if isinstance(node, ast.Name) and node.id in scope.variables:
        source = scope.variables[node.id][0]
        if source in scope.predicates:
            raise scope.refuse(
                f"{node.id!r} is a derived fact", "Give its arguments; only given facts are passed on"
            )
        return Reference(node.id, Domain("ref", name=source))
    return _term(node, scope)


def _typed(node: ast.expr, domain: Domain, scope: Scope) -> Argument:
    """Read a term that must have a given domain; constants are read as values of it."""
    if isinstance(node, ast.Constant):
        return _constant(node.value, domain, scope)
    if isinstance(node, ast.Name) and node.id in {"true", "false"}:
        return _constant(node.id == "true", domain, scope)
    argument = _argument(node, scope)
    if not _compatible(argument.domain, domain):
        raise scope.refuse(
            f"{ast.unparse(node)!r} is {_kind(argument.domain)}, not {_kind(domain)}",
            "Compare like with like",
        )
    return argument


def _constant(value: Any, domain: Domain, scope: Scope) -> Constant:
    if domain.kind == "ref":
        raise scope.refuse(f"{value!r} is not a fact", "Name a bound variable")
    try:
        known = parse_known(value, domain)
    except PydanticCustomError as error:
        context = error.context or {}
        raise scope.refuse(str(context["message"]), str(context["remedy"])) from None
    if not known.exact or domain.kind == "text":
        raise scope.refuse(f"{value!r} is not an exact value of {_kind(domain)}", "Write it out")
    return Constant(to_number(known.options[0], domain), domain)


def _term(node: ast.expr, scope: Scope) -> Term:
    match node:
        case ast.Attribute(value=ast.Name(id=variable), attr=name):
            return _field(variable, name, scope)
        case ast.Name(id=name) if name in scope.parameters:
            return Parameter(name, scope.parameters[name])
        case ast.Name(id="true" | "false"):
            return Constant(int(node.id == "true"), BOOLEAN)
        case ast.Constant(value=bool() as truth):
            return Constant(int(truth), BOOLEAN)
        case ast.Constant(value=int() as number):
            return Constant(number, NUMBER)
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return _shift(node, scope)
        case ast.Name(id=name):
            raise scope.refuse(
                f"{name!r} is not known here", nearest(name, [*scope.variables, *scope.parameters])
            )
    raise scope.refuse(
        f"{ast.unparse(node)!r} is not part of the language",
        "See docs/rule-language.md for what may be written",
    )


def _field(variable: str, name: str, scope: Scope) -> Field:
    if variable not in scope.variables:
        raise scope.refuse(
            f"{variable!r} is not bound", f"Bind it in `when`. {nearest(variable, scope.variables)}"
        )
    source, signature = scope.variables[variable]
    if name not in signature:
        raise scope.refuse(f"{source} has no field {name!r}", nearest(name, signature))
    return Field(variable, name, signature[name])


def _shift(node: ast.BinOp, scope: Scope) -> Shift:
    base = _term(node.left, scope)
    sign = 1 if isinstance(node.op, ast.Add) else -1
    if base.domain.kind == "date":
        if not (isinstance(node.right, ast.Call) and isinstance(node.right.func, ast.Name)):
            raise scope.refuse(
                "A day is moved by years(n), months(n) or days(n)", "Write it as o.retired_on + years(3)"
            )
        name = node.right.func.id
        if name not in UNITS or len(node.right.args) != 1 or node.right.keywords:
            raise scope.refuse(
                f"{name!r} is not a duration", f"Use one of {', '.join(UNITS)} with one number"
            )
        unit, amount = UNITS[name], _amount(node.right.args[0], scope)
        ends = unit in MONTHS_TO_END
        if sign < 0 and (ends or name.startswith("full")):
            other = "years, months or days" if ends else name.removeprefix("full_")
            raise scope.refuse(f"{name} counts forward only", f"Use {other} to count back")
        if ends and isinstance(amount, Constant) and amount.number < 1:
            raise scope.refuse(f"{name} counts from 1", "Write 1 for the first end on or after the day")
        return Shift(base, unit, sign, amount)
    if base.domain.kind not in {"int", "won"}:
        raise scope.refuse(f"{ast.unparse(node.left)!r} cannot be added to", "Add to numbers and days only")
    return Shift(base, "number", sign, _amount(node.right, scope))


def _amount(node: ast.expr, scope: Scope) -> Constant | Parameter:
    term = _term(node, scope)
    if isinstance(term, (Constant, Parameter)) and term.domain.kind in {"int", "won"}:
        return term
    raise scope.refuse(f"{ast.unparse(node)!r} is not a number or a parameter", "Give a whole number")


def _compatible(one: Domain, other: Domain) -> bool:
    numeric = {"int", "won"}
    return (one.kind, one.name) == (other.kind, other.name) or {one.kind, other.kind} <= numeric


def _kind(domain: Domain) -> str:
    return f"{domain.kind} {domain.name}".strip()


# what an expression is made of


def terms_of(condition: Condition) -> Iterator[Term]:
    match condition:
        case Compare():
            yield condition.left
            yield condition.right
        case Member():
            yield condition.term
        case All() | Any_():
            for part in condition.parts:
                yield from terms_of(part)


def fields_of(term: Argument) -> Iterator[Field]:
    while isinstance(term, Shift):
        term = term.base
    if isinstance(term, Field):
        yield term


def parameters_of(term: Argument) -> Iterator[str]:
    while isinstance(term, Shift):
        if isinstance(term.amount, Parameter):
            yield term.amount.name
        term = term.base
    if isinstance(term, Parameter):
        yield term.name


def variables_of(condition: Condition) -> set[str]:
    return {field.variable for term in terms_of(condition) for field in fields_of(term)}


# what an expression is worth, as intervals


class Lookup:
    """Where evaluation finds values: a field as an interval or as some numbers, and a parameter."""

    __slots__ = ("interval", "options", "parameter")

    def __init__(
        self,
        interval: Callable[[str, str], Interval],
        options: Callable[[str, str], frozenset[int] | None],
        parameter: Callable[[str], Interval],
    ) -> None:
        self.interval = interval
        self.options = options
        self.parameter = parameter


def value_of(term: Term, lookup: Lookup) -> Interval:
    match term:
        case Field():
            return lookup.interval(term.variable, term.name)
        case Constant():
            return term.number, term.number
        case Parameter():
            return lookup.parameter(term.name)
        case Shift():
            low, high = value_of(term.base, lookup)
            amount = value_of(term.amount, lookup)
            first, last = sorted(term.sign * end for end in amount)
            return shift(low, term.unit, first), shift(high, term.unit, last)


def truth_of(condition: Condition, lookup: Lookup) -> Truth:
    """(must, may): whether the condition holds for every completion, and for some."""
    match condition:
        case Compare():
            return compare(
                condition.operator, value_of(condition.left, lookup), value_of(condition.right, lookup)
            )
        case Member():
            return _member(condition, lookup)
        case All():
            truths = [truth_of(part, lookup) for part in condition.parts]
            return all(must for must, _ in truths), all(may for _, may in truths)
        case Any_():
            truths = [truth_of(part, lookup) for part in condition.parts]
            return any(must for must, _ in truths), any(may for _, may in truths)


def compare(operator: Operator, left: Interval, right: Interval) -> Truth:
    (a, b), (c, d) = left, right
    match operator:
        case "<":
            return b < c, a < d
        case "<=":
            return b <= c, a <= d
        case ">":
            return a > d, b > c
        case ">=":
            return a >= d, b >= c
        case "==":
            return a == b == c == d, a <= d and c <= b
        case "!=":
            return b < c or a > d, not a == b == c == d


def _member(condition: Member, lookup: Lookup) -> Truth:
    options = lookup.options(condition.term.variable, condition.term.name)
    if options is not None:
        inside = options & condition.numbers
        must, may = len(inside) == len(options), bool(inside)
    else:
        low, high = lookup.interval(condition.term.variable, condition.term.name)
        covered = sum(low <= number <= high for number in condition.numbers)
        must, may = covered == high - low + 1, covered > 0
    return (not may, not must) if condition.negated else (must, may)
