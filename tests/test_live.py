"""Queries give what is read after them, and nothing else."""

from sqlglot import exp, parse_one

from engine.live import narrow, read_by

TABLES = {"given": ["case_no", "a", "b", "c"], "of_item": ["case_no", "serial", "d"]}


def narrowed(*queries: tuple[str, str], end: str) -> list[str]:
    """The named queries as they are after it."""
    steps = [(name, [query(text)]) for name, text in queries]
    narrow(steps, [query(end)], TABLES)
    return [some[0].sql() for _, some in steps]


def query(text: str) -> exp.Query:
    parsed = parse_one(text)
    assert isinstance(parsed, exp.Query)
    return parsed


def test_all_of_a_table_is_what_is_read_later() -> None:
    (one,) = narrowed(
        ("one", "SELECT c.*, c.a < 1 AS low, c.b AS e FROM given AS c"), end="SELECT low, b FROM one"
    )
    assert one == "SELECT c.b, c.a < 1 AS low FROM given AS c"


def test_what_is_read_far_below_is_carried_so_far() -> None:
    one, two = narrowed(
        ("one", "SELECT c.*, c.a AS e FROM given AS c"),
        ("two", "SELECT c.*, c.e + 1 AS f FROM one AS c"),
        end="SELECT t.f, t.c FROM two AS t",
    )
    assert one == "SELECT c.c, c.a AS e FROM given AS c"
    assert two == "SELECT c.c, c.e + 1 AS f FROM one AS c"


def test_each_of_two_tables_gives_its_own() -> None:
    (one,) = narrowed(
        ("one", "SELECT v.*, c.a FROM of_item AS v JOIN given AS c ON c.case_no = v.case_no"),
        end="SELECT o.serial, o.a FROM one AS o",
    )
    assert one == "SELECT v.serial, c.a FROM of_item AS v JOIN given AS c ON c.case_no = v.case_no"


def test_all_of_a_query_within_stays() -> None:
    text = "SELECT t.*, m.b FROM (SELECT a, b FROM given) AS t JOIN given AS m ON m.a = t.a"
    assert narrowed(("one", text), end="SELECT o.b FROM one AS o") == [text]


def test_a_step_without_a_name_stays_and_is_read() -> None:
    first, loop = narrowed(
        ("one", "SELECT c.* FROM given AS c"),
        ("", "SELECT o.a, o.b FROM one AS o"),
        end="SELECT o.c FROM one AS o",
    )
    assert first == "SELECT c.a, c.b, c.c FROM given AS c"
    assert loop == "SELECT o.a, o.b FROM one AS o"


def test_columns_are_read_by_name_and_stars_are_not() -> None:
    assert read_by(
        [query("SELECT c.*, c.a FROM given AS c WHERE EXISTS(SELECT 1 FROM x WHERE x.y = c.b)")]
    ) == {
        "a",
        "b",
        "y",
    }
