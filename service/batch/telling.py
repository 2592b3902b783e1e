"""What a run over very many cases found, in words: each different pattern is told once, and joined back.

The bits that say which rules fired are put into words of their own, in the order in which answers tell them.
A slot, for a rule or for something that follows, has one bit for what may be and one for what is certain. A
list is kept as one text, its parts joined by a sign that stands in no text; null where it is empty.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.duck import Duck
from engine.execution import Fact, label_of
from engine.queries import FOUND, NUMBERS
from engine.values import Domain
from rules.law import UNDETERMINED
from service.batch.answers import Ends, Item, Teller
from service.batch.results import Form, Sayer

if TYPE_CHECKING:
    import duckdb

SLOTS = 30
MARK = "\x1f"
_MARK = "chr(31)"


@dataclass
class Slot:
    """Something told of a case: its column, what is said of it, and which bits of which words tell it."""

    column: str
    certain: str
    possible: str
    must: dict[int, int] = field(default_factory=dict)
    may: dict[int, int] = field(default_factory=dict)


class Telling:
    """Leaves `told`: a row a case, with the columns of a result from the outcome to the rules, and `open`."""

    def __init__(self, duck: Duck, teller: Teller, sayer: Sayer) -> None:
        self.duck = duck
        self.teller = teller
        self.sayer = sayer
        self.connection: duckdb.DuckDBPyConnection = duck.connection
        self.related = [name for name in teller.outputs if duck.script.bodies.forms[name].relation]

    def make(self) -> None:
        self._slots()
        for number, slots in enumerate(self.words):
            self._say(number, slots)
        for predicate in self.related:
            self._relation(predicate)
        outcomes = "s.x0 & " + str((1 << len(self.words[0])) - 1)
        joins = "".join(
            f" LEFT JOIN y{number} ON y{number}.x = s.x{number}" for number in range(len(self.words))
        )
        joins += "".join(f" LEFT JOIN said_{name} {name} USING (case_no)" for name in self.related)
        selected = ", ".join(f"{value} AS {name}" for name, value in self._values().items())
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE told AS SELECT case_no, bit_count({outcomes}) > 1 AS open, "
            f"{selected} FROM slots s{joins}"
        )

    def _values(self) -> dict[str, str]:
        """The columns that tell what was found, by name."""
        values: dict[str, str] = {}
        for name, form in self._columns.items():
            holding = [number for number, slots in enumerate(self.words) if name in self._told_in(slots)]
            if form == "text":
                values[name] = f"y0.{name}"
            elif name in self.related:
                values[name] = f"{name}.texts"
            elif holding:
                texts = ", ".join(f"y{number}.{name}" for number in holding)
                values[name] = texts if len(holding) == 1 else f"nullif(concat_ws({_MARK}, {texts}), '')"
            else:
                values[name] = "CAST(NULL AS VARCHAR)"
        return values

    @cached_property
    def words(self) -> Sequence[Sequence[Slot]]:
        """The slots by the word that holds them: the outcomes, what follows, and the rules."""
        rulebook = self.teller.rulebook
        outcomes = {label: Slot("possible", label, label) for label in rulebook.outcomes}
        items: dict[Fact, Slot] = {}
        rules: dict[str, Slot] = {}
        for number, bits in enumerate(self.duck.script.words.values()):
            for place, (key, certain) in enumerate(bits):
                rule = rulebook.by_key[key]
                told = [rules.setdefault(rule.id, Slot("fired", rule.id, rule.id))]
                fact = rule.constant_fact
                if fact and fact[0] == rulebook.goal:
                    told.append(outcomes[label_of(fact, rulebook)])
                elif fact and fact[0] in self.teller.outputs and fact[0] not in self.related:
                    told.append(items.setdefault(fact, self._slot(fact)))
                for slot in told:
                    slot.may[number] = slot.may.get(number, 0) | 1 << place
                    if certain:
                        slot.must[number] = slot.must.get(number, 0) | 1 << place
        order = {rule.id: place for place, rule in reversed(list(enumerate(rulebook.rules)))}
        following = sorted(items, key=self._order)
        by_rule = [rules[id_] for id_ in sorted(rules, key=order.__getitem__)]
        return [list(outcomes.values()), *_packed([items[fact] for fact in following]), *_packed(by_rule)]

    def _order(self, fact: Fact) -> Any:
        return self.teller.outputs.index(fact[0]), self.teller.order(self._item(*fact, certain=True))

    def _slot(self, fact: Fact) -> Slot:
        certain, possible = (self.sayer.item(self._item(*fact, certain=certain)) for certain in (True, False))
        return Slot(fact[0], certain, possible)

    def _slots(self) -> None:
        """`slots`: the words of each case; a slot has a bit for may and, above all these, one for must."""
        columns = ", ".join(f"{self._word(slots)} AS x{number}" for number, slots in enumerate(self.words))
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE slots AS SELECT f.case_no, {columns} FROM {FOUND} f "
            f"WHERE part = {self._part('answer')}"
        )

    def _word(self, slots: Sequence[Slot]) -> str:
        bits = [*(slot.may for slot in slots), *(slot.must for slot in slots)]
        terms = []
        for place, masks in enumerate(bits):
            set_in = [f"f.{NUMBERS}{word} & {mask} <> 0" for word, mask in masks.items()]
            if set_in:
                terms.append(f"(CAST({' OR '.join(set_in)} AS BIGINT) << {place})")
        return " | ".join(terms) or "CAST(0 AS BIGINT)"

    def _say(self, number: int, slots: Sequence[Slot]) -> None:
        """`y<number>`: what each value of a word says, by column."""
        found = self.connection.execute(f"SELECT DISTINCT x{number} FROM slots").fetchall()
        columns = self._told_in(slots)
        rows = [(word, *self._said(word, slots, columns)) for (word,) in found]
        types = {"x": "BIGINT", **dict.fromkeys(columns, "VARCHAR")}
        self._table(f"y{number}", types, rows)

    def _told_in(self, slots: Sequence[Slot]) -> Sequence[str]:
        """The columns that a word tells."""
        kinds = list(dict.fromkeys(slot.column for slot in slots))
        if kinds == ["possible"]:
            return ["outcome", "title", "possible"]
        return ["fired", "may_fire"] if kinds == ["fired"] else kinds

    def _said(self, word: int, slots: Sequence[Slot], columns: Sequence[str]) -> Iterator[Any]:
        known = [
            (slot, bool(word >> place + len(slots) & 1))
            for place, slot in enumerate(slots)
            if word >> place & 1
        ]
        if columns[0] == "outcome":
            labels = [slot.certain for slot, _ in known]
            outcome = labels[0] if len(labels) == 1 else UNDETERMINED
            yield from (outcome, self.sayer.title(outcome))
            yield marked([self.sayer.title(label) for label in labels]) if outcome == UNDETERMINED else None
        elif columns[0] == "fired":
            for wanted in (True, False):
                yield marked([slot.certain for slot, certain in known if certain is wanted])
        else:
            for name in columns:
                said = (
                    slot.certain if certain else slot.possible
                    for slot, certain in known
                    if slot.column == name
                )
                yield marked(list(said))

    @property
    def _columns(self) -> Mapping[str, Form]:
        """The columns that tell what was found."""
        names = list(self.sayer.columns)
        first, last = names.index("outcome"), names.index("may_fire")
        return {name: self.sayer.columns[name] for name in names[first : last + 1]}

    def _part(self, kind: str, name: str = "") -> int:
        found = (place for place, part in enumerate(self.duck.script.parts) if part == (kind, name))
        return next(found, -1)

    def _relation(self, predicate: str) -> None:
        """`said_<predicate>`: for each case the texts of its facts, in order."""
        names = self.duck.script.bodies.arguments(predicate)
        ends = [f"e{place}" for place in range(2 * len(names))]
        facts = f"facts_{predicate}"
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {facts} AS SELECT case_no, {', '.join(ends)}, "
            f"bool_or(must) AS must FROM ({' UNION ALL '.join(self._sources(predicate, ends))}) GROUP BY ALL"
        )
        found = self.connection.execute(f"SELECT DISTINCT {', '.join(ends)}, must FROM {facts}").fetchall()
        items = {row: self._item(predicate, _ends(names, row[:-1]), certain=bool(row[-1])) for row in found}
        ordered = sorted(found, key=lambda row: self.teller.order(items[row]))
        rows = [(*row, place, self.sayer.item(items[row])) for place, row in enumerate(ordered)]
        types = {**dict.fromkeys(ends, "BIGINT"), "must": "BOOLEAN", "place": "BIGINT", "text": "VARCHAR"}
        self._table(f"texts_{predicate}", types, rows)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE said_{predicate} AS "
            f"SELECT case_no, string_agg(text, {_MARK} ORDER BY place) AS texts "
            f"FROM {facts} JOIN texts_{predicate} USING ({', '.join(ends)}, must) GROUP BY case_no"
        )

    def _sources(self, predicate: str, ends: Sequence[str]) -> list[str]:
        """Where the facts of a relation are: in `found`, and in a query that is told from it."""
        sources = []
        place = self._part("relation", predicate)
        if place >= 0:
            numbers = [f"{NUMBERS}{number} AS {end}" for number, end in enumerate(ends, start=1)]
            must = f"{NUMBERS}{len(ends) + 1} = 1 AS must"
            sources.append(f"SELECT case_no, {', '.join(numbers)}, {must} FROM {FOUND} WHERE part = {place}")
        if predicate in self.duck.script.late:
            late = f"({self.duck.late(predicate)}) AS late(case_no, rule, {', '.join(ends)}, must)"
            sources.append(f"SELECT * EXCLUDE rule FROM {late}")
        return sources

    def _item(self, predicate: str, ends: Ends, *, certain: bool) -> Item:
        domains: Mapping[str, Domain] = self.teller.rulebook.predicates[predicate]
        kind = next(
            (domains[name].options[low] for name, (low, _) in ends if domains[name].options), predicate
        )
        return Item(predicate, kind, certain, ends)

    def _table(self, name: str, types: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        written_types = ", ".join(f"{column} {kind}" for column, kind in types.items())
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({written_types})")
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            marks = ", ".join(f"unnest(CAST(? AS {kind}[]))" for kind in types.values())
            self.connection.execute(f"INSERT INTO {name} SELECT {marks}", columns)


def marked(texts: Sequence[str]) -> str | None:
    return MARK.join(texts) or None


def _packed(slots: Sequence[Slot]) -> list[Sequence[Slot]]:
    return [slots[first : first + SLOTS] for first in range(0, len(slots), SLOTS)]


def _ends(names: Sequence[str], numbers: Sequence[int]) -> Ends:
    return tuple(zip(names, zip(numbers[::2], numbers[1::2], strict=True), strict=True))
