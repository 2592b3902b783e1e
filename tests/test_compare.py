from datetime import date

import pytest

from cases.files import find_cases, read_cases
from engine.errors import InputError
from engine.rulebook import Rulebook
from engine.worlds import answer
from rules.compare import law_on
from rules.facts import EmploymentCase
from rules.law import employment
from tests.test_docs import ROOT

DAY = date(2026, 1, 1)


def by_date(rulebook: Rulebook) -> dict[str, set[str]]:
    return {name: {rule.id for rule in rulebook.rules if rule.selector == name} for name in rulebook.dates}


def test_the_law_of_a_day_runs_with_its_own_digest() -> None:
    law = law_on(employment(), DAY)
    assert law.executor.program.rulebook is law.rulebook
    assert law.rulebook.digest != employment().rulebook.digest
    assert law.rulebook.predicates == employment().rulebook.predicates


def test_no_version_keeps_a_date() -> None:
    assert not any(by_date(law_on(employment(), DAY).rulebook).values())
    assert by_date(law_on(employment(), DAY, "start_on").rulebook)["retired_on"]


def test_a_day_before_the_encoded_law_is_refused() -> None:
    with pytest.raises(InputError, match="Give a day within"):
        law_on(employment(), date(1990, 1, 1))


def test_a_case_under_the_law_of_its_own_retirement_is_answered_as_it_is() -> None:
    cases = [
        case
        for path in find_cases(ROOT / "cases" / "provisions" / "standard.yaml")
        for case in read_cases(path)
    ]
    checked = 0
    for case in cases[::4]:
        assert isinstance(case.facts, EmploymentCase)
        retired = case.facts.official.retired_on
        if retired.exact and retired.options[0] in employment().rulebook.supported[1]:
            law = law_on(employment(), retired.options[0], "retired_on")
            both = [answer(one.executor, case.facts).outcomes for one in (employment(), law)]
            assert both[0] == both[1], case.name
            checked += 1
    assert checked > 5
