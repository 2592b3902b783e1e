"""The language people are spoken to in, and the words of the command line."""

import os
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

WORDS = Path(__file__).parent / "words"


class Language(StrEnum):
    KO = "ko"
    EN = "en"


def from_locale() -> Language:
    """Korean where the locale is Korean, else English."""
    setting = next((os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), "")
    return Language.KO if setting.startswith("ko") else Language.EN


LanguageOption = Annotated[
    Language,
    typer.Option("--lang", default_factory=from_locale, help="언어 · Language", show_default="locale"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON으로 · As JSON")]


@cache
def words(language: str) -> dict[str, Any]:
    """What the command line says in a language, by key."""
    from engine.documents import read

    loaded: dict[str, Any] = read(WORDS / f"{language}.yaml").data
    return loaded


def say(language: str, key: str, **values: Any) -> str:
    return str(words(language)[key]).format(**values)
