"""The law of one day, ready to run."""

from datetime import date

from engine.difference import law_of
from rules.law import Law


def law_on(law: Law, day: date, by: str = "") -> Law:
    """The law of a day for every case; `by` names the date whose versions are picked so, else all are.

    Raises InputError for a day whose law is not in the rulebook.
    """
    return Law.of(law_of(law.rulebook, day, by))
