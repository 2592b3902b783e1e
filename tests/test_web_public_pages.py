"""The public pages in a real browser: axe finds nothing, nothing is cut, and the keyboard does it all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from service.web.words import words
from tests.test_web_pages import CHROMIUM, address, browser, faults, pictures

__all__ = ["address", "browser", "pictures"]
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="/usr/bin/chromium is not installed")
PAGES = {
    "start": "/",
    "staff": "/staff",
    "audit": "/audit",
    "accessibility": "/accessibility",
    "stored": "/stored",
    "api": "/api",
    "employers": "/employers?q=한빛&on=2026-03-02",
    "employers-none": "/employers?q=zzqqxx&on=2026-03-02",
    "employers-wrong": "/employers?q=a&on=x",
    "nothing": "/nothing",
}
SEEN = [("ko", 360), ("en", 1280)]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_used_by_everybody(page: Page, address: str, pictures: Path, name: str) -> None:
    path = PAGES[name]
    for language, width in SEEN:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=pictures / f"public-{name}-{language}-{width}.png", full_page=name != "api")
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_an_employer_is_searched_with_the_keyboard_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/employers")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    while page.evaluate("document.activeElement.id") != "q":
        page.keyboard.press("Tab")
    page.keyboard.type("한빛")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("2026-03-02")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("ol.told li").count() == 10
    assert words("ko")["register"]["synthetic_title"] in page.content()


def test_every_part_of_the_api_page_opens(page: Page, address: str) -> None:
    page.goto(f"{address}/api")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert faults(page) == []
