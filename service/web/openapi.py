"""The description of the API, with requests that show how it is asked and what it answers to them."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from cases.files import case_schema
from rules.law import MODELS
from service.web.api import PREFIX, Asked, Service
from service.web.employers import version_on
from service.web.samples import BODIES, QUERIES, RULE

PATH = f"{PREFIX}/openapi.json"
TITLE = "psea"
DESCRIPTION = (
    "Post-public-employment review under Korea's Public Service Ethics Act: advice on a case, the next "
    "question of the self-test, the register of covered employers, and the rules with articles and dates. "
    "Advice is not a decision: only the ethics committee decides. Nothing that is sent is stored or logged. "
    "Every error has the shape of `Problems`."
)
TAGS = [
    {"name": "advice", "description": "Advice on a case, and the questions that lead to one."},
    {"name": "register", "description": "The register of covered employers."},
    {"name": "words", "description": "Words for bodies and ranks."},
    {"name": "rules", "description": "The law as it is encoded."},
]
_CASES = {"employment": "Case", "trust": "TrustCase"}
_REF = "#/components/schemas/"


def describe(app: FastAPI, service: Service) -> None:
    """Complete the description that the application gives of itself, once it is asked for."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = described(plain(), service)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def described(plain: Mapping[str, Any], service: Service) -> dict[str, Any]:
    """The description with the forms of a case, and with examples of requests and answers."""
    found = deepcopy(dict(plain))
    schemas = found["components"]["schemas"]
    for law, name in _CASES.items():
        schemas |= _case_schemas(law, name)
    schemas["Asked"] = _asked_schema()
    for path in found["paths"].values():
        for operation in path.values():
            _show(operation, service)
    return found


def _case_schemas(law: str, name: str) -> dict[str, Any]:
    """The form of a case; its parts go by its own name, since answers have parts of the same names."""
    schema = json.loads(
        json.dumps(case_schema(MODELS[law])).replace("#/$defs/", f"{_REF}{name}.")  # a file has its own parts
    )
    parts = {f"{name}.{part}": one for part, one in schema.pop("$defs").items()}
    del schema["$schema"]
    return {**parts, name: schema}


def _asked_schema() -> dict[str, Any]:
    schema = Asked.model_json_schema()
    schema["properties"]["case"] = {"anyOf": [{"$ref": f"{_REF}{name}"} for name in _CASES.values()]}
    return schema


def _show(operation: dict[str, Any], service: Service) -> None:
    name = operation.get("operationId", "")
    if name in BODIES:
        schema = (
            {"$ref": f"{_REF}Asked"}
            if name == "interview"
            else {"anyOf": [{"$ref": f"{_REF}{case}"} for case in _CASES.values()]}
        )
        examples = {law: {"value": body} for law, body in BODIES[name].items()}
        content = {"application/json": {"schema": schema, "examples": examples}}
        operation["requestBody"] = {"required": True, "content": content}
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in QUERIES.get(name, {}):
            parameter["example"] = str(QUERIES[name][parameter["name"]])
        elif parameter["in"] == "path":
            parameter["example"] = RULE
    if name in answers(service):
        content = operation["responses"]["200"]["content"]["application/json"]
        shown = answers(service)[name]()
        content["examples"] = {law: {"value": one.model_dump(mode="json")} for law, one in shown.items()}


def answers(service: Service) -> Mapping[str, Callable[[], Mapping[str, BaseModel]]]:
    """What the service answers to the requests shown, by operation and by what they are about."""
    known: dict[str, Callable[[], Mapping[str, BaseModel]]] = {
        "check": lambda: {law: service.check(_json(body), law) for law, body in BODIES["check"].items()},
        "interview": lambda: {
            law: service.interview(_json(body), law) for law, body in BODIES["interview"].items()
        },
        "ranks": lambda: {"words": service.ranks(**QUERIES["ranks"])},
        "rules": lambda: {"rules": service.rules(**QUERIES["rules"])},
        "rule": lambda: {"rule": service.rule(RULE, **QUERIES["rule"])},
    }
    if version_on(service.register, QUERIES["employers"]["on"]):
        known["employers"] = lambda: {"employers": service.employers(**QUERIES["employers"])}
    return known


def _json(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False)
