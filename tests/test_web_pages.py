"""The self-tests in a real browser, with scripts and without, and what axe says of the pages."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from service.register.register import Register
from service.store import engine
from service.web.app import create_app

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
WIDTHS = (360, 1280)
ZOOMED = (320, 640)
AXE = Axe()
PLAIN: set[BrowserContext] = set()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
MOST_PAGES = 60
MOST_TABS = 80
RINGED = """[document.activeElement, document.activeElement.nextElementSibling]
  .some(one => one && getComputedStyle(one).outlineStyle !== "none")"""

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="/usr/bin/chromium is not installed")


@contextmanager
def serving(app: Any) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        thread.join(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = engine(f"sqlite:///{tmp_path_factory.mktemp('store') / 'psea.db'}")
    register = Register.from_store(store)
    register.synthesise(2026, known_from=date(2026, 1, 1))
    with serving(create_app(register=register)) as url:
        yield url
    store.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the screenshots go: PSEA_PICTURES, else a folder of the test run."""
    folder = Path(os.environ.get("PSEA_PICTURES") or tmp_path_factory.mktemp("pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(params=[False, True], ids=["plain", "scripts"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page without scripts, and one with them; nothing may fail to load or be refused."""
    context = browser.new_context(
        java_script_enabled=request.param, viewport={"width": 360, "height": 740}, locale="ko-KR"
    )
    opened = context.new_page()
    if not request.param:
        PLAIN.add(context)
    troubles: list[str] = []
    opened.on("console", lambda message: troubles.append(message.text) if _is_trouble(message) else None)
    opened.on("requestfailed", lambda failed: troubles.append(failed.url) if _is_failure(failed) else None)
    yield opened
    context.close()
    assert not troubles


def _is_trouble(message: ConsoleMessage) -> bool:
    return message.type == "error" and "422" not in message.text


def _is_failure(request: Request) -> bool:
    """Whether a request went wrong, and was not just given up because the visitor went on."""
    return request.failure != "net::ERR_ABORTED"


def faults(page: Page) -> list[str]:
    """What axe finds wrong with a page; it is a script itself, so a plain page is shown to it in another."""
    if page.context not in PLAIN:
        return found_by_axe(page)
    assert page.context.browser
    twin = page.context.browser.new_page(viewport=page.viewport_size, bypass_csp=True)
    twin.goto(urljoin(page.url, "/robots.txt"))
    twin.set_content(page.content())
    found = found_by_axe(twin)
    twin.close()
    return found


def found_by_axe(page: Page) -> list[str]:
    found = AXE.run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def picture(page: Page, folder: Path, name: str) -> None:
    """Look at a page in both widths: nothing is cut, axe finds nothing, and a picture is kept.

    Nothing is cut either where the page is zoomed to 200 and to 400 percent. The markup is the same with
    scripts and without, so plain pages are looked through once.
    """
    looked_through = WIDTHS[:1] if page.context in PLAIN else WIDTHS
    for width in ZOOMED:
        resize(page, width)
    for width in WIDTHS:
        resize(page, width)
        assert width not in looked_through or faults(page) == [], name
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)


def resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def press(page: Page, do: str) -> None:
    with page.expect_navigation():
        page.locator(f'main button[name=do][value="{do}"]').first.click()


def press_enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def switch(page: Page) -> None:
    with page.expect_navigation():
        page.locator("header button.switch").click()


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def current(page: Page) -> str:
    return page.locator("main input[name=page]").get_attribute("value") or ""


def give_day(page: Page, field: str, day: str) -> None:
    for part, text in zip(("year", "month", "day"), day.split("-"), strict=True):
        page.locator(f'[name="input.{field}.{part}"]').fill(text)


CHOICES = {
    "engagement.occupation": "professional",
    "engagement.duty": "ordinary",
    "engagement.role": "other",
    "employer.succession": "none",
    "engagement.handles_or_advises": "true",
    "engagement.paid": "true",
    "engagement.periodic": "true",
}


def answer(page: Page, asked: str) -> None:
    """Answer a page as an official of the tax service who joins a company does."""
    if asked == "engagement.start_on":
        give_day(page, "start_on", "2026-03-02")
    elif asked == "works":
        if not page.locator("ol.told").count():
            page.locator('[name="input.category"][value=contract]').check()
            page.locator('[name="input.category"][value=supervision]').check()
            page.locator('[name="input.body"]').fill("국세청")
            page.locator('[name="input.unit"]').fill("조사1과")
            give_day(page, "last_on", "2024-11-05")
            page.locator('[name="input.toward_employer"][value=true]').check()
            press(page, "add")
        page.locator('[name="input.complete"][value=true]').check()
    elif asked == "postings":
        page.locator('[name="input.body"]').fill("국세청")
        page.locator('[name="input.unit"]').fill("조사1과")
        give_day(page, "to_on", "2025-06-30")
        page.locator('[name="input.complete"][value=true]').check()
    elif asked in ("directions", "subordinations"):
        page.locator('[name="input.complete"][value=true]').check()
    elif page.locator("main select").count():
        page.locator("main select").first.select_option(CHOICES.get(asked, "unknown"))
    elif page.locator("main input[type=radio]").count():
        page.locator(f'main input[type=radio][value="{CHOICES.get(asked, "false")}"]').first.check()
    else:
        press(page, "unknown")
        return
    press(page, "next")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_whole_interview(page: Page, address: str, pictures: Path, lang: str) -> None:
    query = "?lang=en" if lang == "en" else ""
    page.goto(f"{address}/{query}")
    picture(page, pictures, f"start-{lang}")
    page.locator("main a.button").first.click()
    assert page.locator("html").get_attribute("lang") == lang
    give_day(page, "retired_on", "2025-02-30")
    press(page, "next")
    assert page.locator("[role=alert] a").get_attribute("href") == "#input.retired_on.day"
    assert page.locator('[name="input.retired_on.year"]').input_value() == "2025"
    picture(page, pictures, f"wrong-{lang}")
    give_day(page, "retired_on", "2025-06-30")
    press(page, "next")
    page.locator('[name="input.agency"]').fill("국세청")
    page.locator('[name="input.rank"]').fill("세무6급")
    press_enter(page)
    picture(page, pictures, f"words-{lang}")
    press(page, "confirm")
    asked = []
    while current(page) != "check":
        key = current(page)
        asked.append(key)
        assert len(asked) < MOST_PAGES
        assert asked.count(key) == 1
        if key in ("engagement.occupation", "employer.kind", "postings"):
            picture(page, pictures, f"{key.replace('.', '-')}-{lang}")
        if key in ("employer.kind", "employer.listed"):
            page.locator('[name="input.search"]').fill("가상")
            press(page, "search")
            picture(page, pictures, f"search-{lang}")
            press(page, "choose:0")
        elif key == "works":
            answer_works_slowly(page, pictures, lang)
        else:
            answer(page, key)
    assert "official.grade" not in asked
    picture(page, pictures, f"check-{lang}")
    press(page, "result")
    assert page.locator(".warn").count() == 1
    picture(page, pictures, f"result-{lang}")
    switch(page)
    assert page.locator("html").get_attribute("lang") != lang
    assert page.locator(".outcome").count() == 1
    switch(page)
    page.emulate_media(media="print")
    page.screenshot(path=pictures / f"print-{lang}.png", full_page=True)


def answer_works_slowly(page: Page, pictures: Path, lang: str) -> None:
    page.locator('[name="input.category"][value=contract]').check()
    page.locator('[name="input.unit"]').fill("조사1과")
    press(page, "add")
    picture(page, pictures, f"list-{lang}")
    press(page, "edit:0")
    assert page.locator('[name="input.unit"]').input_value() == "조사1과"
    page.locator('[name="input.body"]').fill("국세청")
    give_day(page, "last_on", "2024-11-05")
    page.locator('[name="input.toward_employer"][value=true]').check()
    press(page, "add")
    answer(page, "works")


def test_the_keyboard_reaches_the_content_first(page: Page, address: str) -> None:
    page.goto(f"{address}/self-test")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("class") == "skip"


def test_enter_goes_on_and_does_not_switch_the_language(page: Page, address: str) -> None:
    page.goto(f"{address}/self-test")
    give_day(page, "retired_on", "2025-06-30")
    press_enter(page)
    assert page.locator("html").get_attribute("lang") == "ko"
    assert current(page) == "words"


def test_switching_the_language_keeps_what_was_typed(page: Page, address: str) -> None:
    page.goto(f"{address}/self-test")
    page.locator('[name="input.retired_on.year"]').fill("2025")
    switch(page)
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator('[name="input.retired_on.year"]').input_value() == "2025"


def test_back_asks_again_with_the_old_answer(page: Page, address: str) -> None:
    page.goto(f"{address}/self-test")
    give_day(page, "retired_on", "2025-06-30")
    press(page, "next")
    press(page, "back")
    assert current(page) == "official.retired_on"
    assert page.locator('[name="input.retired_on.day"]').input_value() == "30"
    assert page.locator("main input[type=hidden][name^=official]").count() == 0


def reach(page: Page, selector: str) -> None:
    """Go by the Tab key to what a selector names; the focus can be seen there."""
    for _ in range(MOST_TABS):
        if page.evaluate("chosen => document.activeElement.matches(chosen)", selector):
            assert page.evaluate(RINGED), selector
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached on {current(page)}")


def type_day(page: Page, field: str, day: str) -> None:
    for part, text in zip(("year", "month", "day"), day.split("-"), strict=True):
        reach(page, f'[name="input.{field}.{part}"]')
        page.keyboard.type(text)
    press_enter(page)


def choose(page: Page, radio: str) -> None:
    reach(page, radio)
    while page.evaluate("document.activeElement.value") not in ("false", "unknown"):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")


def answer_by_keyboard(page: Page) -> None:
    """Answer no where that can be said, else that it is not known."""
    if page.locator('[name="input.complete"]').count():
        choose(page, '[name="input.complete"]')
        reach(page, "main button[value=next]")
    elif page.locator("main select").count():
        reach(page, "main select")
        page.keyboard.press("End")
        reach(page, "main button[value=next]")
    elif page.locator("main input[type=radio]").count():
        choose(page, "main input[type=radio]")
    else:
        reach(page, "main button:is([value=unknown], [value=skip])")
    press_enter(page)


@pytest.mark.parametrize("page", [True], indirect=True, ids=["scripts"])
def test_a_whole_interview_with_the_keyboard_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/self-test")
    type_day(page, "retired_on", "2025-06-30")
    asked = []
    while (key := current(page)) != "check":
        assert key not in asked
        asked.append(key)
        if key == "engagement.start_on":
            type_day(page, "start_on", "2026-03-02")
        else:
            answer_by_keyboard(page)
    reach(page, "main button[value=result]")
    press_enter(page)
    assert page.locator(".outcome").count() == 1


def test_a_whole_interview_about_stock_with_the_keyboard_alone(
    page: Page, address: str, pictures: Path
) -> None:
    lang = "ko" if page.context in PLAIN else "en"
    page.goto(f"{address}/trust-test?lang={lang}")
    reach(page, '[name="input.asked_on.year"]')
    press_enter(page)
    asked = []
    while (key := current(page)) != "check":
        assert key not in asked
        asked.append(key)
        assert page.context in PLAIN or faults(page) == [], key
        answer_by_keyboard(page)
    picture(page, pictures, f"trust-check-{lang}")
    reach(page, "main button[value=result]")
    press_enter(page)
    picture(page, pictures, f"trust-result-{lang}")
