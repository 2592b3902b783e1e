"""The service around the pages: headers, limits, refusals, health, words."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from engine.speech import Speaker
from rules.law import employment
from service.web.app import create_app
from service.web.traffic import MAX_BODY, log_paths_only
from service.web.visit import MAX_FIELDS, SelfTest
from service.web.words import LANGUAGES, words

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as opened:
        yield opened


def keys(node: Any, path: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for key, below in node.items():
            yield from keys(below, f"{path}.{key}")
    else:
        yield path


def test_both_languages_have_the_same_keys() -> None:
    korean, english = (set(keys(words(language))) for language in LANGUAGES)
    assert korean == english


@pytest.mark.parametrize(
    "path", ["/", "/self-test", "/healthz", "/nowhere", "/static/style.css", "/api/v1/openapi.json"]
)
def test_every_answer_has_safe_headers_and_no_cookie(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; ")
    for kind in ("style", "script", "connect"):
        assert f"{kind}-src 'self';" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("path", ["/", "/self-test"])
def test_pages_are_set_up_for_everybody(client: TestClient, path: str, lang: str) -> None:
    page = client.get(f"{path}?lang={lang}").text
    assert f'<html lang="{lang}">' in page
    assert '<a class="skip" href="#main">' in page
    assert '<main id="main"' in page
    assert page.count("<script") == page.count('<script type="module" src="/static/')
    assert "style=" not in page
    assert page.count("<h1>") == 1


def test_self_test_pages_are_not_stored(client: TestClient) -> None:
    assert client.get("/self-test").headers["cache-control"] == "no-store"


def test_the_start_page_names_the_rulebook(client: TestClient) -> None:
    assert employment().rulebook.digest[:12] in client.get("/").text


def test_health(client: TestClient) -> None:
    expected = {"status": "ok", "rulebook": employment().rulebook.digest, "register": None}
    assert client.get("/healthz").json() == expected


@pytest.mark.parametrize("path", ["/self-test", "/api/v1/check"])
def test_a_body_too_large_is_refused(client: TestClient, path: str) -> None:
    assert client.post(path, content=b"a" * (MAX_BODY + 1), headers=FORM).status_code == 413

    def parts() -> Iterator[bytes]:
        yield from [b"a" * 1000] * 300

    assert client.post(path, content=parts(), headers=FORM).status_code == 413


def test_too_many_fields_are_refused(client: TestClient) -> None:
    body = "&".join(["a=1"] * (MAX_FIELDS + 1))
    assert client.post("/self-test", content=body, headers=FORM).status_code == 413


def test_another_kind_of_form_is_refused(client: TestClient) -> None:
    assert client.post("/self-test", files={"a": b"b"}).status_code == 415


def test_refusals_are_pages_in_the_visitors_language(client: TestClient) -> None:
    answer = client.get("/nowhere?lang=en")
    assert answer.status_code == 404
    assert words("en")["refusal"]["404"]["title"] in answer.text


def test_a_failure_is_a_page_and_its_message_is_not_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("심어둔글자")

    with TestClient(create_app()) as client:
        monkeypatch.setattr(SelfTest, "respond", broken)
        answer = client.post("/self-test", content="a=심어둔글자".encode(), headers=FORM)
    assert answer.status_code == 500
    assert words("ko")["refusal"]["500"]["title"] in answer.text
    assert "RuntimeError" in caplog.text
    assert "broken" in caplog.text
    assert "심어둔글자" not in caplog.text


def test_access_logs_have_paths_only(caplog: pytest.LogCaptureFixture) -> None:
    log_paths_only()
    with caplog.at_level(logging.INFO, "uvicorn.access"):
        arguments = ("127.0.0.1:1", "GET", "/api/v1/employers?q=planted", "1.1", 200)
        logging.getLogger("uvicorn.access").info('%s - "%s %s HTTP/%s" %d', *arguments)
    assert '"GET /api/v1/employers HTTP/1.1" 200' in caplog.text


def test_the_style_is_our_own(client: TestClient) -> None:
    style = client.get("/static/style.css").text
    assert "@import" not in style
    assert "url(" not in style
    assert Path(__file__).parents[1].joinpath("service/web/static/style.css").read_text("utf-8") == style


@pytest.mark.parametrize(("query", "language"), [("", "ko"), ("?lang=en", "en")])
def test_the_start_page_says_from_which_retirement_on_it_answers(
    client: TestClient, query: str, language: str
) -> None:
    rulebook = employment().rulebook
    first = rulebook.supported[1].first
    assert first is not None
    assert Speaker(rulebook, language).day(first) in client.get(f"/{query}").text
