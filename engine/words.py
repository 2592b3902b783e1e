"""What rules, facts and answers are called in one language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.documents import Document, read
from engine.errors import refuse

MAX_BYTES = 4_000_000
_PLACEHOLDER = re.compile(r"\{([a-z0-9_.]+)\}")


@dataclass(frozen=True)
class Words:
    """The words of one language, by part (`rules`, `fields`, `outcomes`, ...), and where each stands."""

    language: str
    document: Document

    @property
    def canonical(self) -> Any:
        return self.document.data

    def part(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.document.data.get(name, {})
        return found

    def text(self, part: str, key: str, kind: str = "") -> str:
        """The words for a key; nothing where there are none."""
        entry = self.part(part).get(key, "")
        if isinstance(entry, Mapping):
            entry = entry.get(kind, "")
        return str(entry) if entry else ""

    def option(self, field: str, value: str) -> str:
        return str(self.part("options").get(field, {}).get(value, value))


def read_words(path: Path) -> Words:
    """Read the words of one language. Raises InputError where the file is not a mapping of parts."""
    document = read(path, MAX_BYTES)
    if not isinstance(document.data, dict):
        raise refuse("The words are not given by part", "Write `rules:`, `fields:`, ...", document.place(()))
    return Words(path.stem, document)


def placeholders(text: str) -> set[str]:
    """The names in braces that a sentence asks to be filled in."""
    return set(re.findall(_PLACEHOLDER, text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """A sentence with its placeholders filled in; one without a value is left out."""
    return re.sub(_PLACEHOLDER, lambda match: values.get(match.group(1), "…"), text)
