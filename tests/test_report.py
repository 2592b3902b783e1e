from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from cases.files import parse_case
from rules.advice import RegisterVersion, advise
from rules.law import employment
from service.report import show

EXAMPLE = (Path(__file__).parent.parent / "docs" / "examples" / "tax-official.yaml").read_text()


def page(language: str, text: str = EXAMPLE, register: RegisterVersion | None = None) -> str:
    console = Console(record=True, width=120, file=StringIO())
    show(advise(employment(), parse_case(text).facts, register), language, console, ["a note"])
    return console.export_text()


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "ko",
            (
                "할 일",
                "2026년 5월 2일까지",
                "법 제18조제1항",
                "이유",
                "2029년 1월 1일 이후이면",
                "결정이 아닙니다",
            ),
        ),
        (
            "en",
            (
                "What to do",
                "by 2 May 2026",
                "Act 18(1)",
                "Why",
                "on or after 1 January 2029",
                "not the decision",
            ),
        ),
    ],
)
def test_the_page_says_answer_duties_reasons_and_changes(language: str, parts: tuple[str, ...]) -> None:
    said = page(language)
    assert [part for part in parts if part not in said] == []
    assert "a note" in said


def test_open_questions_are_asked_with_why_and_where() -> None:
    said = page("en", EXAMPLE.replace("  grade: 4\n", ""))
    assert "What is not known" in said
    assert "official.grade" in said


def test_a_synthetic_register_is_named_on_the_page() -> None:
    said = page("en", register=RegisterVersion(version="a" * 64, year=2026, synthetic=True))
    assert "synthetic register" in said
    assert "aaaaaaaaaaaa (2026)" in said
