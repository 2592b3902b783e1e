"""Rules as SQL to read: the pieces that executors run, over the tables that a reader would ask for.

`cases` has a row a case: what is given once, what parameters are worth, and which conclusions hold.
`of_<type>` has a row a listed fact with the conclusions about it, `relation_<predicate>` a row a derived
fact. A rule is a query of the rows that it looks at, with what follows from them, and `must` and `may`:
whether it fires on them certainly, and possibly.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from sqlglot import exp

from engine import expressions as ex
from engine import tables
from engine.bodies import MAY, MUST, Absence, Bodies, Body, Ground
from engine.rulebook import Rule
from engine.selects import Joined, named, relation_table, same_case, select, union
from engine.sql import CASE_ALIAS, FALSE, PARAMETER, Ends, Speller, Sql, column, every, number
from engine.values import Domain, from_number, plain

CASES = "cases"
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)


@dataclass(frozen=True)
class Meaning:
    """What columns stand for, by their `name` without the endings.

    `field`: one of the fact type `source`; `asked` are the values of the bits of `_in`. `parameter`: that of
    the name `source`. `argument`: one of the predicate `source`. `conclusion`: whether `source` follows, with
    the constants of `ground`.
    """

    name: str
    kind: Literal["field", "parameter", "argument", "conclusion"]
    source: str
    field: str = ""
    domain: Domain | None = None
    asked: tuple[int, ...] = ()
    ground: Ground = ()


@dataclass(frozen=True)
class Readable:
    """A rule as a query of one or several `selects`, with the tables and the meanings of what it reads."""

    query: exp.Query
    selects: int
    tables: tuple[str, ...]
    meanings: tuple[Meaning, ...]

    @property
    def text(self) -> str:
        """The query in DuckDB's dialect, with comments that tell what numbers stand for."""
        return self.query.sql("duckdb", pretty=True, normalize_functions=False)


@dataclass(frozen=True, eq=False)
class Reading:
    """Writes the rules of a program as SQL to read."""

    bodies: Bodies

    def rule(self, rule: Rule) -> Readable:
        """One version of a rule."""
        selects = [self._select(body) for body in self.bodies.of[rule.key]]
        read: dict[str, None] = {}
        meant: dict[Meaning, None] = {}
        for one in selects:
            homes = {table.alias: table.name for table in one.find_all(exp.Table)}
            read |= dict.fromkeys(homes.values())
            meant |= dict.fromkeys(_Explaining(self.meanings, homes).explained(one))
        return Readable(union(selects), len(selects), tuple(read), tuple(meant))

    @cached_property
    def meanings(self) -> Mapping[tuple[str, str], Meaning]:
        """What each column of each table stands for."""
        rulebook = self.bodies.program.rulebook
        found = {}
        for source, section in rulebook.sections.items():
            table = tables.item_table(source) if section.listed else CASES
            for meaning in self._fields(source):
                for end in (tables.low, tables.high, tables.options):
                    found[table, end(source, meaning.field)] = meaning
        for name, parameter in rulebook.parameters.items():
            meaning = Meaning(f"{PARAMETER}_{name}", "parameter", name, domain=parameter.domain)
            found |= {(CASES, end(PARAMETER, name)): meaning for end in (tables.low, tables.high)}
        return found | dict(self._derived())

    def _fields(self, source: str) -> Iterator[Meaning]:
        for name, domain in self.bodies.schema.fields[source].items():
            asked = self.bodies.schema.asked.get((source, name), ())
            yield Meaning(f"{source}_{name}", "field", source, name, domain, asked)

    def _derived(self) -> Iterator[tuple[tuple[str, str], Meaning]]:
        for predicate, form in self.bodies.forms.items():
            for name, domain in self.bodies.program.rulebook.predicates[predicate].items():
                meaning = Meaning(name, "argument", predicate, name, domain)
                yield (relation_table(predicate), f"{name}_lo"), meaning
                yield (relation_table(predicate), f"{name}_hi"), meaning
            table = tables.item_table(form.section) if form.section else CASES
            for ground in form.grounds:
                meaning = Meaning(form.flag(ground), "conclusion", predicate, ground=ground)
                yield (table, f"{meaning.name}_{MUST}"), meaning
                yield (table, f"{meaning.name}_{MAY}"), meaning

    def _select(self, body: Body) -> exp.Select:
        """The rows that a body looks at; a copy, for it gets comments."""
        columns = [column(tables.CASE, CASE_ALIAS), *_follows(body)]
        columns += [named(self._holds(body, mode), mode) for mode in (MUST, MAY)]
        joins = [Joined(tables.item_table(source), one, same_case(one)) for one, source in body.items.items()]
        joins += [Joined(relation_table(name), one, same_case(one)) for one, name in body.tuples.items()]
        return _shortened(select(columns, CASES, CASE_ALIAS, joins).copy())

    def _holds(self, body: Body, mode: str) -> Sql:
        if mode == MUST and body.rule.confidence == "U" and not body.rule.total:
            return FALSE
        holds = body.holds.must if mode == MUST else body.holds.may
        return every([holds, *(self._absent(absence, mode) for absence in body.absent)])

    def _absent(self, absence: Absence, mode: str) -> Sql:
        listed = absence.source in self.bodies.program.rulebook.sections
        table = tables.item_table(absence.source) if listed else relation_table(absence.source)
        holds = absence.holds.may if mode == MUST else absence.holds.must
        where = every([same_case(absence.alias), holds])
        return exp.Not(this=exp.Exists(this=select([number(1)], table, absence.alias, where=where)))


def _follows(body: Body) -> Iterator[Sql]:
    """The arguments of what a body derives, but for constants."""
    speller = Speller(body.facts)
    for name, argument in body.rule.head.arguments:
        if isinstance(argument, ex.Reference):
            yield from _ends(name, body.facts[argument.variable].ends(""))
        elif not isinstance(argument, ex.Constant):
            yield from _ends(name, speller.ends(argument))


def _ends(name: str, ends: Ends) -> Iterator[Sql]:
    if ends.low == ends.high:
        yield named(ends.low, name)
    else:
        yield named(ends.low, f"{name}_lo")
        yield named(ends.high, f"{name}_hi")


def _shortened(query: exp.Select) -> exp.Select:
    """The query without conditions that compare a column with itself."""
    for both in reversed([*query.find_all(exp.And)]):
        for side, other in ((both.this, both.expression), (both.expression, both.this)):
            if _settled(side):
                both.replace(other)
                break
    for paren in query.find_all(exp.Paren):
        if isinstance(paren.this, exp.Column):
            paren.replace(paren.this)
    return query


def _settled(part: Sql) -> bool:
    bare = part.unnest()
    return isinstance(bare, (exp.EQ, exp.LTE, exp.GTE)) and bool(bare.this == bare.expression)


@dataclass(frozen=True)
class _Explaining:
    """Writes beside the numbers of a query what they stand for; `homes` are the tables of its aliases."""

    meanings: Mapping[tuple[str, str], Meaning]
    homes: Mapping[str, str]

    def explained(self, query: exp.Select) -> list[Meaning]:
        """What the columns of the query stand for, in their order; the query gets its comments."""
        for comparison in query.find_all(*_COMPARISONS):
            self._compared(comparison.this, comparison.expression)
            self._compared(comparison.expression, comparison.this)
        for bits in query.find_all(exp.BitwiseAnd):
            self._chosen(bits.this, bits.expression)
        found = (self._meaning(one) for one in query.find_all(exp.Column, bfs=False))
        return [meaning for meaning in found if meaning]

    def _meaning(self, part: Sql) -> Meaning | None:
        """What a term stands for: that of the column which it is or moves."""
        while isinstance(part, exp.Anonymous):
            part = part.expressions[0]
        if not isinstance(part, exp.Column):
            return None
        return self.meanings.get((self.homes[part.table], part.name))

    def _compared(self, term: Sql, literal: Sql) -> None:
        meaning = self._meaning(term)
        if isinstance(literal, exp.Literal) and meaning and meaning.domain:
            _comment(literal, meaning.domain, [int(literal.this)])

    def _chosen(self, term: Sql, bits: Sql) -> None:
        meaning = self._meaning(term)
        if isinstance(bits, exp.Literal) and meaning and meaning.domain:
            chosen = [one for place, one in enumerate(meaning.asked) if int(bits.this) >> place & 1]
            _comment(bits, meaning.domain, chosen, bits=True)


def _comment(literal: exp.Literal, domain: Domain, numbers: list[int], *, bits: bool = False) -> None:
    """Say what the numbers stand for, where they do not say it themselves."""
    if domain.kind in {"bool", "date", "enum"} or (bits and domain.kind in {"int", "won"}):
        literal.add_comments([", ".join(said(one, domain) for one in numbers)])


def said(value: int, domain: Domain) -> str:
    """What a number stands for, as a rulebook writes it."""
    known = plain(from_number(value, domain))
    return str(known).lower() if domain.kind == "bool" else str(known)
