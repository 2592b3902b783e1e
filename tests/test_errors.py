import pytest

from engine.errors import InputError, Place, Problem, nearest, refuse


def test_a_problem_says_where_what_and_what_to_do() -> None:
    problem = Problem("This is wrong", "Mend it", Place("a.yaml", 3, 1, "rules.0"))
    assert str(problem) == "a.yaml:3, rules.0: This is wrong. Mend it."


def test_a_problem_without_a_place() -> None:
    assert str(Problem("This is wrong", "Mend it")) == "This is wrong. Mend it."


def test_an_error_carries_every_problem_once() -> None:
    one, other = Problem("One", "Mend it"), Problem("Other", "Mend it")
    assert InputError([one, other, one]).problems == (one, other)
    assert str(InputError([one, other])).splitlines() == ["One. Mend it.", "Other. Mend it."]


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("grad", "Did you mean 'grade'?"),
        ("servce", "Did you mean 'service'?"),
        ("zzz", "Write one of grade, service"),
    ],
)
def test_the_nearest_words_are_offered(word: str, remedy: str) -> None:
    assert nearest(word, ["service", "grade"]) == remedy


def test_a_question_ends_in_one_mark() -> None:
    assert str(refuse("This is wrong", nearest("grad", ["grade"]))).endswith("'grade'?")


def test_a_long_list_of_words_is_cut() -> None:
    assert nearest("?", map(str, range(100))).endswith(" and so on")
