"""What the pages say around the law's own words, one file a language."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

LANGUAGES = ("ko", "en")


@cache
def words(language: str) -> dict[str, Any]:
    """The words of the pages in `ko` or `en`, by page."""
    text = files(__name__).joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded
