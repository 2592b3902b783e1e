"""The check for programs: the same advice, and every error in one shape."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from rules.advice import Advice, advise, advise_holder
from rules.facts import EmploymentCase
from rules.holdings import TrustCase
from rules.law import employment, trust
from service.web.api import read_body
from service.web.app import create_app
from service.web.problems import Problems
from service.web.samples import CASE, HOUSEHOLD
from service.web.words import LANGUAGES
from tests.registers import listing


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as opened:
        yield opened


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with (
        listing(tmp_path_factory.mktemp("store"), "가상병원,종합병원,") as register,
        TestClient(create_app(register=register)) as opened,
    ):
        yield opened


def problems(answer: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Problems.model_validate(answer.json()).model_dump()["problems"]
    assert set(answer.json()) == {"problems"}
    assert found
    assert all(one["message"] and one["remedy"] for one in found)
    return found


def test_the_example_gives_the_advice(client: TestClient) -> None:
    answer = client.post("/api/v1/check", json=CASE)
    assert answer.status_code == 200
    expected = advise(employment(), EmploymentCase.model_validate(CASE))
    assert answer.json() == json.loads(expected.model_dump_json())
    assert Advice.model_validate(answer.json()).outcome == expected.outcome


def test_a_household_is_told_of_its_stock(client: TestClient) -> None:
    answer = client.post("/api/v1/check?law=trust", json=HOUSEHOLD)
    expected = advise_holder(trust(), TrustCase.model_validate(HOUSEHOLD))
    assert answer.json() == json.loads(expected.model_dump_json())


@pytest.mark.parametrize(("law", "case"), [("trust", CASE), ("employment", HOUSEHOLD)])
def test_a_case_of_the_other_kind_is_refused(client: TestClient, law: str, case: dict[str, Any]) -> None:
    answer = client.post("/api/v1/check", params={"law": law}, json=case)
    assert answer.status_code == 422
    assert "another kind" in problems(answer)[0]["message"]


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
        json.dumps({**CASE, "works": {"complete": True, "items": [{}] * 21}}),
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
        (client.get("/api/nowhere"), 404),
        (client.get("/api/v1/rules/nothing"), 404),
        (client.get("/api/v1/check"), 405),
        (client.post("/api/v1/check", content=b" " * 300_000), 413),
        (client.post("/api/v1/check", data={"a": "b"}), 415),
        (client.post("/api/v1/interview", content="{}", headers={"content-type": "text/plain"}), 415),
        (client.get("/api/v1/rules?on=yesterday"), 422),
    ):
        assert answer.status_code == status
        problems(answer)


def test_json_is_read_as_json() -> None:
    text = '{\t"official": {}, "engagement": {}, "employer": {"name": "\\ud55c\\ud83d\\ude00 \\\\ud83d"}}'
    assert read_body(text, EmploymentCase).employer.name.options == ("한😀 \\ud83d",)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1950", "0001-01"])
def test_days_at_the_ends_of_the_calendar(client: TestClient, day: str) -> None:
    for official, engagement in (
        ({"retired_on": day}, {}),
        ({"retired_on": "2025-01-01"}, {"start_on": day}),
    ):
        case = {"official": {**CASE["official"], **official}, "engagement": engagement, "employer": {}}
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


def test_a_wrong_method_is_told_the_right_one(client: TestClient) -> None:
    assert client.get("/api/v1/check").headers["allow"] == "POST"


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "application/vnd.a+json"]
)
def test_json_by_any_name(client: TestClient, kind: str) -> None:
    sent = client.post("/api/v1/check", content=json.dumps(CASE), headers={"content-type": kind})
    assert sent.status_code == 200


def test_words_for_a_rank(client: TestClient) -> None:
    found = client.get("/api/v1/ranks", params={"q": "세무", "part": "rank"}).json()["words"]
    assert found[0] == "세무"
    assert client.get("/api/v1/ranks", params={"q": ""}).json() == {"words": []}


def test_rules_of_a_day_and_a_provision(client: TestClient) -> None:
    asked = {"law": "employment", "provision": "restriction-window", "on": "2026-01-01"}
    found = client.get("/api/v1/rules", params=asked).json()
    assert found["on"] == "2026-01-01"
    assert "window.open" in {one["id"] for one in found["rules"]}
    assert {one["provision"] for one in found["rules"]} == {"restriction-window"}


def test_rules_of_both_laws(client: TestClient) -> None:
    assert {one["law"] for one in client.get("/api/v1/rules").json()["rules"]} == {"employment", "trust"}


def test_a_provision_that_there_is_not_is_refused(client: TestClient) -> None:
    answer = client.get("/api/v1/rules", params={"provision": "restriction-windw"})
    assert answer.status_code == 422
    assert "restriction-window" in problems(answer)[0]["remedy"]


def test_one_rule(client: TestClient) -> None:
    found = client.get("/api/v1/rules/window.open").json()
    assert found["law"] == "employment"
    assert "rule: window.open" in found["versions"][-1]["formula"]


def test_a_rule_of_a_name_that_both_laws_have(client: TestClient) -> None:
    both = {rule.id for rule in employment().rulebook.rules} & {rule.id for rule in trust().rulebook.rules}
    for name in sorted(both):
        for law in ("employment", "trust"):
            assert client.get(f"/api/v1/rules/{name}", params={"law": law}).json()["law"] == law


def test_the_interview_begins_with_nothing(client: TestClient) -> None:
    first = client.post("/api/v1/interview", json={"case": {}}).json()
    assert first["question"]["spot"] == "official.retired_on"
    held = client.post("/api/v1/interview?law=trust", json={"case": {}}).json()
    assert held["question"]["spot"] == "holder.asked_on"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"case": []},
        {"case": {}, "unknown": "official.grade"},
        {"case": {}, "unknown": ["official.shoe"]},
        {"case": {}, "unknown": [1]},
        {"case": {"official": {"grade": "high"}}},
        {"case": {"works": {"complete": True, "items": [{}] * 21}}},
        {"case": {"official": {"retired_on": "2025-01-01"}, "engagement": {"start_on": "2024-01-01"}}},
        {"case": {"holder": {}}},
        {"case": {}, "law": "trust"},
        [],
    ],
)
def test_an_interview_that_cannot_be_held(client: TestClient, body: Any) -> None:
    answer = client.post("/api/v1/interview", json=body)
    assert answer.status_code == 422
    assert all(one["line"] == 0 for one in problems(answer))


def test_employers_as_of_a_day(registered: TestClient) -> None:
    answer = registered.get("/api/v1/employers", params={"q": "ㄱㅅㄱㅅ", "on": "2026-03-02"})
    assert [one["name"] for one in answer.json()["employers"]] == ["가상건설(주)"]
    assert answer.json()["employers"][0]["kind"] == "company"
    assert answer.json()["synthetic"] is False


def test_a_named_employer_is_looked_up_before_more_is_asked(registered: TestClient) -> None:
    said = {**CASE, "employer": {"name": "가상건설"}}
    spots = []
    while (asked := registered.post("/api/v1/interview", json={"case": said, "unknown": spots}).json())[
        "question"
    ]:
        spots.append(asked["question"]["spot"])
    assert "employer.listed" not in spots
    assert "employer.kind" not in spots
    assert asked["outcome"]


@pytest.mark.parametrize("query", [{}, {"q": "가"}, {"q": "가", "on": "x"}, {"q": "가", "on": "1999-01-01"}])
def test_employers_cannot_be_asked_so(registered: TestClient, query: dict[str, str]) -> None:
    answer = registered.get("/api/v1/employers", params=query)
    assert answer.status_code == 422
    problems(answer)


def test_a_named_employer_is_looked_up(registered: TestClient) -> None:
    case = {**CASE, "employer": {"name": "가상건설"}}
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
