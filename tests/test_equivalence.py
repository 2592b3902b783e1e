from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest

from cases.equivalence import Proofs
from cases.mutations import equivalent, mutants
from engine.facts import CaseModel
from engine.program import compile_program
from engine.rete import Rete
from engine.rulebook import Rulebook
from tests.licence import known_case, licensing, written

IT = {"rule": "it", "then": "it()"}
PERSON = IT | {"when": {"p": "person"}}
TWO_YEARS = {"least": [{"asked_on": "2010-01-01..", "value": 2, "cite": "Law 1", "confidence": "V"}]}
OLD_ENOUGH = {"when": {"p": "person", "r": "request"}, "where": ["r.asked_on >= p.born_on + years(least)"]}


def proved(rulebook: Rulebook, name: str = "it") -> list[str]:
    """The faults of a rule or parameter that are proved to make no difference."""
    proofs = Proofs(rulebook)
    return [m.fault for m in mutants(rulebook) if m.name.partition("#")[0] == name and equivalent(m, proofs)]


def versions(*changes: dict[str, Any]) -> Rulebook:
    """One rule whose versions meet on 2010-01-01."""
    periods = ("2000-01-01..2009-12-31", "2010-01-01..")
    return written(
        *(
            PERSON | {"where": ["p.emancipated"], "in_force": {"asked_on": period}} | change
            for period, change in zip(periods, changes, strict=True)
        )
    )


def moved(rulebook: Rulebook) -> list[str]:
    return [fault for fault in proved(rulebook) if "2010-01-01" in fault]


SEAM = ["begins on 2009-12-31, not 2010-01-01", "begins on 2010-01-02, not 2010-01-01"]


def test_where_two_versions_that_say_the_same_meet_is_not_to_be_told() -> None:
    assert moved(versions({}, {})) == SEAM
    assert moved(versions({}, {"confidence": "I"})) == SEAM
    assert moved(versions({"when": {"q": "person"}, "where": ["q.emancipated"]}, {})) == SEAM


@pytest.mark.parametrize(
    "change",
    [
        {"confidence": "U"},
        {"where": ["p.emancipated", "p.grade <= 3"]},
        {"where": ["p.grade <= 3"]},
        {"then": "other()"},
    ],
)
def test_where_two_versions_meet_that_differ_may_be_told(change: dict[str, Any]) -> None:
    assert moved(versions({}, change)) == []


def test_another_rule_with_the_same_conclusion_does_not_stand_in_for_one() -> None:
    other = {"rule": "other", "when": {"p": "person"}, "where": ["p.emancipated"], "then": "it()"}
    assert proved(written(PERSON | {"where": ["p.emancipated"]}, other)) == []


def test_versions_that_bind_what_is_derived_meet_too() -> None:
    grave = {"when": {"o": "offence"}, "where": ["o.fine > 500"], "then": "grave(offence=o, fine=o.fine)"}
    body = {"when": {"g": "grave"}, "where": ["g.fine > 1000"]}
    assert moved(written(grave, *(IT | body | {"in_force": {"asked_on": one}} for one in
                                  ("2000-01-01..2009-12-31", "2010-01-01..")))) == SEAM  # fmt: skip


def test_what_lies_beyond_the_end_of_a_domain_is_not_to_be_told() -> None:
    fined = IT | {"when": {"o": "offence"}}
    assert "o.fine == 0 becomes o.fine <= 0" in proved(written(fined | {"where": ["o.fine == 0"]}))
    assert "o.fine == 1 becomes o.fine <= 1" not in proved(written(fined | {"where": ["o.fine == 1"]}))
    assert "p.grade == 1 becomes p.grade <= 1" not in proved(written(PERSON | {"where": ["p.grade == 1"]}))


# parameters


def test_a_value_that_only_rules_of_other_days_read_is_not_to_be_told() -> None:
    reader = IT | OLD_ENOUGH
    later = reader | {"in_force": {"asked_on": "2012-01-01.."}}
    begins = ["begins on 2009-12-31, not 2010-01-01", "begins on 2010-01-02, not 2010-01-01"]
    assert proved(written(later, parameters=TWO_YEARS), "least") == begins
    assert proved(written(reader, parameters=TWO_YEARS), "least") == []
    on_the_day = reader | {"in_force": {"asked_on": "2010-01-01.."}}
    assert proved(written(on_the_day, parameters=TWO_YEARS), "least") == begins[:1]


def test_a_value_of_a_day_that_is_not_supported_is_not_to_be_told() -> None:
    rulebook = written(IT | OLD_ENOUGH, parameters=TWO_YEARS, supported={"asked_on": "2010-01-01.."})
    assert proved(rulebook, "least") == ["begins on 2009-12-31, not 2010-01-01"]


def test_a_value_of_a_day_that_the_order_of_dates_rules_out_is_not_to_be_told() -> None:
    orders = [["person.born_on", "request.asked_on"]]
    supported = {"born_on": "2010-01-01.."}
    rulebook = written(IT | OLD_ENOUGH, parameters=TWO_YEARS, supported=supported, orders=orders)
    assert proved(rulebook, "least") == ["begins on 2009-12-31, not 2010-01-01"]
    assert proved(written(IT | OLD_ENOUGH, parameters=TWO_YEARS, supported=supported), "least") == []


def test_a_value_is_read_where_only_a_conclusion_names_it() -> None:
    concluded = {"when": {"r": "request"}, "then": "last(on=r.asked_on + years(least))"}
    assert (
        proved(written(concluded, PERSON, parameters=TWO_YEARS, outputs=["outcome", "last"]), "least") == []
    )


# what follows from other rules


HIGH = {"when": {"p": "person"}, "where": ["p.grade <= 3"], "then": "high()"}
KNOWN = {"when": {"p": "person"}, "where": ["p.grade <= 5"], "then": "known()"}


def test_what_follows_from_the_rest_is_not_to_be_told() -> None:
    both = IT | {"where": ["high()", "known()"]}
    assert "known() is dropped" in proved(written(HIGH, KNOWN, both))
    assert "high() is dropped" not in proved(written(HIGH, KNOWN, both))


def test_what_is_unclear_does_not_follow_from_what_is_certain() -> None:
    both = IT | {"where": ["high()", "known()"]}
    assert "known() is dropped" not in proved(written(HIGH, KNOWN | {"confidence": "U"}, both))
    assert "known() is dropped" in proved(written(HIGH | {"confidence": "U"}, KNOWN, both))


def test_what_is_unclear_may_be_lacking() -> None:
    plain = IT | {"where": ["high()"], "unless": ["odd()"]}
    odd = {"when": {"p": "person"}, "where": ["p.grade > 3"], "then": "odd()"}
    assert "unless odd() is dropped" in proved(written(HIGH, odd, plain))
    unclear = odd | {"where": ["p.grade >= 3"], "confidence": "U"}
    assert "unless odd() is dropped" not in proved(written(HIGH, unclear, plain))


FINES = {"when": {"o": "offence"}, "where": ["o.fine > 1"], "then": "fine(offence=o, amount=o.fine)"}
ODD_FINES = {"when": {"o": "offence"}, "where": ["o.fine <= 1"], "then": "fine(offence=o, amount=o.fine)",
             "confidence": "U"}  # fmt: skip
SUM = {"when": {"f": "fine"}, "then": "fines(amount=total(f.amount))"}
FINED = {"when": {"o": "offence"}, "where": ["fine(offence=o)"], "then": "fined()"}


@pytest.mark.parametrize(
    ("asked", "expected"), [("t.amount > 10", True), ("t.amount < 10", False), ("t.amount >= 0", False)]
)
def test_a_total_lies_between_what_counts_and_what_may(asked: str, expected: bool) -> None:
    total = IT | {"when": {"t": "fines"}, "where": [asked, "fined()"]}
    assert ("fined() is dropped" in proved(written(FINES, ODD_FINES, SUM, FINED, total))) is expected


def test_nothing_is_proved_of_a_total_that_is_changed() -> None:
    total = IT | {"when": {"t": "fines"}, "where": ["t.amount > 10"]}
    sums = SUM | {
        "rule": "sums",
        "when": {"f": "fine", "p": "person"},
        "where": ["p.grade <= 3", "p.grade <= 5"],
    }
    assert proved(written(FINES, sums, total), "sums") == []


# what is proved is so


def cases(random: Random, number: int) -> Iterator[CaseModel]:
    days = [date(2009, 12, 31) + timedelta(days=step) for step in range(4)] + [
        date(2015, 6, 1),
        date(1990, 6, 1),
    ]
    for _ in range(number):
        offences = [
            {"done_on": random.choice(days), "fine": random.choice([0, 1, 500, 501, 1001]), "place": place}
            for place in random.sample(["north", "south", "south"], random.randrange(3))
        ]
        yield known_case(
            person={"born_on": random.choice(days), "grade": random.randrange(1, 7),
                    "service": random.choice(["none", "army", "navy"]), "emancipated": random.random() < 0.5},
            request={"asked_on": random.choice(days), "kind": random.choice(["plain", "fast", "odd"])},
            offences=offences,
            pardons=[{"given_on": random.choice(days), "place": "south"}] * random.randrange(2),
        )  # fmt: skip


@cache
def laws() -> tuple[Rulebook, ...]:
    both = IT | {"where": ["high()", "known()"]}
    return (
        licensing(),
        versions({}, {}),
        versions({}, {"confidence": "U"}),
        written(HIGH, KNOWN | {"confidence": "U"}, both),
        written(HIGH | {"confidence": "U"}, KNOWN, both),
        written(IT | OLD_ENOUGH | {"in_force": {"asked_on": "2010-01-02.."}}, parameters=TWO_YEARS),
        written(
            FINES,
            ODD_FINES,
            SUM,
            FINED,
            IT | {"when": {"t": "fines"}, "where": ["t.amount > 500", "fined()"]},
        ),
    )


@pytest.mark.parametrize("number", range(7))
def test_no_case_tells_a_mutant_that_is_proved_equivalent(number: int) -> None:
    rulebook = laws()[number]
    proofs = Proofs(rulebook)
    alike = [mutant for mutant in mutants(rulebook) if equivalent(mutant, proofs)]
    some = list(cases(Random(number), 40))
    before = told(rulebook, some)
    for mutant in alike:
        assert told(mutant.rulebook, some) == before, mutant


def told(rulebook: Rulebook, cases: list[CaseModel]) -> list[Any]:
    """What follows in each case and which rules fire, by their names."""
    rete = Rete(compile_program(rulebook))
    found: list[Any] = []
    for one in cases:
        conclusions = rete.run(one)
        fired: dict[str, bool] = {}
        for key, certain in conclusions.rules_fired():
            name = key.partition("#")[0]
            fired[name] = fired.get(name, False) or certain
        found.append((conclusions.summary(), fired))
    return found
