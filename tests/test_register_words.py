import re
from pathlib import Path

import pytest

from rules.facts import EmployerKind
from service.register import words
from service.register.problems import Problem
from service.register.search import Why

FIELD = re.compile(r"{(\w+)}")


def test_both_languages_say_the_same_things_with_the_same_values():
    assert words.keys("ko") == words.keys("en")
    for key in words.keys("ko"):
        assert set(FIELD.findall(words._words("ko")[key])) == set(FIELD.findall(words._words("en")[key])), key


def test_every_problem_that_is_raised_has_words():
    code = "".join(
        path.read_text(encoding="utf-8") for path in Path(words.__file__).parent.parent.glob("*.py")
    )
    raised = set(re.findall(r'(?:Problem|problem|_refuse)\(\s*"(\w+)"', code))
    said = {key.split(".")[1] for key in words.keys("en") if key.startswith("problems.")}
    assert raised <= said
    assert len(raised) > 20


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_every_kind_and_reason_has_words(lang):
    assert {f"kinds.{kind}" for kind in EmployerKind} <= words.keys(lang)
    assert {f"why.{why}" for why in Why} <= words.keys(lang)


def test_a_problem_says_where_what_and_what_to_do():
    problem = Problem("no_name", "list.xlsx", "협회", 7, "기관명")
    assert problem.sentence("en") == (
        "list.xlsx, 협회, row 7, column '기관명': There is no name. Write the name or remove the row."
    )
