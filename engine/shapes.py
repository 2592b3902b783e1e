"""What may stand in the YAML of a rulebook."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

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
    """A provision; its `in_force` holds for each rule that does not say its own."""

    provision: str
    cite: str
    in_force: Periods = Field(default_factory=dict, max_length=1)
    parameters: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
    rules: list[RuleShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _hand_down(self) -> Self:
        self.rules = [
            rule if rule.in_force else rule.model_copy(update={"in_force": self.in_force})
            for rule in self.rules
        ]
        return self


class ManifestShape(Shape):
    rulebook: str
    sources: str = "sources.yaml"
    dates: dict[str, str]
    orders: list[tuple[str, str]] = Field(default_factory=list)
    supported: Periods = Field(min_length=1, max_length=1)
    goal: str
    outcomes: list[str]
    outputs: list[str]
    levers: list[str] = Field(default_factory=list)
    moves: str
