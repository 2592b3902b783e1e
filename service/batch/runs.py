"""A run over a table of applications: read, answered in parts, written."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from engine.facts import CaseModel
from rules.law import Law
from service.batch.answers import Found, Teller
from service.batch.applications import Application, Desk, Refused
from service.batch.columns import Headings
from service.batch.faults import refusal
from service.batch.files import open_table
from service.batch.output import Answers, Output, write_rows
from service.batch.parts import Parts, digest_of, write_lines
from service.batch.results import Sayer, Value
from service.batch.table import Record, Table
from service.batch.words import say

if TYPE_CHECKING:
    from service.batch.helper import Helper
    from service.register.register import Register

EXECUTORS = ("duckdb", "rete", "spark")
FEW = 1_000
HELPED = 20
FORM = 1
PART_ROWS = {"rete": 500, "duckdb": 245_760, "spark": 1_000_000}
SHOWN_FAULTS = 10

Tick = Callable[[int, int | None], None]


def _quietly(rows: int, total: int | None) -> None:
    pass


@dataclass(frozen=True)
class Job:
    """What to answer, how, and where the answers go. `part_rows` 0: as suits the executor."""

    source: Path
    out: Path
    language: str
    law: Law
    register: "Register | None" = None
    executor: str = ""
    sheet: str = ""
    quick: bool = False
    part_rows: int = 0


@dataclass
class Summary:
    """What a run came to."""

    executor: str
    rows: int = 0
    refused: int = 0
    skipped: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    faults: dict[tuple[str, str], tuple[Sequence[str], int]] = field(default_factory=dict)
    fault_count: int = 0
    errors: Path | None = None
    before: str = ""
    parts_before: int = 0

    def add(self, fault: Sequence[str]) -> None:
        """Count a fault; of each kind the first is kept, of as many kinds as people read."""
        self.fault_count += 1
        kind = (fault[4], fault[6])
        first, count = self.faults.get(kind, (fault, 0))
        if count or len(self.faults) < SHOWN_FAULTS:
            self.faults[kind] = (first, count + 1)


class Run:
    """One job under way."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.rulebook = job.law.rulebook
        self.headings = Headings(self.rulebook)
        self.sayer = Sayer(self.rulebook, job.language)
        self.teller = Teller(self.rulebook)
        self.table: Table = open_table(job.source, job.sheet, self.headings)
        self.answer = partial(self.teller.answered, job.law.executor, quick=job.quick)
        self.helper: Helper | None = None

    @cached_property
    def executor(self) -> str:
        """The executor asked for; without one, that which is quicker for so many rows."""
        if self.job.executor:
            return self.job.executor
        return "duckdb" if self.count is None else "rete"

    @cached_property
    def _first(self) -> list[Record]:
        return list(islice(self.table.records(), FEW + 1))

    @cached_property
    def count(self) -> int | None:
        """How many rows there are, where they are few."""
        return len(self._first) if len(self._first) <= FEW else None

    def records(self) -> Iterator[Record]:
        """The rows, read once where they are few."""
        return self.table.records() if self.count is None else iter(self._first)

    @cached_property
    def notes(self) -> list[str]:
        """What is to be said beside the answers."""
        lists = self.job.register.lists() if self.job.register else ()
        synthetic = any(one.synthetic for one in lists)
        return [say(self.job.language, "says", "synthetic")] if synthetic else []

    def finish(self, tick: Tick = _quietly) -> Summary:
        """Answer what is not yet answered, write everything, and remove the parts.

        `tick` is called with the number of further rows done, and how many there are where that is known.
        """
        with self._helped() as self.helper:
            return self._finished(tick)

    def _helped(self) -> "AbstractContextManager[Helper | None]":
        if self.count is not None and self.count < HELPED:
            return nullcontext()
        from service.batch.helper import Helper

        return Helper(self.answer)

    def _finished(self, tick: Tick) -> Summary:
        parts = Parts(self.job.out, self._manifest())
        summary = Summary(self.executor, before=parts.before, parts_before=len(parts.numbers()))
        worker = self.worker(parts)
        worker.answer(tick)
        summary.skipped = self.table.passed_over()
        summary.outcomes = dict(worker.tally())
        summary.rows = sum(summary.outcomes.values())
        bad = set()
        for fault in worker.faults():
            bad.add((fault[1], fault[2]))
            summary.add(fault)
        summary.refused = len(bad)
        if not summary.rows and not summary.refused:
            parts.remove()
            raise refusal(self.table.file, "This table holds no application", "Fill in a row for each")
        summary.errors = Output(self.job.out, self.sayer, self.notes).write(worker)
        parts.remove()
        return summary

    def found(self, cases: Sequence[CaseModel], tick: Tick = _quietly) -> Iterator[Found]:
        """What each case by itself comes to, in their order."""
        found: dict[int, Found] = {}
        answered = self.helper.shared(cases) if self.helper else enumerate(map(self.answer, cases))
        for number, one in answered:
            found[number] = one
            tick(1, self.count)
        return (found[number] for number in range(len(cases)))

    def worker(self, parts: Parts) -> "Worker":
        """What answers the table with the executor of this run."""
        if self.executor == "rete":
            return _Single(self, parts)
        from service.batch.bulk import Bulk

        return Bulk(self, parts)

    def _manifest(self) -> Mapping[str, object]:
        register = self.job.register
        lists = register.lists() if register else ()
        return {
            "form": FORM,
            "input": digest_of(self.job.source),
            "sheet": self.job.sheet,
            "executor": self.executor,
            "quick": self.job.quick,
            "language": self.job.language,
            "rulebook": self.rulebook.digest,
            "register": [[one.part, str(one.known_from), one.digest] for one in lists],
            "rows": self.part_rows,
        }

    @property
    def part_rows(self) -> int:
        return self.job.part_rows or PART_ROWS[self.executor]


class Worker(Answers, Protocol):
    """Answers a table in parts."""

    def answer(self, tick: Tick) -> None: ...


class _Single:
    """Answers case by case, a part being lines of JSON: a row, or a fault."""

    def __init__(self, run: Run, parts: Parts) -> None:
        self.run = run
        self.parts = parts
        self.desk = Desk(run.table, run.headings, run.job.register)

    def answer(self, tick: Tick) -> None:
        parts = self.parts
        records = self.run.records()
        number = 0
        while some := list(islice(records, self.run.part_rows)):
            if parts.has(number):
                for record in some:
                    self.desk.pass_by(record)
                tick(len(some), self.run.count)
            else:
                parts.put(number, partial(write_lines, values=[*self._lines(some, tick)]))
            number += 1

    def _lines(self, records: Sequence[Record], tick: Tick) -> Iterator[tuple[str, Sequence[Value]]]:
        sayer = self.run.sayer
        read = [self.desk.read(record) for record in records]
        applications = [one for one in read if isinstance(one, Application)]
        tick(len(read) - len(applications), self.run.count)
        found = self.run.found([one.case for one in applications], tick)
        for one in read:
            if isinstance(one, Refused):
                for fault in one.faults:
                    yield "fault", sayer.fault(fault)
            else:
                yield "row", sayer.row(one.row, one.number, next(found), one.consulted)

    def tally(self) -> dict[str, int]:
        return dict(sorted(Counter(str(row[2]) for row in self.rows()).items()))

    def rows(self) -> Iterator[list[Value]]:
        return (line for kind, line in self._written() if kind == "row")

    def faults(self) -> Iterator[list[str]]:
        return (line for kind, line in self._written() if kind == "fault")

    def copy(self, path: Path, suffix: str) -> None:
        write_rows(path, suffix, self.rows(), self.run.sayer)

    def _written(self) -> Iterator[tuple[str, Any]]:
        for number in self.parts.numbers():
            with self.parts.path(number).open(encoding="utf-8") as file:
                for line in file:
                    kind, values = json.loads(line)
                    yield kind, values
