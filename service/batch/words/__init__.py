"""What tables of applications and their answers say, one file a language."""

from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("ko", "en")


@cache
def words(language: str) -> dict[str, Any]:
    """The words in `ko` or `en`, by part."""
    import yaml

    loaded: dict[str, Any] = yaml.safe_load(
        files(__name__).joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    )
    return loaded


def say(language: str, part: str, key: str, **values: object) -> str:
    """The words of a key of a part, filled in."""
    return str(words(language)[part][key]).format(**values)
