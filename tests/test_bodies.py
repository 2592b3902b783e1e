"""In which form predicates are kept, and what the bodies of rules join."""

from typing import Any

import pytest

from engine.bodies import Bodies, Form
from engine.program import compile_program
from engine.sql import FALSE, TRUE, column
from tests.licence import licensing, written

IT = {"then": "it()"}
OFFENCE, PARDON, PERSON = {"o": "offence"}, {"d": "pardon"}, {"p": "person"}


def bodies_of(*rules: dict[str, Any], loose: frozenset[str] | None = None, **more: Any) -> Bodies:
    return Bodies(compile_program(written(*rules, **more)), loose)


def form_of(*rules: dict[str, Any]) -> Form:
    return bodies_of(*rules, IT).forms["seen"]


def test_what_is_derived_with_constants_is_a_flag_of_the_case() -> None:
    assert form_of({"then": "seen()"}) == Form("seen", ((),))
    form = form_of({"then": "seen(kind='b', n=1)"}, {"then": "seen(kind='a', n=1)"})
    assert form == Form("seen", ((("kind", 1), ("n", 1)), (("kind", 0), ("n", 1))))
    assert [form.flag(ground) for ground in form.grounds] == ["is_seen_0", "is_seen_1"]


def test_the_same_constants_are_one_flag() -> None:
    form = form_of({"then": "seen(n=1)"}, {"when": PERSON, "where": ["p.grade > 5"], "then": "seen(n=1)"})
    assert [form.flag(ground) for ground in form.grounds] == ["is_seen"]


def test_a_listed_fact_and_constants_are_a_flag_of_that_fact() -> None:
    form = form_of({"when": OFFENCE, "then": "seen(kind='a', what=o)"})
    assert form == Form("seen", ((("kind", 0),),), "offence", "what")


@pytest.mark.parametrize(
    "rule",
    [
        {"when": {"o": "offence", "d": "pardon"}, "then": "seen(offence=o, pardon=d)"},
        {"when": {"o": "offence", "b": "offence"}, "then": "seen(one=o, other=b)"},
        {"when": OFFENCE, "then": "seen(place=o.place)"},
        {"when": OFFENCE, "then": "seen(offence=o, fine=o.fine)"},
        {"when": {"r": "request"}, "then": "seen(day=r.asked_on + days(1))"},
        {"when": PERSON, "then": "seen(person=p)"},
        {"when": OFFENCE, "then": "seen(n=total(o.fine))"},
        {"when": OFFENCE, "where": ["seen()"], "then": "seen()"},
    ],
)
def test_other_facts_are_rows_of_a_relation(rule: dict[str, Any]) -> None:
    form = form_of(rule)
    assert form.relation or "person" in rule["then"]
    assert (form.grounds, form.section) == ((), "")


def test_the_forms_of_a_law() -> None:
    forms = Bodies(compile_program(licensing())).forms
    assert {name for name, form in forms.items() if form.relation} == {"grave", "valid", "note"}
    assert (forms["pardoned"].section, forms["pardoned"].reference) == ("offence", "offence")
    assert len(forms["outcome"].grounds) == 3


@pytest.mark.parametrize(
    ("rule", "grain"),
    [
        ({}, ""),
        ({"when": {"p": "person", "r": "request"}, "where": ["p.born_on < r.asked_on"]}, ""),
        ({"where": ["flag()"], "unless": ["flag()"]}, ""),
        ({"when": OFFENCE}, "offence"),
        ({"when": {"o": "offence", "p": "person"}, "where": ["o.fine > p.grade"]}, "offence"),
        ({"when": OFFENCE, "where": ["seen(offence=o)"]}, "offence"),
        ({"when": OFFENCE, "unless": ["seen(offence=o)"]}, "offence"),
        ({"where": ["seen()"]}, "offence"),
        ({"unless": ["seen()"]}, None),
        ({"when": OFFENCE | PARDON}, None),
        ({"when": OFFENCE, "where": ["seen()"]}, None),
        ({"where": ["pair()"]}, None),
        ({"unless": ["pair()"]}, None),
    ],
)
def test_what_settles_a_body(rule: dict[str, Any], grain: str | None) -> None:
    below = [
        {"when": PERSON, "then": "flag()"},
        {"when": OFFENCE, "then": "seen(offence=o)"},
        {"when": OFFENCE | PARDON, "then": "pair(offence=o, pardon=d)"},
    ]
    bodies = bodies_of(*below, {"rule": "one", "then": "it()"} | rule)
    assert [body.grain for body in bodies.of["one"]] == [grain]


def test_flags_that_the_head_depends_on_are_told_apart() -> None:
    kinds = [{"then": f"seen(kind='{kind}', n={n})"} for n, kind in enumerate("ab")]
    bodies = bodies_of(
        *kinds,
        {"rule": "says", "when": {"s": "seen"}, "then": "said(kind=s.kind)"},
        {"rule": "asks", "when": {"s": "seen"}, "where": ["s.n > 0"], "then": "it()"},
        {"rule": "both", "when": {"s": "seen", "t": "seen"}, "where": ["s.n < t.n"], "then": "it()"},
    )
    assert [len(bodies.of[key]) for key in ("says", "asks", "both")] == [2, 1, 4]


def test_a_settled_test_leaves_nothing_of_a_flag_that_fails_it() -> None:
    kinds = [{"then": f"seen(n={n})"} for n in range(3)]
    asks = {"rule": "asks", "when": {"s": "seen"}, "where": ["s.n > 1"], "then": "it()"}
    (body,) = bodies_of(*kinds, asks).of["asks"]
    assert body.holds.must == column("is_seen_2_must", "c")
    (body,) = bodies_of(*kinds, asks | {"where": ["s.n > 2"]}).of["asks"]
    assert body.holds.may == FALSE


def test_what_is_denied_is_absent_where_it_may_be() -> None:
    near = {"when": OFFENCE, "then": "seen(place=o.place)"}
    (body,) = bodies_of(near, {"rule": "one", "unless": ["seen()"], "then": "it()"}).of["one"]
    (absence,) = body.absent
    assert (absence.source, absence.holds.may) == ("seen", TRUE)
    assert absence.holds.must == column("must", absence.alias)


def test_what_is_sure_in_exact_cases() -> None:
    rules: list[dict[str, Any]] = [
        {"when": PERSON, "where": ["p.grade > 5"], "then": "high()"},
        {"when": PERSON, "where": ["p.grade > least"], "then": "above()"},
        {"when": PERSON, "confidence": "U", "then": "unclear()"},
        {"where": ["unclear()"], "then": "rests()"},
        {"unless": ["above()"], "then": "it()"},
    ]
    least = {"least": [{"asked_on": "2000-01-01..", "value": 5, "cite": "Law 1", "confidence": "V"}]}
    assert bodies_of(*rules, parameters=least).sure == frozenset()
    settled = bodies_of(*rules, parameters=least, loose=frozenset()).sure
    assert settled == {"high", "above", "it", "outcome"}
    assert bodies_of(*rules, parameters=least, loose=frozenset({"least"})).sure == {"high"}
