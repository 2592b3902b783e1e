"""The executor on durable-rules: a Rete session per case.

The hazards of durable-rules 2.0.28 are absorbed here, and only here:

- its Python host swallows exceptions, registers lazily and loses results to a dispatcher thread: the host
  is not used, rules run on its C engine, one case at a time under a lock;
- 1,024 live sessions end in MemoryError and then a crash: a session is deleted after every case, also
  after an error;
- deleting a session in which no rule fired frees memory that was never set: a rule on the opening token
  always fires;
- a fact may pass at most 63 sibling conditions: facts are asserted once per shard of at most `SHARD`
  patterns;
- a conjunction whose last test across facts fails is read past its end: such conjunctions end in a test
  that always holds;
- a fact has room for 255 properties: a shard stops at `MAX_COLUMNS` columns;
- a rule takes at most 16 facts, and 32 tests across facts in one place: longer ones are refused;
- one fact never fills two places of a rule: `dist` is switched off;
- `not` sees only what was asserted before: a rule with `unless` waits for the token of its stratum;
- equal facts count as one, `id` and `sid` are reserved: every fact carries its own id, columns are named
  by number;
- facts of one session collide at about 46,000: a case with more than `MAX_FACTS` is refused;
- an absent property makes a rule silent: every column of a shard is present in every fact of it.
"""

import json
import re
import threading
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

import durable_rules_engine as durable

from engine import expressions as ex
from engine.errors import refuse
from engine.execution import Conclusions, Mode
from engine.expressions import Interval
from engine.facts import CaseModel
from engine.program import Column, Denial, Program, Side, Test, Variant, reader
from engine.rows import Row, Rows, encode
from engine.totals import draw

SHARD = 48
MAX_PATTERNS = 15
MAX_COLUMNS = 120
MAX_JOINED = 28
MAX_FACTS = 40_000
_TOKEN = 10 * MAX_FACTS
_names = count()

EXACT: tuple[Mode, ...] = ("exact",)
DUAL: tuple[Mode, ...] = ("must", "may")
End = Literal["low", "high"]
_MATCHED = re.compile(r'"(v\d+)":\{"sid":"\d+","id":"(\d+)')
_JSON: dict[ex.Operator, str] = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


@dataclass(slots=True)
class _Shard:
    """A group of patterns over one source; its facts carry the columns that these patterns compare."""

    source: str
    type: int
    patterns: int = 0
    columns: set[Column] = field(default_factory=set)

    def template(self, numbers: Iterable[int], *, one_ended: bool) -> str:
        """The JSON of its facts, with gaps for session, serial, serial and what the columns are worth."""
        ends = "" if one_ended else ',"q":%d'
        ends += "".join(f',"l{n}":%d' + ("" if one_ended else f',"h{n}":%d') for n in numbers)
        return f'{{"sid":"%s","id":"%d.{self.type}","t":{self.type},"s":%d{ends}}}'


class Rete:
    """Runs cases, with every firing. Safe to use from several threads."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._lock = threading.Lock()
        self._sessions = count(1)
        self._networks: dict[tuple[tuple[Mode, ...], int | None], _Network] = {}
        for variant in program.variants:
            _refuse_unwieldy(variant)

    def run(self, case: CaseModel) -> Conclusions:
        """Derive all that follows from a case. Raises InputError where it has too many facts."""
        rows = encode(case, self.program.rulebook)
        with self._lock:
            if rows.exact:
                conclusions = self._run(rows, EXACT, self.program.era(rows))
                if not conclusions.unclear:
                    return conclusions
            return self._run(rows, DUAL)

    def _run(self, rows: Rows, modes: tuple[Mode, ...], era: int | None = None) -> Conclusions:
        """Run a case in a network, which is built when a case first needs it."""
        if (modes, era) not in self._networks:
            self._networks[modes, era] = _Network(self.program, modes, era)
        return self._networks[modes, era].run(rows, next(self._sessions))


class _Network:
    """One durable-rules ruleset: every variant, or those of an era, once for each mode."""

    def __init__(self, program: Program, modes: tuple[Mode, ...], era: int | None = None) -> None:
        self.program = program
        self.modes = modes
        self.shards: dict[str, list[_Shard]] = defaultdict(list)
        self.columns: dict[str, dict[Column, int]] = defaultdict(dict)
        self.rules: dict[str, tuple[Variant, Mode, dict[str, str]]] = {}
        self._types = count(_TOKEN + 1)
        self._one_ended = modes == EXACT
        definition: dict[str, Any] = {"open": {"all": [{"token": {"$and": [{"t": _TOKEN}, {"n": 0}]}}]}}
        for variant in program.of_era(era):
            for mode in modes:
                if mode != "must" or variant.rule.confidence != "U" or variant.rule.total:
                    name = f"r{len(self.rules)}"
                    definition[name] = self._define(name, variant, mode)
        self.readers = {
            source: [reader(column) for column in columns] for source, columns in self.columns.items()
        }
        self.templates = {
            source: [self._template(shard) for shard in shards] for source, shards in self.shards.items()
        }
        self.handle = durable.create_ruleset(f"network {next(_names)}", json.dumps(definition))
        weakref.finalize(self, durable.delete_ruleset, self.handle).atexit = False

    def _define(self, name: str, variant: Variant, mode: Mode) -> dict[str, Any]:
        aliases = {variable: f"v{number}" for number, variable in enumerate(variant.joins)}
        self.rules[name] = variant, mode, {alias: variable for variable, alias in aliases.items()}
        asked = _asked(variant)
        homes = {
            variable: self._shard(source, _columns_of(variable, asked))
            for variable, source in variant.joins.items()
        }
        patterns: list[dict[str, Any]] = []
        if variant.denials or not variant.joins:
            patterns.append({"token": {"$and": [{"t": _TOKEN}, {"n": self.program.stratum(variant)}]}})
        for variable, tests in _joined(variant):
            patterns.append({aliases[variable]: self._pattern(variable, tests, homes, aliases, mode)})
        for number, denial in enumerate(variant.denials):
            patterns.append({f"n{number}$not": self._denial(denial, homes, aliases, mode)})
        return {"all": patterns, "dist": 0}

    def _template(self, shard: _Shard) -> tuple[str, list[int]]:
        numbers = sorted(self.columns[shard.source][column] for column in shard.columns)
        return shard.template(numbers, one_ended=self._one_ended), numbers

    def _shard(self, source: str, columns: set[Column]) -> _Shard:
        shards = self.shards[source]
        full = not shards or shards[-1].patterns == SHARD or len(shards[-1].columns | columns) > MAX_COLUMNS
        if full:
            shards.append(_Shard(source, next(self._types)))
        shards[-1].patterns += 1
        shards[-1].columns |= columns
        return shards[-1]

    def _denial(
        self,
        denial: Denial,
        homes: Mapping[str, _Shard],
        aliases: Mapping[str, str],
        mode: Mode,
    ) -> dict[str, Any]:
        columns = _columns_of(denial.variable, denial.tests)
        opposite: dict[Mode, Mode] = {"must": "may", "may": "must", "exact": "exact"}
        within = {**homes, denial.variable: self._shard(denial.source, columns)}
        return self._pattern(denial.variable, denial.tests, within, aliases, opposite[mode])

    def _pattern(
        self,
        variable: str,
        tests: Iterable[Test],
        homes: Mapping[str, _Shard],
        aliases: Mapping[str, str],
        mode: Mode,
    ) -> dict[str, Any]:
        parts: list[dict[str, Any]] = [{"t": homes[variable].type}]
        if mode == "must":
            parts.append({"q": 1})
        others: set[str] = set()
        for test in tests:
            parts += self._comparisons(variable, test, homes, aliases, mode)
            others |= test.variables - {variable}
        if others:
            parts.append({"$lt": {"s": {aliases[min(others)]: "t"}}})
        return {"$and": parts} if len(parts) > 1 else parts[0]

    def _comparisons(
        self, variable: str, test: Test, homes: Mapping[str, _Shard], aliases: Mapping[str, str], mode: Mode
    ) -> Iterable[dict[str, Any]]:
        operator, left, right = test.operator, test.left, test.right
        if left.variable != variable:
            assert isinstance(right, Side)
            operator, left, right = ex.MIRRORED[operator], right, left
        for one, symbol, other in plain_comparisons(operator, mode):
            name = self._name(left, one, homes)
            if isinstance(right, int):
                value: Any = right
            elif right.variable == variable:
                value = {"$m": self._name(right, other, homes)}
            else:
                value = {aliases[right.variable]: self._name(right, other, homes)}
            yield {name: value} if symbol == "==" else {_JSON[symbol]: {name: value}}

    def _name(self, side: Side, end: End, homes: Mapping[str, _Shard]) -> str:
        columns = self.columns[homes[side.variable].source]
        number = columns.setdefault(side.column, len(columns))
        return f"{'l' if self._one_ended else end[0]}{number}"

    def run(self, rows: Rows, number: int) -> Conclusions:
        session = _Session(self, rows, str(number))
        try:
            session.fill()
        finally:
            durable.delete_state(self.handle, session.id)
        return session.conclusions

    def messages(self, row: Row, parameters: Mapping[str, Interval], session: str) -> list[str]:
        """The row as JSON, once for each shard of its source."""
        templates = self.templates.get(row.source)
        if not templates:
            return []
        worth = [read(row, parameters) for read in self.readers.get(row.source, ())]
        head = session, row.serial, row.serial
        if self._one_ended:
            return [text % (*head, *[worth[number][0] for number in columns]) for text, columns in templates]
        return [
            text % (*head, row.certain, *[end for number in columns for end in worth[number]])
            for text, columns in templates
        ]


def _refuse_unwieldy(variant: Variant) -> None:
    """Raise InputError for a rule that no network can hold."""
    asked = _asked(variant)
    bound = [*variant.joins, *(denial.variable for denial in variant.denials)]
    if len(bound) + 1 > MAX_PATTERNS:
        message = "This rule joins too many facts"
    elif len(asked) > MAX_COLUMNS and any(len(_columns_of(one, asked)) > MAX_COLUMNS for one in bound):
        message = "This rule compares one fact too often"
    elif any(_comparisons_across(tests) > MAX_JOINED for _, tests in _joined(variant)):
        message = "This rule compares two facts too often"
    else:
        return
    raise refuse(message, "Split it in two", variant.rule.place)


def _asked(variant: Variant) -> list[Test]:
    return [*variant.tests, *(test for denial in variant.denials for test in denial.tests)]


def _joined(variant: Variant) -> Iterator[tuple[str, list[Test]]]:
    """Each variable in the order of joining, with the tests that are met once it is bound."""
    seen: set[str] = set()
    for variable in variant.joins:
        seen.add(variable)
        yield variable, [t for t in variant.tests if variable in t.variables and t.variables <= seen]


def _comparisons_across(tests: Iterable[Test]) -> int:
    return sum(len(plain_comparisons(test.operator, "may")) for test in tests if len(test.variables) > 1)


def _columns_of(variable: str, tests: Iterable[Test]) -> set[Column]:
    """The columns that tests compare of the fact bound to a variable."""
    sides = [side for test in tests for side in (test.left, test.right) if isinstance(side, Side)]
    return {side.column for side in sides if side.variable == variable}


def plain_comparisons(operator: ex.Operator, mode: Mode) -> Sequence[tuple[End, ex.Operator, End]]:
    """A comparison as plain comparisons of ends: for every completion (must), for some (may), or exactly."""
    if mode == "exact":
        return [("low", operator, "low")]
    must = mode == "must"
    match operator:
        case "<" | "<=":
            return [("high", operator, "low") if must else ("low", operator, "high")]
        case ">" | ">=":
            return [("low", operator, "high") if must else ("high", operator, "low")]
        case "==":
            one, other = ("==", "==") if must else ("<=", ">=")
            return [("low", one, "high"), ("high", other, "low")]  # type: ignore[list-item]
    raise AssertionError(operator)


class _Session:
    """One case in the network."""

    def __init__(self, network: _Network, rows: Rows, identity: str) -> None:
        self.network = network
        self.id = identity
        self.conclusions = Conclusions(rows)
        self.by_serial = {row.serial: row for row in rows.rows}
        self.single = {row.source: row for row in rows.rows}
        self.facts = 0

    def fill(self) -> None:
        """Assert the given facts, then the token of each stratum, each time until nothing new follows."""
        self._settle([*self._messages(self.by_serial.values()), self._token(0)])
        self._draw_totals(0)
        for stratum in range(1, self.network.program.strata):
            self._settle([self._token(stratum)])
            self._draw_totals(stratum)

    def _draw_totals(self, stratum: int) -> None:
        """Assert the totals of a stratum, of which all that they add up is there."""
        program = self.network.program
        for rule in program.totals[stratum]:
            rows = draw(self.conclusions, rule, program, self.network.modes)
            self.by_serial |= {row.serial: row for row in rows}
            self._settle(self._messages(rows))

    def _token(self, stratum: int) -> str:
        return f'{{"sid":"{self.id}","id":"token {stratum}","t":{_TOKEN},"n":{stratum}}}'

    def _messages(self, rows: Iterable[Row]) -> list[str]:
        parameters = self.conclusions.given.parameters
        return [message for row in rows for message in self.network.messages(row, parameters, self.id)]

    def _settle(self, messages: list[str]) -> None:
        while messages:
            self.facts += len(messages)
            if self.facts > MAX_FACTS:
                raise refuse(
                    "This case has too many facts for one run", "Leave out postings or works that repeat"
                )
            _, offset = durable.assert_facts(self.network.handle, f"[{','.join(messages)}]")
            messages = self._messages(self._fired(offset))

    def _fired(self, offset: int) -> list[Row]:
        new: list[Row] = []
        result = durable.start_action_for_state(self.network.handle, offset)
        match = result[1] if result else None
        while match:
            row = self._derive(match)
            if row is not None:
                self.by_serial[row.serial] = row
                new.append(row)
            match = durable.complete_and_start_action(self.network.handle, offset)
        return new

    def _derive(self, match: str) -> Row | None:
        """What a match, `{"r7":{"v0":{"sid":"1","id":"3.400002",...},...}}`, derives."""
        name = match[2 : match.index('"', 2)]
        if name == "open":
            return None
        variant, mode, aliases = self.network.rules[name]
        bindings = {aliases[alias]: self.by_serial[int(serial)] for alias, serial in _MATCHED.findall(match)}
        for variable, source in variant.fixed.items():
            bindings[variable] = self.single[source]
        self.conclusions.unclear |= variant.rule.confidence == "U" and not variant.rule.total
        return self.conclusions.add(variant.rule, bindings, mode)
