"""A parquet file as rows of texts, through DuckDB."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from service.batch.faults import refusal
from service.batch.table import Row, Sheet

if TYPE_CHECKING:
    import duckdb

_AT_ONCE = 2_000
_NESTED = ("STRUCT", "MAP", "[]")


def sheets(path: Path) -> list[Sheet]:
    """The one sheet of a parquet file. Raises InputError where it is damaged."""
    import duckdb

    try:
        with duckdb.connect() as connection:
            texts = text_columns(connection, path)
    except duckdb.Error as error:
        raise refusal(
            path.name, f"This file is no parquet ({type(error).__name__})", "Write it again"
        ) from None

    def rows() -> Iterator[Row]:
        yield 0, [name for name, _ in texts]
        with duckdb.connect(config={"threads": 1}) as connection:
            chosen = ", ".join(expression for _, expression in texts)
            result = connection.execute(f"SELECT {chosen} FROM {scan(path)}")
            numbers = count(1)
            while some := result.fetchmany(_AT_ONCE):
                for row in some:
                    yield next(numbers), list(row)

    return [Sheet("", rows, by_hand=False)]


def text_columns(connection: "duckdb.DuckDBPyConnection", path: Path) -> list[tuple[str, str]]:
    """The columns of a file, each with the SQL that makes a text of it."""
    described = connection.execute(f"DESCRIBE SELECT * FROM {scan(path)}").fetchall()
    return [(str(name), _text(str(name), str(kind))) for name, kind, *_ in described]


def scan(path: Path) -> str:
    return "read_parquet('" + str(path).replace("'", "''") + "')"


def _text(name: str, kind: str) -> str:
    column = '"' + name.replace('"', '""') + '"'
    nested = any(sign in kind for sign in _NESTED)
    return f"coalesce(trim(CAST({f'to_json({column})' if nested else column} AS VARCHAR)), '')"
