"""The executor for many cases: cases do not touch one another, nor do executors."""

import gc
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.duck import Duck
from engine.errors import InputError
from engine.found import Found
from engine.program import compile_program
from engine.rete import Rete
from tests import generated, licence
from tests.licence import case, known_case, written

RULEBOOK = licence.licensing()
PROGRAM = compile_program(RULEBOOK)
GRADE = {"when": {"p": "person"}, "where": ["p.grade > 5"], "then": "it()"}
PLACES = ["x", "y", "z"]


def offences(number: int) -> list[dict[str, Any]]:
    return [
        {"done_on": f"20{10 + n % 10}-03-01", "fine": 400 * n % 1700, "place": PLACES[n % 3]}
        for n in range(number)
    ]


EXACT = [
    known_case(
        person={"grade": n % 9, "service": ["none", "army", "navy"][n % 3], "emancipated": n % 2 == 0},
        request={"kind": ["plain", "fast", "odd"][n % 3], "asked_on": f"20{n:02}-05-31"},
        offences=offences(n % 7),
        pardons=[{"given_on": "2017-01-01", "place": "y"}] * (n % 2),
    )
    for n in range(21)
]
LOOSE = [
    case(),
    case(offences={"complete": False, "items": offences(2)}),
    known_case(person={"born_on": {"at_least": "2001-12-01"}}, request={"asked_on": "2020"}),
    known_case(offences=[{"fine": [400, 1200], "done_on": "2018", "place": ["x", "y"]}, *offences(4)]),
]
MIXED = [one for pair in zip(EXACT, LOOSE * 6, strict=False) for one in pair]


@cache
def duck() -> Duck:
    return Duck(PROGRAM)


def told(found: list[Found]) -> list[Any]:
    return [(one.facts, one.fired) for one in found]


def test_no_case_at_all() -> None:
    assert Duck(PROGRAM).run([]) == []
    assert duck().run([]) == []


def test_cases_of_all_kinds_are_answered_as_one_by_one() -> None:
    rete = Rete(PROGRAM)
    found = duck().run(MIXED)
    for one, case_ in zip(found, MIXED, strict=True):
        conclusions = rete.run(case_)
        assert one.facts == dict(conclusions.summary())
        fired = conclusions.rules_fired()
        assert one.fired == {key: (key, True) in fired for key, _ in fired}


@pytest.mark.parametrize("cases", [EXACT, LOOSE, MIXED])
@pytest.mark.parametrize("size", [1, 2, 7])
def test_in_pieces_it_is_the_same(cases: Any, size: int) -> None:
    pieces = [one for start in range(0, len(cases), size) for one in duck().run(cases[start : start + size])]
    assert told(pieces) == told(duck().run(cases))


@pytest.mark.parametrize("cases", [EXACT, LOOSE, MIXED])
def test_more_cases_than_are_taken_at_once(cases: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = told(duck().run(cases))
    monkeypatch.setattr("engine.duck.AT_ONCE", 4)
    assert told(duck().run(cases)) == whole


def test_what_is_found_in_many_cases_lies_in_files_that_go_with_the_executor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("engine.duck.AT_ONCE", 4)
    executor = Duck(PROGRAM)
    whole = told(executor.run(MIXED))
    (folder,) = tmp_path.iterdir()
    assert {file.name for file in folder.iterdir()} == {f"{n}.parquet" for n in range(0, len(MIXED), 4)}
    assert told(executor.run(MIXED[:5])) == whole[:5]
    assert told(executor.run(MIXED[:3])) == whole[:3]
    del executor
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_the_order_of_cases_is_kept() -> None:
    assert told(duck().run(MIXED[::-1])) == told(duck().run(MIXED))[::-1]


def test_a_case_that_is_there_twice_is_answered_twice() -> None:
    one, *others, last = told(duck().run([MIXED[9], *MIXED[:5], MIXED[9]]))
    assert one == last
    assert told(duck().run(MIXED[:5])) == others


def test_nothing_is_left_of_the_cases_before() -> None:
    fresh = told(Duck(PROGRAM).run([known_case()]))
    duck().run(MIXED)
    assert told(duck().run([known_case()])) == fresh
    with pytest.raises(AttributeError):
        duck().run([None])  # type: ignore[list-item]
    assert told(duck().run([known_case()])) == fresh


def test_two_side_by_side() -> None:
    other = Duck(compile_program(written(GRADE)))
    alone = told(duck().run(MIXED))
    one = [known_case(person={"grade": 7})]
    assert [found.labels(other.program.rulebook) for found in other.run(one)] == [{"yes": True}]
    assert told(duck().run(MIXED)) == alone
    assert told(Duck(PROGRAM).run(MIXED)) == alone


@pytest.mark.parametrize("one", [known_case(), case()])
def test_a_rulebook_without_parameters(one: Any) -> None:
    program = compile_program(written(GRADE))
    (found,) = Duck(program).run([one])
    assert found.facts == dict(Rete(program).run(one).summary())


def test_a_chain_of_any_length_is_followed_to_its_end() -> None:
    links = [
        {"when": {"a": "offence"}, "where": ["a.fine == 0"], "then": "near(offence=a)"},
        {
            "when": {"a": "offence", "b": "offence"},
            "where": ["near(offence=a)", "a.fine + 1 == b.fine"],
            "then": "near(offence=b)",
        },
        {"when": {"o": "offence"}, "where": ["o.fine == 30", "near(offence=o)"], "then": "it()"},
    ]
    executor = Duck(compile_program(written(*links)))
    whole = [{"fine": fine} for fine in range(31)]
    cases = [known_case(offences=some) for some in (whole[::-1], whole[:15] + whole[16:], whole[:3], [])]
    answers = [found.labels(executor.program.rulebook) for found in executor.run(cases)]
    assert answers == [{"yes": True}, {"no": True}, {"no": True}, {"no": True}]


@pytest.mark.parametrize("condition", ["r.grade + 98 > r.size", "r.day + days(2147483647) > r.until"])
@pytest.mark.parametrize("root", [{"grade": 99, "size": 5, "day": "2020-02-01", "until": "2020-02-02"}, {}])
def test_a_small_number_grows_out_of_its_column(condition: str, root: Any) -> None:
    rules = [
        {"rule": "near", "when": {"r": "root"}, "where": [condition], "then": "near()"},
        {"rule": "a", "where": ["near()"], "then": "outcome(kind='a')"},
        {"rule": "b", "unless": ["near()"], "then": "outcome(kind='b')"},
    ]
    manifest = {
        "rulebook": "small",
        "dates": {"on": "root.day"},
        "supported": {"on": "2020-01-31..2020-02-29"},
        "goal": "outcome",
        "outcomes": ["a", "b"],
        "outputs": ["outcome"],
        "moves": "root.day",
    }
    only = {"provision": "only", "cite": "Art 1", "rules": [rule | {"confidence": "V"} for rule in rules]}
    program = compile_program(generated.loaded({"rulebook": manifest, "only": only}))
    one = generated.MadeCase.model_validate({"root": root, "things": [], "links": []})
    (found,) = Duck(program).run([one])
    assert found.facts == dict(Rete(program).run(one).summary())
    assert found.fired["near"] == bool(root)


def test_unclear_law_stays_possible_in_exact_cases() -> None:
    (found,) = duck().run([known_case(request={"kind": "odd"})])
    assert found.labels(RULEBOOK) == {"barred": False, "granted": False}
    assert not found.fired["barred.unclear"]


def test_too_many_values_asked_about_are_refused() -> None:
    asks = {"when": {"p": "person"}, "where": [f"p.grade in {[*range(62)]}"], "then": "it()"}
    with pytest.raises(InputError, match=r"`in` about 62 values of person\.grade"):
        Duck(compile_program(written(asks)))


@settings(max_examples=6)
@given(generated.documents(), st.lists(generated.cases(), min_size=2, max_size=3))
def test_cases_of_any_law_are_answered_one_by_one_or_together(files: Any, cases: Any) -> None:
    executor = Duck(compile_program(generated.loaded(files)))
    together = told(executor.run([*cases, cases[0]]))
    assert together[0] == together[-1]
    assert [told(executor.run([one]))[0] for one in cases] == together[:-1]
