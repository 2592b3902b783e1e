"""The interface for programs: advice, the next question, employers, words for ranks, and the rules."""

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException

from cases.files import parse_one
from engine.errors import InputError, Place, Problem, nearest, refuse
from engine.facts import CaseModel
from rules.advice import EmploymentAdvice, TrustAdvice, advise, advise_holder
from rules.facts import EmployerKind, EmploymentCase
from rules.holdings import TrustCase
from service.lookup import look_up
from service.web import employers
from service.web.catalogue import Catalogue, LawName, Rules, RuleTold
from service.web.problems import REFUSED, NotFound
from service.web.questions import Interview, interview, refuse_long
from service.web.suggestions import Part, Suggestions
from service.web.visit import SelfTest

if TYPE_CHECKING:
    from service.register.register import Register

PREFIX = "/api/v1"
CASE_NAME = "case"
JSON_KINDS = re.compile(r"application/(?:[\w.-]+\+)?json", re.IGNORECASE)
C = TypeVar("C", bound=CaseModel)
_PAIRED_ESCAPES = re.compile(
    r"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)

LawQuery = Annotated[
    LawName, Query(description="the rulebook: post-public employment, or stock, blind trust and recusal")
]


class EmployerFound(BaseModel):
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
    synthetic: bool = Field(description="whether the lists are made up: then they are not the real ones")
    employers: list[EmployerFound]


class Ranks(BaseModel):
    """Words of the rank lexicon, at most ten."""

    words: list[str]


class Asked(BaseModel):
    """The answers so far: a case as a case file writes it, and the spots answered "I do not know"."""

    model_config = ConfigDict(extra="forbid")

    case: dict[str, Any]
    unknown: list[str] = Field(
        default=[], max_length=1_000, description="spots as the questions name them, such as official.grade"
    )


class Service:
    """What the API answers, for each self-test by its name."""

    def __init__(self, tests: Sequence[SelfTest], register: "Register | None") -> None:
        self.tests = {test.name: test for test in tests}
        self.register = register
        self.suggestions = Suggestions(tests[0].lexicon)
        self.catalogues = {test.name: Catalogue(test.law.rulebook) for test in tests}

    def check(self, text: str, law: LawName) -> EmploymentAdvice | TrustAdvice:
        test = self.tests[law]
        if law == "trust":
            return advise_holder(test.law, read_body(text, TrustCase))
        looked = look_up(read_body(text, EmploymentCase), self.register, "en")
        return advise(test.law, looked.case, looked.version)

    def interview(self, text: str, law: LawName) -> Interview:
        try:
            asked = Asked.model_validate(read_json(text))
        except ValidationError as error:
            raise InputError(
                Problem(one["msg"], 'Send {"case": {...}, "unknown": [...]}', Place(path=_path(one["loc"])))
                for one in error.errors()
            ) from None
        return interview(self.tests[law], asked.case, asked.unknown)

    def employers(self, q: str, on: date) -> Employers:
        version = employers.version_on(self.register, on)
        if version is None or self.register is None:
            raise refuse(
                f"The register has no list for {on}", "Ask for a day of a year that is in the register"
            )
        hits = [EmployerFound.model_validate(vars_of(hit)) for hit in employers.search(self.register, q, on)]
        return Employers(on=on, register_version=version.version, synthetic=version.synthetic, employers=hits)

    def ranks(self, q: str, part: Part | None) -> Ranks:
        return Ranks(words=self.suggestions.words(q, part or ""))

    def rules(self, law: LawName | None, on: date | None, provision: str) -> Rules:
        chosen = [one for name, one in self.catalogues.items() if law in (None, name)]
        provisions = [name for one in chosen for name in one.rulebook.provisions]
        if provision and provision not in provisions:
            raise refuse(
                f"There is no provision {provision!r}",
                nearest(provision, provisions),
                Place(path="provision"),
            )
        found = [rule for one in chosen for rule in one.on(on) if provision in ("", rule.provision)]
        return Rules(on=on, rules=found)

    def rule(self, name: str, law: LawName | None) -> RuleTold:
        """A rule in full. Raises NotFound with the nearest names where there is none of this name."""
        chosen = [one for book, one in self.catalogues.items() if law in (None, book)]
        for catalogue in chosen:
            if told := catalogue.told(name):
                return told
        near = [one for catalogue in chosen for one in catalogue.near(name)]
        remedy = f"Did you mean {' or '.join(near)}?" if near else f"{PREFIX}/rules lists them"
        raise NotFound(Problem("There is no rule of this name", remedy, Place(path="id")))


def router(service: Service) -> APIRouter:
    """The addresses of the API; those that ask the register are there where there is one."""
    api = APIRouter(prefix=PREFIX, responses=REFUSED)

    @api.post("/check", tags=["advice"], summary="Advise on one case", operation_id="check")
    def check(
        text: Annotated[str, Depends(_text)], law: LawQuery = "employment"
    ) -> EmploymentAdvice | TrustAdvice:
        """Take a case as a case file writes it, in JSON, and give the advice. What is left out is unknown;
        an employer that is named is looked up in the register, where there is one, as of the day of start.

        Nothing is stored. The advice is not a decision: only the ethics committee decides.
        """
        return service.check(text, law)

    @api.post("/interview", tags=["advice"], summary="Ask for the next question", operation_id="interview")
    def next_question(text: Annotated[str, Depends(_text)], law: LawQuery = "employment") -> Interview:
        """Take the answers so far and give the next question that can still change the answer, or the outcome
        where there is none. Write the answer into the case, or add the spot to `unknown`, and ask again.

        Nothing is stored: the answers travel with every request.
        """
        return service.interview(text, law)

    @api.get("/ranks", tags=["words"], summary="Suggest words for body and rank", operation_id="ranks")
    def ranks(
        q: Annotated[str, Query(max_length=200, description="the beginning of a word, or a part of it")],
        part: Annotated[Part | None, Query(description="only words for bodies, or only for ranks")] = None,
    ) -> Ranks:
        """Give at most ten words of the lexicon: those that begin with the text, contain it, or are near it.

        They can be used for `agency` and `rank` of a case.
        """
        return service.ranks(q, part)

    @api.get("/rules", tags=["rules"], summary="List the rules", operation_id="rules")
    def rules(
        law: Annotated[LawName | None, Query(description="only the rules of one rulebook")] = None,
        on: Annotated[date | None, Query(description="only what is in force on this day")] = None,
        provision: Annotated[
            str, Query(max_length=100, description="only the rules of one provision, by its name")
        ] = "",
    ) -> Rules:
        """Give the rules with their articles, the dates of their versions and how sure their reading is."""
        return service.rules(law, on, provision)

    @api.get("/rules/{id}", tags=["rules"], summary="Show one rule", operation_id="rule")
    def rule(
        id: str,
        law: Annotated[LawName | None, Query(description="the rulebook, where both have the name")] = None,
    ) -> RuleTold:
        """Give a rule in full: every version with its formula and, where the text needed one, our reading."""
        return service.rule(id, law)

    if service.register is not None:

        @api.get(
            "/employers", tags=["register"], summary="Search the covered employers", operation_id="employers"
        )
        def employers_on(
            q: Annotated[str, Query(min_length=1, max_length=200, description="name, initials or number")],
            on: Annotated[date, Query(description="the day of start, which picks the lists")],
        ) -> Employers:
            """Find institutions by part of the name, initial consonants or business number, as of a day.

            Spelling mistakes are forgiven. At most ten are given, the best first.
            """
            return service.employers(q, on)

    return api


def vars_of(hit: employers.Hit) -> dict[str, Any]:
    return {name: getattr(hit, name) for name in EmployerFound.model_fields}


async def _text(request: Request) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind and not JSON_KINDS.fullmatch(kind):
        raise HTTPException(415)
    try:
        return (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refuse("The body is not UTF-8 text", "Send JSON in UTF-8") from None


def read_json(text: str) -> Any:
    """The value of a JSON text of whole characters. Raises InputError."""
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise InputError([_not_json(error)]) from None
    except UnicodeEncodeError:
        raise refuse("A text holds half a character (a lone surrogate)", "Send whole characters") from None
    except (ValueError, RecursionError):
        raise refuse("The body is nested too deeply or a number is too long", "Send one case") from None
    return value


def read_body(text: str, model: type[C]) -> C:
    """The case of a JSON text. Raises InputError with the line of every problem."""
    read_json(text)
    whole = _PAIRED_ESCAPES.sub(lambda match: match[1] + json.loads(f'"{match[2]}"'), text)
    case = parse_one(whole.replace("\t", " "), model, CASE_NAME).facts
    refuse_long(case)
    return case


def _not_json(error: json.JSONDecodeError) -> Problem:
    return Problem(
        f"This is not JSON: {error.msg}", "Correct it at this line", Place(CASE_NAME, error.lineno)
    )


def _path(location: Sequence[int | str]) -> str:
    return ".".join(map(str, location))
