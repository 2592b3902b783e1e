"""The empty table that staff fill in: a workbook with drop-downs and explanations."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from engine.rulebook import Rulebook
from engine.values import Domain
from service.batch.columns import Column, Headings
from service.batch.faults import refusal
from service.batch.parts import put
from service.batch.sheets import Book
from service.batch.words import words

FILLED_ROWS = 5_000
_TEXT = "@"
_WIDTH, _NARROW = 24, 16
_EXAMPLE = {
    "official.agency": "국세청",
    "official.rank": "세무6급",
    "official.retired_on": "2025-12-31",
    "engagement.start_on": "2026-06-01",
    "employer.name": "가상상사",
    "employer.kind": "company",
    "employer.listed": "true",
    "engagement.handles_or_advises": "true",
    "engagement.paid": "true",
    "engagement.periodic": "true",
    "works.complete": "true",
    "works[1].category": "tax",
    "works[1].body": "국세청",
    "works[1].last_on": "2024-05",
    "works[1].toward_employer": "true",
    "postings[1].body": "국세청",
    "postings[1].from_on": "2021-01-01",
    "postings[1].to_on": "2025-12-31",
}


def write(path: Path, rulebook: Rulebook, language: str) -> None:
    """Write the template. Raises InputError for a name that is not that of a workbook."""
    if path.suffix.lower() != ".xlsx":
        raise refusal(str(path), "The template is a workbook", "End its name with .xlsx")
    if not path.parent.is_dir():
        raise refusal(str(path.parent), "The folder of the answers does not exist", "Make it first")
    put(path, _Template(rulebook, language).book().save)


class _Template:
    def __init__(self, rulebook: Rulebook, language: str) -> None:
        self.rulebook = rulebook
        self.language = language
        self.headings = Headings(rulebook)
        self.words = words(language)["template"]
        self.lists: dict[tuple[str, ...], int] = {}

    def book(self) -> Book:
        book = Book()
        self._sheet(book, self.headings.sheet_name("main", self.language), self._main)
        for section, columns in self.headings.items.items():
            self._sheet(book, self.headings.sheet_name(section, self.language), [Column("number"), *columns])
        book.table(
            str(words(self.language)["sheets"]["explained"]),
            self.words["columns"],
            [34, 60, 60, 60, 60],
            self._explained(),
            wrapped=True,
        )
        self._options(book)
        return book

    @cached_property
    def _main(self) -> Sequence[Column]:
        """The columns of the main sheet: what the law hangs on first, then what a person can choose."""
        columns = self.headings.columns
        levers = [column for column in columns if (column.source, column.field) in self.rulebook.levers]
        places = [column for column in columns if column.meaning in {"number", "agency", "rank"}]
        order = ("employer", "engagement", "official")
        rest = [column for source in order for column in columns if column.source == source]
        return list(dict.fromkeys([*places, *self.headings.needed, *levers, *rest, *columns]))

    def _sheet(self, book: Book, name: str, columns: Sequence[Column]) -> None:
        titles = [self._title(column) for column in columns]
        example = [self._example(column) for column in columns]
        example[0] = str(self.words["example"])
        rows = [example] if any(example[1:]) else []
        widths = [_NARROW if column.meaning == "number" else _WIDTH for column in columns]
        sheet = book.table(name, titles, widths, rows, filtered=False, form=_TEXT)
        for place, column in enumerate(columns, start=1):
            if choices := self._choices(column):
                self._drop_down(sheet, get_column_letter(place), choices)

    def _title(self, column: Column) -> str:
        return self.headings.label(replace(column, index=0), self.language)

    def _drop_down(self, sheet: Any, letter: str, choices: tuple[str, ...]) -> None:
        """A list to choose from, which still lets other texts in, such as alternatives."""
        place = get_column_letter(self.lists.setdefault(choices, len(self.lists) + 1))
        validation = DataValidation(
            type="list", formula1=f"lists!${place}$1:${place}${len(choices)}", allow_blank=True
        )
        validation.showErrorMessage = False
        validation.add(f"{letter}2:{letter}{FILLED_ROWS}")
        sheet.data_validations.append(validation)

    def _choices(self, column: Column) -> tuple[str, ...]:
        if column.meaning == "complete":
            return self._yes_no
        if column.meaning != "field":
            return ()
        domain = self._domain(column)
        if domain.kind == "bool":
            return self._yes_no
        return tuple(self._option(column, option) for option in domain.options)

    def _domain(self, column: Column) -> Domain:
        return self.rulebook.sections[column.source].fact.domains()[column.field]

    def _option(self, column: Column, option: str) -> str:
        return self.rulebook.words[self.language].option(f"{column.source}.{column.field}", option)

    @cached_property
    def _yes_no(self) -> tuple[str, ...]:
        said = self.rulebook.words[self.language].part("booleans")
        return str(said["yes"]), str(said["no"])

    def _example(self, column: Column) -> str:
        text = _EXAMPLE.get(column.path, "")
        if text == "true":
            return self._yes_no[0]
        if column.meaning == "field" and text in self._domain(column).options:
            return self._option(column, text)
        return text

    def _options(self, book: Book) -> None:
        """The choices of the drop-downs, a column each, on a sheet that is not shown."""
        sheet: Any = book.book.create_sheet("lists")
        sheet.sheet_state = "hidden"
        for row in range(max(map(len, self.lists), default=0)):
            sheet.append([choices[row] if row < len(choices) else None for choices in self.lists])

    def _explained(self) -> Iterator[list[str]]:
        for text in self.words["rows"]:
            yield [str(text)]
        for column in self._main:
            yield self._explanation(column)
        for columns in self.headings.items.values():
            for column in columns:
                yield self._explanation(column)

    def _explanation(self, column: Column) -> list[str]:
        title = self._title(column)
        if column.meaning in {"number", "agency", "rank"}:
            return [title, str(self.words[f"{column.meaning}_means"]), "", "", str(self.words["text"])]
        said = self.rulebook.words[self.language]
        if column.meaning == "complete":
            return [title, said.text("facts", column.source, "complete"), "", "", str(self.words["yes_no"])]
        key = f"{column.source}.{column.field}"
        fact = said.text("facts", column.source, "label")
        listed = f"{fact}: {title}" if column.index else title
        parts = (said.text("fields", key, part) for part in ("question", "why", "where"))
        return [listed, *parts, self._values(column)]

    def _values(self, column: Column) -> str:
        domain = self._domain(column)
        if domain.options:
            return " / ".join(self._choices(column))
        kinds = {"bool": "yes_no", "date": "day", "int": "whole", "won": "money"}
        return str(self.words[kinds.get(domain.kind, "text")])
