"""The register of covered employers: which lists are in force when, as known when, and who is on them."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine, insert, select
from sqlmodel import Session, col

from rules.facts import EmployerKind
from service.register import synthesis
from service.register.importer import Tick, parse
from service.register.models import EmployerEntry, EmployerList, Listing, Part, content_digest
from service.register.problems import Problem, RegisterError
from service.register.search import Index, Match


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one list. `to_on` none: until the part's next list. Digest: SHA-256 of the content."""

    id: int
    part: str
    from_on: date
    to_on: date | None
    known_from: date
    synthetic: bool
    source: str
    digest: str
    size: int

    @property
    def year(self) -> int:
        return self.from_on.year

    def covers(self, on: date) -> bool:
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)


@dataclass(frozen=True, slots=True)
class Identity:
    """What an advice says of the register it used: the year asked for, one digest over the lists in force."""

    year: int
    digest: str
    synthetic: bool
    lists: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A match and the list it stands on."""

    match: Match
    version: Version


@dataclass(frozen=True, slots=True)
class Stats:
    """How many institutions of each kind a list has; kind none where the split is not known."""

    version: Version
    kinds: dict[EmployerKind | None, int]
    sectors: dict[tuple[EmployerKind | None, str], int]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: the version stored, whether it is new, and why which rows were left out."""

    version: Version
    new: bool
    problems: tuple[Problem, ...] = field(default=())


class Register:
    """The register in a store. Lists are read when first asked for and kept; `reload` sees later ones."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._indexes: dict[int, Index] = {}
        self._lock = Lock()
        self._versions: tuple[Version, ...] = ()
        self.reload()

    @classmethod
    def from_store(cls, engine: Engine) -> "Register":
        return cls(engine)

    def reload(self) -> None:
        with Session(self._engine) as session:
            rows = session.scalars(select(EmployerList)).all()
            self._versions = tuple(sorted(map(_version, rows), key=_best_last))

    def lists(self, on: date | None = None, known: date | None = None) -> tuple[Version, ...]:
        """The lists in force `on` a day (none: all lists), each in its newest version known by `known`.

        A part has one list in force at a time: the one that began last and has not run out. A synthetic
        version never stands in for a real one of the same part and first day.
        """
        newest: dict[tuple[str, date], Version] = {}
        for version in self._versions:
            if known is None or version.known_from <= known:
                newest[version.part, version.from_on] = version
        in_order = sorted(newest.values(), key=lambda version: (version.from_on, version.part))
        if on is None:
            return tuple(in_order)
        return tuple({version.part: version for version in in_order if version.covers(on)}.values())

    def identity(self, on: date, known: date | None = None) -> Identity:
        """Which lists answer for a day; RegisterError when none is in force."""
        lists = self._in_force(on, known)
        joined = "\n".join(sorted(version.digest for version in lists))
        return Identity(
            year=on.year,
            digest=hashlib.sha256(joined.encode()).hexdigest(),
            synthetic=any(version.synthetic for version in lists),
            lists=lists,
        )

    def search(self, text: str, on: date, known: date | None = None, limit: int = 10) -> list[Found]:
        """At most `limit` institutions on the lists in force, best first; RegisterError if none is."""
        found = [
            Found(match, version)
            for version in self._in_force(on, known)
            for match in self._index(version).search(text, limit)
        ]
        return sorted(found, key=lambda one: -one.match.score)[:limit]

    def find(self, text: str, on: date, known: date | None = None) -> list[Listing]:
        """The institutions with just this name (legal form, spaces and case aside) or business number.

        None found does not mean that an association is not listed where no association list is in force: see
        `identity`. RegisterError when no list at all is in force.
        """
        return [one for version in self._in_force(on, known) for one in self._index(version).find(text)]

    def stats(self, on: date | None = None, known: date | None = None) -> list[Stats]:
        """Counts by kind of each list in force `on` a day, or of all lists."""
        return [self._stats(version) for version in self.lists(on, known)]

    def listings(self, version: Version) -> list[Listing]:
        """The institutions of a list in the order of its rows."""
        query = (
            select(
                col(EmployerEntry.name),
                col(EmployerEntry.normalised),
                col(EmployerEntry.kind),
                col(EmployerEntry.number),
                col(EmployerEntry.sector),
                col(EmployerEntry.row),
            )
            .where(col(EmployerEntry.list_id) == version.id)
            .order_by(col(EmployerEntry.id))
        )
        with Session(self._engine) as session:
            return [
                Listing(name, normalised, EmployerKind(kind) if kind else None, number, sector, row)
                for name, normalised, kind, number, sector, row in session.execute(query)
            ]

    def import_file(
        self,
        path: Path,
        from_on: date,
        to_on: date | None,
        known_from: date,
        source: str,
        *,
        part: str = Part.INSTITUTIONS,
        kind: EmployerKind | None = None,
        tick: Tick = lambda rows: None,
    ) -> ImportReport:
        """Add the list in a csv or xlsx file as a new version; rows that cannot be used are in the report.

        `kind` is that of rows which do not say theirs. The same content a second time adds nothing.
        RegisterError when the file cannot be read, holds no usable row or the dates are the wrong way round.
        """
        if to_on and to_on < from_on:
            dates = {"from_on": from_on.isoformat(), "to_on": to_on.isoformat()}
            raise RegisterError(Problem("dates_reversed", file=path.name, values=dates))
        parsed = parse(path, kind, tick)
        if not parsed.listings:
            raise UnusableRows(path, parsed.problems)
        head = _Head(part, from_on, to_on, known_from, parsed.synthetic, source)
        version, new = self._add(head, parsed.listings)
        return ImportReport(version, new, tuple(parsed.problems))

    def synthesise(self, when: int | date, known_from: date) -> list[ImportReport]:
        """Add the synthetic lists of a year or a day; RegisterError where their size is not known."""
        reports = []
        for total in synthesis.totals_for(when):
            head = _Head(total.part, total.from_on, total.to_on, known_from, True, total.source)
            reports.append(ImportReport(*self._add(head, synthesis.listings(total))))
        return reports

    def _in_force(self, on: date, known: date | None) -> tuple[Version, ...]:
        lists = self.lists(on, known)
        if not lists:
            raise RegisterError(Problem("no_list", values={"on": on.isoformat(), "year": str(on.year)}))
        return lists

    def _index(self, version: Version) -> Index:
        with self._lock:
            if version.id not in self._indexes:
                self._indexes[version.id] = Index(self.listings(version))
            return self._indexes[version.id]

    def _stats(self, version: Version) -> Stats:
        listings = self.listings(version)
        kinds = Counter(one.kind for one in listings)
        sectors = Counter((one.kind, one.sector) for one in listings if one.sector)
        return Stats(version, dict(kinds), dict(sectors))

    def _add(self, head: "_Head", listings: Sequence[Listing]) -> tuple[Version, bool]:
        digest = content_digest(head.part, head.from_on, head.to_on, head.synthetic, listings)
        self.reload()
        current = self._newest(head)
        if current and current.digest == digest:
            return current, False
        with Session(self._engine) as session:
            row = EmployerList(**vars(head), digest=digest, size=len(listings))
            session.add(row)
            session.flush()
            session.execute(insert(EmployerEntry), [_entry(row.id, one) for one in listings])
            version = _version(row)
            session.commit()
        self.reload()
        return version, True

    def _newest(self, head: "_Head") -> Version | None:
        """What was known of this list on the day the new version became known."""
        of_head = (head.part, head.from_on, head.synthetic)
        same = (one for one in self._versions if (one.part, one.from_on, one.synthetic) == of_head)
        return max((one for one in same if one.known_from <= head.known_from), key=_best_last, default=None)


class UnusableRows(RegisterError):
    """A file of which no row could be used; `problems` says why for each."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        super().__init__(Problem("no_usable_row", file=path.name, values={"count": str(len(problems))}))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class _Head:
    part: str
    from_on: date
    to_on: date | None
    known_from: date
    synthetic: bool
    source: str


def _version(row: EmployerList) -> Version:
    assert row.id is not None
    return Version(
        id=row.id,
        part=row.part,
        from_on=row.from_on,
        to_on=row.to_on,
        known_from=row.known_from,
        synthetic=row.synthetic,
        source=row.source,
        digest=row.digest,
        size=row.size,
    )


def _best_last(version: Version) -> tuple[bool, date, int]:
    return not version.synthetic, version.known_from, version.id


def _entry(list_id: int | None, one: Listing) -> dict[str, object]:
    return {
        "list_id": list_id,
        "row": one.row,
        "name": one.name,
        "normalised": one.normalised,
        "number": one.number,
        "kind": one.kind.value if one.kind else None,
        "sector": one.sector,
    }
