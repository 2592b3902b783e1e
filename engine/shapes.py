"""What may stand in the YAML of a rulebook."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from engine.periods import Period, parse_period

Confidence = Literal["V", "P", "I", "U"]
Periods = dict[str, Annotated[Period, BeforeValidator(parse_period)]]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class RuleShape(Shape):
    rule: str = Field(pattern=r"^[a-z][a-z0-9_.-]*$")
    cite: str = ""
    facts: tuple[str, ...] = ()
    confidence: Confidence
    in_force: Periods = Field(default_factory=dict, max_length=1)
    when: dict[str, str] = Field(default_factory=dict)
    where: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    then: str


class ProvisionShape(Shape):
    provision: str
    cite: str
    parameters: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
    rules: list[RuleShape] = Field(default_factory=list)


class ManifestShape(Shape):
    rulebook: str
    dates: dict[str, str]
    supported: Periods = Field(min_length=1, max_length=1)
    goal: str
    outcomes: list[str]
    outputs: list[str]
    levers: list[str] = Field(default_factory=list)
    moves: str
