"""Rules as SQL to read: what is read is what is run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from duckdb import DuckDBPyConnection
from sqlglot import exp

from cases.files import find_cases, read_cases
from engine.bodies import Bodies
from engine.duck import Duck
from engine.facts import CaseModel
from engine.program import Program, compile_program
from engine.queries import Compiler, Loop, Query
from engine.rows import encode
from engine.sql_text import CASES, Reading
from engine.tables import item_table
from rules.law import Law, laws
from tests.licence import known_case, licensing, written

FOLDER = Path(__file__).parent.parent / "cases"
COLLECTION = [
    case.facts
    for folder in ("provisions", "court", "trust")
    for path in find_cases(FOLDER / folder)
    for case in read_cases(path)
]
EVERY = 30


@dataclass
class Read:
    """A law, some cases, and what each of its texts says of them: rows that end in must and may."""

    law: Law
    cases: Sequence[CaseModel]
    reading: Reading
    rows: dict[str, list[tuple[Any, ...]]]


def reading_of(program: Program) -> Reading:
    return Reading(Bodies(program))


def prepared(program: Program, cases: Sequence[CaseModel]) -> DuckDBPyConnection:
    """The tables that the texts read, as the queries of a program make them one after the other."""
    duck = Duck(program)
    duck.load([encode(case, program.rulebook) for case in cases])
    run = duck.connection.execute
    script = Compiler(Bodies(program)).script()

    def make(query: Query) -> list[Any]:
        run(f"CREATE OR REPLACE TEMP TABLE {query.name} AS {query.query.sql('duckdb')}")
        return sorted(run(f"FROM {query.name}").fetchall(), key=repr)

    for step in script.steps:
        if isinstance(step, Loop):
            made, before = [make(query) for query in step.empty], None
            while made != before:
                made, before = [make(query) for query in step.queries], made
        else:
            make(step)
    for part, query in script.parts.items():
        last = query.find(exp.Table)
        names = {"answer": CASES, "flags": item_table(part.name)}
        if last and part.kind in names:
            run(f"CREATE TEMP TABLE taken AS FROM {last.name}")
            run(f"DROP TABLE IF EXISTS {names[part.kind]}")
            run(f"ALTER TABLE taken RENAME TO {names[part.kind]}")
    return duck.connection


@pytest.fixture(scope="module", params=laws(), ids=lambda law: law.rulebook.name)
def read(request: pytest.FixtureRequest) -> Read:
    law: Law = request.param
    program = law.executor.program
    cases = [case for case in COLLECTION if isinstance(case, law.rulebook.model)][::EVERY]
    reading = reading_of(program)
    with prepared(program, cases) as connection:
        rows = {
            rule.key: connection.execute(reading.rule(rule).text).fetchall() for rule in law.rulebook.rules
        }
    return Read(law, cases, reading, rows)


def test_every_text_is_read_again_as_the_query_that_it_is(read: Read) -> None:
    for rule in read.law.rulebook.rules:
        readable = read.reading.rule(rule)
        (parsed,) = sqlglot.parse(readable.text, read="duckdb")
        assert parsed is not None
        assert parsed.named_selects[-2:] == ["must", "may"]
        assert parsed.sql("duckdb", comments=False) == readable.query.sql("duckdb", comments=False)


def test_every_text_says_of_cases_which_rules_fire(read: Read) -> None:
    wanted: dict[str, dict[int, bool]] = {rule.key: {} for rule in read.law.rulebook.rules}
    for number, case in enumerate(read.cases):
        for key, sure in read.law.executor.run(case).rules_fired():
            wanted[key][number] = wanted[key].get(number, False) or sure
    for rule in read.law.rulebook.rules:
        told: dict[int, bool] = {}
        for number, *_, must, may in read.rows[rule.key]:
            if may:
                told[number] = told.get(number, False) or must
        if not rule.total:
            assert told == wanted[rule.key], rule.key


def test_what_must_hold_may_hold(read: Read) -> None:
    for key, rows in read.rows.items():
        assert not [row for row in rows if row[-2] and not row[-1]], key


def test_a_total_is_the_sum_of_its_rows_where_all_is_known(read: Read) -> None:
    for rule in read.law.rulebook.rules:
        if rule.total:
            checked = 0
            for number, case in enumerate(read.cases):
                rows = [row for row in read.rows[rule.key] if row[0] == number]
                if all(must and low == high for _, low, high, must, _ in rows):
                    ((fact, _),) = read.law.executor.run(case).of(rule.head.predicate)
                    total = sum(row[1] for row in rows)
                    assert dict(fact[1])[rule.total] == (total, total)
                    checked += bool(rows)
            assert checked


def test_every_text_runs_where_there_is_no_case() -> None:
    program = compile_program(licensing())
    reading = reading_of(program)
    with prepared(program, []) as connection:
        for rule in program.rulebook.rules:
            assert connection.execute(reading.rule(rule).text).fetchall() == []


def text(key: str) -> str:
    program = compile_program(licensing())
    return " ".join(reading_of(program).rule(program.rulebook.by_key[key]).text.split())


def test_numbers_are_explained() -> None:
    assert "c.request_asked_on_lo >= 735750 /* 2015-06-01 */" in text("adult.by-decree")
    assert "c.person_emancipated_lo = 1 /* true */" in text("adult.by-decree")
    assert "c.person_service_in & 3 /* army, navy */" in text("adult.by-decree")
    assert "c.person_grade_lo <= 3 OR" in text("adult.by-decree")
    assert "c.request_kind_hi >= 2 /* odd */" in text("barred.unclear")


def test_what_follows_is_shown_but_for_constants() -> None:
    assert text("note.kind").startswith("SELECT c.case_no, c.request_kind_lo AS kind_lo, c.request_kind_hi")
    assert text("offence.recent").startswith("SELECT c.case_no, v0.serial AS offence, (")
    assert " kind_lo" not in text("validity")
    assert "shift_days(shift_months(c.request_asked_on_lo, 24), -1) AS until_lo" in text("validity")


def test_an_unclear_rule_never_must() -> None:
    assert "FALSE AS must" in text("barred.unclear")
    assert "FALSE AS must" not in text("barred.unpardoned")


def test_a_column_is_not_compared_with_itself() -> None:
    program = compile_program(licensing())
    for rule in program.rulebook.rules:
        for equal in reading_of(program).rule(rule).query.find_all(exp.EQ, exp.LTE, exp.GTE):
            assert equal.this != equal.expression


def test_what_is_run_gets_no_comments() -> None:
    reading = reading_of(compile_program(licensing()))
    rules = reading.bodies.program.rulebook.rules
    pieces = [body.holds.may for rule in rules for body in reading.bodies.of[rule.key]]
    before = [piece.sql() for piece in pieces]
    assert [reading.rule(rule).text for rule in rules] == [reading.rule(rule).text for rule in rules]
    assert [piece.sql() for piece in pieces] == before


def test_alternatives_across_facts_are_selects_of_their_own() -> None:
    rule = {
        "when": {"o": "offence", "d": "pardon"},
        "where": ["o.fine > 5 or d.given_on > '2016-12-31'"],
        "then": "it()",
    }
    program = compile_program(written(rule))
    reading = reading_of(program)
    readable = reading.rule(program.rulebook.by_key["r0"])
    assert (readable.selects, readable.text.count("UNION ALL")) == (2, 1)
    cases: Sequence[CaseModel] = [
        known_case(offences=[{"fine": fine, "done_on": "2016-02-29", "place": "x"}], pardons=pardons)
        for fine in (5, 6)
        for pardons in ([{"given_on": "2016-01-01"}], [{"given_on": "2017-01-01"}], [{}])
    ]
    with prepared(program, cases) as connection:
        rows = connection.execute(readable.text).fetchall()
    assert {row[0] for row in rows if row[1]} == {1, 3, 4, 5}
    assert {row[0] for row in rows if row[2]} == {1, 2, 3, 4, 5}
