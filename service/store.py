"""Where the service keeps its data: SQLite by default, PostgreSQL by URL (저장소)."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Engine

DATABASE_VARIABLE = "PSEA_DATABASE_URL"


class StoreError(Exception):
    """The store cannot be opened; the message says why and what to set, and never shows a password."""


def engine(url: str | None = None) -> "Engine":
    """Open the store at `url`, else PSEA_DATABASE_URL, else the user's own file; create missing tables.

    Raises StoreError when the address is not a database's, its driver is missing or it does not answer.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError
    from sqlmodel import SQLModel

    from service.register import models  # noqa: F401  registers its tables

    address = url or os.environ.get(DATABASE_VARIABLE) or _own_file()
    try:
        opened = create_engine(make_url(address))
        if opened.dialect.name == "sqlite":
            event.listen(opened, "connect", _enforce_foreign_keys)
        SQLModel.metadata.create_all(opened)
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise StoreError(
            f"the store cannot be opened ({type(error).__name__}): set {DATABASE_VARIABLE} to the address of "
            "a database that runs, such as sqlite:///psea.db or postgresql://user@host/psea"
        ) from error
    return opened


def existing() -> "Engine | None":
    """Open the store where there is one: an address is set, or the user's own file has been made."""
    return engine() if os.environ.get(DATABASE_VARIABLE) or _own_path().exists() else None


def _own_path() -> Path:
    return Path.home() / ".local" / "share" / "psea" / "psea.db"


def _own_file() -> str:
    path = _own_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"


def _enforce_foreign_keys(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
