"""Small registers of covered employers for tests. The names are made up."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from service.register.register import Register
from service.store import engine

YEAR = date(2026, 1, 1), date(2026, 12, 31)


@contextmanager
def listing(folder: Path, *rows: str) -> Iterator[Register]:
    """A register in a folder whose list of 2026 holds one company, and `rows` of name, type and number."""
    names = folder / "list.csv"
    lines = ["기관명,유형,사업자등록번호", "가상건설(주),영리사기업체,", *rows]
    names.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    store = engine(f"sqlite:///{folder / 'psea.db'}")
    register = Register.from_store(store)
    register.import_file(names, *YEAR, YEAR[0], "test")
    yield register
    store.dispose()
