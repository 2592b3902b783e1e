"""The texts of a table in DuckDB, on the disk: a row an application, read from there a part at a time."""

import csv
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from service.batch.files import PARQUET
from service.batch.output import quoted
from service.batch.table import Record, Table

if TYPE_CHECKING:
    import duckdb

CHUNK = "chunk"
_AT_ONCE = 200_000


class Texts:
    """Loads `raw` (place from 0, row, number, and a column of text a column of the table, null where empty).

    `firsts` are the numbers that several rows have, each with the place and the row of the first of them;
    `apart` the records that hold something of other sheets, by place.
    """

    def __init__(self, table: Table, source: Path, connection: "duckdb.DuckDBPyConnection") -> None:
        self.table = table
        self.source = source
        self.connection = connection
        self.apart: dict[int, Record] = {}
        self.firsts: dict[str, tuple[int, int]] = {}

    def load(self, database: Path, aside: Path, tick: Callable[[int, int | None], None]) -> int:
        """Load every row into a database of its own; how many there are."""
        for path in (database, database.with_name(database.name + ".wal")):
            path.unlink(missing_ok=True)
        self.connection.execute(f"ATTACH '{quoted(database)}' AS work")
        columns = "".join(f", t{place} VARCHAR" for place in range(len(self.table.columns)))
        self.connection.execute(f"CREATE TABLE work.raw (place BIGINT, row BIGINT, number VARCHAR{columns})")
        if _is_parquet(self.source):
            self._take_parquet()
        else:
            self._take_records(aside, tick)
        self._find_doubles()
        ((count,),) = self.connection.execute("SELECT count(*) FROM work.raw").fetchall()
        return int(count)

    def part(self, first: int, count: int) -> None:
        """Make `chunk` of some rows, counted in it from 0 as case_no."""
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {CHUNK} AS SELECT place - {first} AS case_no, * FROM work.raw "
            f"WHERE place >= {first} AND place < {first + count}"
        )

    def records(self, cases: list[int], first: int) -> Iterator[tuple[int, Record]]:
        """Some rows of the chunk, by their case numbers."""
        found = self.connection.execute(
            f"SELECT case_no, row, number, * EXCLUDE (case_no, place, row, number) FROM {CHUNK} "
            "WHERE case_no IN (SELECT unnest(?)) ORDER BY case_no",
            [cases],
        ).fetchall()
        for case, row, number, *texts in found:
            kept = self.apart.get(first + case)
            yield case, kept or Record(row, number or "", tuple(text or "" for text in texts))

    def _take_parquet(self) -> None:
        from service.batch.parquet import scan, text_columns

        table = self.table
        every = [expression for _, expression in text_columns(self.connection, self.source)]
        texts = [f"nullif({every[place]}, '') AS t{number}" for number, place in enumerate(table.places)]
        row = "row_number() OVER ()"
        number = f"CAST({row} AS VARCHAR)"
        if table.number is not None:
            number = f"nullif(trim(regexp_replace({every[table.number]}, '\\s+', ' ', 'g')), '')"
        filled = " OR ".join(f"{one} <> ''" for one in every)
        self.connection.execute(
            f"INSERT INTO work.raw SELECT row_number() OVER () - 1, * FROM (SELECT {row} AS row, "
            f"{number} AS number, {', '.join(texts)} FROM {scan(self.source)} QUALIFY {filled})"
        )

    def _take_records(self, aside: Path, tick: Callable[[int, int | None], None]) -> None:
        records = enumerate(self.table.records())
        while self._write(aside, records):
            self.connection.execute(
                f"COPY work.raw FROM '{quoted(aside)}' (FORMAT csv, HEADER false, DELIMITER ',', QUOTE '\"', "
                "ESCAPE '\"', NULLSTR '', AUTO_DETECT false, NEW_LINE '\\n', PARALLEL false)"
            )
            tick(0, None)
        aside.unlink()

    def _write(self, aside: Path, records: Iterator[tuple[int, Record]]) -> int:
        """Write the next records as csv; how many there were."""
        empty = [""] * len(self.table.columns)
        written = 0
        with aside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            for place, record in islice(records, _AT_ONCE):
                if record.spots:
                    self.apart[place] = record
                writer.writerow((place, record.row, record.number, *(record.texts or empty)))
                written += 1
        return written

    def _find_doubles(self) -> None:
        found = []
        if self.table.number is not None:
            found = self.connection.execute(
                "SELECT number, min(place), arg_min(row, place) FROM work.raw WHERE number IS NOT NULL "
                "GROUP BY number HAVING count(*) > 1"
            ).fetchall()
        self.firsts = {number: (place, row) for number, place, row in found}
        self.connection.execute("CREATE OR REPLACE TEMP TABLE doubles (number VARCHAR, first BIGINT)")
        if found:
            places = [place for place, _ in self.firsts.values()]
            self.connection.execute(
                "INSERT INTO doubles SELECT unnest(?), unnest(?)", [list(self.firsts), places]
            )


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(PARQUET)) == PARQUET
