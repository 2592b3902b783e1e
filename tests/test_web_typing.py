"""Suggestions while typing, in a real browser with scripts: by keyboard, by mouse, and none at all."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.interviewing import BEGUN
from tests.test_web_pages import (
    CHROMIUM,
    address,
    answer,
    browser,
    current,
    faults,
    give_day,
    picture,
    pictures,
    press,
    press_enter,
)

__all__ = ["address", "browser", "pictures"]
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="/usr/bin/chromium is not installed")
SAID = {
    **BEGUN,
    "postings.items.0.body": "가상부",
    "postings.items.0.unit": "가상과",
    "postings.items.0.seconded": "false",
    "postings.complete": "true",
}
FIELD = "[name='input.search']"
OPTION = ".combobox [role=option]"
POST = """([path, fields]) => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: path});
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
  }
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    yield opened
    context.close()
    assert not troubles


def open_at(
    page: Page, address: str, asked: str, lang: str = "ko", path: str = "/self-test", **more: Any
) -> None:
    """Open the page that asks for something, with some answers given."""
    page.goto(f"{address}{path}")
    fields = {**SAID, "page": asked, "do": "stay", **more}
    with page.expect_navigation():
        page.evaluate(POST, [f"{path}{'?lang=en' if lang == 'en' else ''}", fields])


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_an_employer_is_chosen_by_keyboard(page: Page, address: str, pictures: Path, lang: str) -> None:
    open_at(page, address, "employer.kind", lang)
    field = page.locator(FIELD)
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("가람")
    expect(field).to_have_attribute("aria-expanded", "true")
    options = page.locator(OPTION)
    expect(options.first).to_be_visible()
    count = options.count()
    assert str(count) in page.locator(".combobox [role=status]").inner_text()
    field.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    assert faults(page) == []
    picture(page, pictures, f"typing-{lang}")
    name = str(options.first.evaluate("row => row.firstChild.textContent")).strip()
    press_enter(page)
    assert page.locator('[name="employer.name"]').get_attribute("value") == name
    assert page.locator('[name="employer.listed"]').get_attribute("value") == "true"


def test_an_employer_is_chosen_by_mouse(page: Page, address: str) -> None:
    open_at(page, address, "employer.kind")
    page.locator(FIELD).press_sequentially("ㄱㄹ")
    with page.expect_navigation():
        page.locator(OPTION).nth(1).click()
    assert page.locator('[name="employer.register"]').count() == 1


def test_escape_closes_and_enter_then_searches(page: Page, address: str) -> None:
    open_at(page, address, "employer.kind")
    field = page.locator(FIELD)
    field.press_sequentially("가람")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    assert field.input_value() == "가람"
    press_enter(page)
    assert page.locator("button.hit").count() > 0
    assert current(page) == "employer.kind"


def test_words_for_the_rank_are_suggested(page: Page, address: str, pictures: Path) -> None:
    open_at(page, address, "words", unknown="")
    field = page.locator('[name="input.rank"]')
    field.press_sequentially("경")
    first = page.locator(OPTION).first
    expect(first).to_be_visible()
    assert faults(page) == []
    picture(page, pictures, "typing-rank")
    word = first.inner_text()
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value(word)
    expect(field).to_have_attribute("aria-expanded", "false")
    assert current(page) == "words"


def test_where_nothing_can_be_suggested_the_page_stays_as_it_is(page: Page, address: str) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=200, content_type="application/json", body="[")

    page.route("**/api/v1/**", refuse)
    open_at(page, address, "employer.kind")
    field = page.locator(FIELD)
    with page.expect_response("**/api/v1/employers*"):
        field.press_sequentially("가람")
    expect(field).to_have_attribute("aria-expanded", "false")
    press_enter(page)
    assert page.locator("button.hit").count() > 0


ASKED = ["official.retired_on", "words", "engagement.occupation", "employer.capital", "employer.kind",
         "official.lawyer", "postings", "works", "check"]  # fmt: skip


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_axe_finds_nothing_on_the_pages_that_ask(page: Page, address: str, pictures: Path, lang: str) -> None:
    for asked in ASKED:
        open_at(page, address, asked, lang, **{"official.police_rank": "captain"})
        assert faults(page) == [], asked
        if asked in ("works", "check"):
            picture(page, pictures, f"asks-{asked}-{lang}")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_whole_interview_with_scripts_has_no_faults(page: Page, address: str, lang: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{address}/self-test{'?lang=en' if lang == 'en' else ''}")
    give_day(page, "retired_on", "2025-06-30")
    press(page, "next")
    for name, text in (("agency", "국세청"), ("rank", "세무6급")):
        page.locator(f'[name="input.{name}"]').press_sequentially(text)
        page.keyboard.press("Escape")
    press_enter(page)
    press(page, "confirm")
    asked: list[str] = []
    while current(page) != "check":
        asked.append(current(page))
        assert faults(page) == [], asked
        if page.locator(FIELD).count():
            page.locator(FIELD).press_sequentially("가람")
            expect(page.locator(OPTION).first).to_be_visible()
            page.keyboard.press("ArrowDown")
            press_enter(page)
        else:
            answer(page, asked[-1])
    assert len(asked) == len(set(asked)) < 20
    assert faults(page) == []
    press(page, "result")
    assert page.locator(".outcome").count() == 1
