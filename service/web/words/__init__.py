"""What the pages say around the law's own words, a folder a language and a file a group of pages."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

LANGUAGES = ("ko", "en")


@cache
def words(language: str) -> dict[str, Any]:
    """The words of the pages in `ko` or `en`, by page."""
    loaded: dict[str, Any] = {}
    for file in files(__name__).joinpath(language).iterdir():
        loaded |= yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded
