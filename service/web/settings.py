"""What the operator of the service sets, in the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from engine.errors import Place, refuse

RATE = "PSEA_RATE_LIMIT"
CONTACT = "PSEA_CONTACT"
USUAL_RATE = 600
MOST_CONTACT = 300


@dataclass(frozen=True)
class Settings:
    """`rate` requests a minute are answered to one address (0: any number); `contact` is whom to write to."""

    rate: int = 0
    contact: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """The settings of an environment. Raises InputError for one that cannot be used."""
        return cls(_rate(environment.get(RATE, "")), _contact(environment.get(CONTACT, "")))


def _rate(text: str) -> int:
    text = text.strip() or str(USUAL_RATE)
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise refuse(
            f"{text!r} is not a number of requests a minute",
            f"Write a whole number such as {USUAL_RATE}, or 0 for no limit",
            Place(RATE),
        )
    return int(text)


def _contact(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > MOST_CONTACT:
        raise refuse("The contact is too long", f"Write at most {MOST_CONTACT} characters", Place(CONTACT))
    return text
