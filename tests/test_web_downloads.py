"""The files of a result over the web, and opening answers again."""

import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlencode

import pytest
from starlette.testclient import TestClient

from cases.files import parse_one
from service.web import share
from service.web.answers import Answers
from service.web.app import create_app
from service.web.downloads import MOST_TEXT
from service.web.forms import EMPLOYMENT
from service.web.words import LANGUAGES, words
from tests.results import HELD, SAID, result

FORM = {"content-type": "application/x-www-form-urlencoded"}
STARTS = {
    "calendar": b"BEGIN:VCALENDAR",
    "pdf": b"%PDF-",
    "case.yaml": b"# ",
    "request.xlsx": b"PK\x03\x04",
    "request.hwpx": b"PK\x03\x04",
}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as opened:
        yield opened


def take(
    client: TestClient, what: str, said: dict[str, Any] = SAID, query: str = "", test: str = "/self-test"
) -> Any:
    pairs = [*Answers(said).pairs(), ("page", "result")]
    return client.post(f"{test}/{what}{query}", content=urlencode(pairs), headers=FORM)


def opened(client: TestClient, text: str = "", file: bytes = b"", test: str = "/self-test") -> Any:
    files = {"file": ("case.yaml", file)} if file else {"file": ("", b"")}
    return client.post(f"{test}/open", data={"text": text}, files=files)


def hidden(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)


@pytest.mark.parametrize("what", STARTS)
def test_every_file_is_given_and_not_stored(client: TestClient, what: str) -> None:
    answer = take(client, what)
    assert answer.status_code == 200
    assert answer.content.startswith(STARTS[what])
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("what", STARTS)
def test_names_are_ascii_and_korean(client: TestClient, what: str) -> None:
    shown = take(client, what).headers["content-disposition"]
    match = re.fullmatch(r"attachment; filename=\"([a-z.-]+)\"; filename\*=UTF-8''(\S+)", shown)
    assert match
    assert re.search("[가-힣]", unquote(match[2]))
    assert match[1].rpartition(".")[2] == match[2].rpartition(".")[2]


@pytest.mark.parametrize("what", ["calendar", "pdf", "case.yaml"])
def test_the_other_self_test_has_files_too(client: TestClient, what: str) -> None:
    answer = take(client, what, HELD, test="/trust-test")
    assert answer.status_code == 200
    assert answer.content.startswith(STARTS[what])


def test_the_request_is_of_employment_only(client: TestClient) -> None:
    assert take(client, "request.xlsx", HELD, test="/trust-test").status_code == 404


@pytest.mark.parametrize("what", STARTS)
@pytest.mark.parametrize(
    "wrong",
    [{"official.retired_on": "never"}, {"engagement.start_on": "2020-01-01"}, {"official.grade": "x" * 300}],
)
def test_wrong_answers_lead_to_a_page_that_asks_again(
    client: TestClient, what: str, wrong: dict[str, str]
) -> None:
    answer = take(client, what, {**SAID, **wrong}, "?lang=en")
    assert answer.status_code == 422
    assert '<html lang="en">' in answer.text
    assert "content-disposition" not in answer.headers
    assert ("employer.kind", "company") in hidden(answer.text)


def test_another_kind_of_form_is_refused(client: TestClient) -> None:
    assert client.post("/self-test/pdf", json={}).status_code == 415


def test_a_file_is_in_the_language_of_the_page(client: TestClient) -> None:
    english, korean = (take(client, "calendar", query=query).text for query in ("?lang=en", ""))
    assert "X-WR-CALNAME:Self-test of post-public employment" in english
    assert "X-WR-CALNAME:퇴직공직자 취업심사 자가진단" in korean
    assert "English" not in take(client, "case.yaml").text


def test_the_case_file_is_one(client: TestClient) -> None:
    text = take(client, "case.yaml").text
    assert parse_one(text, EMPLOYMENT.model).facts == result().test.case(result().answers)


def test_the_code_of_the_document_holds_the_address(client: TestClient) -> None:
    link = share.address(result().test, result().answers, "", "http://testserver")
    assert link.encode() in take(client, "pdf").content


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_that_opens_says_what_it_takes(client: TestClient, language: str) -> None:
    page = client.get(f"/self-test/open?lang={language}")
    assert page.headers["cache-control"] == "no-store"
    for key in ("title", "lead", "text", "file"):
        assert words(language)["open"][key] in page.text


def test_an_address_is_opened_at_the_check(client: TestClient) -> None:
    link = share.address(result().test, result().answers, "", "https://example.org")
    page = opened(client, link)
    assert page.status_code == 200
    assert ("page", "check") in hidden(page.text)
    assert ("employer.name", "가상건설(주)") in hidden(page.text)


@pytest.mark.parametrize("way", ["text", "file"])
def test_a_case_file_is_opened_at_the_check(client: TestClient, way: str) -> None:
    text = take(client, "case.yaml").text
    page = opened(client, text) if way == "text" else opened(client, file=text.encode())
    assert ("page", "check") in hidden(page.text)
    assert ("works.items.0.unit", "가상과") in hidden(page.text)


def test_what_is_opened_gives_the_same_result(client: TestClient) -> None:
    page = opened(client, take(client, "case.yaml").text)
    fields = [*hidden(page.text), ("do", "result")]
    again = client.post("/self-test", content=urlencode(fields), headers=FORM)
    assert result().advice.identity.facts in again.text


@pytest.mark.parametrize(
    ("text", "file", "key"),
    [
        ("", b"", "empty"),
        ("#a=abc", b"official: {}", "both"),
        ("#a=ab*c", b"", "damaged"),
        ("https://example.org/self-test#a=", b"", "damaged"),
        ("https://example.org/trust-test#a=abc", b"", "other_test"),
        (f"#a={share.encode([('holder.asked_on', '2026-01-01')])}", b"", "no_answers"),
        ("", b"\xff\xfe\x00", "not_text"),
    ],
)
def test_what_cannot_be_opened_says_why(client: TestClient, text: str, file: bytes, key: str) -> None:
    answer = opened(client, text, file)
    assert answer.status_code == 422
    assert words("ko")["open"]["wrong"][key].replace("'", "&#39;") in answer.text


def test_what_is_too_large_is_refused(client: TestClient) -> None:
    answer = opened(client, file=b"a" * (MOST_TEXT + 1))
    assert answer.status_code == 422
    assert "64KB" in answer.text


def test_a_wrong_case_file_says_line_and_remedy(client: TestClient) -> None:
    answer = opened(client, "official: {}\nengagement: {}\nemployer: {kind: compny}\n")
    assert answer.status_code == 422
    assert "3번째 줄" in answer.text
    assert "company" in answer.text
    assert "compny}" in answer.text


def test_a_broken_form_is_refused(client: TestClient) -> None:
    kind = {"content-type": "multipart/form-data; boundary=a"}
    assert client.post("/self-test/open", content=b"x", headers=kind).status_code == 400


def test_no_address_of_the_server_holds_answers(client: TestClient) -> None:
    """Forms are posted, and a shared address has its answers behind the #."""
    page = client.post(
        "/self-test", content=urlencode([*Answers(SAID).pairs(), ("do", "result")]), headers=FORM
    ).text
    for link in re.findall(r'(?:href|action|formaction)="([^"]+)"', page):
        assert "2025-06-30" not in link
        assert link.partition("#")[0] in (
            *("", "/", "/self-test", "/static/icon.svg", "/static/style.css"),
            *(f"/self-test/{what}" for what in STARTS),
            *("/self-test?lang=en", "/employers", "/rules", "/staff", "/audit", "/api"),
            *("/accessibility", "/stored"),
        )


@pytest.mark.parametrize("what", STARTS)
def test_nothing_typed_is_logged_while_a_file_is_made(
    client: TestClient, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = take(
            client, what, {**SAID, "employer.name": "심어둔이름😀", "works.items.0.unit": "심어둔부서"}
        )
    assert answer.status_code == 200
    assert "심어둔" not in caplog.text
    assert "😀" not in caplog.text


def test_nothing_opened_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    text = take(client, "case.yaml", {**SAID, "employer.name": "planted-name"}).text
    with caplog.at_level(logging.DEBUG):
        assert opened(client, text).status_code == 200
        assert opened(client, file=text.encode()).status_code == 200
        assert opened(client, text.replace("company", "planted-kind")).status_code == 422
    assert "planted" not in caplog.text
