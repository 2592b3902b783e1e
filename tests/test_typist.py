import pytest

from engine.errors import InputError
from tests.licence import written


def test_arguments_must_agree() -> None:
    with pytest.raises(InputError, match=r"rules\.1\.then: a is derived elsewhere with n as well"):
        written({"then": "a(n=1)"}, {"then": "a()"}, {"then": "it()"})
    with pytest.raises(InputError, match=r"rules\.1\.then: n of a is bool here and int elsewhere"):
        written({"then": "a(n=1)"}, {"then": "a(n=true)"}, {"then": "it()"})


def test_labels_are_passed_on_through_derived_facts() -> None:
    rulebook = written(
        {"then": "it()"},
        {"when": {"g": "outcome"}, "then": "echo(kind=g.kind)"},
        {"when": {"e": "echo"}, "where": ["e.kind == 'yes'"], "then": "loud()"},
    )
    assert rulebook.label("echo", "kind", 1) == "yes"
