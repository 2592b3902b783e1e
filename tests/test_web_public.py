"""The public pages: for whom the service is, employers, accessibility, what is stored."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from rules.law import employment
from service.web.app import create_app
from service.web.public import PROSE
from service.web.settings import Settings
from service.web.words import LANGUAGES, words
from tests.registers import listing

CONTACT = "가상 윤리 창구 (내선 1234)"
PAGES = ["/", *(f"/{name}" for name in PROSE), "/employers", "/api", "/rules", "/self-test", "/trust-test"]
DOCUMENTS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as opened:
        yield opened


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    rows = [f"가상물산{number}(주),영리사기업체," for number in range(12)]
    with listing(tmp_path_factory.mktemp("store"), *rows) as register:
        register.synthesise(2025, known_from=date(2025, 1, 1))
        with TestClient(create_app(register=register, settings=Settings(contact=CONTACT))) as opened:
            yield opened


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_its_foot_and_its_other_language(
    registered: TestClient, path: str, language: str
) -> None:
    page = registered.get(path, params={"lang": language}).text
    for address in ("/", "/rules", "/employers", "/api", "/accessibility", "/stored", "/staff", "/audit"):
        query = "?lang=en" if language == "en" else ""
        assert f'<a href="{address}{query}"' in page
    assert 'class="switch"' in page
    assert employment().rulebook.digest[:12] in page or path == "/trust-test"
    assert page.count("<h1") == 1
    assert "{" not in re.sub(
        r"<pre.*?</pre>|<code.*?</code>|<p[^>]*>.*?\{id\}.*?</p>", "", page, flags=re.DOTALL
    )


def test_leaving_a_self_test_by_its_foot_leaves_it_open(client: TestClient) -> None:
    page = client.get("/self-test").text
    foot = page[page.index('<ul class="foot">') :]
    assert foot.count("<a ") == foot.count('target="_blank"') == foot.count(words("ko")["nav"]["new_window"])
    assert "_blank" not in client.get("/stored").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_the_users_finds_a_way_from_the_start(client: TestClient, language: str) -> None:
    page = client.get("/", params={"lang": language}).text
    for address in ("/self-test", "/trust-test", "/staff", "/audit", "/employers"):
        assert f'href="{address}' in page


def shown_commands(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("commands", ())
        for below in node.values():
            yield from shown_commands(below)
    elif isinstance(node, list):
        for below in node:
            yield from shown_commands(below)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_shown_is_one_that_the_documents_show_and_run(language: str) -> None:
    documents = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS.glob("*.md"))
    run = {line.partition("#")[0].strip() for line in re.findall(r"^\$ (psea .*)$", documents, re.MULTILINE)}
    assert set(shown_commands(words(language)["prose"])) <= run


def hrefs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "href" in node:
            yield node["href"]
        for below in node.values():
            yield from hrefs(below)
    elif isinstance(node, list):
        for below in node:
            yield from hrefs(below)


def test_every_link_of_the_words_leads_somewhere(client: TestClient) -> None:
    for language in LANGUAGES:
        for address in set(hrefs(words(language))):
            assert client.get(address).status_code == 200, address


def test_whom_to_write_to_is_told_only_where_there_is_somebody(
    client: TestClient, registered: TestClient
) -> None:
    for path in ("/accessibility", "/stored"):
        assert CONTACT in registered.get(path).text
        title = next(part["title"] for part in words("ko")["prose"][path[1:]]["parts"] if part.get("contact"))
        assert title in registered.get(path).text
        assert title not in client.get(path).text


# the search for employers


def test_an_employer_is_found_as_of_a_day(registered: TestClient) -> None:
    page = registered.get("/employers", params={"q": "ㄱㅅㄱㅅ", "on": "2026-03-02"}).text
    assert "가상건설(주)" in page
    assert "영리" in page
    assert words("ko")["register"]["synthetic_title"] not in page


def test_the_address_is_kept_when_the_language_changes(registered: TestClient) -> None:
    page = registered.get("/employers", params={"q": "가상 건설&", "on": "2026-03-02"}).text
    switch = re.search(r'class="switch" href="([^"]*)"', page)
    assert switch is not None
    other = registered.get(switch[1].replace("&amp;", "&")).text
    assert '<html lang="en">' in other
    assert 'value="가상 건설&amp;"' in other
    assert 'value="2026-03-02"' in other


def test_more_than_are_shown_are_said_to_be_there(registered: TestClient) -> None:
    page = registered.get("/employers", params={"q": "가상물산", "on": "2026-03-02"}).text
    assert page.count("<h3>가상물산") == 10
    assert words("ko")["employers"]["most"] in page


def test_not_on_the_list_is_not_an_answer(registered: TestClient) -> None:
    page = registered.get("/employers", params={"q": "zzqq", "on": "2026-03-02", "lang": "en"}).text
    assert words("en")["employers"]["none_lead"] in page
    assert 'href="/self-test?lang=en"' in page


def test_a_synthetic_list_says_so(registered: TestClient) -> None:
    page = registered.get("/employers", params={"q": "가", "on": "2025-03-02"}).text
    assert words("ko")["register"]["synthetic_title"] in page
    assert page.count(words("ko")["register"]["synthetic_tag"]) >= 10


def test_a_day_without_a_list_and_one_that_is_none(registered: TestClient) -> None:
    early = registered.get("/employers", params={"q": "가상", "on": "1999-01-01"})
    assert early.status_code == 200
    assert "1999년 1월 1일의 목록이 없습니다" in early.text
    wrong = registered.get("/employers", params={"q": "가상", "on": "어제"})
    assert wrong.status_code == 400
    assert 'aria-invalid="true"' in wrong.text
    assert 'href="#on"' in wrong.text


def test_without_a_register_the_page_says_where_else_to_look(client: TestClient) -> None:
    page = client.get("/employers", params={"q": "가상", "lang": "en"}).text
    assert words("en")["employers"]["no_register"] in page
    assert "<form" not in page


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a" * 5_000, "\x00", "' OR 1=1 --", "{{7*7}}"])
def test_any_text_may_be_searched(registered: TestClient, text: str) -> None:
    answer = registered.get("/employers", params={"q": text, "on": "2026-03-02"})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


# around them


def test_a_page_that_there_is_not_keeps_its_address_in_the_other_language(client: TestClient) -> None:
    assert 'class="switch" href="/no/where%22?lang=en"' in client.get('/no/where"').text


@pytest.mark.parametrize("path", ["//elsewhere.example/x", "/\\elsewhere.example"])
def test_no_link_leads_away(client: TestClient, path: str) -> None:
    page = client.get(f"http://testserver{path}").text
    assert re.search(r'(href|action)="(//|/\\|https?:)', page) is None


def test_robots_keep_out_of_searches(client: TestClient) -> None:
    assert "Disallow: /employers?" in client.get("/robots.txt").text
    assert '<meta name="robots" content="index">' in client.get("/").text
    assert '<meta name="robots" content="noindex">' in client.get("/self-test").text
