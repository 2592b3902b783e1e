"""Which columns of queries are still read after them: the others are left out.

Planning takes a time for each column of each query, so a script of rows that grow is planned in two thirds
of the time where no row carries what nothing reads.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlglot import exp

from engine.sql import Sql


def narrow(
    steps: Sequence[tuple[str, Sequence[exp.Query]]],
    ends: Iterable[exp.Query],
    tables: Mapping[str, Iterable[str]],
) -> None:
    """Let each named query give only those columns that later ones, or the ends, read by their names.

    `steps` are in the order in which they are run; those without a name stay as they are. `tables` are the
    columns of the tables that they begin with.
    """
    later = read_by(ends)
    wanted = []
    for _, queries in reversed(steps):
        wanted.append(later)
        later = later | read_by(queries)
    given = {name: list(columns) for name, columns in tables.items()}
    for (name, queries), columns in zip(steps, reversed(wanted), strict=True):
        if name and isinstance(query := queries[0], exp.Select):
            kept = [one for one in _whole(query, given) if one.is_star or one.alias_or_name in columns]
            query.set("expressions", kept)
            given[name] = query.named_selects


def read_by(queries: Iterable[exp.Query]) -> set[str]:
    """The names of the columns that queries read."""
    return {
        column.name
        for query in queries
        for column in query.find_all(exp.Column)
        if not isinstance(column.this, exp.Star)
    }


def _whole(query: exp.Select, given: Mapping[str, Sequence[str]]) -> Iterator[Sql]:
    """What a query selects, with every column of a table where it says all."""
    parts = [query.find(exp.From), *query.args.get("joins", ())]
    sources = {part.this.alias: part.this.name for part in parts if part and isinstance(part.this, exp.Table)}
    for one in query.expressions:
        if isinstance(one, exp.Column) and isinstance(one.this, exp.Star) and one.table in sources:
            yield from (exp.column(name, one.table) for name in given[sources[one.table]])
        else:
            yield one
