import re

import pytest

from rules.citations import in_korean
from rules.law import laws


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
        ("Act 17(1)1-8, 10, 12 a-b", "법 제17조제1항제1호부터 제8호까지, 제10호, 제12호가목·나목"),
        ("Act 16671 supplementary provisions 6", "법률 제16671호 부칙 제6조"),
        ("Act 17(1), Act 6388", "법 제17조제1항, 법률 제6388호"),
        ("Act 9-2", "법 제9조의2"),
        ("Act 18(1) proviso (Act 12946), D 34(1)", "법 제18조제1항 단서(법률 제12946호), 영 제34조제1항"),
        ("R 18 (Rule 252)", "규칙 제18조(총리령 제252호)"),
        ("KASA Special Act 14", "우주항공청법 제14조"),
        ("D 31(1)11 (Decree 36728)", "영 제31조제1항제11호(대통령령 제36728호)"),
        ("something else", "something else"),
    ],
)
def test_citations_are_written_as_korean_law_does(cite: str, korean: str) -> None:
    assert in_korean(cite) == korean


def test_every_citation_of_the_rulebooks_has_a_korean_form() -> None:
    shown = {in_korean(rule.cite) for law in laws() for rule in law.rulebook.rules}
    assert not [cite for cite in shown if re.search("[A-Za-z]", cite)]
