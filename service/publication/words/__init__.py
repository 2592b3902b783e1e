"""What the publication says, one file a language."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("ko", "en")


@cache
def words(language: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name(f"{language}.yaml").read_text(encoding="utf-8")
    )
    return loaded


def say(language: str, key: str, **values: Any) -> str:
    """The words of a key such as `notes.partial`, filled in."""
    found: Any = words(language)
    for part in key.split("."):
        found = found[part]
    return str(found).format(**values)


def month_name(language: str, month: str, *, short: bool = False) -> str:
    """A month YYYY-MM in words, without its year where that is understood."""
    from babel.dates import format_date

    form = words(language)["short_month" if short else "month"]
    return format_date(date.fromisoformat(f"{month}-01"), form, locale=language)
