from typing import Any

from engine.execution import Conclusions, labels
from engine.program import compile_program
from engine.rete import Rete
from engine.rows import encode
from tests.licence import case, known_case, licensing, rete

TOY = Rete(compile_program(licensing()))


def added(*modes: Any) -> tuple[Conclusions, list[bool]]:
    """Conclusions after the same rule fired in some modes, and whether each firing said something new."""
    rule = licensing().by_key["barred.unclear"]
    rows = encode(case(request={"kind": "odd"}), licensing())
    found = Conclusions(rows)
    bound = {"r": next(rows.of("request"))}
    return found, [found.add(rule, bound, mode) is not None for mode in modes]


def test_a_fact_is_new_once_and_once_more_when_it_becomes_certain() -> None:
    found, new = added("may", "may", "must", "may", "must")
    assert new == [True, False, True, False, False]
    assert found.summary() == {(("barred", ()), True)}
    assert len(found.firings["barred", ()]) == 5
    assert found.rules_fired() == {("barred.unclear", True), ("barred.unclear", False)}


def test_serials_are_never_used_twice() -> None:
    conclusions = TOY.run(known_case(offences=[{"done_on": "2019-01-01", "fine": 2000, "place": "x"}]))
    serials = [row.serial for row in (*conclusions.given.rows, *conclusions.rows.values())]
    assert len(serials) == len(set(serials))


def test_arguments_are_worked_out() -> None:
    conclusions = TOY.run(known_case(request={"asked_on": "2020-02-29"}))
    ((_, arguments), row) = next(conclusions.of("valid"))
    assert row.certain
    until = known_case(request={"asked_on": "2022-02-27"}).request.asked_on.options[0].toordinal()
    assert dict(arguments)["until"] == (until, until)
    assert conclusions.fact_of(row) == ("valid", arguments)


def test_outcomes_stand_in_the_order_of_the_rulebook() -> None:
    assert list(labels(TOY.run(case()), licensing()).items()) == [
        ("too_young", False),
        ("barred", False),
        ("granted", False),
    ]
    assert labels(rete({"then": "it()"}).run(case()), rete({"then": "it()"}).program.rulebook) == {
        "yes": True
    }


def test_what_a_total_adds_up_is_kept_until_it_is_drawn() -> None:
    executor = rete(
        {"rule": "sum", "when": {"o": "offence"}, "then": "burden(amount=total(o.fine))"}, {"then": "it()"}
    )
    rows = encode(case(offences=[{"fine": 3}, {"fine": 4}]), executor.program.rulebook)
    rule, found = executor.program.rulebook.by_key["sum"], Conclusions(rows)
    assert [found.add(rule, {"o": row}, "must") for row in rows.of("offence")] == [None, None]
    assert (len(found.counted["sum"]), found.summary(), found.summands) == (2, frozenset(), {})
    drawn = executor.run(case(offences=[{"fine": 3}, {"fine": 4}]))
    assert [(one.worth, one.certain) for one in drawn.summands["sum"]] == [((3, 3), True), ((4, 4), True)]
    assert ("sum", True) in drawn.rules_fired()
