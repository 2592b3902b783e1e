import pytest

from rules.citations import in_korean
from rules.law import employment


@pytest.mark.parametrize(
    ("cite", "korean"),
    [
        ("Act 17(2)5", "법 제17조제2항제5호"),
        ("Act 17(1), 18", "법 제17조제1항, 제18조"),
        ("Act 18-2(1), D 35-2", "법 제18조의2제1항, 영 제35조의2"),
        ("D 31(1)7-2", "영 제31조제1항제7호의2"),
        ("Act 29 item 1", "법 제29조제1호"),
        ("D 33-3(1) proviso, 34(2)", "영 제33조의3제1항 단서, 제34조제2항"),
        ("Act 17(1)12 c", "법 제17조제1항제12호다목"),
        ("Act 17(1)1-8", "법 제17조제1항제1호부터 제8호까지"),
        ("Act 16671 supplementary provisions 6", "법 제16671호 부칙 제6조"),
        ("D 31(1)11 (Decree 36728)", "영 제31조제1항제11호(대통령령 제36728호)"),
        ("something else", "something else"),
    ],
)
def test_citations_are_written_as_korean_law_does(cite: str, korean: str) -> None:
    assert in_korean(cite) == korean


def test_every_citation_of_the_rulebook_has_a_korean_form() -> None:
    left = {rule.cite: in_korean(rule.cite) for rule in employment().rulebook.rules}
    assert not [shown for shown in left.values() if any(word in shown for word in ("Act", "D ", "item"))]
