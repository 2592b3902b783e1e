"""A table of applications: one row each, whatever the file it came from."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from engine.errors import InputError, nearest
from service.batch.cells import squeezed
from service.batch.columns import IGNORED, NUMBER, Column, Headings
from service.batch.faults import Spot, letter, refusal

HEADING_WITHIN = 20
_TOTAL = re.compile(r"(합계|총계|소계|누계|계|total|totals|subtotal|sum)(\W.*|\d.*)?|총?\d+건|※.*")
_EXAMPLE = ("예시", "example")

Row = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by name (empty where a file has no sheets); `rows` begins anew each time it is called.

    One that a person writes may have totals, footnotes and an example among its rows.
    """

    name: str
    rows: Callable[[], Iterator[Row]]
    by_hand: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """The texts of an application, in the order of the table's columns; `spots` are those not in its row."""

    row: int
    number: str
    texts: tuple[str, ...]
    spots: Mapping[int, Spot] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """The columns of a table that say something, and its rows.

    `places` are those of the columns among all that the file has, `number` that of the application number.
    """

    file: str
    sheet: str
    columns: tuple[Column, ...]
    headings: tuple[Spot, ...]
    places: tuple[int, ...]
    number: int | None
    number_spot: Spot
    records: Callable[[], Iterator[Record]]
    passed_over: Callable[[], int]

    def spot(self, record: Record, place: int) -> Spot:
        """Where the text of a column stands."""
        here = self.headings[place]
        return record.spots.get(place) or Spot(here.sheet, record.row, here.column, here.heading)


@dataclass(frozen=True)
class _Layout:
    """Where the columns of a sheet stand: places of known columns, that of the number, and the headings."""

    sheet: Sheet
    row: int
    titles: Sequence[str]
    columns: Mapping[int, Column]

    @property
    def number(self) -> int | None:
        return next((place for place, column in self.columns.items() if column.meaning == "number"), None)

    @property
    def said(self) -> dict[int, Column]:
        return {
            place: column
            for place, column in self.columns.items()
            if column.meaning not in {"number", "ignored"}
        }

    def spot(self, place: int | None, row: int = 0) -> Spot:
        if place is None:
            return Spot(self.sheet.name, row)
        return Spot(self.sheet.name, row, letter(place), str(self.titles[place]).strip())

    def body(self) -> Iterator[Row]:
        """The rows below the headings that are neither empty nor the headings again."""
        for number, texts in self.sheet.rows():
            if number > self.row and any(texts) and list(texts) != list(self.titles):
                yield number, texts


def laid_out(file: str, sheets: Sequence[Sheet], chosen: str, headings: Headings) -> Table:
    """The table of the applications in the sheets of a file. Raises InputError where there is none."""
    main = _main(file, sheets, chosen, headings)
    _refuse_missing(file, main, headings)
    lists = [
        _list(file, sheet, section, headings)
        for sheet in sheets
        if sheet is not main.sheet and (section := headings.list_of(sheet.name))
    ]
    if lists and main.number is None:
        raise refusal(
            file,
            "The column of the application number is missing",
            f"Add the column {headings.label(Column('number'), 'ko')!r}, by which the sheets are joined",
            main.spot(None, main.row),
        )
    return _Joined(file, main, lists).table()


def _main(file: str, sheets: Sequence[Sheet], chosen: str, headings: Headings) -> _Layout:
    if chosen:
        sheet = next((one for one in sheets if squeezed(one.name) == squeezed(chosen)), None)
        if sheet is None:
            raise refusal(
                file, f"There is no sheet {chosen!r}", nearest(chosen, [one.name for one in sheets])
            )
        found = _layout(file, sheet, headings)
        if found is None:
            raise _no_headings(file, [sheet], headings)
        return _without_strangers(file, found, headings)
    named = [sheet for sheet in sheets if headings.is_main(sheet.name)]
    candidates = [
        layout
        for sheet in named or [sheet for sheet in sheets if not headings.list_of(sheet.name)]
        if (layout := _layout(file, sheet, headings))
    ]
    if not candidates:
        raise _no_headings(file, sheets, headings)
    most = max(len(layout.said) for layout in candidates)
    best = [layout for layout in candidates if len(layout.said) == most]
    if len(best) > 1:
        names = ", ".join(layout.sheet.name for layout in best)
        raise refusal(file, f"Several sheets may hold the applications: {names}", "Choose one with --sheet")
    return _without_strangers(file, best[0], headings)


def _no_headings(file: str, sheets: Sequence[Sheet], headings: Headings) -> InputError:
    seen = [text for sheet in sheets for _, texts in islice(sheet.rows(), 3) for text in texts if text][:12]
    wanted = ", ".join(headings.label(column, "ko") for column in headings.needed)
    return refusal(
        file,
        f"No row of headings is known here; seen were {', '.join(seen) or 'empty cells'}",
        f"Give the sheet with the columns {wanted}, or fill in what `psea batch --template` writes",
        Spot(", ".join(sheet.name for sheet in sheets if sheet.name)),
    )


def _layout(file: str, sheet: Sheet, headings: Headings, section: str = "") -> _Layout | None:
    """The layout whose headings are the row with most known ones."""

    def known(heading: str) -> Column | None:
        return headings.item_column(section, heading) if section else headings.column(heading)

    best: _Layout | None = None
    filled = (row for row in sheet.rows() if any(row[1]))
    for number, texts in islice(filled, HEADING_WITHIN):
        columns = {place: column for place, text in enumerate(texts) if text and (column := known(text))}
        for place in _weaker_numbers(columns, texts, headings):
            columns[place] = IGNORED
        layout = _Layout(sheet, number, texts, columns)
        if layout.said and (best is None or len(layout.said) > len(best.said)):
            best = layout
    if best:
        _refuse_repeated(file, best)
    return best


def _weaker_numbers(columns: Mapping[int, Column], texts: Sequence[str], headings: Headings) -> Iterator[int]:
    """Columns that may hold the application number, where the heading of another says it more plainly."""
    ranks = {place: headings.number_rank(texts[place]) for place, one in columns.items() if one == NUMBER}
    return (place for place, rank in ranks.items() if rank > min(ranks.values()))


def _refuse_repeated(file: str, layout: _Layout) -> None:
    seen: dict[Column, int] = {}
    for place, column in layout.columns.items():
        if column.meaning == "ignored":
            continue
        if column in seen:
            raise refusal(
                file,
                f"The columns {letter(seen[column])} and {letter(place)} both say {column.path}",
                "Keep one of them, or begin the heading of the other with #",
                layout.spot(place, layout.row),
            )
        seen[column] = place


def _without_strangers(file: str, layout: _Layout, headings: Headings, section: str = "") -> _Layout:
    for place, title in enumerate(layout.titles):
        if title and place not in layout.columns:
            raise refusal(
                file,
                f"The column {title!r} is not known here",
                headings.remedy(title, section),
                layout.spot(place, layout.row),
            )
    return layout


def _refuse_missing(file: str, layout: _Layout, headings: Headings) -> None:
    said = set(layout.said.values())
    missing = [column for column in headings.needed if column not in said]
    if missing:
        names = ", ".join(f"{headings.label(column, 'ko')} ({column.path})" for column in missing)
        raise refusal(
            file,
            f"Columns are missing: {names}",
            "Add them; cells may be empty where a day is not known",
            layout.spot(None, layout.row),
        )


def _list(file: str, sheet: Sheet, section: str, headings: Headings) -> tuple[str, _Layout]:
    layout = _layout(file, sheet, headings, section)
    if layout is None:
        raise _no_headings(file, [sheet], headings)
    if layout.number is None:
        raise refusal(
            file,
            "The column of the application number is missing",
            f"Add the column {headings.label(Column('number'), 'ko')!r}, by which the sheets are joined",
            layout.spot(None, layout.row),
        )
    return section, _without_strangers(file, layout, headings, section)


class _Joined:
    """The main sheet of a file with the rows of its lists as further columns."""

    def __init__(self, file: str, main: _Layout, lists: Sequence[tuple[str, _Layout]]) -> None:
        self.file = file
        self.main = main
        self.own = list(main.said.items())
        self.skipped = 0
        self.further: dict[str, list[tuple[Column, str, Spot]]] = {}
        self.columns: list[Column] = [column for _, column in self.own]
        self.headings: list[Spot] = [main.spot(place) for place, _ in self.own]
        for section, layout in lists:
            self._take(section, layout)
        known = {column for entries in self.further.values() for column, _, _ in entries}
        own = set(self.columns)
        for column in sorted(known - own, key=lambda one: (one.section, one.index, one.field)):
            self.columns.append(column)
            self.headings.append(Spot())
        self.places = {column: place for place, column in enumerate(self.columns)}

    def table(self) -> Table:
        return Table(
            self.file,
            self.main.sheet.name,
            tuple(self.columns),
            tuple(self.headings),
            tuple(place for place, _ in self.own),
            self.main.number,
            self.main.spot(self.main.number),
            self.records,
            lambda: self.skipped,
        )

    def _take(self, section: str, layout: _Layout) -> None:
        number = layout.number
        assert number is not None
        counts: dict[str, int] = {}
        for row, texts in layout.body():
            owner = _squeezed(texts[number]) if number < len(texts) else ""
            filled = [
                (place, column)
                for place, column in layout.said.items()
                if place < len(texts) and texts[place]
            ]
            if not filled or passed_over(owner, texts):
                continue
            counts[owner] = counts.get(owner, self._numbered(section)) + 1
            entries = self.further.setdefault(owner, [])
            for place, column in filled:
                entries.append((replace(column, index=counts[owner]), texts[place], layout.spot(place, row)))

    def _numbered(self, section: str) -> int:
        """How many entries of a list the main sheet has in columns of its own."""
        return max((column.index for _, column in self.own if column.section == section), default=0)

    def records(self) -> Iterator[Record]:
        skipped = 0
        unclaimed = {owner for owner in self.further if owner}
        number = self.main.number
        width = len(self.columns) - len(self.own)
        for row, texts in self.main.body():
            said = _squeezed(texts[number]) if number is not None and number < len(texts) else ""
            if self.main.sheet.by_hand and passed_over(said, texts):
                skipped += 1
                unclaimed.discard(said)
                continue
            own = [texts[place] if place < len(texts) else "" for place, _ in self.own]
            name = said if number is not None else str(row)
            if said in self.further:
                unclaimed.discard(said)
                yield self._joined(Record(row, name, (*own, *[""] * width)))
            else:
                yield Record(row, name, (*own, *[""] * width))
        self.skipped = skipped
        yield from self._unclaimed(unclaimed)

    def _joined(self, record: Record) -> Record:
        texts = list(record.texts)
        spots: dict[int, Spot] = {}
        for column, text, spot in self.further[record.number]:
            place = self.places[column]
            texts[place] = text
            spots[place] = spot
        return replace(record, texts=tuple(texts), spots=spots)

    def _unclaimed(self, owners: set[str]) -> Iterator[Record]:
        """Entries of lists without an application in the main sheet: rows of their own, without texts."""
        for owner, entries in self.further.items():
            if owner in owners or not owner:
                spot = entries[0][2]
                yield Record(spot.row, owner, (), {-1: spot})


def _squeezed(number: str) -> str:
    return " ".join(number.split())


def passed_over(number: str, texts: Sequence[str]) -> bool:
    """Whether a row is a total, a footnote or the example of the template."""
    first = squeezed(next((text for text in texts if text), ""))
    return bool(_TOTAL.fullmatch(first)) or squeezed(number).startswith(_EXAMPLE)
