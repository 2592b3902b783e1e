"""What is wrong, where, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a file; `line` and `column` count from 1, `path` names the entry: `official.grade`."""

    file: str = ""
    line: int = 0
    column: int = 0
    path: str = ""

    def __str__(self) -> str:
        spot = f"{self.file}:{self.line}" if self.line else self.file
        return ", ".join(part for part in (spot, self.path) if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, with its remedy in the imperative."""

    message: str
    remedy: str
    place: Place = Place()

    def __str__(self) -> str:
        where = f"{self.place}: " if str(self.place) else ""
        end = "" if self.remedy.endswith("?") else "."
        return f"{where}{self.message}. {self.remedy}{end}"


class InputError(Exception):
    """Input that cannot be used; carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(map(str, self.problems)))


def refuse(message: str, remedy: str, place: Place = Place()) -> InputError:
    return InputError([Problem(message, remedy, place)])


def nearest(word: str, known: Iterable[str]) -> str:
    """A remedy that offers the known words nearest to `word`, or lists them where none is near."""
    words = sorted(known)
    close = get_close_matches(word, words, n=3, cutoff=0.6)
    if close:
        return f"Did you mean {' or '.join(repr(w) for w in close)}?"
    if not words:
        return "Remove it"
    return "Write one of " + ", ".join(words[:24]) + (" and so on" if len(words) > 24 else "")
