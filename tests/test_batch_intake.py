"""The tables of facts made of texts are those that the cases of the same texts give."""

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import duckdb
import pytest

from engine import tables
from engine.rows import encode
from engine.tables import Schema
from engine.values import HIGHEST, LOWEST, Domain
from rules.facts import EmploymentCase
from rules.law import employment
from service import store
from service.batch.applications import Application, Desk, Refused
from service.batch.columns import Column, Headings
from service.batch.faults import Spot
from service.batch.intake import ODD, Intake
from service.batch.table import Record, Table
from service.batch.texts import CHUNK
from service.register.register import Register

LAW = employment()
HEADINGS = Headings(LAW.rulebook)
SCHEMA = Schema(LAW.executor.program)
ROWS = 150
WORDS = {
    "agency": ["국세청", "경찰청", "금융위원회", "", "", "뭐지"],
    "rank": ["세무6급", "4급|5급", "경정", "고위공무원단", "", "", "경갑"],
}
DATES = ["2025-12-31", "2026.03.01", "2026-02", "2026", "2025-06-30..2026-06-30", "46022", "<= 2025-12-31"]
KINDS = {
    "bool": ["예", "아니요", "O", "true", "?"],
    "int": ["4", "6|7", "5급 이상", ">= 3", "1..9", "3|9"],
    "won": ["10억", "1,000,000", ">= 10억", "5억|10억", "0..1조"],
    "date": [*DATES, "2025-12-31|2026-01-31"],
    "text": ["국세청", "조사과", "가람", "나래", "다온"],
}


def columns() -> list[Column]:
    listed = [
        replace(column, index=index)
        for items in HEADINGS.items.values()
        for index in (1, 3)
        for column in items
    ]
    return [column for column in (*HEADINGS.columns, *listed) if column.meaning != "number"]


def text(draw: Random, column: Column, domain: Domain | None) -> str:
    if column.meaning in WORDS:
        return draw.choice(WORDS[column.meaning]) if draw.random() < 0.4 else ""
    if draw.random() < (0.75 if column.index else 0.35):
        return ""
    if column.meaning == "complete":
        return draw.choice(["예", "아니요", "?"])
    assert domain is not None
    if draw.random() < 0.002:
        return "글쎄요" if domain.kind != "text" else "가|나"
    if domain.options:
        return draw.choice([*domain.options, "|".join(draw.sample(domain.options, 2))])
    if column.path in {"official.retired_on", "engagement.start_on"}:
        return draw.choice(DATES[:-1] if column.field == "retired_on" else [*DATES, "2027-01-01", "2027"])
    return draw.choice(KINDS[domain.kind])


def made(seed: int, register: Register | None) -> tuple[Table, list[Record]]:
    draw = Random(seed)
    every = columns()
    domains = [HEADINGS.cell(one).domain if one.meaning == "field" else None for one in every]
    records = [
        Record(row, f"n{row}", tuple(map(lambda one, domain: text(draw, one, domain), every, domains)))
        for row in range(ROWS)
    ]
    spots = tuple(Spot(heading=column.path) for column in every)
    table = Table("t", "", tuple(every), spots, (), 0, Spot(), lambda: iter(records), lambda: 0)
    return table, records


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    folder = tmp_path_factory.mktemp("register")
    made = Register.from_store(store.engine(f"sqlite:///{folder / 'psea.db'}"))
    path = folder / "list.csv"
    path.write_text("기관명,유형\n가람,협회\n나래,법무법인\n나래,회계법인\n")
    made.import_file(path, date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 2), "test")
    return made


def taken_in(
    table: Table, records: list[Record], register: Register | None
) -> dict[str, list[tuple[Any, ...]]]:
    """What the intake makes, by table; `odd` are the rows it leaves to be read one by one."""
    connection = duckdb.connect()
    texts = "".join(f", t{place} VARCHAR" for place in range(len(table.columns)))
    connection.execute(f"CREATE TABLE {CHUNK} (case_no BIGINT, row BIGINT, number VARCHAR{texts})")
    rows = [[n, one.row, one.number, *(cell or None for cell in one.texts)] for n, one in enumerate(records)]
    marks = ", ".join("unnest(?)" for _ in rows[0])
    connection.execute(
        f"INSERT INTO {CHUNK} SELECT {marks}", [list(column) for column in zip(*rows, strict=True)]
    )
    Intake(Desk(table, HEADINGS, register), SCHEMA, connection).make()
    return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in (*SCHEMA.tables, ODD)}


def canonical(records: dict[str, list[tuple[Any, ...]]], cases: set[int]) -> dict[int, list[tuple[Any, ...]]]:
    """The rows of each case without serial numbers, texts numbered as they occur in the case."""
    found: dict[int, list[tuple[Any, ...]]] = {case: [] for case in cases}
    numbers: dict[int, dict[int, int]] = {case: {} for case in cases}
    for name, types in SCHEMA.tables.items():
        names = list(types)
        kept = [row for row in records[name] if row[0] in cases]
        for row in sorted(kept, key=lambda row: (row[0], row[1])):
            values = [
                value if not is_text(name, column) or value in (LOWEST, HIGHEST)
                else numbers[row[0]].setdefault(value, len(numbers[row[0]]))
                for column, value in zip(names, row, strict=True)
                if not column.endswith(tables.SERIAL)
            ]  # fmt: skip
            found[row[0]].append((name, *values))
    return found


def is_text(table: str, column: str) -> bool:
    for source, fields in SCHEMA.fields.items():
        for name, domain in fields.items():
            if column in {tables.low(source, name), tables.high(source, name)}:
                return domain.kind == "text"
    return False


@pytest.mark.parametrize(("seed", "registered"), [(1, False), (2, True), (3, True)])
def test_the_tables_are_those_of_the_cases(seed: int, registered: bool, register: Register) -> None:
    asked = register if registered else None
    table, records = made(seed, asked)
    found = taken_in(table, records, asked)
    desk = Desk(table, HEADINGS, asked)
    read = [desk.read(record) for record in records]
    odd = {case for (case,) in found[ODD]}
    assert {number for number, one in enumerate(read) if isinstance(one, Refused)} <= odd
    good = {number for number in range(ROWS) if number not in odd}
    assert len(good) > ROWS / 5
    cases: list[EmploymentCase] = [one.case for one in read if isinstance(one, Application)]
    numbers = [number for number, one in enumerate(read) if isinstance(one, Application)]
    expected = SCHEMA.records([encode(case, LAW.rulebook) for case in cases])
    renumbered = {name: [(numbers[int(row[0])], *row[1:]) for row in rows] for name, rows in expected.items()}
    assert canonical(found, good) == canonical(renumbered, good)
