"""The columns of a table of applications: which heading means which field."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from engine.errors import nearest
from engine.rulebook import Rulebook
from engine.values import Domain
from service.batch.cells import Cell, squeezed
from service.batch.words import LANGUAGES, words

Meaning = Literal["number", "agency", "rank", "field", "complete", "ignored"]
PLACES = ("number", "agency", "rank")
MOST_ITEMS = 200
_NUMBERED = re.compile(r"(.+?)\s*[\[(]?\s*(\d+)\s*[\])]?\s*[.:·-]\s*(.+)", re.DOTALL)
_NOTE = "#"


@dataclass(frozen=True, slots=True)
class Column:
    """What the cells of a column say: a field of a fact (`index` from 1 in a list), or another thing."""

    meaning: Meaning
    section: str = ""
    source: str = ""
    field: str = ""
    index: int = 0

    @property
    def path(self) -> str:
        match self.meaning:
            case "field":
                return (
                    f"{self.section}[{self.index}].{self.field}"
                    if self.index
                    else f"{self.section}.{self.field}"
                )
            case "complete":
                return f"{self.section}.complete"
            case "agency" | "rank":
                return f"official.{self.meaning}"
        return "id" if self.meaning == "number" else ""


IGNORED = Column("ignored")
NUMBER = Column("number")


@dataclass(frozen=True, eq=False)
class Headings:
    """The headings that a rulebook's tables may have."""

    rulebook: Rulebook

    def column(self, heading: str) -> Column | None:
        """What a heading of the main table means; none where it is not known."""
        text = heading.strip()
        if not text or text.startswith(_NOTE):
            return IGNORED
        for word in _spellings(text):
            if word in self._single:
                return self._single[word]
        return self._numbered(text)

    def item_column(self, section: str, heading: str) -> Column | None:
        """What a heading of the sheet of a list means."""
        text = heading.strip()
        if not text or text.startswith(_NOTE):
            return IGNORED
        for word in _spellings(text):
            if word in self._number_words:
                return NUMBER
            if word in self._ignored_words:
                return IGNORED
            if word in self._items[section]:
                return self._items[section][word]
        return None

    def list_of(self, sheet: str) -> str | None:
        """The section of a case that a sheet of this name lists."""
        return next((self._sheets[word] for word in _spellings(sheet) if word in self._sheets), None)

    def is_main(self, sheet: str) -> bool:
        """Whether a sheet of this name holds the applications."""
        return squeezed(sheet) in {squeezed(self.sheet_name("main", language)) for language in LANGUAGES}

    def remedy(self, heading: str, section: str = "") -> str:
        """The known headings nearest to one that is not known."""
        korean = bool(re.search("[가-힣]", heading))
        known = self._item_names[section] if section else self._names
        near = nearest(heading, [name for name in known if bool(re.search("[가-힣]", name)) is korean])
        near = near if near.startswith("Did") else "Take the headings of `psea batch --template`"
        return f"{near.removesuffix('?')}; begin it with # to leave the column out"

    def label(self, column: Column, language: str) -> str:
        """What a column is called."""
        texts = words(language)["columns"]
        if column.meaning == "complete":
            return f"{self._fact(column.source, language)} {texts['complete']}"
        if column.meaning != "field":
            return str(texts.get(column.meaning, [""])[0])
        label = self.rulebook.words[language].text("fields", f"{column.source}.{column.field}", "label")
        return f"{self._fact(column.source, language)} {column.index}: {label}" if column.index else label

    def cell(self, column: Column) -> Cell:
        """How the cells of a column are read."""
        if column.meaning == "complete":
            return Cell(Domain("bool"), {})
        domain = self.rulebook.sections[column.source].fact.domains()[column.field]
        names = {
            language: {
                option: self.rulebook.words[language].option(f"{column.source}.{column.field}", option)
                for option in domain.options
            }
            for language in LANGUAGES
        }
        return Cell(domain, names)

    @cached_property
    def needed(self) -> Sequence[Column]:
        """The columns without which a table says too little: the dates on which the law hangs."""
        rulebook = self.rulebook
        fields = (rulebook.dates[rulebook.supported[0]], rulebook.moves)
        return [column for column in self.columns if (column.source, column.field) in fields]

    @cached_property
    def columns(self) -> Sequence[Column]:
        """The columns that an application has once."""
        fields = [
            Column("field", section.name, source, name)
            for source, section in self.rulebook.sections.items()
            if not section.listed
            for name in section.fact.domains()
        ]
        lists = [
            Column("complete", section.name, source)
            for source, section in self.rulebook.sections.items()
            if section.listed
        ]
        return [*(Column(place) for place in ("number", "agency", "rank")), *fields, *lists]

    @cached_property
    def items(self) -> Mapping[str, Sequence[Column]]:
        """The columns of an entry of each list, by section."""
        return {
            section.name: [Column("field", section.name, source, name, 1) for name in section.fact.domains()]
            for source, section in self.rulebook.sections.items()
            if section.listed
        }

    def sheet_name(self, section: str, language: str) -> str:
        return str(words(language)["sheets"][section])

    def _fact(self, source: str, language: str) -> str:
        return self.rulebook.words[language].text("facts", source, "label")

    @cached_property
    def _single(self) -> Mapping[str, Column]:
        named: dict[str, set[Column]] = {}
        for column in self.columns:
            for name in self._called(column):
                named.setdefault(_squeezed(name), set()).add(column)
        single = {word: next(iter(columns)) for word, columns in named.items() if len(columns) == 1}
        paths = {_squeezed(column.path): column for column in self.columns}
        return single | paths | dict.fromkeys(self._ignored_words, IGNORED)

    def _called(self, column: Column) -> Iterator[str]:
        yield column.path
        for language in LANGUAGES:
            yield self.label(column, language)
            if column.meaning in PLACES:
                yield from words(language)["columns"][column.meaning]
            if column.meaning == "complete":
                yield self.rulebook.words[language].text("facts", column.source, "complete")
                yield f"{self.sheet_name(column.section, language)} {words(language)['columns']['complete']}"

    @cached_property
    def _items(self) -> Mapping[str, Mapping[str, Column]]:
        return {
            section: {
                _squeezed(name): column
                for column in columns
                for name in (
                    column.field,
                    f"{section}.{column.field}",
                    *(self.label(replace(column, index=0), language) for language in LANGUAGES),
                )
            }
            for section, columns in self.items.items()
        }

    def _numbered(self, text: str) -> Column | None:
        found = _NUMBERED.fullmatch(text)
        section = self.list_of(found[1]) if found else None
        if not found or not section or not 1 <= int(found[2]) <= MOST_ITEMS:
            return None
        column = self._items[section].get(_squeezed(found[3]))
        return replace(column, index=int(found[2])) if column else None

    @cached_property
    def _sheets(self) -> Mapping[str, str]:
        named: dict[str, str] = {}
        for source, section in self.rulebook.sections.items():
            if section.listed:
                for language in LANGUAGES:
                    named[_squeezed(self.sheet_name(section.name, language))] = section.name
                    named[_squeezed(self._fact(source, language))] = section.name
                named |= {_squeezed(name): section.name for name in (section.name, source)}
        return named

    def number_rank(self, heading: str) -> int:
        """How plainly a heading says that its column holds the application number: 0 most."""
        return min(
            (self._number_words[word] for word in _spellings(heading) if word in self._number_words),
            default=0,
        )

    @cached_property
    def _number_words(self) -> Mapping[str, int]:
        return {
            _squeezed(name): rank
            for language in LANGUAGES
            for rank, name in enumerate(words(language)["columns"]["number"])
        }

    @cached_property
    def _ignored_words(self) -> frozenset[str]:
        return frozenset(
            _squeezed(name) for language in LANGUAGES for name in words(language)["columns"]["ignored"]
        )

    @cached_property
    def _names(self) -> Sequence[str]:
        return [name for column in self.columns for name in self._called(column)]

    @cached_property
    def _item_names(self) -> Mapping[str, Sequence[str]]:
        return {
            section: [
                name
                for column in columns
                for name in (
                    column.field,
                    *(self.label(replace(column, index=0), language) for language in LANGUAGES),
                )
            ]
            for section, columns in self.items.items()
        }


def _spellings(text: str) -> Iterator[str]:
    """A heading as it is compared, with what its brackets say and without."""
    yield _squeezed(text)
    yield _squeezed(re.sub(r"\(.*?\)|\[.*?\]", "", text))


def _squeezed(text: str) -> str:
    return re.sub(r"[\s_.:·*()\[\]\-/,?]+", "", squeezed(text))
