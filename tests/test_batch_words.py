import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import Problem
from service.batch.words import LANGUAGES, words
from service.problems import spoken
from tests.test_problems import written

SOURCES = sorted((Path(__file__).parent.parent / "service" / "batch").glob("*.py"))
FIRST = {"Fault": 0, "refuse": 0, "refusal": 1}


def sentences(source: Path) -> Iterator[str]:
    for call in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and (name := ast.unparse(call.func)) in FIRST:
            yield from (text for one in call.args[FIRST[name] :][:2] if (text := written(one)))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_sentence_has_a_korean_one(source: Path) -> None:
    for sentence in sentences(source):
        assert spoken(Problem(sentence, ""), "ko")[0] != sentence


def test_sentences_are_found() -> None:
    assert sum(1 for source in SOURCES for _ in sentences(source)) > 60


def test_remedies_for_headings_are_translated_whole() -> None:
    remedy = "Did you mean '퇴직일'; begin it with # to leave the column out"
    assert spoken(Problem("", remedy), "ko")[1] == (
        "혹시 '퇴직일'인가요? 이 열을 읽지 않으려면 제목을 #으로 시작하세요"
    )


def test_the_languages_say_the_same_things() -> None:
    one, other = (words(language) for language in LANGUAGES)
    assert one.keys() == other.keys()
    for part in one:
        assert one[part].keys() == other[part].keys()
