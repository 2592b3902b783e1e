"""Pages in both languages: what every template is given, and what is said where there is no page."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.types import Scope

from engine.rulebook import Rulebook
from service.web import employers, problems
from service.web.traffic import NO_STORE
from service.web.visit import Posted, SelfTest, View
from service.web.words import words

if TYPE_CHECKING:
    from service.register.register import Register

HERE = Path(__file__).parent
KIND = "application/x-www-form-urlencoded"


def language_of(request: Request) -> str:
    return "en" if request.query_params.get("lang") == "en" else "ko"


def query_of(language: str) -> str:
    return "?lang=en" if language == "en" else ""


async def posted(request: Request) -> Posted:
    """The form of a self-test page. Raises HTTPException for another kind and for too many fields."""
    kind = request.headers.get("content-type", KIND).partition(";")[0].strip().lower()
    if kind != KIND:
        raise HTTPException(415)
    try:
        return Posted.read(await request.body())
    except ValueError:
        raise HTTPException(413) from None


class Pages:
    """Renders the templates; `rulebook` is the one that pages name which are of no self-test."""

    def __init__(self, rulebook: Rulebook, register: "Register | None" = None) -> None:
        self.rulebook = rulebook
        self.register = register
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def ask(self, test: SelfTest, posted: Posted, language: str) -> HTMLResponse:
        """The page of a self-test that follows from a posted form."""
        view = test.respond(posted, language)
        page = self.render(view.template, language, {"rulebook": test.law.rulebook, **view.context})
        return HTMLResponse(page, view.status, NO_STORE)

    def page(self, view: View, language: str) -> HTMLResponse:
        return HTMLResponse(self.render(view.template, language, view.context), view.status)

    def render(self, template: str, language: str, context: dict[str, Any]) -> str:
        other = "ko" if language == "en" else "en"
        common = {
            "lang": language,
            "query": query_of(language),
            "other": other,
            "other_query": query_of(other),
            "t": words(language),
            "rulebook": self.rulebook,
            "register": employers.version_on(self.register, date.today()),
            "answers": None,
            "path": "",
            "wrong": (),
        }
        return self.templates.get_template(template).render({**common, **context})

    def refusal(self, scope: Scope, status: int) -> Response:
        """What a visitor, or a program, is told where there is no page or answer."""
        request = Request(scope)
        if scope["path"].startswith("/api/"):
            return problems.refused(status)
        language = language_of(request)
        known = words(language)["refusal"]
        said = known.get(str(status), known["other"])
        page = self.render("problem.html", language, {"said": said, "path": _address(scope)})
        return HTMLResponse(page, status, NO_STORE)


def _address(scope: Scope) -> str:
    """The path asked for, as a link within this service; a form that was sent is not asked for again."""
    return "/" if scope["method"] == "POST" else "/" + quote(scope["path"].lstrip("/\\"))
