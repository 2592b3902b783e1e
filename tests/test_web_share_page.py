"""Shared addresses in a real browser: they open, they never reach the server, and damaged ones say so."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from service.web import share
from service.web.app import create_app
from service.web.words import words
from tests.results import SAID, result
from tests.test_web_pages import CHROMIUM, browser, serving

__all__ = ["browser"]
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="/usr/bin/chromium is not installed")


class Recorder:
    """An application that notes the address of every request."""

    def __init__(self) -> None:
        self.app = create_app()
        self.seen: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.seen.append(f"{scope['raw_path'].decode()}?{scope['query_string'].decode()}")
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture(scope="module")
def address(recorder: Recorder) -> Iterator[str]:
    with serving(recorder) as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def link_of(address: str, query: str = "") -> str:
    return share.address(result().test, result().answers, query, address)


@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_a_shared_address_opens_at_the_check(
    page: Page, address: str, recorder: Recorder, query: str
) -> None:
    recorder.seen.clear()
    page.goto(link_of(address, query))
    page.wait_for_selector('main input[name=page][value="check"]', state="attached")
    assert page.locator('main input[name="employer.name"]').get_attribute("value") == SAID["employer.name"]
    assert page.url == f"{address}/self-test{query}"
    assert recorder.seen
    assert not any("a=" in one or "%EA" in one for one in recorder.seen)


@pytest.mark.parametrize("code", ["abc", "", "%%%", "AAAA", "A" * 40_000])
def test_a_damaged_address_says_so(page: Page, address: str, code: str) -> None:
    page.goto(f"{address}/self-test#a={code}")
    page.wait_for_selector("#share-opened:not([hidden])")
    assert page.locator("#share-opened").inner_text() == words("ko")["open"]["damaged"]
    assert page.url == f"{address}/self-test"


def test_a_cut_address_says_so(page: Page, address: str) -> None:
    page.goto(link_of(address)[:-20])
    page.wait_for_selector("#share-opened:not([hidden])")


def test_nothing_but_answers_is_taken_from_an_address(page: Page, address: str) -> None:
    pairs = [("do", "result"), ("page", "result"), ("input.x", "1"), ("official.retired_on", "2025-06-30")]
    page.goto(f"{address}/self-test#a={share.encode(pairs)}")
    page.wait_for_selector('main input[name=page][value="check"]', state="attached")


def test_a_result_offers_its_address_to_copy(page: Page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(link_of(address))
    page.wait_for_selector('main input[name=page][value="check"]', state="attached")
    page.locator('main button[value="result"]').first.click()
    page.wait_for_selector("#share-copy")
    page.locator("#share-copy").click()
    expect(page.locator("#share-status")).not_to_be_empty()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#share-address").input_value()
    assert copied.startswith(f"{address}/self-test#a=")
    assert share.opened(copied, result().test) is not None


def test_without_a_script_the_address_is_pasted(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(link_of(address))
    assert words("ko")["open"]["no_script"] in page.locator("noscript").inner_text()
    page.locator(".shared a").click()
    page.locator("textarea").fill(link_of(address))
    page.locator("main button.primary").click()
    page.wait_for_selector('main input[name=page][value="check"]', state="attached")
    context.close()


def test_the_printed_page_has_the_full_proof_and_no_buttons(page: Page, address: str) -> None:
    page.goto(link_of(address))
    page.wait_for_selector('main input[name=page][value="check"]', state="attached")
    page.locator('main button[value="result"]').first.click()
    page.wait_for_selector("#glance")
    page.emulate_media(media="print")
    assert (
        page.locator("#proof details .proof").first.evaluate("one => one.getBoundingClientRect().height")
        > 100
    )
    assert not page.locator("main button:visible").count()
    assert page.locator("#identity").is_visible()
