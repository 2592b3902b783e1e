from datetime import date, timedelta
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.changes import next_day, smallest
from engine.program import compile_program
from engine.rete import Rete
from engine.values import exactly, one_of, plain
from engine.worlds import answer
from tests.licence import case, known_case, licensing, rete

TOY = Rete(compile_program(licensing()))


def next_day_of(executor: Rete, some_case: Any) -> tuple[Any, tuple[str, ...]] | None:
    change = next_day(executor, answer(executor, some_case))
    return change and (plain(change.value), change.outcomes)


def test_the_day_on_which_an_age_is_reached() -> None:
    young = known_case(person={"born_on": "2004-02-29"}, request={"asked_on": "2020-03-01"})
    assert next_day_of(TOY, young) == ("2022-02-28", ("granted",))


def test_the_day_on_which_a_parameter_changes() -> None:
    young = known_case(person={"born_on": "1990-06-01"}, request={"asked_on": "2009-01-01"})
    assert next_day_of(TOY, young) == ("2010-01-01", ("granted",))


def test_the_day_on_which_an_age_is_reached_that_a_later_value_of_a_parameter_asks() -> None:
    young = known_case(person={"born_on": "1992-01-02"}, request={"asked_on": "2008-01-01"})
    assert next_day_of(TOY, young) == ("2010-01-02", ("granted",))


def test_the_day_on_which_a_rule_comes_into_force() -> None:
    young = known_case(
        person={"born_on": "2010-01-01", "grade": 2, "emancipated": True}, request={"asked_on": "2014-01-01"}
    )
    assert next_day_of(TOY, young) == ("2015-06-01", ("granted",))


def test_the_day_on_which_an_offence_is_forgotten() -> None:
    offences = [{"done_on": "2018-03-01", "fine": 2000, "place": "x"}]
    assert next_day_of(TOY, known_case(offences=offences)) == ("2023-03-02", ("granted",))


def test_no_day_where_nothing_changes_or_the_day_is_not_known() -> None:
    assert next_day_of(TOY, known_case()) is None
    assert next_day_of(TOY, known_case(request={"asked_on": None})) is None


days = st.dates(date(2008, 1, 1), date(2016, 12, 31))


@settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(days, st.dates(date(1985, 1, 1), date(2000, 12, 31)), st.lists(days, max_size=2), st.booleans())
def test_the_next_day_is_the_first(asked: date, born: date, done: list[date], free: bool) -> None:
    offences = [{"done_on": day, "fine": 2000, "place": "x"} for day in done]
    person = {"born_on": born, "grade": 2, "emancipated": free}
    some_case = known_case(person=person, request={"asked_on": asked}, offences=offences)
    found = next_day_of(TOY, some_case)
    last = date.fromisoformat(found[0]) if found else asked + timedelta(days=800)
    spot_days = [asked + timedelta(days=n) for n in range(min((last - asked).days, 800))]
    now = set(TOY.run(some_case).of("outcome").__next__()[0][1])
    for day in spot_days:
        moved = some_case.model_copy(
            update={"request": some_case.request.model_copy(update={"asked_on": exactly(day)})}
        )
        assert {argument for fact, _ in TOY.run(moved).of("outcome") for argument in fact[1]} == now


def test_the_smallest_changes_of_what_a_person_can_choose() -> None:
    executor = rete(
        {
            "when": {"r": "request"},
            "where": ["r.kind == 'fast' or r.kind == 'odd'", "r.paid"],
            "then": "it()",
        },
        levers=["request.kind", "request.paid"],
    )
    now = answer(executor, case(request={"kind": "plain", "paid": True}))
    assert [(change.spot.field, change.value, change.outcomes) for change in smallest(executor, now)] == [
        ("kind", one_of("fast", "odd"), ("yes",))
    ]
    now = answer(executor, case(request={"kind": "odd", "paid": True}))
    assert [(change.spot.field, change.value) for change in smallest(executor, now)] == [
        ("kind", exactly("plain")),
        ("paid", exactly(False)),
    ]
    assert smallest(executor, answer(executor, case())) == []


def test_the_day_on_which_a_total_falls() -> None:
    executor = rete(
        {
            "rule": "sum",
            "when": {"o": "offence", "r": "request"},
            "where": ["o.done_on >= r.asked_on - years(1)"],
            "then": "burden(amount=total(o.fine))",
        },
        {"when": {"b": "burden"}, "where": ["b.amount > 1000"], "then": "it()"},
    )
    offences = [{"done_on": f"2019-0{n}-01", "fine": 600, "place": "x"} for n in (5, 7, 6)]
    assert next_day_of(executor, known_case(offences=offences)) == ("2020-06-02", ("no",))
    assert next_day_of(executor, known_case(offences=offences[:1])) is None
