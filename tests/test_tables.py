"""Cases as tables: which columns there are, and what they hold."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.program import compile_program
from engine.rows import encode
from engine.tables import CERTAIN, MAX_ASKED, SERIAL, Schema, integer, mask
from engine.values import Domain, Grade, Won, domain_of
from tests.licence import Kind, case, known_case, licensing, written

ASKING: list[dict[str, Any]] = [
    {
        "when": {"p": "person", "o": "offence"},
        "where": ["p.grade in [7, 3]", "p.grade not in [3, 5] or p.emancipated", "o.fine > 5"],
        "then": "it()",
    }
]


def schema_of(*rules: dict[str, Any]) -> Schema:
    return Schema(compile_program(written(*rules)))


@pytest.mark.parametrize(
    ("domain", "size"),
    [
        (domain_of(bool), "TINYINT"),
        (domain_of(Kind), "TINYINT"),
        (domain_of(Grade), "TINYINT"),
        (Domain("int", ends=(0, 127)), "TINYINT"),
        (Domain("int", ends=(0, 128)), "SMALLINT"),
        (Domain("int", ends=(-40_000, 5)), "INTEGER"),
        (domain_of(date), "INTEGER"),
        (domain_of(int), "BIGINT"),
        (domain_of(Won), "BIGINT"),
        (domain_of(str), "BIGINT"),
    ],
)
def test_the_smallest_type_that_holds_a_domain(domain: Domain, size: str) -> None:
    assert integer(domain) == size


def test_only_what_rules_or_dates_read_is_a_column() -> None:
    schema = schema_of(*ASKING)
    assert {source: [*fields] for source, fields in schema.fields.items()} == {
        "person": ["born_on", "grade", "emancipated"],
        "request": ["asked_on"],
        "offence": ["fine"],
        "pardon": [],
    }
    assert [*schema.tables["of_offence"]] == [
        "case_no",
        SERIAL,
        CERTAIN,
        "offence_fine_lo",
        "offence_fine_hi",
    ]
    assert [*schema.tables["of_pardon"]] == ["case_no", SERIAL, CERTAIN]
    assert "person_grade_in" in schema.tables["given"]
    assert "person_emancipated_in" not in schema.tables["given"]


def test_what_the_head_of_a_rule_says_is_a_column() -> None:
    schema = schema_of({"when": {"p": "pardon"}, "then": "it(day=p.given_on + days(1))"})
    assert [*schema.fields["pardon"]] == ["given_on"]


def test_the_dates_of_the_manifest_are_columns() -> None:
    assert Schema(compile_program(licensing())).fields["person"].keys() >= {"born_on", "grade"}
    assert schema_of({"then": "it()"}).fields["request"].keys() == {"asked_on"}


def test_values_asked_about_are_gathered_over_all_rules() -> None:
    asked = schema_of(*ASKING, {"when": {"p": "person"}, "where": ["p.grade in [1]"], "then": "low()"}).asked
    assert asked == {("person", "grade"): (1, 3, 5, 7)}


def test_values_that_a_denied_fact_is_asked_about_count_too() -> None:
    rule = {"when": {"p": "person"}, "where": ["not (p.grade in [2] and p.emancipated)"], "then": "it()"}
    assert schema_of(rule).asked == {("person", "grade"): (2,)}


@pytest.mark.parametrize("number", [MAX_ASKED, MAX_ASKED + 1])
def test_no_more_values_are_asked_about_than_a_column_can_tell(number: int) -> None:
    schema = schema_of({"when": {"p": "person"}, "where": [f"p.grade in {[*range(number)]}"], "then": "it()"})
    if number == MAX_ASKED:
        assert len(schema.asked["person", "grade"]) == MAX_ASKED
    else:
        with pytest.raises(InputError, match=r"`in` about 62 values of person\.grade\. Ask about 61 at most"):
            schema.asked  # noqa: B018


NUMBERS = st.integers(-4, 4)


@given(st.tuples(NUMBERS, NUMBERS), st.frozensets(NUMBERS, min_size=2), st.frozensets(NUMBERS), st.booleans())
def test_a_mask_tells_all_that_a_value_may_be(ends: Any, chosen: Any, asked: Any, several: bool) -> None:
    low, high = (min(chosen), max(chosen)) if several else (min(ends), max(ends))
    may_be = chosen if several else {*range(low, high + 1)}
    places = sorted(asked)
    found = mask((low, high), chosen if several else None, places)
    assert [found >> place & 1 == 1 for place in range(len(places))] == [one in may_be for one in places]
    assert found >> len(places) == bool(may_be - asked)


def test_the_widest_mask_fits_its_column() -> None:
    assert 2**61 < mask((-(2**53), 2**53), None, range(MAX_ASKED)) == 2**62 - 1


def test_records_hold_a_row_a_case_and_a_row_a_listed_fact() -> None:
    schema = schema_of(*ASKING)
    cases = [
        known_case(offences=[{"fine": 7}, {"fine": [5, 9]}]),
        case(person={"grade": [7, 5]}, offences={"complete": False, "items": []}),
    ]
    records = schema.records(encode(one, schema.program.rulebook) for one in cases)
    assert {len(row) for row in records["given"]} == {len(schema.tables["given"])}
    assert [row[:1] for row in records["given"]] == [[0], [1]]
    second = dict(zip(schema.tables["given"], records["given"][1], strict=True))
    assert second["person_grade_lo"], second["person_grade_hi"] == (5, 7)
    assert second["person_grade_in"] == 0b110
    assert records["of_offence"] == [[0, 3, True, 7, 7], [0, 4, True, 5, 9], [1, 3, False, 0, 2**53]]
    assert records["of_pardon"] == []
