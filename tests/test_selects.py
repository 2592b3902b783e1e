"""The pieces of queries do in DuckDB and Spark's dialect what they say."""

from typing import Any

import duckdb
import pytest
from sqlglot import exp

from engine.selects import (
    Joined,
    any_bit,
    case_when,
    coalesced,
    ends_of,
    everything,
    grouped,
    has_bits,
    named,
    nothing,
    same_case,
    select,
    spread,
    union,
)
from engine.sql import FALSE, TRUE, column, number


def run(query: exp.Query) -> list[Any]:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE cases AS SELECT * FROM (VALUES (0, true, 5), (1, false, 6)) t(case_no, yes, w)"
    )
    connection.execute("CREATE TABLE items AS SELECT * FROM (VALUES (0, 1), (0, 4), (2, 8)) t(case_no, word)")
    return sorted(connection.execute(query.sql("duckdb")).fetchall(), key=str)


@pytest.mark.parametrize("bits", [1, 3, 12, 3 << 60])
def test_bits_are_spread_where_it_is_true(bits: int) -> None:
    query = select([spread(column("yes", "c"), bits)], "cases", "c")
    assert run(query) == [(0,), (bits,)]
    assert "CAST(c.yes AS BIGINT)" in query.sql("spark")


def test_bits_are_gathered_and_asked_for() -> None:
    word = any_bit([spread(column("yes", "c"), 2), column("w", "c")])
    query = select([named(word, "word"), has_bits(word.copy(), 2)], "cases", "c")
    assert run(query) == [(6, True), (7, True)]
    assert run(select([any_bit([])], "cases", "c")) == [(0,), (0,)]


def test_rows_are_joined_grouped_and_put_together() -> None:
    keys = [column("case_no", "f")]
    ored = named(exp.BitwiseOrAgg(this=column("word", "f")), "word")
    words = select([everything("i")], "items", "i")
    found = grouped([*keys, ored], union([words, words.copy()]), "f", keys)
    query = select(
        [column("case_no", "c"), coalesced("word", "f")],
        "cases",
        "c",
        [Joined(found, "f", same_case("f"), "LEFT")],
    )
    assert run(query) == [(0, 5), (1, 0)]
    assert run(select([number(1)], "cases", "c", where=FALSE)) == []
    assert run(select([number(1)], "cases", "c", where=TRUE)) == [(1,), (1,)]


def test_the_first_that_holds_is_taken() -> None:
    yes = column("yes", "c")
    assert run(select([case_when([(yes, number(7)), (TRUE, number(8))], number(9))], "cases", "c")) == [
        (7,),
        (8,),
    ]
    assert case_when([], number(9)) == number(9)


def test_nothing_has_columns_and_no_rows() -> None:
    connection = duckdb.connect()
    done = connection.execute(nothing(["case_no", *ends_of(["n"]), "must"]).sql("duckdb"))
    assert [(name, str(kind)) for name, kind, *_ in done.description] == [
        ("case_no", "BIGINT"),
        ("n_lo", "BIGINT"),
        ("n_hi", "BIGINT"),
        ("must", "BOOLEAN"),
    ]
    assert done.fetchall() == []
