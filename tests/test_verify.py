from pathlib import Path
from typing import Any

import pytest

from engine.execution import labels
from engine.loader import load
from engine.program import compile_program
from engine.rete import Rete
from engine.verify import (
    Finding,
    Solver,
    check_citations,
    check_dates,
    check_outcomes,
    check_reachable,
    check_uses,
    check_words,
    verify,
)
from tests.licence import MANIFEST, YES_OR_NO, LicenceCase, licensing, rete, write, written

PARAMETER = {"asked_on": "2000-01-01..", "value": 1, "cite": "Law 1", "confidence": "V"}
ASKED = {"when": {"r": "request"}, "where": ["r.paid"]}


def outcomes(executor: Rete) -> list[Finding]:
    return list(check_outcomes(Solver(executor.program.rulebook), executor))


def unreachable(*rules: dict[str, Any], **more: Any) -> list[Finding]:
    return list(check_reachable(Solver(written(*rules, **more))))


def in_force(period: str) -> dict[str, Any]:
    return ASKED | {"rule": "it", "in_force": {"asked_on": period}, "then": "it()"}


def test_the_toy_law_has_one_outcome_for_every_case() -> None:
    executor = Rete(compile_program(licensing()))
    solver = Solver(licensing())
    assert list(check_outcomes(solver, executor)) == []
    assert list(check_reachable(solver)) == []
    assert list(check_dates(licensing())) == []
    assert list(check_uses(licensing())) == []


@pytest.mark.parametrize(
    ("one", "other", "kind", "message"),
    [
        (
            "2000-01-01..2010-12-31",
            "2010-12-01..",
            "overlap",
            "it has two versions for asked_on 2010-12-01..2010-12-31",
        ),
        (
            "2000-01-01..2010-12-31",
            "2011-02-01..",
            "gap",
            "it has no version for asked_on 2011-01-01..2011-01-31",
        ),
    ],
)
def test_versions_tile_their_days(one: str, other: str, kind: str, message: str) -> None:
    for rules in ((in_force(one), in_force(other)), (in_force(other), in_force(one))):
        rulebook = written(*rules)
        (found,) = check_dates(rulebook)
        assert (found.kind, found.message) == (kind, message)
        assert found.place.line > 0
        assert found.place.file.endswith("only.yaml")
        assert found.case is not None
        case = LicenceCase.model_validate(found.case | {"offences": [], "pardons": []})
        in_both = [
            rule
            for rule in rulebook.rules
            if rule.id == "it" and case.request.asked_on.options[0] in rule.period
        ]
        assert len(in_both) == (2 if kind == "overlap" else 0)


def test_versions_that_meet_are_fine() -> None:
    assert list(check_dates(written(in_force("2000-01-01..2010-12-31"), in_force("2011-01-01..")))) == []


def test_versions_are_picked_by_one_date() -> None:
    other = in_force("2000-01-01..") | {"in_force": {"born_on": "2000-01-01.."}}
    assert [found.kind for found in check_dates(written(in_force("2000-01-01.."), other))] == ["dates"]


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        (["2000-01-01..2004-12-31", "2005-02-01.."], "gap", "no version for asked_on 2005-01-01..2005-01-31"),
        (
            ["2000-01-01..2005-01-31", "2005-01-01.."],
            "overlap",
            "two versions for asked_on 2005-01-01..2005-01-31",
        ),
        (["2003-01-01.."], "gap", "which has no value for asked_on 2000-01-01..2002-12-31"),
        (["2000-01-01..2003-12-31"], "gap", "which has no value for asked_on 2004-01-01..9999-12-31"),
    ],
)
def test_values_of_a_parameter_tile_their_days(values: list[str], kind: str, message: str) -> None:
    parameters = {"least": [PARAMETER | {"asked_on": period} for period in values]}
    rule = {"when": {"p": "person"}, "where": ["p.grade > least"], "then": "it()"}
    (found,) = check_dates(written(rule, parameters=parameters))
    assert found.kind == kind
    assert message in found.message
    assert found.place.line > 0


def test_a_gap_is_told_only_where_the_rule_is_in_force() -> None:
    parameters = {"least": [PARAMETER | {"asked_on": "2010-01-01.."}]}
    rule = {
        "when": {"p": "person"},
        "in_force": {"asked_on": "2001-01-01..2002-12-31"},
        "where": ["p.grade > least"],
    }
    (found,) = check_dates(written(rule | {"then": "it()"}, parameters=parameters))
    assert "2001-01-01..2002-12-31" in found.message


def test_every_rule_cites_a_line_of_the_fact_base() -> None:
    found = list(check_citations(written(ASKED | {"then": "it()", "facts": ["X-01"]})))
    assert [(f.message, f.remedy) for f in found] == [
        ("no names no line of the fact base", "Add `facts`"),
        ("r0 names X-01, which sources.yaml lacks", "Add it there"),
        ("yes names no line of the fact base", "Add `facts`"),
    ]
    assert all(f.place.line > 0 for f in found)


def test_a_predicate_that_nothing_uses() -> None:
    (found,) = check_uses(written(ASKED | {"then": "it()"}, {"then": "idle()"}))
    assert (found.kind, found.message) == ("unused", "Nothing uses idle")
    assert found.place.path == "rules.1"


def test_missing_words() -> None:
    executor = Rete(compile_program(licensing()))
    found = [f for f in check_words(executor.program.rulebook) if f.kind == "words"]
    assert {f.message for f in found} >= {
        "The words rules.adult.by-age.holds are missing in ko",
        "The words rules.offence.chain.reading are missing in en",
        "The words options.person.service.army are missing in ko",
        "The words outcomes.undetermined.title are missing in en",
    }
    assert not any("rules.adult.by-age.reading" in f.message for f in found)


@pytest.mark.parametrize(
    ("rules", "conditions"),
    [
        (
            [ASKED | {"where": ["r.kind == 'odd'", "r.paid", "r.kind == 'fast'"], "then": "it()"}],
            ["'odd'", "'fast'"],
        ),
        (
            [{"when": {"p": "person"}, "where": ["p.grade > 5", "p.grade < 6"], "then": "it()"}],
            ["> 5", "< 6"],
        ),
        (
            [
                {
                    "when": {"r": "request"},
                    "where": ["r.asked_on > '2010-01-01'"],
                    "in_force": {"asked_on": "..2009-12-31"},
                    "then": "it()",
                }
            ],
            ["2010-01-01"],
        ),
        (
            [
                {
                    "when": {"p": "person", "r": "request"},
                    "where": ["r.asked_on <= p.born_on", "r.asked_on >= p.born_on + years(1)"],
                    "then": "it()",
                }
            ],
            ["years(1)"],
        ),
        (
            [
                {"where": ["a()", "b()"], "then": "it()"},
                {**ASKED, "then": "a()"},
                {"unless": ["a()"], "then": "b()"},
            ],
            [],
        ),
    ],
)
def test_a_rule_that_can_never_fire(rules: list[dict[str, Any]], conditions: list[str]) -> None:
    found = unreachable(*rules)
    assert [f.kind for f in found][:1] == ["unreachable"]
    assert "r0 can never fire" in found[0].message
    assert all(condition in found[0].message for condition in conditions)
    assert "r.paid" not in found[0].message
    assert found[0].place.path == "rules.0"


def test_a_rule_deep_in_a_recursion_can_fire() -> None:
    assert (
        unreachable(
            {"then": "p(n=0)"},
            {"when": {"a": "p"}, "where": ["a.n < 3"], "then": "p(n=a.n + 1)"},
            {"when": {"a": "p", "r": "request"}, "where": ["a.n == 2", "r.paid"], "then": "it()"},
        )
        == []
    )


def test_a_rule_that_joins_two_facts_of_a_list_can_fire() -> None:
    both = {"when": {"a": "offence", "b": "offence"}, "where": ["a.fine < b.fine", "a.place != b.place"]}
    assert unreachable(both | {"then": "it()"}) == []


@pytest.mark.parametrize(
    ("rules", "kind"),
    [
        (
            [
                {"when": {"p": "person"}, "where": ["p.grade > 5"], "then": "outcome(kind='yes')"},
                {"when": {"p": "person"}, "where": ["p.grade < 5"], "then": "outcome(kind='no')"},
            ],
            "none",
        ),
        (
            [
                {"when": {"p": "person"}, "where": ["p.grade >= 5"], "then": "outcome(kind='yes')"},
                {"when": {"p": "person"}, "where": ["p.grade <= 5"], "then": "outcome(kind='no')"},
            ],
            "two",
        ),
        (
            [
                {"when": {"o": "offence"}, "where": ["o.fine > 5"], "then": "outcome(kind='yes')"},
                {"when": {"o": "offence"}, "where": ["o.fine <= 5"], "then": "outcome(kind='no')"},
            ],
            "two",
        ),
        (
            [
                {"in_force": {"asked_on": "..2009-12-31"}, "then": "outcome(kind='yes')"},
                {"in_force": {"asked_on": "2010-01-02.."}, "then": "outcome(kind='no')"},
            ],
            "none",
        ),
    ],
)
def test_none_or_two_outcomes_come_with_a_case_that_shows_it(rules: list[dict[str, Any]], kind: str) -> None:
    executor = rete(*rules, answered=False)
    (found,) = [f for f in outcomes(executor) if f.kind == kind]
    assert found.case is not None
    shown = LicenceCase.model_validate(found.case)
    assert len(labels(executor.run(shown), executor.program.rulebook)) == {"none": 0, "two": 2}[kind]
    assert found.place.line > 0
    assert found.remedy


def test_outcomes_that_depend_on_the_length_of_a_month() -> None:
    later = "r.asked_on > p.born_on + months(1)"
    executor = rete(
        {"when": {"p": "person", "r": "request"}, "where": [later], "then": "outcome(kind='yes')"},
        {"when": {"p": "person", "r": "request"}, "where": [f"not {later}"], "then": "outcome(kind='no')"},
        answered=False,
    )
    assert outcomes(executor) == []


def test_a_rulebook_with_one_outcome() -> None:
    executor = rete({"then": "outcome(kind='yes')"}, answered=False, outcomes=["yes"])
    assert outcomes(executor) == []


def test_findings_of_all_kinds_are_gathered(tmp_path: Path) -> None:
    kinds = {found.kind for found in verify(Rete(compile_program(licensing())))}
    assert kinds == {"citation", "words"}


def test_dates_that_follow_one_another() -> None:
    rule = {"when": {"p": "person", "r": "request"}, "where": ["r.asked_on < p.born_on"], "then": "it()"}
    assert unreachable(rule) == []
    (found, *_) = unreachable(rule, orders=[["person.born_on", "request.asked_on"]])
    assert "r0 can never fire" in found.message


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("r.asked_on + quarter_ends(1) > r.asked_on + days(92)", True),
        ("r.asked_on + quarter_ends(2) > r.asked_on + days(150)", False),
        ("r.asked_on + year_ends(1) > r.asked_on + days(366)", True),
        ("r.asked_on + year_ends(1) < r.asked_on", True),
        ("r.asked_on + year_ends(1) == r.asked_on", False),
    ],
)
def test_how_far_the_end_of_a_quarter_or_year_may_be(condition: str, found: bool) -> None:
    rule = {"when": {"r": "request"}, "where": [condition], "then": "it()"}
    assert any("r0 can never fire" in finding.message for finding in unreachable(rule)) == found


def test_versions_picked_by_the_date_of_a_listed_fact() -> None:
    dates = {"asked_on": "request.asked_on", "done_on": "offence.done_on"}
    versions = [
        {"rule": "it", "when": {"o": "offence"}, "in_force": {"done_on": period}, "then": "it()"}
        for period in ("..2010-12-31", "2011-02-01..")
    ]
    executor = rete(*versions, dates=dates)
    (found,) = check_dates(executor.program.rulebook)
    assert "no version for done_on 2011-01-01..2011-01-31" in found.message
    shown = LicenceCase.model_validate(found.case)
    assert labels(executor.run(shown), executor.program.rulebook) == {"no": True}
    assert outcomes(executor) == []


SUM = {"rule": "sum", "when": {"o": "offence"}, "then": "burden(amount=total(o.fine))"}
COUNTED = [
    {"when": {"o": "offence"}, "where": ["o.fine > 5"], "then": "counted(offence=o, value=10)"},
    SUM | {"when": {"c": "counted"}, "then": "burden(amount=total(c.value))"},
]
MERGED = [COUNTED[0] | {"then": "counted(value=10)"}, COUNTED[1]]


@pytest.mark.parametrize(
    ("rules", "condition", "possible"),
    [
        ([SUM], "b.amount == 0", True),
        ([SUM], "b.amount == 123", True),
        ([SUM], "b.amount < 0", False),
        ([SUM], "b.amount == 9007199254740992", True),
        ([SUM], "b.amount > 9007199254740992", False),
        ([SUM | {"where": ["o.fine < 5"]}], "b.amount == 8", True),
        ([SUM | {"where": ["o.fine < 5"]}], "b.amount == 9", False),
        (COUNTED, "b.amount == 20", True),
        (COUNTED, "b.amount == 15", False),
        (MERGED, "b.amount == 10", True),
        (MERGED, "b.amount == 20", False),
    ],
)
def test_what_a_total_may_come_to(rules: list[Any], condition: str, possible: bool) -> None:
    found = unreachable(*rules, {"rule": "it", "when": {"b": "burden"}, "where": [condition], "then": "it()"})
    assert any("it can never fire" in finding.message for finding in found) != possible


def test_a_total_to_which_nothing_can_add() -> None:
    never = SUM | {"where": ["o.fine > 3", "o.fine < 3"]}
    found = unreachable(never, {"when": {"b": "burden"}, "where": ["b.amount == 0"], "then": "it()"})
    assert found[-1].message == "sum can never fire (o.fine > 3, o.fine < 3)"


def test_a_total_over_too_much_may_come_to_anything() -> None:
    wide = SUM | {"when": {f"o{n}": "offence" for n in range(7)}, "then": "burden(amount=total(o0.fine))"}
    rule = {"when": {"b": "burden"}, "where": ["b.amount == 7"], "then": "it()"}
    assert unreachable(wide, rule) == []


@pytest.mark.parametrize("more", [[], COUNTED, MERGED])
def test_outcomes_that_turn_on_a_total(more: list[Any]) -> None:
    rules = more or [SUM]
    yes = {"rule": "y", "when": {"b": "burden"}, "where": ["b.amount > 19"], "then": "outcome(kind='yes')"}
    no = yes | {"rule": "n", "where": ["b.amount <= 19"], "then": "outcome(kind='no')"}
    assert outcomes(rete(*rules, yes, no, answered=False)) == []
    executor = rete(*rules, yes, no | {"where": ["b.amount < 10"]}, answered=False)
    found = outcomes(executor)
    assert [finding.kind for finding in found] == ["none"]
    dated = [rule | {"in_force": {"asked_on": "2001-01-01.."}} if rule["rule"] == "sum" else rule
             for rule in ({"rule": "r"} | rule for rule in rules)]  # fmt: skip
    assert [finding.kind for finding in outcomes(rete(*dated, yes, no, answered=False))] == ["none"]


def test_words_of_a_total(tmp_path: Path) -> None:
    write(tmp_path, "rulebook", MANIFEST)
    rules = [
        SUM | {"confidence": "V", "when": {"o": "offence", "r": "request"}},
        {
            "rule": "heavy",
            "confidence": "V",
            "when": {"b": "burden"},
            "where": ["b.amount > 3"],
            "then": "it()",
        },
        *({"confidence": "V"} | rule for rule in YES_OR_NO),
    ]
    write(tmp_path, "only", {"provision": "only", "cite": "Art 1", "rules": rules})
    (tmp_path / "words").mkdir()
    said = {"sum": "{total} {r.asked_on} {o.fine}", "heavy": "{b.amount} {total}"}
    write(tmp_path / "words", "en", {"rules": {rule: {"holds": text} for rule, text in said.items()}})
    found = [f.message for f in check_words(load(tmp_path, LicenceCase)) if "ask for" in f.message]
    assert set(found) == {
        "The words rules.sum.holds in en ask for o.fine",
        "The words rules.heavy.holds in en ask for total",
    }
