from datetime import date
from typing import Any

import pytest
from hypothesis import given

from engine.facts import Spot
from engine.program import compile_program
from engine.rows import ANYTHING, encode
from engine.values import HIGHEST, LOWEST
from tests import generated
from tests.licence import case, known_case, licensing, written
from tests.reference import completions


def value(name: str, source: str = "person", **sections: Any) -> tuple[int, int]:
    return next(encode(case(**sections), licensing()).of(source)).values[name]


DAY = date(2020, 2, 1).toordinal()


@pytest.mark.parametrize(
    ("raw", "name", "wanted"),
    [
        (3, "grade", (3, 3)),
        ([6, 9, 7], "grade", (6, 9)),
        ({"at_least": 3}, "grade", (3, HIGHEST)),
        ({"at_most": 3}, "grade", (LOWEST, 3)),
        (None, "grade", (LOWEST, HIGHEST)),
        ("navy", "service", (2, 2)),
        (None, "service", (0, 2)),
        (["none", "navy"], "service", (0, 2)),
        (True, "emancipated", (1, 1)),
        (None, "emancipated", (0, 1)),
        ("2020-02-01", "born_on", (DAY, DAY)),
        ("2020-02", "born_on", (DAY, DAY + 28)),
        (None, "born_on", (1, date.max.toordinal())),
    ],
)
def test_a_value_is_its_two_ends(raw: Any, name: str, wanted: tuple[int, int]) -> None:
    assert value(name, person={name: raw}) == wanted


def test_several_options_are_kept() -> None:
    row = next(encode(case(person={"service": ["none", "navy"], "grade": 3}), licensing()).of("person"))
    assert row.options == {"service": frozenset({0, 2})}


def test_money_starts_at_nothing() -> None:
    assert value("fine", "offence", offences=[{}]) == (0, HIGHEST)


def test_equal_texts_have_equal_numbers() -> None:
    rows = encode(case(offences=[{"place": "x"}, {"place": "y"}, {}], pardons=[{"place": "y"}]), licensing())
    x, y, unknown = (row.values["place"] for row in rows.of("offence"))
    assert next(rows.of("pardon")).values["place"] == y != x
    assert unknown == ANYTHING
    assert rows.texts == {"x": x[0], "y": y[0]}


def test_a_list_that_is_not_complete_has_one_further_item() -> None:
    rows = encode(case(offences={"complete": False, "items": [{}]}), licensing())
    given_row, phantom = rows.of("offence")
    assert (given_row.certain, phantom.certain) == (True, False)
    assert given_row.spot("fine") == Spot("offences", 0, "fine")
    assert phantom.spot("fine") == Spot("offences")
    assert [row.serial for row in rows.rows] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2009-12-31", (21, 21)),
        ("2010-01-01", (18, 18)),
        ({"at_least": "2009-01-01", "at_most": "2010-01-01"}, (18, 21)),
        (None, (18, 21)),
    ],
)
def test_what_a_parameter_is_worth(day: Any, wanted: tuple[int, int]) -> None:
    assert encode(case(request={"asked_on": day}), licensing()).parameters["least_age"] == wanted


@pytest.mark.parametrize("day", ["1999-12-31", {"at_least": "1999-12-31", "at_most": "2000-01-01"}, None])
def test_a_parameter_may_be_worth_anything_on_a_day_without_value(day: Any) -> None:
    assert encode(case(request={"asked_on": day}), licensing()).parameters["look_back"] == ANYTHING


def test_a_gap_between_two_values_is_a_day_without_value() -> None:
    values = [
        {"asked_on": period, "value": 1, "cite": "Law 1", "confidence": "V"}
        for period in ("2000-01-01..2001-12-31", "2003-01-01..")
    ]
    rulebook = written({"then": "it()"}, parameters={"least": values})
    for day, wanted in (
        ("2001", (1, 1)),
        ("2002-06-01", ANYTHING),
        ({"at_least": "2001-01-01", "at_most": "2004-01-01"}, ANYTHING),
    ):
        assert encode(case(request={"asked_on": day}), rulebook).parameters["least"] == wanted


def test_exactness() -> None:
    assert encode(known_case(), licensing()).exact
    assert not encode(known_case(person={"grade": [6, 7]}), licensing()).exact
    assert not encode(known_case(offences={"complete": False}), licensing()).exact
    assert not encode(known_case(request={"asked_on": "1999-01-01"}), licensing()).exact


ORDERS = [["person.born_on", "request.asked_on"]]


@pytest.mark.parametrize(
    ("born", "asked", "wanted"),
    [
        ("2020-02-01", None, ("2020-02-01..2020-02-01", "2020-02-01..9999-12-31")),
        (None, "2020-02-01", ("0001-01-01..2020-02-01", "2020-02-01..2020-02-01")),
        ("2020", "2020-02", ("2020-01-01..2020-02-29", "2020-02-01..2020-02-29")),
        ("2020-02", "2020", ("2020-02-01..2020-02-29", "2020-02-01..2020-12-31")),
        (["2020-01-05", "2020-03-05"], "2020-02", ("2020-01-05..2020-01-05", "2020-02-01..2020-02-29")),
        ("2020-02-01", ["2020-01-05", "2020-03-05"], ("2020-02-01..2020-02-01", "2020-03-05..2020-03-05")),
        ("2020-02-01", "2020-02-01", ("2020-02-01..2020-02-01", "2020-02-01..2020-02-01")),
        ("2020-03", "2020-02", ("2020-03-01..2020-03-31", "2020-02-01..2020-02-29")),
        ("2020-02-02", ["2020-01-05", "2020-01-06"], ("2020-02-02..2020-02-02", "2020-01-05..2020-01-06")),
    ],
)
def test_dates_that_follow_one_another_bound_each_other(born: Any, asked: Any, wanted: Any) -> None:
    rulebook = written({"then": "it()"}, orders=ORDERS)
    rows = encode(case(person={"born_on": born}, request={"asked_on": asked}), rulebook)
    found = next(rows.of("person")).values["born_on"], next(rows.of("request")).values["asked_on"]
    assert tuple(f"{date.fromordinal(low)}..{date.fromordinal(high)}" for low, high in found) == wanted


def test_dates_that_follow_each_other_both_ways_are_one_day() -> None:
    rulebook = written({"then": "it()"}, orders=[*ORDERS, ORDERS[0][::-1]])
    rows = encode(case(request={"asked_on": "2020-02-01"}), rulebook)
    assert next(rows.of("person")).values["born_on"] == (DAY, DAY)


def test_a_parameter_is_worth_what_the_ordered_dates_allow() -> None:
    values = [
        {"asked_on": period, "value": value, "cite": "Law 1", "confidence": "V"}
        for value, period in enumerate(("..1999-12-31", "2000-01-01.."))
    ]
    rulebook = written({"then": "it()"}, parameters={"least": values}, orders=ORDERS)
    assert encode(case(person={"born_on": "2000-01-01"}), rulebook).parameters["least"] == (1, 1)
    assert encode(case(person={"born_on": "1999-12-31"}), rulebook).parameters["least"] == (0, 1)


def test_a_parameter_read_on_the_day_of_a_listed_fact() -> None:
    values = [{"asked_on": "2000-01-01..", "value": 1, "cite": "Law 1", "confidence": "V"}]
    rule = {
        "when": {"o": "offence"},
        "where": ["o.fine > least"],
        "in_force": {"done_on": "2010-01-01.."},
        "then": "it()",
    }
    dates = {"asked_on": "request.asked_on", "done_on": "offence.done_on"}
    rulebook = written(rule, parameters={"least": values}, dates=dates)
    for offences, exact in (
        ([], True),
        ([{"done_on": "2009-12-31", "fine": 1, "place": "x"}], True),
        ([{"done_on": "2010-01-01", "fine": 1, "place": "x"}], False),
    ):
        some_case = known_case(request={"asked_on": "1999-01-01"}, offences=offences)
        assert encode(some_case, rulebook).exact == exact


@given(generated.documents(), generated.cases(complete=True, items=1))
def test_a_completion_lies_within_the_ends(files: Any, some_case: Any) -> None:
    rulebook = compile_program(generated.loaded(files)).rulebook
    whole = encode(some_case, rulebook)
    found = (one for one in completions(some_case, generated.LIKELY) if generated.in_order(rulebook, one))
    for number, completion in zip(range(10), found, strict=False):
        assert number < 10
        exact = encode(completion, rulebook)
        for row, one in zip(whole.rows, exact.rows, strict=True):
            for name, (low, high) in one.values.items():
                if name != "tag":
                    assert row.values[name][0] <= low <= high <= row.values[name][1]
        for name, (low, high) in exact.parameters.items():
            assert whole.parameters[name][0] <= low <= high <= whole.parameters[name][1]
