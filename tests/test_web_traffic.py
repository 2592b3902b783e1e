"""What every request goes through: how often one client may ask, and headers on every answer."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.web.app import create_app
from service.web.problems import Problems
from service.web.settings import Settings
from service.web.traffic import HEADERS, MAX_BODY
from service.web.visit import SelfTest
from service.web.words import words

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def app() -> Any:
    return create_app(settings=Settings(rate=3))


@pytest.fixture
def client(app: Any, request: pytest.FixtureRequest) -> Iterator[TestClient]:
    """A client with an address of its own."""
    with TestClient(app, client=(request.node.name, 50_000)) as opened:
        yield opened


def exhausted(client: TestClient) -> TestClient:
    while client.get("/api/v1/ranks?q=").status_code == 200:
        pass
    return client


def test_a_page_that_is_asked_for_too_often_says_so_in_the_visitors_language(client: TestClient) -> None:
    for language in ("ko", "en"):
        answer = exhausted(client).post(f"/self-test?lang={language}", content="do=next", headers=FORM)
        assert answer.status_code == 429
        assert words(language)["refusal"]["429"]["title"] in answer.text
        assert 0 < int(answer.headers["retry-after"]) <= 60


def test_a_program_that_asks_too_often_is_told_in_the_one_shape(client: TestClient) -> None:
    answer = exhausted(client).post("/api/v1/check", json={})
    assert answer.status_code == 429
    assert Problems.model_validate_json(answer.content).problems
    assert 0 < int(answer.headers["retry-after"]) <= 60


def test_others_and_files_are_answered(app: Any, client: TestClient) -> None:
    assert exhausted(client).get("/static/style.css").status_code == 200
    with TestClient(app, client=("somebody else", 50_000)) as other:
        assert other.get("/api/v1/ranks?q=").status_code == 200


def test_without_a_limit_nobody_waits() -> None:
    with TestClient(create_app()) as client:
        assert {client.get("/api/v1/ranks?q=").status_code for _ in range(30)} == {200}


def test_without_an_address_nobody_waits(app: Any) -> None:
    with TestClient(app, client=None) as client:  # type: ignore[arg-type]
        assert {client.get("/api/v1/ranks?q=").status_code for _ in range(10)} == {200}


def test_every_answer_has_every_header(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError

    with TestClient(create_app(settings=Settings(rate=20))) as client:
        ask = client.request
        answers = [
            (ask("GET", "/static/style.css"), 200),
            (ask("GET", "/static/nothing.css"), 404),
            (ask("GET", "/nothing"), 404),
            (ask("GET", "/self-test/", follow_redirects=False), 308),
            (ask("PUT", "/self-test"), 405),
            (ask("POST", "/self-test", content=b"a" * (MAX_BODY + 1)), 413),
            (ask("POST", "/self-test", files={"a": b"b"}), 415),
            (ask("POST", "/api/v1/check", content="{"), 422),
            (ask("GET", "/robots.txt"), 200),
        ]
        monkeypatch.setattr(SelfTest, "respond", broken)
        answers.append((ask("POST", "/self-test", content="do=next", headers=FORM), 500))
        answers.append((exhausted(client).post("/self-test"), 429))
    for answer, status in answers:
        assert answer.status_code == status
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "set-cookie" not in answer.headers
