"""The rules as data."""

from datetime import date

import pytest

from engine.difference import in_force
from rules.law import employment, laws
from service.web.catalogue import Catalogue

CATALOGUES = [Catalogue(law.rulebook) for law in laws()]
EMPLOYMENT = Catalogue(employment().rulebook)


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda one: one.rulebook.name)
def test_every_version_of_every_rule_is_listed_in_both_languages(catalogue: Catalogue) -> None:
    listed = [version for rule in catalogue.on(None) for version in rule.versions]
    assert len(listed) == len(catalogue.rulebook.rules)
    for rule in catalogue.on(None):
        for text in (rule.title, rule.holds, *(version.shown for version in rule.versions)):
            assert text.ko
            assert text.en


@pytest.mark.parametrize("day", [date(2001, 4, 27), date(2015, 3, 30), date(2015, 3, 31), date(2026, 12, 31)])
def test_a_day_has_the_versions_in_force_on_it(day: date) -> None:
    expected = [rule for rule in EMPLOYMENT.rulebook.rules if day in in_force(rule)[1]]
    found = list(EMPLOYMENT.on(day))
    assert {rule.id for rule in found} == {rule.id for rule in expected}
    assert sum(len(rule.versions) for rule in found) == len(expected)


def test_a_day_before_the_law_that_is_held_has_none() -> None:
    assert list(EMPLOYMENT.on(date(2001, 4, 26))) == []


def test_a_rule_in_full_has_its_formula_and_where_needed_its_reading() -> None:
    for versions in EMPLOYMENT.by_id.values():
        told = EMPLOYMENT.told(versions[0].id)
        assert told is not None
        for version in told.versions:
            assert f"rule: {told.id}" in version.formula
            assert (version.reading is None) == (version.confidence == "V")


def test_a_name_that_there_is_not_has_names_near_it() -> None:
    assert EMPLOYMENT.told("window.opn") is None
    assert "window.open" in EMPLOYMENT.near("window.opn")
