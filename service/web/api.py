"""The check as an interface for programs, with every error in one shape."""

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from cases.files import case_schema, parse_case
from engine.errors import InputError, Place, Problem, refuse
from rules.advice import EmploymentAdvice, advise
from rules.facts import EmployerKind, EmploymentCase
from rules.law import Law
from service.lookup import look_up
from service.register.problems import RegisterError
from service.web import employers

if TYPE_CHECKING:
    from service.register.register import Register

PREFIX = "/api/v1"
CASE_NAME = "case"
EXAMPLE: dict[str, Any] = {
    "official": {"retired_on": "2025-06-30", "service": "general", "grade": 4, "body": "other"},
    "engagement": {
        "start_on": "2026-03-02",
        "role": "other",
        "duty": "ordinary",
        "own_business": False,
        "handles_or_advises": True,
        "paid": True,
        "periodic": True,
    },
    "employer": {"kind": "company", "listed": True, "succession": "none"},
    "postings": [{"body": "가상부", "unit": "가상과", "to_on": "2025-06-30", "seconded": False}],
    "works": {
        "complete": True,
        "items": [
            {
                "category": ["contract", "supervision"],
                "body": "가상부",
                "unit": "가상과",
                "last_on": "2024-11-05",
                "toward_employer": True,
            }
        ],
    },
}
_PAIRED_ESCAPES = re.compile(
    r"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)


class ProblemOut(BaseModel):
    """One thing that is wrong; `path` names the entry of the case, `line` its line in the body (0: none)."""

    message: str
    remedy: str
    path: str = ""
    line: int = 0


class Problems(BaseModel):
    """Everything that is wrong with a request."""

    problems: list[ProblemOut]


class Employer(BaseModel):
    """An institution on the lists of a day; kind is one of the kinds of a case's employer, where known."""

    name: str
    kind: EmployerKind | None
    number: str | None
    sector: str | None
    synthetic: bool


class Employers(BaseModel):
    """What was found, best first, and the register that was asked."""

    on: date
    register_version: str
    synthetic: bool
    employers: list[Employer]


_REFUSED: dict[int | str, dict[str, Any]] = {
    code: {"model": Problems, "description": what}
    for code, what in {413: "the body is too large", 422: "the request cannot be used"}.items()
}


def router(law: Law, register: "Register | None") -> APIRouter:
    api = APIRouter(prefix=PREFIX, tags=["self-test"], responses=_REFUSED)

    @api.post("/check", summary="Advise on one case", openapi_extra=_case_body())
    def check(text: Annotated[str, Depends(_text)]) -> EmploymentAdvice:
        """Take a case as a case file writes it, in JSON, and give the advice. What is left out is unknown;
        an employer that is named is looked up in the register, where there is one, as of the day of start.

        Nothing is stored. The advice is not a decision: only the ethics committee decides.
        """
        looked = look_up(read_body(text), register, "en")
        return advise(law, looked.case, looked.version)

    if register is not None:

        @api.get("/employers", summary="Search the register of covered employers")
        def employers_on(
            q: Annotated[str, Query(min_length=1, max_length=200, description="name, initials or number")],
            on: Annotated[date, Query(description="the day of start, which picks the lists")],
        ) -> Employers:
            """Find institutions by part of the name, initial consonants or business number, as of a day."""
            version = employers.version_on(register, on)
            if version is None:
                raise refuse(
                    f"The register has no list for {on}", "Ask for a day of a year that is in the register"
                )
            hits = [Employer.model_validate(vars_of(hit)) for hit in employers.search(register, q, on)]
            return Employers(
                on=on, register_version=version.version, synthetic=version.synthetic, employers=hits
            )

    return api


def vars_of(hit: employers.Hit) -> dict[str, Any]:
    return {name: getattr(hit, name) for name in Employer.model_fields}


async def _text(request: Request) -> str:
    try:
        return (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refuse("The body is not UTF-8 text", "Send JSON in UTF-8") from None


def read_body(text: str) -> EmploymentCase:
    """The case of a JSON text. Raises InputError with the line of every problem."""
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise InputError([_not_json(error)]) from None
    except UnicodeEncodeError:
        raise refuse("A text holds half a character (a lone surrogate)", "Send whole characters") from None
    except (ValueError, RecursionError):
        raise refuse("The body is nested too deeply or a number is too long", "Send one case") from None
    whole = _PAIRED_ESCAPES.sub(lambda match: match[1] + json.loads(f'"{match[2]}"'), text)
    return parse_case(whole.replace("\t", " "), CASE_NAME).facts


def _not_json(error: json.JSONDecodeError) -> Problem:
    return Problem(
        f"This is not JSON: {error.msg}", "Correct it at this line", Place(CASE_NAME, error.lineno)
    )


def problems_response(problems: list[Problem], status: int = 422) -> JSONResponse:
    found = [
        ProblemOut(message=one.message, remedy=one.remedy, path=one.place.path, line=one.place.line)
        for one in problems
    ]
    return JSONResponse(Problems(problems=found).model_dump(), status)


def add_handlers(app: FastAPI) -> None:
    """Give every error that a request can meet the shape of `Problems`."""

    @app.exception_handler(InputError)
    def input_error(_: Request, error: InputError) -> JSONResponse:
        return problems_response(list(error.problems))

    @app.exception_handler(RegisterError)
    def register_error(_: Request, error: RegisterError) -> JSONResponse:
        return problems_response([Problem(error.problem.what("en"), error.problem.remedy("en"))])

    @app.exception_handler(RequestValidationError)
    def validation_error(_: Request, error: RequestValidationError) -> JSONResponse:
        return problems_response([_parameter(detail) for detail in error.errors()])


def _parameter(detail: Any) -> Problem:
    path = ".".join(map(str, detail["loc"][1:]))
    return Problem(str(detail["msg"]), f"Correct the parameter {path}", Place(path=path))


def _case_body() -> dict[str, Any]:
    content = {"schema": {"$ref": "#/components/schemas/Case"}, "example": EXAMPLE}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def add_case_schema(app: FastAPI) -> None:
    """Put the form of a case among the schemas of /openapi.json."""
    own = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            case = json.loads(json.dumps(case_schema()).replace("#/$defs/", "#/components/schemas/"))
            schemas = own()["components"]["schemas"]
            schemas |= {**case.pop("$defs"), "Case": case}
        return own()

    app.openapi = openapi  # type: ignore[method-assign]
