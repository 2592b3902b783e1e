from typing import Any

import pytest

from engine import expressions as ex
from engine.errors import InputError
from engine.program import SERIAL, Column, Variant, compile_program, reader
from engine.rows import Row, encode
from tests.licence import case, licensing, written


def variants(**rule: Any) -> list[Variant]:
    program = compile_program(written({"rule": "it", "then": "it()"} | rule))
    return [variant for variant in program.variants if variant.rule.id == "it"]


BOTH = {"p": "person", "r": "request", "o": "offence"}


@pytest.mark.parametrize(
    ("where", "number"),
    [
        (["p.grade > 1"], 1),
        (["p.grade > 1 or p.emancipated"], 1),
        (["p.grade != 1"], 1),
        (["p.grade > 1 or r.paid"], 2),
        (["p.grade != o.fine"], 2),
        (["p.grade != o.fine", "p.grade > 1 or r.paid"], 4),
        (["p.grade > 1 or (r.paid and o.fine > 2) or r.kind == 'odd'"], 3),
        (["not (p.grade > 1 and r.paid)"], 2),
    ],
)
def test_alternatives_across_facts_become_variants(where: list[str], number: int) -> None:
    assert len(variants(when=BOTH, where=where)) == number


def test_every_variant_binds_every_fact() -> None:
    for variant in variants(when=BOTH, where=["p.grade > 1 or r.paid"]):
        assert {**variant.joins, **variant.fixed} == BOTH


def test_too_many_alternatives_are_refused() -> None:
    with pytest.raises(
        InputError, match=r"only\.yaml:\d+, rules\.0: This rule has too many alternatives\. Write several"
    ):
        variants(when=BOTH, where=["p.grade > 1 or r.paid"] * 7)


def test_a_condition_without_a_field_is_refused() -> None:
    parameters = {"least": [{"asked_on": "..", "value": 1, "cite": "Law 1", "confidence": "V"}]}
    rulebook = written({"when": BOTH, "where": ["least > 3"], "then": "it()"}, parameters=parameters)
    with pytest.raises(InputError, match=r"rules\.0: A condition of this rule names no field"):
        compile_program(rulebook)


def test_the_date_that_picks_a_version_is_bound() -> None:
    (variant,) = variants(in_force={"asked_on": "2010-01-01..2011-12-31"})
    assert list(variant.joins.values()) == ["request"]
    assert [test.operator for test in variant.tests] == [">=", "<="]
    (variant,) = variants(when={"r": "request"}, in_force={"asked_on": "2010-01-01.."})
    assert (dict(variant.joins), len(variant.tests)) == ({"r": "request"}, 1)


def test_atoms_and_denials() -> None:
    program = compile_program(licensing())
    (variant,) = [v for v in program.variants if v.rule.id == "barred.unpardoned"]
    assert sorted(variant.joins.values()) == ["grave", "grave", "offence"]
    assert [denial.source for denial in variant.denials] == ["pardoned"]
    assert program.strata == 3
    assert program.stratum(variant) == 1


def test_what_a_column_is_worth() -> None:
    rows = encode(case(person={"grade": [2, 5]}), licensing())
    row = next(rows.of("person"))
    grade = ex.Field("self", "grade", ex.NUMBER)

    def column_value(column: Column, row: Row, parameters: dict[str, tuple[int, int]]) -> tuple[int, int]:
        return reader(column)(row, parameters)

    assert column_value(SERIAL, row, {}) == (row.serial, row.serial)
    assert column_value(grade, row, {}) == (2, 5)
    assert column_value(ex.Shift(grade, "number", -1, ex.Parameter("n", ex.NUMBER)), row, {"n": (1, 2)}) == (
        0,
        4,
    )
    assert column_value(ex.Member(grade, frozenset({2, 5})), row, {}) == (1, 1)
    assert column_value(ex.Member(grade, frozenset({3})), row, {}) == (0, 0)
    assert column_value(ex.Compare(">", grade, ex.Constant(3, ex.NUMBER)), row, {}) == (0, 1)


def test_a_total_binds_what_it_adds_up_in_force_or_not() -> None:
    rule = {
        "rule": "sum",
        "when": {"o": "offence"},
        "where": ["o.fine > 3"],
        "in_force": {"asked_on": "2010-01-01.."},
        "then": "burden(amount=total(o.fine))",
    }
    program = compile_program(written(rule, {"then": "it()"}))
    (variant,) = [v for v in program.variants if v.rule.total]
    assert (dict(variant.joins), len(variant.tests)) == ({"o": "offence"}, 1)
    assert [[one.id for one in rules] for rules in program.totals] == [["sum"], []]
    assert len(program.bound["sum"][1]) == 2
