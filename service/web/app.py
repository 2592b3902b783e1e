"""The web service: the self-test, and the check for programs."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from engine import VERSION
from engine.errors import Problem
from engine.rulebook import Rulebook
from rules.law import Law, employment, laws
from rules.lexicon import Lexicon
from service.web import api, employers
from service.web.answers import Answers
from service.web.law import PATH as RULES
from service.web.law import LawPages
from service.web.traffic import NO_STORE, Traffic, log_paths_only
from service.web.visit import Posted, SelfTest, View
from service.web.words import words

if TYPE_CHECKING:
    from service.register.register import Register

HERE = Path(__file__).parent
FORM = "application/x-www-form-urlencoded"
PAGE = "/self-test"


def create_app(law: Law | None = None, register: "Register | None" = None) -> FastAPI:
    """The service over a rulebook (of employment unless told) and, where there is one, a register."""
    log_paths_only()
    law = law or employment()
    app = FastAPI(title="psea", version=VERSION, docs_url=None, redoc_url=None)
    pages = Pages(SelfTest(law, Lexicon.load(), register))
    app.add_middleware(Traffic, refusal=pages.refusal)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.include_router(api.router(law, register))
    api.add_handlers(app)
    api.add_case_schema(app)
    _add_pages(app, pages)
    _add_law(app, pages, LawPages(lambda: _rulebooks(law)))

    @app.get("/healthz")
    def health() -> dict[str, Any]:
        version = employers.version_on(register, date.today())
        shown = version.model_dump() if version else None
        return {"status": "ok", "rulebook": law.rulebook.digest, "register": shown}

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Response:
        return pages.refusal(request.scope, error.status_code)

    return app


def _add_pages(app: FastAPI, pages: "Pages") -> None:
    @app.get("/", include_in_schema=False)
    def start(request: Request) -> HTMLResponse:
        return pages.start(language_of(request))

    @app.get(PAGE, include_in_schema=False)
    def first_question(request: Request) -> HTMLResponse:
        return pages.ask(Posted(Answers({})), language_of(request))

    @app.post(PAGE, include_in_schema=False)
    def self_test(request: Request, posted: Annotated[Posted, Depends(posted)]) -> HTMLResponse:
        return pages.ask(posted, language_of(request))

    @app.get(f"{PAGE}/", include_in_schema=False)
    def without_slash(request: Request) -> Response:
        return RedirectResponse(f"{PAGE}{query_of(language_of(request))}", 308)


def _add_law(app: FastAPI, pages: "Pages", law: LawPages) -> None:
    @app.get(RULES, include_in_schema=False)
    def rules(request: Request, on: str = "") -> HTMLResponse:
        return pages.page(law.index(language_of(request), on), language_of(request))

    @app.get(f"{RULES}/{{name}}", include_in_schema=False)
    def rule(
        request: Request, name: str, on: str = "", within: Annotated[str, Query(alias="in")] = ""
    ) -> HTMLResponse:
        return pages.page(law.rule(name, language_of(request), on, within), language_of(request))


def _rulebooks(law: Law) -> list[Rulebook]:
    """Every rulebook, the given one in the place of the one that it replaces."""
    others = [one.rulebook for one in laws() if one.rulebook.name != law.rulebook.name]
    return [law.rulebook, *others]


async def posted(request: Request) -> Posted:
    """The form of a self-test page. Raises HTTPException for another kind and for too many fields."""
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if kind != FORM:
        raise HTTPException(415)
    try:
        return Posted.read(await request.body())
    except ValueError:
        raise HTTPException(413) from None


def language_of(request: Request) -> str:
    return "en" if request.query_params.get("lang") == "en" else "ko"


def query_of(language: str) -> str:
    return "?lang=en" if language == "en" else ""


class Pages:
    """Pages in both languages."""

    def __init__(self, test: SelfTest) -> None:
        self.test = test
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def start(self, language: str) -> HTMLResponse:
        version = employers.version_on(self.test.register, date.today())
        return HTMLResponse(self.render("start.html", language, {"version": version, "path": "/"}))

    def ask(self, posted: Posted, language: str) -> HTMLResponse:
        view = self.test.respond(posted, language)
        return HTMLResponse(self.shown(view, language), view.status, NO_STORE)

    def page(self, view: View, language: str) -> HTMLResponse:
        return HTMLResponse(self.shown(view, language), view.status)

    def shown(self, view: View, language: str) -> str:
        return self.render(view.template, language, view.context)

    def render(self, template: str, language: str, context: dict[str, Any]) -> str:
        common = {
            "lang": language,
            "query": query_of(language),
            "other": "ko" if language == "en" else "en",
            "other_query": query_of("ko" if language == "en" else "en"),
            "t": words(language),
            "rulebook": self.test.law.rulebook,
            "answers": None,
            "path": "",
            "wrong": (),
        }
        return self.templates.get_template(template).render({**common, **context})

    def refusal(self, scope: Scope, status: int) -> Response:
        """What a visitor, or a program, is told where there is no page or answer."""
        request = Request(scope)
        if scope["path"].startswith(f"{api.PREFIX}/"):
            known = words("en")["refusal"]
            said = known.get(str(status), known["other"])
            return api.problems_response([Problem(said["title"], said["todo"])], status)
        language = language_of(request)
        known = words(language)["refusal"]
        said = known.get(str(status), known["other"])
        page = self.render("problem.html", language, {"said": said, "path": "/"})
        return HTMLResponse(page, status, NO_STORE)
