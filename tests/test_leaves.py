from typing import Any

import pytest

from cases.files import CaseFile, Expected
from cases.leaves import unshown, unused, written
from engine.errors import Place
from engine.expressions import Atom, Compare
from engine.facts import CaseModel, Fact
from engine.program import compile_program
from engine.rete import Rete
from engine.rulebook import Rulebook
from rules.law import Law
from tests.licence import case, known_case, licensing
from tests.licence import written as rulebook

IT = {"rule": "it", "then": "it()"}
PERSON = IT | {"when": {"p": "person"}}


def law_of(rules: Rulebook) -> Law:
    return Law(rules, Rete(compile_program(rules)))


def example(facts: CaseModel) -> CaseFile[CaseModel]:
    return CaseFile("case", "", "", "", facts, Expected(), Place())


def examples(*people: dict[str, Any], **more: Any) -> list[CaseFile[CaseModel]]:
    return [example(known_case(person=person, **more)) for person in people]


def open_leaves(rule: dict[str, Any], cases: list[CaseFile[CaseModel]], **more: Any) -> list[str]:
    """The leaves of `it` that are not shown, each with its kind."""
    law = law_of(rulebook(rule, **more))
    return [f"{leaf.kind}: {leaf.missing}" for leaf in unshown(law, cases) if leaf.rule.id == "it"]


def test_a_rule_that_fires_in_no_example_is_unused() -> None:
    law = law_of(rulebook(PERSON | {"where": ["p.emancipated"]}))
    assert {rule.id for rule in unused(law, [])} == {"it", "yes", "no"}
    assert {rule.id for rule in unused(law, examples({"emancipated": False}))} == {"it", "yes"}
    assert unused(law, examples({"emancipated": False}, {"emancipated": True})) == []


def test_each_version_of_a_rule_must_fire() -> None:
    versions = [
        IT | {"when": {"r": "request"}, "where": ["r.paid"], "in_force": {"asked_on": period}}
        for period in ("2000-01-01..2009-12-31", "2010-01-01..")
    ]
    law = law_of(rulebook(*versions))
    assert [rule.key for rule in unused(law, examples({}))] == ["it", "no"]


def test_a_rule_that_may_fire_is_unused() -> None:
    law = law_of(rulebook(PERSON | {"where": ["p.emancipated"]}))
    assert "it" in {rule.id for rule in unused(law, [example(case())])}


def test_a_rule_of_unclear_law_is_used_where_all_it_says_holds() -> None:
    law = law_of(rulebook(PERSON | {"where": ["p.emancipated"], "confidence": "U"}))
    assert {rule.id for rule in unused(law, examples({"emancipated": True}))} == {"no"}


def test_a_case_that_expects_nothing_or_is_of_another_law_is_no_example() -> None:
    class Thing(Fact):
        pass

    class OtherCase(CaseModel):
        thing: Thing

    law = law_of(rulebook(PERSON | {"where": ["p.emancipated"]}))
    silent = CaseFile("case", "", "", "", known_case(person={"emancipated": True}), None, Place())
    assert len(unused(law, [silent, example(OtherCase(thing=Thing()))])) == 3


def test_a_condition_is_shown_where_it_alone_fails() -> None:
    rule = PERSON | {"where": ["p.emancipated", "p.service == 'army'"]}
    both_fail = {"emancipated": False, "service": "navy"}
    first = {"emancipated": False, "service": "army"}
    second = {"emancipated": True, "service": "navy"}
    missing = [
        "condition: No example fails by `p.emancipated` alone",
        "condition: No example fails by `p.service == 'army'` alone",
    ]
    assert open_leaves(rule, examples(both_fail)) == missing
    assert open_leaves(rule, examples(both_fail, first)) == missing[1:]
    assert open_leaves(rule, examples(first, second)) == []


def test_a_value_that_is_not_known_shows_nothing() -> None:
    rule = PERSON | {"where": ["p.emancipated", "p.service == 'army'"]}
    unsure = example(case(person={"emancipated": False, "service": ["army", "navy"]}))
    assert len(open_leaves(rule, [unsure])) == 2


def test_a_world_of_a_case_shows_as_a_case_does() -> None:
    rule = PERSON | {"where": ["p.emancipated"]}
    assert open_leaves(rule, [example(known_case(person={"emancipated": [True, False]}))]) == []


def test_each_option_of_a_list_is_shown_where_the_value_is_that_option() -> None:
    rule = PERSON | {"where": ["p.service in ['army', 'navy']"]}
    assert open_leaves(rule, examples({"service": "army"})) == [
        "option: No example holds by `p.service == 'navy'` of `p.service in ['army', 'navy']`",
        "condition: No example fails by `p.service in ['army', 'navy']` alone",
    ]
    services = ("army", "navy", "none")
    assert open_leaves(rule, examples(*({"service": service} for service in services))) == []


def test_each_option_of_a_list_that_bars_is_shown_where_it_alone_bars() -> None:
    rule = PERSON | {"where": ["p.service not in ['army', 'navy']", "p.emancipated"]}
    army, navy = {"service": "army"}, {"service": "navy", "emancipated": True}
    barred = "option: No example fails by `p.service == 'army'` of `p.service not in ['army', 'navy']`"
    emancipated = "condition: No example fails by `p.emancipated` alone"
    assert open_leaves(rule, examples(army, navy)) == [barred, emancipated]
    assert open_leaves(rule, examples(army | {"emancipated": True}, navy, {})) == []


def test_an_alternative_is_shown_where_it_alone_holds() -> None:
    rule = PERSON | {"where": ["p.emancipated or p.service == 'army' and p.grade == 1"]}
    both = {"emancipated": True, "service": "army", "grade": 1}
    alone = [
        "alternative: No example holds by `p.emancipated` alone among the alternatives",
        "condition: No example fails by `p.service == 'army'` alone",
        "condition: No example fails by `p.grade == 1` alone",
        "alternative: No example holds by `p.service == 'army' and p.grade == 1` alone "
        "among the alternatives",
        "condition: No example fails by `p.emancipated or (p.service == 'army' and p.grade == 1)` alone",
    ]
    assert open_leaves(rule, examples(both)) == alone
    assert open_leaves(rule, examples(both, {"emancipated": True})) == alone[1:]
    army = {"service": "army", "grade": 1}
    nearly = [{"service": "army", "grade": 2}, {"service": "navy", "grade": 1}]
    assert open_leaves(rule, examples({"emancipated": True}, army, *nearly)) == []


@pytest.mark.parametrize(
    ("condition", "grades", "missing"),
    [
        ("p.grade <= 3", (2, 5), ["holds at", "fails just beyond"]),
        ("p.grade <= 3", (3, 5), ["fails just beyond"]),
        ("p.grade <= 3", (3, 4), []),
        ("p.grade < 3", (1, 4), ["fails at", "holds just within"]),
        ("p.grade < 3", (2, 3), []),
        ("p.grade >= 3", (3, 2), []),
        ("p.grade > 3", (3, 4), []),
        ("p.grade > 3", (3, 5), ["holds just within"]),
        ("2 <= p.grade <= 3", (2, 3, 4), ["fails just beyond"]),
    ],
)
def test_a_comparison_is_shown_at_its_edge(
    condition: str, grades: tuple[int, ...], missing: list[str]
) -> None:
    cases = examples(*({"grade": grade} for grade in grades))
    leaves = open_leaves(PERSON | {"where": [condition]}, cases)
    assert [leaf.removeprefix("edge: No example ").partition(" the edge")[0] for leaf in leaves] == missing


def test_for_money_any_amount_beyond_the_edge_will_do() -> None:
    rule = IT | {"when": {"o": "offence"}, "where": ["o.fine <= 1000"]}

    def fined(*amounts: int) -> list[CaseFile[CaseModel]]:
        return [example(known_case(offences=[{"fine": amount}])) for amount in amounts]

    assert open_leaves(rule, fined(1000, 90_000)) == []
    assert open_leaves(rule, fined(999, 90_000)) == [
        "edge: No example holds at the edge of `o.fine <= 1_000`"
    ]


def test_a_day_is_shown_on_the_day_and_on_the_next() -> None:
    rule = IT | {"when": {"p": "person", "r": "request"}, "where": ["r.asked_on <= p.born_on + years(18)"]}

    def asked(*days: str) -> list[CaseFile[CaseModel]]:
        return [
            example(known_case(person={"born_on": "2000-03-01"}, request={"asked_on": day})) for day in days
        ]

    assert open_leaves(rule, asked("2018-03-01", "2018-03-02")) == []
    law = law_of(rulebook(rule))
    (leaf,) = (leaf for leaf in unshown(law, asked("2018-03-01")) if leaf.rule.id == "it")
    assert leaf.remedy == "Add one that meets all else with r.asked_on one day after p.born_on + years(18)"
    assert str(leaf).startswith(f"{leaf.place}: it: No example fails just beyond")


def test_an_edge_that_no_value_lies_beyond_is_not_asked_for() -> None:
    rule = IT | {"when": {"o": "offence"}, "where": ["o.fine >= 0"]}
    assert open_leaves(rule, [example(known_case(offences=[{"fine": 0}]))]) == []


def test_the_days_on_which_a_version_begins_and_ends_are_edges() -> None:
    rule = IT | {"when": {"p": "person"}, "in_force": {"asked_on": "2010-01-01..2019-12-31"}}

    def asked(*days: str) -> list[CaseFile[CaseModel]]:
        return [example(known_case(request={"asked_on": day})) for day in days]

    days = ["2009-12-31", "2010-01-01", "2019-12-31", "2020-01-01"]
    assert open_leaves(rule, asked(*days)) == []
    for day in days:
        assert len(open_leaves(rule, asked(*(other for other in days if other != day)))) == 1


def test_an_end_of_a_period_that_rests_on_another_is_not_asked_for() -> None:
    dated = {"in_force": {"asked_on": "2010-01-01.."}}
    base = {"rule": "base", "when": {"r": "request"}, "where": ["r.paid"], "then": "base()"}
    rule = IT | {"when": {"r": "request"}, "where": ["base()"]} | dated

    def open_ends(first: dict[str, Any]) -> list[str]:
        law = law_of(rulebook(rule, first))
        days = ("2010-01-01", "2015-01-01")
        cases = [example(known_case(request={"asked_on": day})) for day in days]
        return [leaf.kind for leaf in unshown(law, cases) if leaf.rule.id == "it" and leaf.kind == "edge"]

    assert open_ends(base) == ["edge"]
    assert open_ends(base | dated) == []


def test_an_end_of_a_period_beyond_which_a_value_is_lacking_is_not_asked_for() -> None:
    fees = [{"asked_on": "2010-01-01..", "value": 5, "cite": "1", "facts": ["A"], "confidence": "V"}]
    rule = IT | {
        "when": {"p": "person"},
        "where": ["p.grade <= most"],
        "in_force": {"asked_on": "2010-01-01.."},
    }
    cases = [
        example(known_case(person={"grade": grade}, request={"asked_on": "2010-01-01"})) for grade in (5, 6)
    ]
    assert open_leaves(rule, cases, parameters={"most": fees}) == []


def test_an_atom_is_shown_where_it_alone_is_missing_or_bars() -> None:
    law = law_of(licensing())
    offence = {"done_on": "2019-01-01", "fine": 5000, "place": "north"}
    pardon = {"given_on": "2019-06-01", "place": "north"}
    barred = example(known_case(offences=[offence]))
    pardoned = example(known_case(offences=[offence], pardons=[pardon]))

    def of_rule(*cases: CaseFile[CaseModel]) -> list[str]:
        return [leaf.text for leaf in unshown(law, cases) if leaf.rule.id == "barred.unpardoned"]

    assert of_rule(barred) == ["grave(offence=o)", "unless pardoned(offence=o)"]
    assert of_rule(barred, pardoned) == ["grave(offence=o)"]
    petty = {"done_on": "2019-01-01", "fine": 5, "place": "south"}
    assert of_rule(barred, pardoned, example(known_case(offences=[offence, petty]))) == []


def test_what_rests_on_unclear_law_is_shown_as_if_the_law_were_clear() -> None:
    unclear = {"rule": "unclear", "when": {"r": "request"}, "where": ["r.paid"], "then": "unclear()"}
    rule = PERSON | {"where": ["unclear()"]}
    cases = [example(known_case(request={"paid": paid})) for paid in (True, False)]
    law = law_of(rulebook(unclear | {"confidence": "U"}, rule))
    assert [leaf for leaf in unshown(law, cases) if leaf.rule.id in {"it", "unclear"}] == []


@pytest.mark.parametrize(
    "text",
    [
        "p.emancipated",
        "not p.emancipated",
        "p.grade != 4",
        "p.service not in ['army', 'navy']",
        "p.emancipated or (p.grade == 1 and p.service == 'army')",
        "p.born_on + full_years(3) - days(1) >= '1999-12-31'",
        "o.fine > 1_000_000",
        "grave(offence=o)",
    ],
)
def test_parts_are_written_in_the_rule_language(text: str) -> None:
    rules = [IT | {"when": {"p": "person", "o": "offence"}, "where": [text]}]
    grave = {"rule": "grave", "when": {"o": "offence"}, "then": "grave(offence=o)"}
    typed = rulebook(*rules, grave, outputs=["outcome", "grave"]).by_key["it"]
    parts: tuple[Atom | Any, ...] = (*typed.conditions, *typed.atoms)
    assert [written(part) for part in parts] == [text]


def test_terms_are_written_with_their_parameters() -> None:
    condition = next(rule for rule in licensing().rules if rule.id == "adult.by-age").conditions[0]
    assert isinstance(condition, Compare)
    assert written(condition) == "r.asked_on >= p.born_on + years(least_age)"
