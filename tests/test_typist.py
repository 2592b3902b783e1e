from typing import Any

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


SUM = {"rule": "sum", "when": {"o": "offence"}, "then": "burden(amount=total(o.fine))"}
DATED = {"asked_on": "request.asked_on", "done_on": "offence.done_on", "born_on": "person.born_on"}


def test_a_total_is_the_field_that_it_adds_up() -> None:
    rulebook = written(SUM, {"where": ["burden(amount=3)"], "then": "it()"})
    rule = rulebook.by_key["sum"]
    assert (rule.total, rule.summed.variable, rule.summed.name) == ("amount", "o", "fine")
    assert rulebook.predicates["burden"]["amount"].kind == "won"
    assert rulebook.totals == {"burden": "amount"}


@pytest.mark.parametrize(
    ("then", "message"),
    [
        ("burden(amount=total(o.done_on))", "A date cannot be added up. Add up numbers or money"),
        ("burden(amount=total(o))", "'o' is not known here"),
        ("burden(amount=total(3))", r"'total\(3\)' does not add up a field. Name one of a bound fact"),
        ("burden(amount=total(o.fine + 1))", "does not add up a field"),
        ("burden(amount=total())", "does not add up a field"),
        ("burden(amount=total(o.fine, o.fine))", "does not add up a field"),
        ("burden(amount=total(o.fin))", "offence has no field 'fin'. Did you mean 'fine'"),
        (
            "burden(amount=total(o.fine), offence=o)",
            "other arguments are the same in every case. Write plain",
        ),
        ("burden(amount=total(o.fine), more=total(o.fine))", "other arguments are the same in every case"),
        ("burden(amount=total(o.fine) + 1)", "is not part of the language"),
    ],
)
def test_what_cannot_be_added_up(then: str, message: str) -> None:
    with pytest.raises(InputError, match=r"rules\.0\.then: .*" + message):
        written(SUM | {"then": then}, {"then": "it()"})


def test_a_total_stands_in_a_head_alone() -> None:
    with pytest.raises(InputError, match=r"rules\.1\.where\.0: .*is not part of the language"):
        written(SUM, {"when": {"o": "offence"}, "where": ["o.fine > total(o.fine)"], "then": "it()"})


@pytest.mark.parametrize(
    ("other", "derives"),
    [
        (SUM | {"then": "burden(amount=o.fine)", "rule": "more"}, "more"),
        (SUM | {"rule": "more"}, "more"),
        (SUM, "sum"),
        (SUM | {"in_force": {"asked_on": "2001-01-01.."}}, "sum"),
    ],
)
def test_a_total_is_derived_by_one_rule(other: dict[str, Any], derives: str) -> None:
    with pytest.raises(
        InputError, match=f"burden is a total, and {derives} derives it as well. Let one rule"
    ):
        written(SUM, other, {"then": "it()"})


@pytest.mark.parametrize(
    ("one", "other", "allowed"),
    [
        ({"asked_on": "..2009-12-31"}, {"asked_on": "2010-01-01.."}, True),
        ({"asked_on": "..2009-12-31"}, {"asked_on": "2011-01-01.."}, True),
        ({"asked_on": "..2010-01-01"}, {"asked_on": "2010-01-01.."}, False),
        ({"asked_on": "..2009-12-31"}, {"born_on": "2010-01-01.."}, False),
    ],
)
def test_versions_of_a_total_are_never_in_force_together(one: Any, other: Any, allowed: bool) -> None:
    rules = SUM | {"in_force": one}, SUM | {"in_force": other}, {"then": "it()"}
    if allowed:
        assert set(written(*rules, dates=DATED).totals) == {"burden"}
    else:
        with pytest.raises(InputError, match="burden is a total, and sum derives it as well"):
            written(*rules, dates=DATED)


def test_a_total_is_not_picked_by_the_date_of_a_listed_fact() -> None:
    with pytest.raises(
        InputError,
        match=r"rules\.0\.in_force: done_on is a date of each offence.*Ask for that date in `where`",
    ):
        written(SUM | {"in_force": {"done_on": "2001-01-01.."}}, {"then": "it()"}, dates=DATED)
