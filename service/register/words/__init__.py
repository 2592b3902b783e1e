"""What the register says, one file a language."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

LANGUAGES = ("ko", "en")


@cache
def _words(lang: str) -> dict[str, Any]:
    loaded = yaml.safe_load(files(__name__).joinpath(f"{lang}.yaml").read_text(encoding="utf-8"))
    return _flat("", loaded)


def _flat(prefix: str, node: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in node.items():
        if isinstance(value, dict):
            flat |= _flat(f"{prefix}{key}.", value)
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def say(lang: str, key: str, **values: str) -> str:
    """The words of `key` such as `place.row` in `lang` ("ko" or "en"), filled in with `values`."""
    return str(_words(lang)[key]).format(**values)


def keys(lang: str) -> frozenset[str]:
    return frozenset(_words(lang))


def known(lang: str, key: str, fallback: str) -> str:
    """The words of `key`, or `fallback` for a name that someone else chose."""
    return str(_words(lang).get(key, fallback))
