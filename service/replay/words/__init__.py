"""What the report of a replay says, one file a language."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def words(language: str) -> dict[str, Any]:
    """The words of the report in `ko` or `en`, by part."""
    text = files(__name__).joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded
