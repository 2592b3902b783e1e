"""What is asked of cases before the rules run: whether all is known, and which parameters are settled."""

from typing import Any

import pytest

from engine.duck import Duck, written
from engine.exactness import doubts, unsettled
from engine.program import compile_program
from engine.queries import Query, script_of
from engine.rete import Rete
from tests.licence import case, known_case
from tests.licence import written as rulebook

AGED = {"when": {"p": "person"}, "where": ["p.born_on > '2000-01-01'"], "then": "it()"}
GRADED: dict[str, Any] = {"when": {"p": "person"}, "where": ["p.grade >= least"], "then": "it()"}
FINED = {"when": {"o": "offence"}, "where": ["o.fine > 5"], "then": "it()"}
LEAST = {
    "least": [
        {"asked_on": "2005-01-01..2009-12-31", "value": 3, "cite": "Law 1", "confidence": "V"},
        {"asked_on": "2010-01-01..", "value": 5, "cite": "Law 2", "confidence": "V"},
    ]
}


def doubted(executor: Duck) -> int:
    return sum(
        executor.connection.execute(query.sql("duckdb")).fetchone() is not None
        for query in doubts(executor.schema)
    )


@pytest.mark.parametrize(
    ("one", "tables"),
    [
        (known_case(), 0),
        (known_case(offences=[{"fine": 7}]), 0),
        (case(), 1),
        (known_case(person={"born_on": "2001"}), 1),
        (known_case(offences=[{"fine": [7, 9]}]), 1),
        (known_case(offences={"complete": False, "items": [{"fine": 7}]}), 1),
    ],
)
def test_what_is_not_known_is_a_doubt(one: Any, tables: int) -> None:
    executor = Duck(compile_program(rulebook(AGED, FINED)))
    executor.run([known_case(), one])
    assert doubted(executor) == tables


def test_what_no_rule_reads_is_no_doubt() -> None:
    executor = Duck(compile_program(rulebook(AGED)))
    executor.run([known_case(person={"grade": {"at_least": 3}})])
    assert doubted(executor) == 0


def test_an_exact_case_among_loose_ones_is_answered_the_same() -> None:
    executor = Duck(compile_program(rulebook(AGED, FINED)))
    exact, loose = known_case(offences=[{"fine": 7}]), case()
    alone, beside = executor.run([exact])[0], executor.run([loose, exact])[1]
    assert (alone.facts, alone.fired) == (beside.facts, beside.fired)


@pytest.mark.parametrize(
    ("days", "open_"),
    [
        (["2004-12-31"], {"least"}),
        (["2005-01-01", "2009-12-31", "2010-01-01"], set()),
        (["2020-01-01", "2004-12-31"], {"least"}),
    ],
)
def test_a_parameter_is_open_where_it_has_no_worth(days: list[str], open_: set[str]) -> None:
    executor = Duck(compile_program(rulebook(GRADED, parameters=LEAST)))
    executor.run([known_case(request={"asked_on": day}) for day in days])
    script = script_of(executor.program)
    first = {step.name: step.query for step in script.steps[:1] if isinstance(step, Query)}
    row = executor.connection.execute(written(unsettled(executor.program.rulebook), first)).fetchone()
    assert row == tuple(name in open_ for name in LEAST)


def test_a_parameter_that_no_rule_in_force_reads_may_be_open() -> None:
    later = GRADED | {"in_force": {"asked_on": "2010-01-01.."}}
    executor = Duck(compile_program(rulebook(later, parameters=LEAST)))
    early = known_case(request={"asked_on": "2004-12-31"})
    (found,) = executor.run([early])
    assert found.facts == dict(Rete(executor.program).run(early).summary())
