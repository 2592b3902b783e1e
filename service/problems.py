"""What is wrong with an input, in the language of the reader.

Problems are raised in English; `words/problems.yaml` pairs their sentences with Korean ones. A `{gap}` of a
sentence is carried over as it is, `{_}` is left out, and `{inner}` is a sentence that is translated as well.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from service.language import WORDS, Language

if TYPE_CHECKING:
    from engine.errors import Problem

_GAP = re.compile(r"\{(\w+)\}")


def spoken(problem: "Problem", language: str) -> tuple[str, str]:
    """Message and remedy in a language, without final full stop; in English where there is no translation."""
    if language != Language.KO:
        return problem.message, problem.remedy
    return _korean(problem.message), _korean(problem.remedy)


def _korean(sentence: str) -> str:
    matches = ((pattern.fullmatch(sentence), korean) for pattern, korean in _sentences())
    return next((_filled(korean, found.groupdict()) for found, korean in matches if found), sentence)


def _filled(korean: str, gaps: dict[str, str]) -> str:
    said = {name: _korean(text) if name == "inner" else text for name, text in gaps.items()}
    return _GAP.sub(lambda gap: said[gap[1]], korean)


@cache
def _sentences() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Every English sentence as a pattern with its Korean one, the most literal first."""
    from engine.documents import read

    pairs = read(WORDS / "problems.yaml").data
    ordered = sorted(pairs, key=lambda pair: len(_GAP.sub("", pair["en"])), reverse=True)
    return tuple((_pattern(pair["en"]), pair["ko"]) for pair in ordered)


def _pattern(english: str) -> re.Pattern[str]:
    """`_GAP.split` gives literal text and names of gaps in turn."""
    parts = _GAP.split(english)
    return re.compile(
        "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)),
        re.DOTALL,
    )
