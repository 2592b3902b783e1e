"""The check for programs: the same advice, and every error in one shape."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from rules.advice import Advice, advise
from rules.facts import EmploymentCase
from rules.law import employment
from service.register.register import Register
from service.store import engine
from service.web.api import EXAMPLE, Problems, read_body
from service.web.app import create_app
from service.web.words import LANGUAGES


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as opened:
        yield opened


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    path = tmp_path_factory.mktemp("store") / "list.csv"
    path.write_text(
        "기관명,유형,사업자등록번호\n가상건설(주),영리사기업체,\n가상병원,종합병원,\n", encoding="utf-8"
    )
    store = engine(f"sqlite:///{path.with_name('psea.db')}")
    register = Register.from_store(store)
    register.import_file(path, date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 1), "test")
    with TestClient(create_app(register=register)) as opened:
        yield opened
    store.dispose()


def problems(answer: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Problems.model_validate(answer.json()).model_dump()["problems"]
    assert set(answer.json()) == {"problems"}
    assert found
    assert all(one["message"] and one["remedy"] for one in found)
    return found


def test_the_example_gives_the_advice(client: TestClient) -> None:
    answer = client.post("/api/v1/check", json=EXAMPLE)
    assert answer.status_code == 200
    expected = advise(employment(), EmploymentCase.model_validate(EXAMPLE))
    assert answer.json() == json.loads(expected.model_dump_json())
    assert Advice.model_validate(answer.json()).outcome == expected.outcome


def test_problems_say_where(client: TestClient) -> None:
    body = '{\n "official": {"grade": "high"},\n "engagement": {},\n "employer": {"kind": "compny"}\n}'
    answer = client.post("/api/v1/check", content=body)
    assert answer.status_code == 422
    found = {one["path"]: one for one in problems(answer)}
    assert found["official.grade"]["line"] == 2
    assert found["employer.kind"]["line"] == 4
    assert "company" in found["employer.kind"]["remedy"]


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "[]", "null", "1", '"a"', '{"official": 1}', "{\n\n,}", "[" * 3000, '{"a": ' + "9" * 5000,
        '{"official": {}, "engagement": {}, "employer": {"name": "\\ud800"}}',
        '{"official": {"shoe": 4}, "engagement": {}, "employer": {}}',
        '{"official": {"retired_on": "2025"}, "engagement": {"start_on": "2024-01-01"}, "employer": {}}',
        '{"official": {}, "official": {}, "engagement": {}, "employer": {}}',
        '{"like": "x", "official": {}, "engagement": {}, "employer": {}}',
    ],
)  # fmt: skip
def test_bad_bodies_are_problems(client: TestClient, body: str) -> None:
    answer = client.post("/api/v1/check", content=body)
    assert answer.status_code == 422
    problems(answer)


def test_bytes_that_are_no_text(client: TestClient) -> None:
    assert problems(client.post("/api/v1/check", content=b"\xff\xfe{"))


def test_other_refusals_have_the_same_shape(client: TestClient) -> None:
    for answer, status in (
        (client.get("/api/v1/nowhere"), 404),
        (client.get("/api/v1/check"), 405),
        (client.post("/api/v1/check", content=b" " * 300_000), 413),
    ):
        assert answer.status_code == status
        problems(answer)


def test_json_is_read_as_json() -> None:
    text = '{\t"official": {}, "engagement": {}, "employer": {"name": "\\ud55c\\ud83d\\ude00 \\\\ud83d"}}'
    assert read_body(text).employer.name.options == ("한😀 \\ud83d",)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1950", "0001-01"])
def test_days_at_the_ends_of_the_calendar(client: TestClient, day: str) -> None:
    for official, engagement in (
        ({"retired_on": day}, {}),
        ({"retired_on": "2025-01-01"}, {"start_on": day}),
    ):
        case = {"official": {**EXAMPLE["official"], **official}, "engagement": engagement, "employer": {}}
        assert client.post("/api/v1/check", json=case).status_code in {200, 422}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=6), below, max_size=3),
    max_leaves=6,
)


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from(["engagement", "employer", "works", "postings", "case"]), JSON), JSON)
def test_no_body_breaks_the_service(client: TestClient, parts: dict[str, Any], more: Any) -> None:
    official = {"retired_on": "2010-01-01", **(more if isinstance(more, dict) else {})}
    body = {"engagement": {}, "employer": {}, **parts, "official": official}
    answer = client.post("/api/v1/check", content=json.dumps(body))
    assert answer.status_code in {200, 422}


def test_the_form_of_a_case_is_published(client: TestClient) -> None:
    found = client.get("/openapi.json").json()
    body = found["paths"]["/api/v1/check"]["post"]["requestBody"]["content"]["application/json"]
    assert body["example"] == EXAMPLE
    schemas = found["components"]["schemas"]
    for reference in _references(found):
        assert reference.removeprefix("#/components/schemas/") in schemas
    assert "/api/v1/employers" not in found["paths"]


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for below in node.values():
            yield from _references(below)
    elif isinstance(node, list):
        for below in node:
            yield from _references(below)


def test_employers_as_of_a_day(registered: TestClient) -> None:
    answer = registered.get("/api/v1/employers", params={"q": "ㄱㅅㄱㅅ", "on": "2026-03-02"})
    assert [one["name"] for one in answer.json()["employers"]] == ["가상건설(주)"]
    assert answer.json()["employers"][0]["kind"] == "company"
    assert answer.json()["synthetic"] is False


@pytest.mark.parametrize("query", [{}, {"q": "가"}, {"q": "가", "on": "x"}, {"q": "가", "on": "1999-01-01"}])
def test_employers_cannot_be_asked_so(registered: TestClient, query: dict[str, str]) -> None:
    answer = registered.get("/api/v1/employers", params=query)
    assert answer.status_code == 422
    problems(answer)


def test_a_named_employer_is_looked_up(registered: TestClient) -> None:
    case = {**EXAMPLE, "employer": {"name": "가상건설"}}
    advice = registered.post("/api/v1/check", json=case).json()
    assert advice["identity"]["register_year"] == 2026
    assert "employer.listed" not in [one["spot"] for one in advice["questions"]]


def test_the_page_searches_and_fills_in_the_employer(registered: TestClient) -> None:
    said = {"official.retired_on": "2025-06-30", "unknown": "words", "engagement.start_on": "2026-03-02"}
    page = {**said, "page": "employer.listed"}
    found = registered.post("/self-test", data={**page, "do": "search", "input.search": "병원"})
    assert "가상병원" in found.text
    chosen = registered.post("/self-test", data={**page, "do": "choose:0", "input.found": "병원"}).text
    for name, value in {"name": "가상병원", "kind": "hospital", "listed": "true", "register": "used"}.items():
        assert f'name="employer.{name}" value="{value}"' in chosen
    changed = {"employer.name": "가상병원", "employer.listed": "true", "employer.register": "used"}
    own = {**said, **changed, "page": "employer.listed", "do": "next", "input.listed": "false"}
    assert "employer.register" not in registered.post("/self-test", data=own).text
    result = registered.post("/self-test", data={**said, **changed, "do": "result"}).text
    assert "2026 <code>" in result
    back = {**said, **changed, "page": "employer.succession", "do": "back"}
    assert "employer.register" not in registered.post("/self-test", data=back).text


def test_without_a_day_the_page_asks_for_it(registered: TestClient) -> None:
    said = {"official.retired_on": "2025-06-30", "unknown": "words", "page": "employer.listed", "do": "stay"}
    assert "change:engagement.start_on" in registered.post("/self-test", data=said).text


def test_the_repository_ships_every_word_in_both_languages() -> None:
    folder = Path(__file__).parents[1] / "service" / "web" / "words"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")}
    assert {name.partition("/")[0] for name in names} == set(LANGUAGES)
    assert {name.replace("ko/", "en/") for name in names} == {name for name in names if name[:3] == "en/"}
