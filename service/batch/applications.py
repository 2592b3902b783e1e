"""The rows of a table as cases, or what keeps them from being one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.facts import Listed
from engine.values import Known, parse_known
from rules.facts import EmploymentCase, Official
from rules.lexicon import Lexicon
from service.batch.cells import Cell, unusable
from service.batch.columns import Column, Headings
from service.batch.faults import Fault, Spot
from service.batch.table import Record, Table
from service.lookup import Consulted, asked_of, consult, filled

if TYPE_CHECKING:
    from service.register.register import Register

LONGEST_NUMBER = 100
MOST_KEPT = 100_000
Said = Mapping[str, Known[Any]]


@dataclass(frozen=True, slots=True)
class Application:
    """A row that can be answered: its number, its case, and what the register said of its employer."""

    row: int
    number: str
    case: EmploymentCase
    consulted: Consulted | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be answered, and everything that is wrong with it."""

    row: int
    number: str
    faults: tuple[Fault, ...]


class Desk:
    """Reads the rows of one table. Each different text of a field is read once."""

    def __init__(self, table: Table, headings: Headings, register: "Register | None") -> None:
        self.table = table
        self.headings = headings
        self.register = register
        self.seen: dict[str, Spot] = {}
        self._known: dict[Cell, dict[str, Known[Any] | Fault]] = {}
        self._ranks: dict[tuple[str, str], Said | Fault] = {}
        self._consulted: dict[tuple[str, date], Consulted] = {}

    def read(self, record: Record) -> Application | Refused:
        """A row as an application. Its number must be new to this desk."""
        faults = list(self._number_faults(record))
        if not record.texts:
            return Refused(record.row, record.number, tuple(faults))
        facts: dict[str, dict[int, dict[str, Known[Any]]]] = {}
        complete: dict[str, Known[Any]] = {}
        words: dict[str, str] = {}
        for place, (column, text) in enumerate(zip(self.table.columns, record.texts, strict=True)):
            if not text:
                continue
            if column.meaning in {"agency", "rank"}:
                words[column.meaning] = text
                continue
            known = self.known(column, text)
            if isinstance(known, Fault):
                fault = _told_better(column, text, known)
                faults.append(fault.at(self.table.spot(record, place), record.number, text))
            elif column.meaning == "complete":
                complete[column.section] = known
            else:
                facts.setdefault(column.section, {}).setdefault(column.index, {})[column.field] = known
        if words:
            said = self.ranked(words.get("agency", ""), words.get("rank", "").replace("|", "/"))
            if isinstance(said, Fault):
                faults.append(self._word_fault(record, words, said))
            else:
                one = facts.setdefault("official", {}).setdefault(0, {})
                facts["official"][0] = {**said, **one}
        if faults:
            return Refused(record.row, record.number, tuple(faults))
        return self._contradicting(record, self._case(facts, complete))

    def pass_by(self, record: Record) -> None:
        """Note the number of a row that has been answered before."""
        if record.texts:
            self.seen.setdefault(record.number, Spot(row=record.row))

    def forget(self) -> None:
        """Let go of the texts that were read where they have become many."""
        every: list[dict[Any, Any]] = [*self._known.values(), self._ranks, self._consulted]
        for kept in every:
            if len(kept) > MOST_KEPT:
                kept.clear()

    def known(self, column: Column, text: str) -> Known[Any] | Fault:
        """What a text of a column says."""
        cell = self._cells[column.source, column.field]
        known = self._known.setdefault(cell, {})
        if text not in known:
            known[text] = cell.read(text)
        return known[text]

    def ranked(self, agency: str, rank: str) -> Said | Fault:
        """What the words for an agency and a rank say of the official."""
        if (agency, rank) not in self._ranks:
            self._ranks[agency, rank] = self._read_ranks(agency, rank)
        return self._ranks[agency, rank]

    def consulted(self, name: str, on: date) -> Consulted | None:
        """What the register says of an employer on a day."""
        if self.register is None:
            return None
        if (name, on) not in self._consulted:
            self._consulted[name, on] = consult(self.register, name, on)
        return self._consulted[name, on]

    def _read_ranks(self, agency: str, rank: str) -> Said | Fault:
        for text in (agency, rank):
            if wrong := unusable(text):
                return wrong
        reading = self._lexicon.read(agency or None, rank)
        if reading.unknown:
            words = ", ".join(reading.unknown)
            near = f"Near are {', '.join(reading.suggestions)}. " if reading.suggestions else ""
            return Fault(
                f"{words!r} is not a rank or agency that is known here",
                near + reading.remedy["en"].rstrip("."),
            )
        domains = Official.domains()
        return {name: parse_known(values, domains[name]) for name, values in reading.facts.items()}

    def _case(
        self, facts: Mapping[str, Mapping[int, Said]], complete: Mapping[str, Known[Any]]
    ) -> EmploymentCase:
        parts: dict[str, Any] = {}
        for section in self.headings.rulebook.sections.values():
            items = facts.get(section.name, {})
            if not section.listed:
                parts[section.name] = section.fact(**_said(items.get(0, {})))
            elif items or section.name in complete:
                listed = EmploymentCase.model_fields[section.name]
                known = complete.get(section.name)
                whole = known.options[0] if known and known.exact else listed.default.complete
                parts[section.name] = Listed[Any].model_construct(
                    complete=whole,
                    items=tuple(section.fact(**_said(items[index])) for index in sorted(items)),
                )
        return EmploymentCase.model_construct(**parts)

    def _contradicting(self, record: Record, case: EmploymentCase) -> Application | Refused:
        faults = [
            Fault(problem.message, problem.remedy).at(
                self._spot_of(record, problem.place.path), record.number, ""
            )
            for problem in case.contradictions()
        ]
        if faults:
            return Refused(record.row, record.number, tuple(faults))
        asked = asked_of(case)
        consulted = self.consulted(*asked) if asked else None
        return Application(
            record.row, record.number, filled(case, consulted) if consulted else case, consulted
        )

    def _spot_of(self, record: Record, path: str) -> Spot:
        """The cell of an entry of the case, such as `engagement.start_on` or `postings.items.0`."""
        section, _, rest = path.partition(".")
        indexes = sorted(
            {
                column.index
                for column, text in zip(self.table.columns, record.texts, strict=True)
                if column.section == section and column.meaning == "field" and text
            }
        )
        for place, column in enumerate(self.table.columns):
            if rest.startswith("items."):
                index = indexes[int(rest.removeprefix("items."))]
                if (column.section, column.index) == (section, index) and record.texts[place]:
                    return self.table.spot(record, place)
            elif column.path == path:
                return self.table.spot(record, place)
        return Spot(self.table.sheet, record.row)

    def _word_fault(self, record: Record, words: Mapping[str, str], fault: Fault) -> Fault:
        meaning = "rank" if "rank" in words else "agency"
        place = next(n for n, column in enumerate(self.table.columns) if column.meaning == meaning)
        return fault.at(self.table.spot(record, place), record.number, words[meaning])

    def _number_faults(self, record: Record) -> Iterator[Fault]:
        table, number = self.table, record.number
        if not record.texts:
            spot = record.spots[-1]
            yield Fault(
                f"No application of the table has the number {number!r}",
                "Correct the number, or add the application",
            ).at(spot, number, number)
            return
        spot = Spot(table.number_spot.sheet, record.row, table.number_spot.column, table.number_spot.heading)
        if not number:
            yield Fault("The application number is missing", "Write one that no other row has").at(
                spot, "", ""
            )
        elif wrong := unusable(number):
            yield wrong.at(spot, "", "")
        elif len(number) > LONGEST_NUMBER:
            yield Fault("The application number is too long", "Write one of 100 characters at most").at(
                spot, number[:LONGEST_NUMBER], number[:LONGEST_NUMBER]
            )
        elif table.number is not None and number in self.seen:
            yield Fault(
                f"Row {self.seen[number].row} has the application number {number!r} too",
                "Give each application a number of its own",
            ).at(spot, number, number)
        elif table.number is not None:
            self.seen[number] = spot

    @cached_property
    def _cells(self) -> Mapping[tuple[str, str], Cell]:
        """How the cells of each field are read: in one way where their values are of one kind."""
        cells = {
            (column.source, column.field): self.headings.cell(column)
            for column in self.table.columns
            if column.meaning in {"field", "complete"}
        }
        alike = {cell.domain: cell for cell in cells.values() if not cell.domain.options}
        return {field: alike.get(cell.domain, cell) for field, cell in cells.items()}

    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon.load()


def _told_better(column: Column, text: str, fault: Fault) -> Fault:
    """Words for a rank stand easily in the column of the grade."""
    if column.path != "official.grade" or not any(sign.isalpha() for sign in text):
        return fault
    return Fault(fault.message, "Write digits, and words for a rank in a column 직위·직급")


def _said(values: Said) -> dict[str, Known[Any]]:
    """What is known; a field of which nothing is said may follow from another one."""
    return {name: known for name, known in values.items() if not known.unknown}
