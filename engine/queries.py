"""A program as SQL over the tables of its cases.

The case is a row that grows: each round adds, for the predicates whose reads are settled, which
rules fire (as bits of a word, one for must and one for may) and the flags that follow. Listed facts
get flags in the same way; relations are tables of their own, and those that rest on themselves are
made again until nothing changes.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, zip_longest
from typing import Literal, NamedTuple

from sqlglot import exp

from engine import expressions as ex
from engine import tables
from engine.bodies import MANY, MAY, MUST, Absence, Bodies, Body, ground_of
from engine.live import narrow
from engine.program import Program
from engine.rulebook import Parameter, Rule
from engine.selects import (
    Joined,
    any_bit,
    case_when,
    coalesced,
    ends_of,
    everything,
    grouped,
    has_bits,
    named,
    nothing,
    relation_table,
    same_case,
    select,
    spread,
    union,
)
from engine.sql import (
    CASE_ALIAS,
    FALSE,
    PARAMETER,
    TRUE,
    Ends,
    Speller,
    Sql,
    Truth,
    column,
    every,
    number,
    one_of,
    some,
)
from engine.sums import Sums
from engine.values import HIGHEST, LOWEST

BITS = 62
FOUND = "found"
PART = "part"
NUMBERS = "n"
CASES = "cases_0"
RULE = "rule"
_MOST_BITS = {"tinyint": 7, "smallint": 15, "int": 31, "bigint": 63}


@dataclass(frozen=True)
class Query:
    """A named query."""

    name: str
    query: exp.Query


@dataclass(frozen=True)
class Loop:
    """Tables that are made again from one another, beginning empty, until nothing changes.

    What they read of the rows of cases and listed facts is made once, as tables, before.
    """

    queries: tuple[Query, ...]
    empty: tuple[Query, ...]
    before: tuple[str, ...]


class Part(NamedTuple):
    """A part of what a script gives.

    `answer`: a row a case, with the words that tell which rules fired. `relation`: a row a fact of a
    predicate, with the number of a rule that derives it, ends of arguments, must. `flags`: a row a
    listed fact, with its serial and its flags.
    """

    kind: Literal["answer", "relation", "flags"]
    name: str = ""


@dataclass(frozen=True)
class Script:
    """Queries in the order in which they are run, and how to read what they give.

    `words` tells the bits of the words of an answer: the key of a rule and whether it certainly fired. `late`
    are relations that are told from `answer` and the given facts.
    """

    bodies: Bodies
    steps: list[Query | Loop] = field(default_factory=list)
    parts: dict[Part, exp.Query] = field(default_factory=dict)
    words: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)
    late: dict[str, exp.Query] = field(default_factory=dict)

    def results(self, kinds: Container[str]) -> exp.Query:
        """One query for all parts of some kinds: the number of the part, the case, and columns of numbers."""
        return union(
            [
                self._padded(place, query)
                for place, (part, query) in enumerate(self.parts.items())
                if part.kind in kinds
            ]
        )

    def _padded(self, place: int, query: exp.Query) -> exp.Query:
        case, *columns = query.expressions
        missing = [exp.Null()] * (len(self._types) - len(columns))
        numbers = [
            named(exp.Cast(this=one.copy(), to=kind), f"{NUMBERS}{column_}")
            for column_, (one, kind) in enumerate(zip([*columns, *missing], self._types, strict=True))
        ]
        padded = query.copy()
        padded.set("expressions", [named(number(place), PART), case, *numbers])
        return padded

    @cached_property
    def _types(self) -> Sequence[exp.DataType]:
        """The narrowest types of the columns of numbers, since there are very many rows."""
        others = [len(query.expressions) - 1 for part, query in self.parts.items() if part.kind != "answer"]
        bits = [BITS] * max(others, default=0)
        words = [len(told) for told in self.words.values()]
        return [_type_of(max(both)) for both in zip_longest(bits, words, fillvalue=0)]


def _type_of(bits: int) -> exp.DataType:
    """The type of numbers that have that many bits and no sign."""
    return exp.DataType.build(next(kind for kind, most in _MOST_BITS.items() if bits <= most))


def script_of(program: Program, loose: frozenset[str] | None = None) -> Script:
    """Compile a program; `loose` are the parameters that may not be settled, where all cases are exact.

    Raises InputError for a rulebook that asks more of a field than a column can tell.
    """
    script = Compiler(Bodies(program, loose)).script()
    _narrow(script)
    return script


def _narrow(script: Script) -> None:
    """Leave out what is not read, but in the first row: there it is asked what is settled."""
    first, *others = script.steps
    assert isinstance(first, Query)
    given = script.bodies.schema.tables
    whole = [*given[tables.GIVEN], *first.query.named_selects[1:]]
    steps = [
        ("", [query.query for query in step.queries]) if isinstance(step, Loop) else (step.name, [step.query])
        for step in others
    ]
    narrow(steps, [*script.parts.values(), *script.late.values()], {**given, CASES: whole})


class Compiler:
    """Writes the queries of a program, each row whole."""

    def __init__(self, bodies: Bodies) -> None:
        self.bodies = bodies
        self.program = bodies.program
        self.rulebook = bodies.program.rulebook
        self.sums = Sums(self)
        self.numbers = {rule.key: place for place, rule in enumerate(self.rulebook.rules)}
        self.done = Script(bodies)
        self.cases = CASES
        self.items = {
            source: tables.item_table(source)
            for source, section in self.rulebook.sections.items()
            if section.listed
        }
        self.bits: dict[str, tuple[str, int]] = {}
        self.rounds = 0
        self.aside: list[tuple[str, Sequence[str]]] = []

    def script(self) -> Script:
        self.add(CASES, self._first())
        left = dict(self.bodies.reads)
        while left:
            ready = self._ready(left)
            self._round(ready)
            for predicate in ready:
                del left[predicate]
        self.done.parts.update(self._parts())
        return self.done

    def _parts(self) -> Iterator[tuple[Part, exp.Query]]:
        yield Part("answer"), self._answer()
        for predicate, form in self.bodies.forms.items():
            if form.relation and self._joined(predicate):
                names = [tables.CASE, RULE, *ends_of(self.bodies.arguments(predicate)), MUST]
                yield (
                    Part("relation", predicate),
                    select([column(name, "t") for name in names], relation_table(predicate), "t"),
                )
            if form.relation and self._late(predicate):
                self.done.late[predicate] = self._facts(predicate)
        for source, table in self.items.items():
            if flags := self._flags_of(source):
                columns = [column(name, "v") for name in (tables.CASE, tables.SERIAL)]
                yield Part("flags", source), select([*columns, *flags], table, "v")

    def _answer(self) -> exp.Select:
        """Every word of each case: those of its row, and those that no later rule of the case asked for."""
        joins = [
            Joined(found, f"f{place}", same_case(f"f{place}"), "LEFT")
            for place, (found, _) in enumerate(self.aside)
        ]
        homes = {word: f"f{place}" for place, (_, words) in enumerate(self.aside) for word in words}
        words = [
            coalesced(word, homes[word]) if word in homes else column(word, CASE_ALIAS)
            for word in self.done.words
        ]
        return select([column(tables.CASE, CASE_ALIAS), *words], self.cases, CASE_ALIAS, joins)

    def add(self, name: str, query: exp.Query) -> None:
        self.done.steps.append(Query(name, query))

    def _first(self) -> exp.Select:
        """The given facts of the case, with what its parameters are worth."""
        worth = [
            named(end, name)
            for parameter in self.rulebook.parameters.values()
            for end, name in self._worth(parameter)
        ]
        return select([everything(CASE_ALIAS), *worth], tables.GIVEN, CASE_ALIAS)

    def _worth(self, parameter: Parameter) -> Iterator[tuple[Sql, str]]:
        source, name = self.rulebook.date_of(parameter)
        ends = tables.low(source, name), self.bodies.schema.high(source, name)
        day = Ends(*(column(end, CASE_ALIAS) for end in ends))
        spans = sorted((*value.period.numbers, value.number) for value in parameter.values)
        gaps = [(last + 1, first - 1) for (_, last, _), (first, _, _) in pairwise(spans)]
        edges = [(1, spans[0][0] - 1), (spans[-1][1] + 1, HIGHEST)]
        meets_gap = some(_meets(day, first, last) for first, last in (*gaps, *edges) if first <= last)
        met = [(worth, _meets(day, first, last)) for first, last, worth in spans]
        for end, values, unknown in (
            (tables.low, sorted(met, key=lambda one: one[0]), LOWEST),
            (tables.high, sorted(met, key=lambda one: -one[0]), HIGHEST),
        ):
            cases = [(meets_gap, number(unknown)), *((here, number(worth)) for worth, here in values[:-1])]
            yield case_when(cases, number(values[-1][0])), end(PARAMETER, parameter.name)

    def _ready(self, left: Mapping[str, frozenset[str]]) -> list[str]:
        """The predicates to derive next: all that the case settles alone, else all, with those in loops."""
        sooner = left.keys() - self.last or left.keys()
        ready = [
            name
            for name in left
            if name in sooner
            and all(self.bodies.reads[one] & left.keys() <= self.loops[name] for one in self.loops[name])
        ]
        alone = [name for name in ready if all(body.grain == "" for body in self._bodies(name))]
        return alone or ready

    @cached_property
    def loops(self) -> Mapping[str, frozenset[str]]:
        """Each predicate with those that rest on it as it rests on them."""
        below = {name: self._below(name) for name in self.bodies.reads}
        return {
            name: frozenset({name, *(other for other in rests if name in below[other])})
            for name, rests in below.items()
        }

    def _below(self, name: str) -> set[str]:
        found: set[str] = set()
        queue = [name]
        while queue:
            new = self.bodies.reads[queue.pop()] - found
            found |= new
            queue += new
        return found

    def _rules(self, predicate: str) -> tuple[Rule, ...]:
        return self.rulebook.by_predicate[predicate]

    def _bodies(self, predicate: str) -> Iterator[Body]:
        return (body for rule in self._rules(predicate) for body in self.bodies.of[rule.key])

    @cached_property
    def read(self) -> frozenset[str]:
        """The predicates that rules read."""
        return frozenset().union(*self.bodies.reads.values())

    @cached_property
    def last(self) -> frozenset[str]:
        """The relations that nothing reads: they are made last."""
        read = self.read.union(self.rulebook.totals)
        return frozenset(
            name for name, form in self.bodies.forms.items() if form.relation and name not in read
        )

    def _late(self, predicate: str) -> list[Rule]:
        """The rules of which what they derive can be told afterwards from the case, where they fired."""
        return [
            rule for rule in self._rules(predicate) if predicate in self.last and self._settled_by_case(rule)
        ]

    def _joined(self, predicate: str) -> list[Rule]:
        """The rules of a relation whose facts are made by joining rows."""
        late = self._late(predicate)
        return [rule for rule in self._rules(predicate) if rule not in late]

    def _settled_by_case(self, rule: Rule) -> bool:
        bodies = self.bodies.of[rule.key]
        heads = [self.head(body) for body in bodies]
        return all(body.grain == "" for body in bodies) and all(head == heads[0] for head in heads)

    def head(self, body: Body) -> list[Sql]:
        """The ends of the arguments of what a body derives."""
        speller = Speller(body.facts)
        ends = [
            body.facts[argument.variable].ends("")
            if isinstance(argument, ex.Reference)
            else speller.ends(argument)
            for _, argument in body.rule.head.arguments
        ]
        return [end for pair in ends for end in (pair.low, pair.high)]

    def _round(self, predicates: Sequence[str]) -> None:
        """Derive predicates whose reads are settled, or that rest on one another."""
        self.rounds += 1
        forms = self.bodies.forms
        flags = [name for name in predicates if not forms[name].relation]
        relations = [name for name in predicates if forms[name].relation and self._joined(name)]
        if relations:
            self._relate(relations)
        rules = [rule for name in flags for rule in self._rules(name)]
        late = [rule for name in predicates if forms[name].relation for rule in self._late(name)]
        plain = [rule for rule in rules if self._grain(rule) == ""]
        found = self._found([rule for rule in rules if rule not in plain], relations)
        self._mark([name for name in flags if forms[name].section])
        asked = [name for name in flags if not forms[name].section and name in self.read]
        self._extend([*plain, *late], asked, found)

    def _grain(self, rule: Rule) -> str | None:
        """The listed fact whose rows settle a rule, `""` where the case does, None where a join must."""
        grains = {body.grain for body in self.bodies.of[rule.key]}
        return grains.pop() if len(grains) == 1 else None

    def _extend(self, plain: Sequence[Rule], flags: Sequence[str], found: Sequence[str]) -> None:
        """Add to the case what fires in it, the flags that follow, and the words found that they rest on."""
        fires, extended = f"fires_{self.rounds}", f"cases_{self.rounds}"
        columns = [everything(CASE_ALIAS), *self._fires(plain)]
        joins = []
        if any(self._grain(rule) != "" for name in flags for rule in self._rules(name)):
            columns += [named(coalesced(word, "f"), word) for word in found]
            joins.append(Joined(f"found_{self.rounds}", "f", same_case("f"), "LEFT"))
        elif found:
            self.aside.append((f"found_{self.rounds}", found))
        if not plain and not flags:
            return
        self.add(fires, select(columns, self.cases, CASE_ALIAS, joins))
        words = self._allot(plain)
        columns = [everything(CASE_ALIAS), *self._packed(plain, words, CASE_ALIAS)]
        columns += [one for name in flags for one in self._flags(name, CASE_ALIAS)]
        self.add(extended, select(columns, fires, CASE_ALIAS))
        self.cases = extended

    def _fires(self, rules: Iterable[Rule]) -> Iterator[Sql]:
        """Whether rules that one row settles fire on it."""
        for rule in rules:
            truth = one_of(body.holds for body in self.bodies.of[rule.key])
            yield named(truth.may, f"{self._column(rule)}_{MAY}")
            if not self._sure(rule):
                must = FALSE if rule.confidence == "U" else truth.must
                yield named(must, f"{self._column(rule)}_{MUST}")

    def _sure(self, rule: Rule) -> bool:
        """Whether the rule certainly fires wherever it may."""
        return rule.head.predicate in self.bodies.sure or (
            self.bodies.schema.exact
            and self.bodies.clear(rule)
            and self.bodies.sure.issuperset({*rule.reads} & self.bodies.reads.keys())
        )

    def _column(self, rule: Rule) -> str:
        return f"r{self.numbers[rule.key]}"

    def _allot(self, rules: Sequence[Rule]) -> list[str]:
        """Give each rule two bits of a word."""
        words = []
        for start in range(0, len(rules), BITS // 2):
            word = f"w{len(self.done.words)}"
            words.append(word)
            self.done.words[word] = [
                (rule.key, sure) for rule in rules[start : start + BITS // 2] for sure in (True, False)
            ]
            for place, rule in enumerate(rules[start : start + BITS // 2]):
                self.bits[rule.key] = word, 1 << 2 * place
        return words

    def _packed(self, rules: Sequence[Rule], words: Sequence[str], alias: str) -> Iterator[Sql]:
        """The words of rules whose columns say whether they fire."""
        for word in words:
            here = [rule for rule in rules if self.bits[rule.key][0] == word]
            yield named(any_bit([part for rule in here for part in self._bits_of(rule, alias)]), word)

    def _bits_of(self, rule: Rule, alias: str) -> Iterator[Sql]:
        _, bit = self.bits[rule.key]
        for mode, worth in [(MAY, 3 * bit)] if self._sure(rule) else [(MUST, bit), (MAY, 2 * bit)]:
            yield spread(column(f"{self._column(rule)}_{mode}", alias), worth)

    def _flags(self, name: str, alias: str) -> Iterator[Sql]:
        """The flags of a predicate: whether one of its rules fires."""
        form = self.bodies.forms[name]
        for ground in form.grounds:
            rules = [rule for rule in self._rules(name) if ground_of(rule) == ground]
            truth = one_of(self._fired(rule, form.section, alias) for rule in rules)
            yield named(truth.may, f"{form.flag(ground)}_{MAY}")
            if name not in self.bodies.sure:
                yield named(truth.must, f"{form.flag(ground)}_{MUST}")

    def _fired(self, rule: Rule, section: str, alias: str) -> Truth:
        """Whether a rule fires, as a row of its own columns tells, or the words found by joins."""
        if self._grain(rule) == section:
            may = column(f"{self._column(rule)}_{MAY}", alias)
            return Truth(may if self._sure(rule) else column(f"{self._column(rule)}_{MUST}", alias), may)
        word, bit = self.bits[rule.key]
        here = coalesced(word, "h") if section else column(word, alias)
        return Truth(has_bits(here, bit), has_bits(here, 2 * bit))

    def _found(self, rules: Sequence[Rule], relations: Sequence[str]) -> list[str]:
        """Gather which rules fire on rows other than that of the case; the words come back."""
        everyone = [*rules, *(rule for name in relations for rule in self._joined(name))]
        words = self._allot(everyone)
        parts = [part for source in self.items for part in self._found_on(source, rules, words)]
        for rule in rules:
            if self._grain(rule) is None and not self.bodies.forms[rule.head.predicate].section:
                parts += self._rows(rule, lambda body, mode: [column(tables.CASE, CASE_ALIAS)], words)
        for name in relations:
            columns = [column(tables.CASE, "t"), *self._words_of(name, words)]
            parts.append(select(columns, relation_table(name), "t"))
        if words:
            here = [
                column(tables.CASE, "f"),
                *(named(exp.BitwiseOrAgg(this=column(word, "f")), word) for word in words),
            ]
            self.add(f"found_{self.rounds}", grouped(here, union(parts), "f", [column(tables.CASE, "f")]))
        return words

    def _found_on(self, source: str, rules: Sequence[Rule], words: Sequence[str]) -> Iterator[exp.Query]:
        """Which rules fire on the rows of a listed fact type, by themselves or joined with others."""
        marked = [rule for rule in rules if self._grain(rule) == source]
        hits = [
            rule
            for rule in rules
            if self._grain(rule) is None and self.bodies.forms[rule.head.predicate].section == source
        ]
        if marked:
            fires = f"fires_{self.rounds}_{source}"
            columns = [everything("v0"), *self._fires(marked)]
            case = [Joined(self.cases, CASE_ALIAS, same_case("v0"))] if any(map(_asks_case, columns)) else []
            self.add(fires, select(columns, self.items[source], "v0", case))
            self.items[source] = fires
            yield select([column(tables.CASE, "v0"), *self._packed(marked, words, "v0")], fires, "v0")
        if hits:
            keys = [column(tables.CASE, "h"), column(tables.SERIAL, "h")]
            rows = [row for rule in hits for row in self._rows(rule, self._bearer, words)]
            ored = [named(exp.BitwiseOrAgg(this=column(word, "h")), word) for word in words]
            self.add(f"hits_{self.rounds}_{source}", grouped([*keys, *ored], union(rows), "h", keys))
            columns = [column(name, "h") for name in (tables.CASE, *words)]
            yield select(columns, f"hits_{self.rounds}_{source}", "h")

    def _bearer(self, body: Body, mode: str) -> list[Sql]:
        """The case and the listed fact that bears the flag which a body derives."""
        reference = self.bodies.forms[body.rule.head.predicate].reference
        argument = dict(body.rule.head.arguments)[reference]
        assert isinstance(argument, ex.Reference)
        return [
            column(tables.CASE, CASE_ALIAS),
            named(body.facts[argument.variable].ends("").low, tables.SERIAL),
        ]

    def _rows(
        self, rule: Rule, keys: Callable[[Body, str], list[Sql]], words: Sequence[str]
    ) -> Iterator[exp.Query]:
        """The rows on which a rule fires, with its bits."""
        word, bit = self.bits[rule.key]
        for body, mode in self.firings(rule):
            bits = bit * 3 if mode == MUST else bit * 2
            yield self.body_rows(
                body,
                mode,
                [*keys(body, mode), *(named(number(bits if one == word else 0), one) for one in words)],
            )

    def firings(self, rule: Rule) -> Iterator[tuple[Body, str]]:
        """The bodies of a rule in the modes in which they may fire."""
        for body in self.bodies.of[rule.key]:
            for mode in (MUST,) if self._sure(rule) else (MUST, MAY):
                if mode == MAY or rule.confidence != "U" or rule.total:
                    yield body, mode

    def body_rows(self, body: Body, mode: str, columns: Sequence[Sql]) -> exp.Select:
        """The joined rows for which a body holds; the case is joined where something is asked of it."""
        sources = {alias: self.items[source] for alias, source in body.items.items()}
        sources |= {alias: relation_table(name) for alias, name in body.tuples.items()}
        holds = body.holds.must if mode == MUST else body.holds.may
        missing = [self._absent(absence, mode) for absence in body.absent]
        if not sources or any(map(_asks_case, (*columns, holds, *missing))):
            sources = {CASE_ALIAS: self.cases, **sources}
        home, *others = sources
        for part in (*columns, *missing):
            for one in part.find_all(exp.Column):
                if one.table == CASE_ALIAS and home != CASE_ALIAS:
                    one.set("table", exp.to_identifier(home))
        joins = [Joined(sources[alias], alias, same_case(alias, home)) for alias in others]
        return select(columns, sources[home], home, joins, where=every([holds, *missing]))

    def _absent(self, absence: Absence, mode: str) -> Sql:
        holds = absence.holds.may if mode == MUST else absence.holds.must
        table = self.items.get(absence.source) or relation_table(absence.source)
        there = select([number(1)], table, absence.alias, where=every([same_case(absence.alias), holds]))
        return exp.Not(this=exp.Exists(this=there))

    def _words_of(self, predicate: str, words: Sequence[str]) -> Iterator[Sql]:
        """The bits of the rules that derived the rows of a relation."""
        must = column(MUST, "t")
        for word in words:
            cases = []
            for rule in self._joined(predicate):
                home, bit = self.bits[rule.key]
                if home == word:
                    mine = exp.EQ(this=column(RULE, "t"), expression=number(self.numbers[rule.key]))
                    cases += [(every([mine, must]), number(3 * bit)), (mine, number(2 * bit))]
            yield named(case_when(cases, number(0)), word)

    def _mark(self, predicates: Sequence[str]) -> None:
        """Add to listed facts the flags that they bear."""
        for source, table in self.items.items():
            here = [name for name in predicates if self.bodies.forms[name].section == source]
            if here:
                hits = f"hits_{self.rounds}_{source}"
                on = every(
                    [
                        same_case("h", "v0"),
                        exp.EQ(this=column(tables.SERIAL, "h"), expression=column(tables.SERIAL, "v0")),
                    ]
                )
                joins = (
                    [Joined(hits, "h", on, "LEFT")]
                    if any(step.name == hits for step in self.done.steps if isinstance(step, Query))
                    else []
                )
                columns = [everything("v0"), *(one for name in here for one in self._flags(name, "v0"))]
                self.add(f"marked_{self.rounds}_{source}", select(columns, table, "v0", joins))
                self.items[source] = f"marked_{self.rounds}_{source}"

    def _relate(self, predicates: Sequence[str]) -> None:
        """Make the relations of predicates, in a loop where they rest on themselves."""
        for loop in dict.fromkeys(self.loops[name] for name in predicates):
            names = [name for name in predicates if name in loop]
            queries = {relation_table(name): self._related(name) for name in names}
            if self.rulebook.recursive.isdisjoint(names):
                self.add(*queries.popitem())
            else:
                columns = {relation_table(name): self._columns_of(name) for name in names}
                self.repeat(queries, columns, (self.cases, *self.items.values()))

    def repeat(
        self, queries: Mapping[str, exp.Query], columns: Mapping[str, Iterable[str]], before: tuple[str, ...]
    ) -> None:
        """Make tables again from one another until nothing changes."""
        empty = tuple(Query(name, nothing(columns[name])) for name in queries)
        read = {table.name for query in queries.values() for table in query.find_all(exp.Table)}
        needed = tuple(name for name in before if name in read)
        self.done.steps.append(Loop(tuple(Query(*one) for one in queries.items()), empty, needed))

    def _columns_of(self, predicate: str) -> list[str]:
        many = [MANY] if predicate in self.bodies.counted else []
        return [tables.CASE, RULE, *ends_of(self.bodies.arguments(predicate)), MUST, *many]

    def _related(self, predicate: str) -> exp.Query:
        """The facts of a relation, each with the rules that derive it."""
        if predicate in self.rulebook.totals:
            return union([self.sums.total(rule) for rule in self._rules(predicate)])
        parts = [
            self.body_rows(body, mode, self._fact(body, mode))
            for rule in self._joined(predicate)
            for body, mode in self.firings(rule)
        ]
        keys = [column(name, "t") for name in (tables.CASE, RULE, *ends_of(self.bodies.arguments(predicate)))]
        found = [named(exp.LogicalOr(this=column(MUST, "t")), MUST)]
        if predicate in self.bodies.counted & self.rulebook.recursive:
            found.append(named(exp.Max(this=column(MANY, "t")), MANY))
        facts = grouped([*keys, *found], union(parts), "t", keys)
        if predicate in self.bodies.counted - self.rulebook.recursive:
            return self.sums.counted(facts, predicate)
        return facts

    def _fact(self, body: Body, mode: str) -> list[Sql]:
        predicate = body.rule.head.predicate
        columns = [
            column(tables.CASE, CASE_ALIAS),
            named(number(self.numbers[body.rule.key]), RULE),
            *(
                named(end, name)
                for end, name in zip(self.head(body), ends_of(self.bodies.arguments(predicate)), strict=True)
            ),
            named(TRUE if mode == MUST else FALSE, MUST),
        ]
        if predicate in self.bodies.counted & self.rulebook.recursive:
            columns.append(named(self.sums.many(body), MANY))
        return columns

    def _facts(self, predicate: str) -> exp.Query:
        """The facts of a relation that are told from what fired in each case."""
        parts: list[exp.Query] = []
        for rule in self._late(predicate):
            body = self.bodies.of[rule.key][0]
            word, bit = self.bits[rule.key]
            here = column(f"{NUMBERS}{list(self.done.words).index(word)}", "a")
            columns = [*self._fact(body, MUST)[:-1], named(has_bits(here, bit), MUST)]
            answers = exp.EQ(this=column(PART, "a"), expression=number(0))
            joins = [Joined(FOUND, "a", every([same_case("a"), answers]))]
            parts.append(select(columns, CASES, CASE_ALIAS, joins, where=has_bits(here, 2 * bit)))
        return union(parts)

    def _flags_of(self, source: str) -> list[Sql]:
        """What flags the rows of a listed fact type bear: must and may of each."""
        truths = [
            self.bodies.flag(form, ground, "v")
            for form in self.bodies.borne_by(source)
            for ground in form.grounds
        ]
        return [part.copy() for truth in truths for part in (truth.must, truth.may)]


def _asks_case(part: Sql) -> bool:
    """Whether something besides its number is asked of the row of the case."""
    return any(one.table == CASE_ALIAS and one.name != tables.CASE for one in part.find_all(exp.Column))


def _meets(day: Ends, first: int, last: int) -> Sql:
    return every(
        [exp.LTE(this=day.low, expression=number(last)), exp.GTE(this=day.high, expression=number(first))]
    )
