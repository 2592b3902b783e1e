"""The public pages around the self-tests: for whom, employers, accessibility, what is stored, the API."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse

from engine.facts import Spot
from service.web import employers
from service.web.law import Asked
from service.web.openapi import PATH as OPENAPI
from service.web.pages import Pages, language_of
from service.web.reference import Reference
from service.web.visit import SelfTest, View
from service.web.words import words

PROSE = ("staff", "audit", "accessibility", "stored")
EMPLOYERS = "/employers"
API = "/api"
LONGEST = 200
KIND = Spot("employer", 0, "kind")
ROBOTS = "User-agent: *\nDisallow: /api/\nDisallow: /employers?\n"


def router(pages: Pages, test: SelfTest, contact: str = "") -> APIRouter:
    """The pages; `test` is the self-test of employers, `contact` says whom to write to, where anybody."""
    pages_of = APIRouter()
    register = test.register

    @pages_of.get("/")
    def start(request: Request) -> HTMLResponse:
        version = employers.version_on(register, date.today())
        return pages.page(View("start.html", {"version": version, "path": "/"}), language_of(request))

    @pages_of.get(EMPLOYERS)
    def search(request: Request, q: str = "", on: str = "") -> HTMLResponse:
        language = language_of(request)
        asked = Asked.read(on or date.today().isoformat())
        return pages.page(found(test, q.strip()[:LONGEST], asked, language), language)

    @pages_of.get(API)
    def reference(request: Request) -> HTMLResponse:
        app: FastAPI = request.app
        shown = {"reference": Reference(app.openapi()), "description": OPENAPI, "path": API}
        return pages.page(View("reference.html", shown), language_of(request))

    @pages_of.get("/robots.txt")
    def robots() -> PlainTextResponse:
        return PlainTextResponse(ROBOTS)

    for name in PROSE:
        _add_prose(pages_of, pages, name, contact)
    return pages_of


def _add_prose(router: APIRouter, pages: Pages, name: str, contact: str) -> None:
    @router.get(f"/{name}")
    def prose(request: Request) -> HTMLResponse:
        language = language_of(request)
        said = words(language)["prose"][name]
        shown = {"said": said, "parts": list(parts(said["parts"], contact)), "path": f"/{name}"}
        return pages.page(View("prose.html", shown), language)


def parts(said: Sequence[dict[str, Any]], contact: str) -> Iterator[dict[str, Any]]:
    """The parts of a page of prose; those that tell whom to write to are left out where there is nobody."""
    for part in said:
        whole = {**dict.fromkeys(("lines", "points", "commands", "links"), ()), **part}
        if not part.get("contact"):
            yield whole
        elif contact:
            yield {**whole, "lines": [line.format(contact=contact) for line in part["lines"]]}


@dataclass(frozen=True)
class Shown:
    """An institution that was found, in the words of a page."""

    name: str
    kind: str
    sector: str
    number: str
    synthetic: bool


def found(test: SelfTest, text: str, asked: Asked, language: str) -> View:
    """The page that searches the employers on the lists of a day."""
    said = words(language)["employers"]
    version = employers.version_on(test.register, asked.day)
    kinds = dict(test.teller(language).options(KIND))
    hits = (
        employers.search(test.register, text, asked.day)
        if text and version and test.register and asked.day
        else ()
    )
    other = "ko" if language == "en" else "en"
    shown = {
        "text": text,
        "on": asked.text,
        "day": test.teller(language).speaker.day(asked.day) if asked.day else "",
        "connected": test.register is not None,
        "version": version,
        "hits": [_shown(hit, kinds, said["unknown_kind"]) for hit in hits],
        "most": employers.MOST_HITS,
        "wrong": [("on", said["no_day"])] if asked.wrong else (),
        "path": EMPLOYERS,
        "other_query": _query(other, text, asked.text),
    }
    return View("employers.html", shown, 400 if asked.wrong else 200)


def _shown(hit: employers.Hit, kinds: dict[str, str], unknown: str) -> Shown:
    kind = kinds.get(hit.kind, unknown) if hit.kind else unknown
    return Shown(hit.name, kind, hit.sector or "", hit.number or "", hit.synthetic)


def _query(language: str, text: str, on: str) -> str:
    said = {"lang": "en" if language == "en" else "", "q": text, "on": on if text else ""}
    told = {name: one for name, one in said.items() if one}
    return f"?{urlencode(told)}" if told else ""
