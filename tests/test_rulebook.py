from datetime import date

from engine.facts import Spot
from engine.periods import Period
from tests.licence import licensing, written


def test_the_toy_law() -> None:
    rulebook = licensing()
    assert rulebook.strata["outcome"] == 2
    assert rulebook.supported == ("asked_on", Period(date(2000, 1, 1), None))
    assert rulebook.predicates["outcome"]["kind"].options == ("barred", "granted", "too_young")
    assert rulebook.predicates["grave"]["offence"].name == "offence"
    assert rulebook.by_key["adult.by-age"].parameters == ("least_age",)
    assert rulebook.by_key["adult.by-decree"].cite == "Art 2"
    assert rulebook.by_key["offence.recent"].cite == "Art 3"
    assert rulebook.spot(("offence", "done_on")) == Spot("offences", 0, "done_on")


def test_versions_of_a_rule() -> None:
    old = {"rule": "it", "in_force": {"asked_on": "..2009-12-31"}, "then": "it()"}
    new = {"rule": "it", "in_force": {"asked_on": "2010-01-01.."}, "then": "it()"}
    for rules in ((old, new), (new, old)):
        assert [(rule.key, str(rule.period)) for rule in written(*rules).rules if rule.id == "it"] == [
            ("it", "..2009-12-31"),
            ("it#1", "2010-01-01.."),
        ]
