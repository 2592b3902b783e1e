"""A run over a table answers as `psea check` does, whichever executor and format."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import Workbook, load_workbook

from cases.files import find_cases, readable_cases
from engine.errors import InputError
from rules.advice import advise
from rules.facts import EmploymentCase
from rules.law import UNDETERMINED, employment
from service import store
from service.batch.output import Output
from service.batch.parts import Parts
from service.batch.runs import Job, Run, Summary
from service.lookup import look_up
from service.register.register import Register

LAW = employment()
ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "docs" / "examples" / "applications.csv"


def run(source: Path, out: Path, **options: Any) -> Summary:
    return Run(Job(source, out, options.pop("language", "ko"), LAW, **options)).finish()


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def examples() -> list[EmploymentCase]:
    """Every twelfth worked example."""
    found = [
        case.facts
        for path in find_cases(ROOT / "cases" / "provisions")
        for case in readable_cases(path)[0]
        if isinstance(case.facts, EmploymentCase)
    ]
    return found[::12]


def lines(path: Path, cases: list[EmploymentCase]) -> Path:
    told = [
        {"id": f"c{n}", **case.model_dump(mode="json", exclude_defaults=True)} for n, case in enumerate(cases)
    ]
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in told))
    return path


def test_executors_write_the_same_bytes(tmp_path: Path) -> None:
    source = lines(tmp_path / "cases.jsonl", examples())
    for executor in ("rete", "duckdb"):
        run(source, tmp_path / f"{executor}.jsonl", executor=executor, quick=True, part_rows=100)
    one, other = (tmp_path / f"{executor}.jsonl" for executor in ("rete", "duckdb"))
    assert one.read_bytes() == other.read_bytes()
    assert one.stat().st_size > 10_000


def test_cases_left_open_are_split_into_their_worlds_unless_quick(tmp_path: Path) -> None:
    case = {
        "id": "1",
        "official": {"service": "general", "grade": [8, 9], "retired_on": "2025-12-31"},
        "engagement": {"start_on": "2026-06-01"},
        "employer": {},
    }
    source = tmp_path / "t.jsonl"
    source.write_text(json.dumps(case))
    model = EmploymentCase.model_validate({name: part for name, part in case.items() if name != "id"})
    advice = advise(LAW, model)
    for executor in ("rete", "duckdb"):
        run(source, tmp_path / "full.jsonl", executor=executor)
        run(source, tmp_path / "quick.jsonl", executor=executor, quick=True)
        (full,), (quick,) = rows(tmp_path / "full.jsonl"), rows(tmp_path / "quick.jsonl")
        assert full["outcome"] == advice.outcome
        assert set(quick["possible"]) >= {advice.title.ko} or quick["outcome"] == advice.outcome
        assert len(full["questions"]) == len(advice.questions)
        assert quick["questions"] == []


def test_a_row_says_what_a_check_says(tmp_path: Path) -> None:
    summary = run(EXAMPLE, tmp_path / "out.jsonl")
    assert (summary.executor, summary.rows, summary.refused) == ("rete", 5, 0)
    told = {row["id"]: row for row in rows(tmp_path / "out.jsonl")}
    case = {
        "official": {"agency": "경찰청", "rank": "경정", "retired_on": "2025-12"},
        "engagement": {
            "start_on": "2026-03-02", "own_business": False, "duty": "ordinary", "occupation": "manager",
            "handles_or_advises": True, "paid": True, "periodic": True,
        },
        "employer": {"kind": "company", "listed": True},
        "works": [],
        "postings": [{"body": "경찰청", "unit": "경무과", "from_on": "2019-01-01", "to_on": "2025-12"}],
    }  # fmt: skip
    from cases.files import parse_case

    advice = advise(LAW, parse_case(json.dumps(case, ensure_ascii=False)).facts)
    row = told["2026-002"]
    assert (row["outcome"], row["title"]) == (advice.outcome, advice.title.ko)
    assert row["outcome"] != UNDETERMINED
    assert [text.partition(" 2026")[0] for text in row["duty"]] == [item.label.ko for item in advice.duties]
    assert {text.partition(" (")[0] for text in row["route"]} == {item.label.ko for item in advice.routes}
    assert row["rulebook"] == advice.identity.rulebook
    assert "outcome.no-close-relevance" in row["fired"]
    assert not set(row["fired"]) & set(row["may_fire"])


def test_every_format_holds_the_same_answers(tmp_path: Path) -> None:
    run(EXAMPLE, tmp_path / "rete.jsonl", executor="rete", quick=True)
    for executor in ("rete", "duckdb"):
        started = Run(Job(EXAMPLE, tmp_path / executor, "ko", LAW, executor=executor, quick=True))
        worker = started.worker(Parts(tmp_path / executor, {}))
        worker.answer(lambda rows, total: None)
        for suffix in (".csv", ".parquet", ".xlsx"):
            Output(tmp_path / f"{executor}{suffix}", started.sayer).write(worker)
    texts = rows(tmp_path / "rete.jsonl")
    names = list(texts[0])
    flat = [[str(v) if not isinstance(v, list) else "; ".join(v) for v in row.values()] for row in texts]
    for executor in ("rete", "duckdb"):
        with (tmp_path / f"{executor}.csv").open(encoding="utf-8-sig", newline="") as file:
            assert list(csv.reader(file))[1:] == flat
        kept = duckdb.sql(f"SELECT * FROM '{tmp_path}/{executor}.parquet'")
        assert kept.columns == names
        assert [dict(zip(names, row, strict=True)) for row in kept.fetchall()] == texts
        sheet = load_workbook(tmp_path / f"{executor}.xlsx").worksheets[0]
        cells = [["" if value is None else str(value) for value in row] for row in sheet.values][1:]
        assert cells == flat


@pytest.mark.parametrize("executor", ["rete", "duckdb"])
def test_bad_rows_are_told_and_good_ones_answered(tmp_path: Path, executor: str) -> None:
    source = tmp_path / "t.csv"
    source.write_text(
        "신청번호,퇴직일,취업 시작일,works[1].category\n1,2025-12-31,2026-06-01,tax\n2,언젠가,2026-06-01,\n"
        "3,2026-12-31,2026-06-01,\n1,2025-12-31,2026-06-01,\n,2025-12-31,2026-06-01,\n4,2025-12-31,2026,세금\n"
        "5,2025-12-31,2026-06-01,\n합계,5건,,\n"
    )
    summary = run(source, tmp_path / "out.csv", executor=executor, quick=True, part_rows=4)
    assert (summary.rows, summary.refused, summary.fault_count, summary.skipped) == (2, 5, 5, 1)
    assert summary.errors == tmp_path / "out.errors.csv"
    with summary.errors.open(encoding="utf-8-sig", newline="") as file:
        head, *faults = csv.reader(file)
    assert head == ["신청번호", "시트", "행", "열", "제목", "적힌 값", "문제", "고치는 법"]
    assert [(fault[0], fault[2], fault[3]) for fault in faults] == [
        ("2", "3", "B"), ("3", "4", "C"), ("1", "5", "A"), ("", "6", "A"), ("4", "7", "D"),
    ]  # fmt: skip
    assert all(fault[6] and fault[7] for fault in faults)
    run(EXAMPLE, tmp_path / "out.csv", executor="rete", quick=True)
    assert not (tmp_path / "out.errors.csv").exists()


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    folder = tmp_path_factory.mktemp("register")
    made = Register.from_store(store.engine(f"sqlite:///{folder / 'psea.db'}"))
    path = folder / "list.csv"
    path.write_text("기관명,유형\n가람협회,협회\n나래,법무법인\n나래,회계법인\n")
    made.import_file(path, date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 2), "test")
    return made


@pytest.mark.parametrize("executor", ["rete", "duckdb"])
def test_employers_are_looked_up_as_a_check_does(tmp_path: Path, executor: str, register: Register) -> None:
    source = tmp_path / "t.csv"
    source.write_text(
        "신청번호,퇴직일,취업 시작일,기관 이름,대상기관 목록에 있음\n1,2025-12-31,2026-06-01,가람협회,\n"
        "2,2025-12-31,2026-06-01,나래,\n3,2025-12-31,2026-06-01,다온,\n4,2025-12-31,2029-06-01,가람협회,\n"
        "5,2025-12-31,2026-06-01,가람협회,아니요\n6,2025-12-31,2026-06,가람협회,\n7,2025-12-31,2026-06-01,,\n"
    )
    run(source, tmp_path / "out.jsonl", executor=executor, quick=True, register=register)
    found = rows(tmp_path / "out.jsonl")
    assert [row["listing"] for row in found] == [
        "목록에 있음", "이름이 같은 기관이 여럿", "목록에서 찾지 못함", "그날의 목록 없음", "", "", "",
    ]  # fmt: skip
    case = EmploymentCase.model_validate(
        {"official": {}, "engagement": {"start_on": "2026-06-01"}, "employer": {"name": "가람협회"}}
    )
    version = look_up(case, register, "ko").version
    assert version is not None
    assert [row["register"] for row in found] == [*[version.version] * 3, "", "", "", ""]
    assert "listing.gazetted" in found[0]["fired"]
    assert "listing.gazetted" not in found[4]["may_fire"]


def test_parquet_goes_straight_into_the_tables(tmp_path: Path) -> None:
    source = tmp_path / "t.parquet"
    duckdb.sql(
        "SELECT 'n' || i AS id, DATE '2020-01-01' + CAST(i AS INTEGER) AS \"official.retired_on\", "
        'DATE \'2025-01-01\' AS "engagement.start_on", i % 9 + 1 AS "official.grade", '
        "'general' AS \"official.service\" FROM range(50) t(i)"
    ).write_parquet(str(source))
    for executor in ("rete", "duckdb"):
        summary = run(source, tmp_path / f"{executor}.jsonl", executor=executor, quick=True, part_rows=30)
        assert summary.rows == 50
    assert (tmp_path / "rete.jsonl").read_bytes() == (tmp_path / "duckdb.jsonl").read_bytes()


def test_lists_of_a_workbook_go_into_the_tables(tmp_path: Path) -> None:
    book = Workbook()
    main, works = book.active, book.create_sheet("업무")
    assert main is not None
    for row in [
        ["신청번호", "퇴직일", "취업 시작일", "works.complete"],
        *([f"n{n}", "2025-12-31", "2026-06-01", "예"] for n in range(6)),
    ]:
        main.append(row)
    for row in [["신청번호", "업무의 종류"], ["n1", "tax"], ["n1", "case"], ["n3", "세금"], ["n9", "tax"]]:
        works.append(row)
    book.save(tmp_path / "t.xlsx")
    for executor in ("rete", "duckdb"):
        summary = run(tmp_path / "t.xlsx", tmp_path / f"{executor}.jsonl", executor=executor, quick=True)
        assert (summary.rows, summary.refused) == (5, 2)
    for suffix in (".jsonl", ".errors.csv"):
        assert (tmp_path / f"rete{suffix}").read_bytes() == (tmp_path / f"duckdb{suffix}").read_bytes()


def test_a_table_without_applications_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "t.csv"
    source.write_text("신청번호,퇴직일,취업 시작일\n예시,2025,2026\n")
    with pytest.raises(InputError, match="holds no application"):
        run(source, tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.parametrize("count", [5, 30])
def test_progress_is_told_of_every_row(tmp_path: Path, count: int) -> None:
    source = tmp_path / "t.csv"
    lines = [f"{number},{'언젠가' if number % 4 == 3 else '2025-12-31'}," for number in range(count)]
    source.write_text("\n".join(["신청번호,퇴직일,취업 시작일", *lines]), encoding="utf-8")
    told: list[int] = []
    started = Run(Job(source, tmp_path / "out.csv", "ko", LAW, quick=True))
    started.finish(lambda rows, total: told.append(rows) if total == count else None)
    assert sum(told) == count
