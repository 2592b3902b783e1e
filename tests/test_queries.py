"""A program as a script of queries: what it reads, what it gives, and that it tells of every rule."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from sqlglot import exp

from engine.duck import Duck
from engine.program import compile_program
from engine.queries import BITS, Loop, Part, Script, script_of
from rules.law import Law, laws
from tests import generated
from tests.licence import known_case, licensing, written

OFFENCE = {"o": "offence"}


def script(*rules: dict[str, Any], **more: Any) -> Script:
    return script_of(compile_program(written(*rules, **more)))


def read_by(query: exp.Query) -> set[str]:
    return {table.name for table in query.find_all(exp.Table)}


def in_order(made: Script) -> None:
    """Each query reads tables that are there by then, and none is made twice."""
    there = {*made.bodies.schema.tables}
    for step in made.steps:
        new = [*step.queries] if isinstance(step, Loop) else [step]
        here = there | {query.name for query in new} if isinstance(step, Loop) else there
        for query in new:
            assert read_by(query.query) <= here, query.name
            assert query.name not in there
        there |= {query.name for query in new}
    for query in made.parts.values():
        assert read_by(query) <= there
    for query in made.late.values():
        assert read_by(query) <= there | {"found"}


def tells_all(made: Script) -> None:
    """Every rule that may fire has one bit for must and one for may, in words that a column holds."""
    told = Counter(bit for word in made.words.values() for bit in word)
    rules = made.bodies.program.rulebook.by_key
    assert set(told.values()) <= {1}
    assert {key for key, _ in told} <= rules.keys()
    assert {key for key, sure in told if sure} == {key for key, sure in told if not sure}
    assert all(len(word) <= BITS for word in made.words.values())


@given(generated.documents())
def test_a_script_reads_what_is_there_and_tells_of_every_rule(files: Any) -> None:
    program = compile_program(generated.loaded(files))
    for loose in (None, frozenset[str]()):
        made = script_of(program, loose)
        in_order(made)
        tells_all(made)


@pytest.mark.parametrize("law", laws(), ids=lambda law: law.rulebook.name)
def test_the_scripts_of_the_laws(law: Law) -> None:
    made = script_of(law.executor.program)
    in_order(made)
    tells_all(made)
    assert {key for word in made.words.values() for key, _ in word} == law.rulebook.by_key.keys()


def test_a_program_compiles_to_the_same_text_each_time() -> None:
    one, other = (script_of(compile_program(licensing())) for _ in range(2))
    kinds = ("answer", "relation", "flags")
    assert one.results(kinds).sql("duckdb") == other.results(kinds).sql("duckdb")
    assert [str(step) for step in one.steps] == [str(step) for step in other.steps]


def test_more_rules_than_a_word_has_bits_for() -> None:
    rules = [
        {"rule": f"n{n}", "when": {"p": "person"}, "where": [f"p.grade >= {n}"], "then": f"p{n}()"}
        for n in range(70)
    ]
    program = compile_program(written(*rules, {"then": "it()"}))
    tells_all(script_of(program))
    duck = Duck(program)
    assert len(duck.script.words) >= 3
    cases = [known_case(person={"grade": grade}) for grade in (0, 30, 31, 62, 69, 99)]
    told = [sum(key.startswith("n") for key in found.fired) for found in duck.run(cases)]
    assert told == [1, 31, 32, 63, 70, 70]


def test_what_rests_on_itself_is_a_loop() -> None:
    chain = {"when": {"a": "offence", "b": "offence"}, "where": ["near(offence=a)", "a.fine > b.fine"]}
    made = script(
        {"when": OFFENCE, "where": ["o.fine > 9"], "then": "near(offence=o)"},
        chain | {"then": "near(offence=b)"},
        {"where": ["near()"], "then": "it()"},
    )
    (loop,) = [step for step in made.steps if isinstance(step, Loop)]
    assert [query.name for query in loop.queries] == [query.name for query in loop.empty] == ["relation_near"]
    assert not [step for step in script({"then": "it()"}).steps if isinstance(step, Loop)]


def test_what_nothing_reads_is_told_from_the_rules_that_fired() -> None:
    valid = {"when": {"r": "request"}, "where": ["r.paid"], "then": "valid(until=r.asked_on + years(2))"}
    made = script(valid, {"then": "it()"})
    assert [*made.late] == ["valid"]
    assert Part("relation", "valid") not in made.parts
    read = script(valid, {"when": {"v": "valid"}, "where": ["v.until > '2020-01-01'"], "then": "it()"})
    assert Part("relation", "valid") in read.parts
    assert not read.late


def test_the_parts_are_padded_to_one_width() -> None:
    made = script_of(compile_program(licensing()))
    assert {part.kind for part in made.parts} == {"answer", "relation", "flags"}
    width = max(len(query.expressions) - 1 for query in made.parts.values())
    for part in made.parts:
        padded = made.results([part.kind])
        heads = padded.find_all(exp.Select) if isinstance(padded, exp.Union) else [padded]
        wide = [head.named_selects for head in heads if "part" in head.named_selects]
        assert wide == [["part", "case_no", *(f"n{place}" for place in range(width))]] * len(wide) != []


def test_a_word_is_as_wide_as_its_bits() -> None:
    rules = [{"rule": f"r{place}", "where": [f"p.grade > {place}"], "then": "it()"} for place in range(40)]
    made = script(*[rule | {"when": {"p": "person"}} for rule in rules])
    types = [str(one.this.to) for one in made.results(["answer"]).expressions[2:]]
    bits = [len(told) for told in made.words.values()]
    limits = {"TINYINT": 7, "SMALLINT": 15, "INT": 31, "BIGINT": 63}
    assert max(bits) > 31 > min(bits)
    assert all(limits[kind] >= width for kind, width in zip(types, bits, strict=True))
    assert "BIGINT" in types
    assert {"TINYINT", "SMALLINT", "INT"} & {*types}


@pytest.mark.parametrize(
    "rule",
    [
        {"when": OFFENCE, "where": ["step(n=0)"], "then": "named(place=o.place)"},
        {"when": OFFENCE, "where": ["step(n=0)"], "then": "sum(n=total(o.fine))"},
        {"when": OFFENCE | {"d": "pardon"}, "where": ["step(n=0)"], "then": "named(offence=o)"},
        {"when": OFFENCE, "where": ["step(n=0)", "named()"], "then": "named()"},
        {"where": ["step(n=0)"], "then": "named()"},
    ],
)
def test_a_rule_that_can_never_fire(rule: dict[str, Any]) -> None:
    program = compile_program(written({"then": "step(n=1)"}, rule | {"rule": "never"}, {"then": "it()"}))
    (found,) = Duck(program).run([known_case(offences=[{"fine": 5, "place": "x"}])])
    assert "never" not in found.fired or rule["then"].startswith("sum")
    assert {predicate for predicate, _ in found.facts} - {"sum"} == {"step", "it", "outcome"}
