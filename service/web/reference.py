"""The description of the API as a page: what every operation takes and gives."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

LINES = 40
_REF = "#/components/schemas/"


@dataclass(frozen=True)
class Row:
    """A parameter or a field: its name, what it may be, and what is said of it."""

    name: str
    type: str
    says: str
    required: bool
    example: str = ""


@dataclass(frozen=True)
class Sample:
    """A text to show, and whether it is only the beginning."""

    title: str
    text: str
    cut: bool


@dataclass(frozen=True)
class Operation:
    """One address of the API."""

    id: str
    method: str
    path: str
    says: str
    parameters: tuple[Row, ...]
    sent: str
    requests: tuple[Sample, ...]
    given: str
    answers: tuple[Sample, ...]

    @property
    def asked(self) -> str:
        """The path with the query of the example."""
        path, query = self.path, []
        for row in self.parameters:
            if f"{{{row.name}}}" in path:
                path = path.replace(f"{{{row.name}}}", row.example)
            elif row.example:
                query.append(f"{row.name}={row.example}")
        return path + ("?" + "&".join(query) if query else "")


@dataclass(frozen=True)
class Shape:
    """What an object of the API holds."""

    name: str
    says: str
    rows: tuple[Row, ...]


class Reference:
    """An OpenAPI description, ready to be shown."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        self.description = description

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        return tuple(
            _operation(path, method, one)
            for path, methods in self.description["paths"].items()
            for method, one in methods.items()
        )

    @cached_property
    def errors(self) -> tuple[tuple[str, str], ...]:
        """Every status that says that a request was refused, and what it means."""
        found = {
            status: said["description"]
            for methods in self.description["paths"].values()
            for one in methods.values()
            for status, said in one["responses"].items()
            if status != "200"
        }
        return tuple(sorted(found.items()))

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        schemas = self.description["components"]["schemas"]
        return tuple(
            Shape(name, schema.get("description", ""), tuple(_rows(schema)))
            for name, schema in sorted(schemas.items())
            if "properties" in schema
        )


def _operation(path: str, method: str, one: Mapping[str, Any]) -> Operation:
    sent = one.get("requestBody", {}).get("content", {}).get("application/json", {})
    given = one["responses"]["200"]["content"]["application/json"]
    return Operation(
        id=one["operationId"],
        method=method.upper(),
        path=path,
        says=one["description"],
        parameters=tuple(
            Row(
                name=each["name"],
                type=type_of(each["schema"]),
                says=each.get("description", ""),
                required=each["required"],
                example=each.get("example", ""),
            )
            for each in one.get("parameters", ())
        ),
        sent=type_of(sent.get("schema", {})),
        requests=tuple(_samples(sent)),
        given=type_of(given["schema"]),
        answers=tuple(_samples(given)),
    )


def _samples(content: Mapping[str, Any]) -> Iterator[Sample]:
    for title, example in content.get("examples", {}).items():
        lines = json.dumps(example["value"], ensure_ascii=False, indent=2).splitlines()
        yield Sample(title, "\n".join(lines[:LINES]), len(lines) > LINES)


def _rows(schema: Mapping[str, Any]) -> Iterator[Row]:
    required = schema.get("required", ())
    for name, one in schema["properties"].items():
        yield Row(name, type_of(one), one.get("description", ""), name in required)


def type_of(schema: Mapping[str, Any]) -> str:
    """What a value may be, in a word or a few: names of shapes stand for themselves."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REF)
    if "enum" in schema:
        return " | ".join(json.dumps(one, ensure_ascii=False) for one in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(type_of(one) for one in schema[several]))
    if schema.get("type") == "array":
        return f"[{type_of(schema.get('items', {}))}]"
    if schema.get("format"):
        return str(schema["format"])
    return str(schema.get("type", "any"))
