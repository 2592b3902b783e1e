"""The executor against the reference, and a test for each hazard of durable-rules that it absorbs."""

import gc
import json
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import durable_rules_engine as durable
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import rete as module
from engine.errors import InputError
from engine.execution import labels
from engine.program import compile_program
from engine.rete import Rete
from engine.rows import encode
from engine.rulebook import Rulebook
from tests import generated, licence
from tests.licence import case, derived, known_case, rete, written
from tests.reference import derive

GRADE = {"when": {"p": "person"}, "where": ["p.grade > 5"], "then": "it()"}


def agrees(executor: Rete, rulebook: Rulebook, some_case: Any) -> None:
    found, wanted = executor.run(some_case), derive(rulebook, some_case)
    assert found.summary() == wanted.summary
    assert found.rules_fired() == wanted.fired


@given(
    generated.documents(),
    st.lists(generated.cases(), min_size=2, max_size=2),
    generated.cases(share=0, complete=True),
)
def test_agrees_with_the_reference(files: Any, loose: list[Any], exact: Any) -> None:
    rulebook = generated.loaded(files)
    executor = Rete(compile_program(rulebook))
    for some_case in (*loose, exact):
        agrees(executor, rulebook, some_case)


def offences(share: int) -> st.SearchStrategy[Any]:
    days = generated.known(["2014-06-01", "2015-03-01", "2016-02-29", "2019-01-01", "2019"], True, share)
    fines = generated.known([100, 501, 600, 1001, 5000], True, share)
    return st.fixed_dictionaries(
        {"done_on": days, "fine": fines, "place": generated.known(["x", "y"], False, share)}
    )


@given(st.data(), st.sampled_from([0, 3]))
def test_agrees_with_the_reference_on_the_toy_law(data: Any, share: int) -> None:
    pardons = st.fixed_dictionaries({"given_on": st.just("2017-01-01"), "place": st.sampled_from(["x", "y"])})
    drawn = known_case(
        person={
            "born_on": data.draw(generated.known(["1990-01-01", "2001-03-01", "2002-03-02"], True, share))
        },
        request={"kind": data.draw(st.sampled_from(["plain", "fast", "odd"]))},
        offences={
            "complete": data.draw(st.booleans()),
            "items": data.draw(st.lists(offences(share), max_size=4)),
        },
        pardons=data.draw(st.lists(pardons, max_size=2)),
    )
    agrees(TOY, licence.licensing(), drawn)


TOY = Rete(compile_program(licence.licensing()))
SMALL = rete(GRADE)


@given(st.dates(date(1999, 1, 1), date(2027, 12, 31)), st.sampled_from(["plain", "fast"]))
def test_a_day_of_the_law_is_answered_as_by_all_versions(day: date, kind: str) -> None:
    drawn = known_case(person={"born_on": "1990-01-01"}, request={"asked_on": day.isoformat(), "kind": kind})
    agrees(TOY, licence.licensing(), drawn)
    rows = encode(drawn, licence.licensing())
    era = TOY.program.era(rows)
    assert era is not None
    left_out = {variant.rule.key for variant in TOY.program.variants} - {
        variant.rule.key for variant in TOY.program.of_era(era)
    }
    assert bool(left_out) == (day < date(2015, 6, 1))


def test_a_day_that_is_not_known_is_answered_by_all_versions() -> None:
    drawn = known_case(request={"asked_on": {"at_least": "2014-01-01", "at_most": "2014-12-31"}})
    assert TOY.program.era(encode(drawn, licence.licensing())) is None
    assert [*TOY.program.of_era(None)] == [*TOY.program.variants]


def test_more_cases_in_a_row_than_sessions_may_live() -> None:
    for grade in range(3_000):
        assert ("it" in derived(SMALL.run(known_case(person={"grade": grade % 10})))) == (grade % 10 > 5)


def test_sessions_are_deleted_after_an_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("in the middle")

    for _ in range(1_500):
        with monkeypatch.context() as patch:
            patch.setattr(module.Conclusions, "add", fail)
            with pytest.raises(RuntimeError):
                SMALL.run(known_case(person={"grade": 7}))
    assert "it" not in derived(SMALL.run(known_case(person={"grade": 3})))
    assert "it" in derived(SMALL.run(known_case(person={"grade": 7})))


def test_an_exception_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.Conclusions, "add", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        SMALL.run(known_case(person={"grade": 7}))


def test_threads_neither_lose_nor_mix_results() -> None:
    cases = [known_case(person={"grade": grade, "born_on": f"{1990 + grade}-01-01"}) for grade in range(10)]
    wanted = [SMALL.run(one).summary() for one in cases]
    before = threading.active_count()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: SMALL.run(cases[n % 10]).summary(), range(10_000)))
    assert found == [wanted[n % 10] for n in range(10_000)]
    assert threading.active_count() <= before


def memory() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_the_networks_of_a_rulebook_that_is_dropped_are_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    given_back: list[int] = []
    monkeypatch.setattr(durable, "delete_ruleset", given_back.append)
    dropped = Rete(SMALL.program)
    dropped.run(known_case())
    dropped.run(case())
    del dropped
    gc.collect()
    assert len(given_back) == len(set(given_back)) == 2


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_stays_flat() -> None:
    one = known_case(person={"grade": 7})
    for _ in range(10_000):
        SMALL.run(one)
    before = memory()
    for _ in range(100_000):
        SMALL.run(one)
    assert memory() - before < 8_000_000


def in_own_process(script: str) -> str:
    """What a script prints; a crash of the C engine fails the test instead of the whole run."""
    head = "from tests.licence import *\nfrom tests.reference import derive\n"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", head + script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"ended with {done.returncode}: {done.stderr[-500:]}"
    return done.stdout.strip()


def test_a_session_in_which_no_rule_fires() -> None:
    script = """
rules = [{"when": {"p": "person", "r": "request"}, "where": [f"p.grade == {n}", "r.paid"], "then": f"p{n}()"}
         for n in range(400)]
e = rete(*rules, {"when": {"p": "person"}, "where": ["p.grade == 999"], "then": "it()"},
         {"rule": "yes", "where": ["it()"], "then": "outcome(kind='yes')"}, answered=False, outcomes=["yes"])
for _ in range(300):
    assert not e.run(known_case(person={"grade": 1000})).summary()
    assert not e.run(case(person={"grade": {"at_least": 1000}}, request={"paid": False})).summary()
assert derived(e.run(known_case(person={"grade": 399}))) == {"p399"}
print("fine")
"""
    assert in_own_process(script) == "fine"


@pytest.mark.parametrize("number", [63, 64, 65, 130])
def test_many_rules_match_one_fact(number: int) -> None:
    rules = [
        {"when": {"p": "person"}, "where": [f"p.grade >= {n}"], "then": f"p{n}()"} for n in range(number)
    ]
    executor = rete(*rules, {"then": "it()"})
    assert len(derived(executor.run(known_case(person={"grade": 500})))) == number + 2
    assert len(derived(executor.run(known_case(person={"grade": 7})))) == 8 + 2


def test_rules_with_more_columns_than_a_fact_has_room_for() -> None:
    script = """
some = lambda i: [f"p.grade + {12 * i + j} >= 100" for j in range(12)]
rules = [{"when": {"p": "person"}, "where": some(i), "then": f"q{i}()"} for i in range(40)]
book = written(*rules, {"then": "it()"})
e = Rete(compile_program(book))
for grade in (50, 500, None, [1, 90], {"at_least": 70}):
    one = case(person={"grade": grade})
    assert e.run(one).summary() == derive(book, one).summary
print("fine")
"""
    assert in_own_process(script) == "fine"


def test_a_rule_with_many_conditions() -> None:
    script = """
alone = [f"p.grade != {n}" for n in range(70)] + [f"p.grade + {n} >= 100" for n in range(70)]
joined = [f"a.fine + {n} >= b.fine" for n in range(20)]
book = written({"when": {"p": "person"}, "where": alone, "then": "it()"},
               {"when": {"a": "offence", "b": "offence"}, "where": joined, "then": "near(a=a, b=b)"})
e = Rete(compile_program(book))
for grade in (99, 100, None):
    one = case(person={"grade": grade}, offences=[{"fine": 100}, {"fine": 120}, {"fine": 99}])
    assert e.run(one).summary() == derive(book, one).summary
print("fine")
"""
    assert in_own_process(script) == "fine"


def test_a_rule_with_too_many_joined_conditions_is_refused() -> None:
    joined = [f"a.fine + {n} >= b.fine" for n in range(40)]
    with pytest.raises(InputError, match=r"only\.yaml:\d+, rules\.0: This rule .*Split it in two"):
        rete({"when": {"a": "offence", "b": "offence"}, "where": joined, "then": "it()"})


def test_one_fact_fills_two_places() -> None:
    executor = rete(
        {"when": {"a": "offence", "b": "offence"}, "where": ["a.fine <= b.fine"], "then": "pair(a=a, b=b)"},
        {"then": "it()"},
    )
    found = executor.run(known_case(offences=[{"done_on": "2001-01-01", "fine": 5, "place": "x"}]))
    assert "pair" in derived(found)


def test_unless_sees_facts_that_are_derived_later() -> None:
    chain = [{"when": {"p": "person"}, "where": ["p.grade > 5"], "then": "step0()"}]
    chain += [{"where": [f"step{n}()"], "then": f"step{n + 1}()"} for n in range(9)]
    executor = rete({"unless": ["step9()"], "then": "it()"}, *reversed(chain))
    assert derived(executor.run(known_case(person={"grade": 3}))) == {"it", "outcome"}
    assert "it" not in derived(executor.run(known_case(person={"grade": 7})))


def test_equal_facts_both_count() -> None:
    executor = rete({"when": {"o": "offence"}, "then": "seen(offence=o)"}, {"then": "it()"})
    twin = {"done_on": "2001-01-01", "fine": 5, "place": "x"}
    found = executor.run(known_case(offences=[twin, twin, twin]))
    assert len(list(found.of("seen"))) == 3


def joining(number: int) -> dict[str, Any]:
    return {
        "rule": "wide",
        "when": {f"o{n}": "offence" for n in range(number)},
        "where": [f"o{n}.fine < o{n + 1}.fine" for n in range(number - 1)],
        "then": "it()",
    }


def test_a_rule_may_join_many_facts() -> None:
    rising = [{"done_on": "2001-01-01", "fine": fine, "place": "x"} for fine in range(14)]
    executor = rete(joining(14))
    assert "it" in derived(executor.run(known_case(offences=rising)))
    assert "it" not in derived(executor.run(known_case(offences=rising[1:])))


@pytest.mark.parametrize("number", [15, 16, 17])
def test_a_rule_that_joins_too_many_facts_is_refused(number: int) -> None:
    with pytest.raises(
        InputError, match=r"only\.yaml:\d+, rules\.0: This rule joins too many .* Split it in two"
    ):
        rete(joining(number))


def test_a_case_with_too_many_facts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    executor = rete(
        {"when": {"a": "offence", "b": "offence"}, "then": "pair(a=a, b=b)"},
        {"when": {"p": "pair"}, "then": "it()"},
    )
    many = [{"done_on": "2001-01-01", "fine": n, "place": "x"} for n in range(30)]
    assert "it" in derived(executor.run(known_case(offences=many)))
    monkeypatch.setattr(module, "MAX_FACTS", 500)
    with pytest.raises(InputError, match=r"too many facts.*Leave out"):
        executor.run(known_case(offences=many))
    assert "it" in derived(executor.run(known_case(offences=many[:3])))


@pytest.mark.parametrize(("one", "other"), [(2**53, 2**53 - 1), (2**53 - 1, 2**53 - 2), (10**15 + 1, 10**15)])
def test_large_numbers_compare_exactly(one: int, other: int) -> None:
    executor = rete(
        {"when": {"a": "offence", "b": "offence"}, "where": ["a.fine > b.fine"], "then": "it()"},
        {"when": {"o": "offence"}, "where": [f"o.fine == {one}"], "then": "found(offence=o)"},
    )
    facts = [{"done_on": "2001-01-01", "fine": fine, "place": "x"} for fine in (one, other)]
    found = executor.run(known_case(offences=facts))
    assert "it" in derived(found)
    assert len(list(found.of("found"))) == 1
    assert "it" not in derived(executor.run(known_case(offences=facts[:1] * 2)))


def test_a_missing_property_never_silences_a_rule() -> None:
    executor = rete(
        {"when": {"p": "person", "r": "request"}, "where": ["p.grade > 5 or r.paid"], "then": "it()"}
    )
    assert labels(executor.run(case()), executor.program.rulebook) == {"no": False, "yes": False}
    assert labels(executor.run(case(request={"paid": True})), executor.program.rulebook) == {"yes": True}
    assert labels(executor.run(case(person={"grade": 7})), executor.program.rulebook) == {"yes": True}


def test_the_order_of_facts_does_not_matter() -> None:
    items = [
        {"done_on": "2019-01-01", "fine": 2000, "place": "x"},
        {"done_on": "2001-01-01", "fine": 600, "place": "x"},
        {"done_on": "2002-01-01", "fine": 700, "place": "y"},
    ]
    found = {
        (
            TOY.run(known_case(offences=order)).rules_fired(),
            frozenset(derived(TOY.run(known_case(offences=order)))),
        )
        for order in (items, items[::-1], [items[1], items[2], items[0]])
    }
    assert len(found) == 1


def test_a_rule_of_unclear_law_makes_facts_possible_only() -> None:
    found = TOY.run(known_case(request={"kind": "odd"}))
    assert labels(found, licence.licensing()) == {"barred": False, "granted": False}


def test_no_session_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    deleted: list[str] = []
    monkeypatch.setattr(durable, "delete_state", lambda _, session: deleted.append(session))
    Rete(compile_program(written(GRADE))).run(case())
    assert len(deleted) == 1


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The definitions of the networks that are built."""
    definitions: list[str] = []
    create = durable.create_ruleset

    def recorded(name: str, definition: str) -> int:
        definitions.append(definition)
        return int(create(name, definition))

    monkeypatch.setattr(module.durable, "create_ruleset", recorded)
    return definitions


def test_a_network_is_built_once_and_only_for_a_case_that_needs_it(made: list[str]) -> None:
    executor = rete(GRADE)
    assert not made
    for number, one in enumerate((known_case(), known_case(), case(), case())):
        executor.run(one)
        assert len(made) == 1 + number // 2


def test_a_conjunction_across_facts_ends_in_a_test_that_holds(made: list[str]) -> None:
    Rete(compile_program(licence.licensing())).run(case())
    patterns = [
        pattern
        for rule in json.loads(made[0]).values()
        for place in rule["all"]
        for pattern in place.values()
        if re.search(r"'v\d", str(pattern))
    ]
    assert patterns
    assert all(re.fullmatch(r"\{'\$lt': \{'s': \{'v\d+': 't'\}\}\}", str(p["$and"][-1])) for p in patterns)
