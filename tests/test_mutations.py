import random
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cases.equivalence import Proofs
from cases.files import CaseFile, Expected, find_cases, readable_cases
from cases.mutations import Examples, Mutant, equivalent, mutants, report
from cases.runner import run_one
from engine.errors import Place
from engine.facts import CaseModel
from engine.periods import Period, gaps_and_overlaps
from engine.program import compile_program
from engine.rete import Rete
from engine.rulebook import Rulebook
from rules.law import Law, employment, trust
from tests.licence import case, known_case, licensing, written

CASES = Path(__file__).parent.parent / "cases"
IT = {"rule": "it", "then": "it()"}
PERSON = IT | {"when": {"p": "person"}}
OFFENCE = {"done_on": "2019-01-01", "fine": 5000, "place": "north"}
PARDON = {"given_on": "2019-06-01", "place": "north"}


def law_of(rulebook: Rulebook) -> Law:
    return Law(rulebook, Rete(compile_program(rulebook)))


def example(facts: CaseModel, **expected: Any) -> CaseFile[CaseModel]:
    return CaseFile("case", "", "", "", facts, Expected.model_validate(expected), Place())


def faults(rule: dict[str, Any], **more: Any) -> list[str]:
    """The faults that `it` may have, but for its being dropped."""
    found = [mutant.fault for mutant in mutants(written(rule, **more)) if mutant.name == "it"]
    return [fault for fault in found if fault != "the rule is dropped"]


@cache
def toy() -> tuple[Law, tuple[CaseFile[CaseModel], ...]]:
    """The toy law with examples that ask about rules or about what follows, or are not fully known."""
    return law_of(licensing()), (
        example(known_case(), outcome="granted", fires=["adult.by-age", "validity"]),
        example(known_case(offences=[OFFENCE]), outcome="barred", fires=["offence.recent"]),
        example(known_case(offences=[OFFENCE], pardons=[PARDON]), outcome="granted", fires=["pardon"]),
        example(known_case(offences=[OFFENCE | {"fine": 1000}]), silent=["offence.recent"]),
        example(known_case(offences=[OFFENCE, OFFENCE | {"fine": 501}]), fires=["offence.chain"]),
        example(known_case(person={"born_on": "2002-03-01"}), outcome="granted", silent=["note.kind"]),
        example(known_case(person={"born_on": "2002-03-02"}), outcome="too_young"),
        example(known_case(request={"kind": "odd"}), outcome="undetermined", unclear=["barred.unclear"]),
        example(case(person={"born_on": "1990-06-01"}), outcome="undetermined"),
        example(known_case(request={"paid": [True, False]}), outcome="granted", absent=["note.fast"]),
        example(
            known_case(request={"kind": ["plain", "fast"]}), outcome="granted", silent=["adult.by-decree"]
        ),
    )


def noticed(mutant: Mutant, law: Law, cases: tuple[CaseFile[CaseModel], ...]) -> bool:
    """Whether any example differs when all of them are run under the mutant.

    That the name of a dropped rule is not known any more is no difference where the rule was to be silent.
    """
    executor = Rete(compile_program(mutant.rulebook))
    wrong = replace(law, rulebook=mutant.rulebook, executor=executor)
    return any(
        not difference.startswith("there is no rule") or (one.expected and one.expected.fires)
        for one in cases
        for difference in run_one(wrong, one).differences
    )


def test_the_toy_examples_come_out_as_they_expect() -> None:
    law, cases = toy()
    assert [run_one(law, one).differences for one in cases] == [()] * len(cases)


def test_a_mutant_is_caught_just_where_running_every_example_would_tell() -> None:
    law, cases = toy()
    examples = Examples(law, cases)
    found = {str(mutant): examples.caught(mutant) is not None for mutant in mutants(law.rulebook)}
    told = {str(mutant): noticed(mutant, law, cases) for mutant in mutants(law.rulebook)}
    assert found == told
    assert {True, False} <= set(told.values())


def test_the_example_that_catches_a_mutant_tells_it() -> None:
    law, cases = toy()
    examples = Examples(law, cases)
    for mutant in mutants(law.rulebook):
        caught = examples.caught(mutant)
        assert caught is None or noticed(mutant, law, (caught,)), mutant


def test_an_example_that_comes_out_wrong_anyhow_catches_nothing() -> None:
    law = law_of(written(PERSON | {"where": ["p.emancipated"]}))
    wrong = example(known_case(person={"emancipated": True}), outcome="no", silent=["it"])
    examples = Examples(law, [wrong])
    assert [mutant for mutant in mutants(law.rulebook) if examples.caught(mutant)] == []


def test_every_mutant_is_another_law_that_can_be_run() -> None:
    for mutant in mutants(licensing()):
        compile_program(mutant.rulebook)
        now = (mutant.rulebook.rules, mutant.rulebook.parameters)
        assert now != (licensing().rules, licensing().parameters), mutant


def test_mutants_of_one_fault_are_made_once() -> None:
    assert max(Counter(map(str, mutants(licensing()))).values()) == 1


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            "p.grade <= 3",
            ["p.grade > 3", "p.grade < 3", "p.grade <= 2", "p.grade <= 4"],
        ),
        ("p.grade == 3", ["p.grade != 3", "p.grade <= 3", "p.grade >= 3", "p.grade == 2", "p.grade == 4"]),
        ("p.emancipated", ["not p.emancipated"]),
        ("p.service == 'army'", ["p.service != 'army'", "p.service == 'none'", "p.service == 'navy'"]),
        ("p.service != 'navy'", ["p.service == 'navy'", "p.service != 'army'"]),
        (
            "p.service in ['army', 'navy']",
            [
                "p.service not in ['army', 'navy']",
                "p.service in ['navy']",
                "p.service in ['army']",
                "p.service in ['none', 'army', 'navy']",
            ],
        ),
        (
            "p.born_on >= '2000-01-01'",
            [f"p.born_on {rest}" for rest in ("< '2000-01-01'", "> '2000-01-01'")]
            + [f"p.born_on >= '{day}'" for day in ("1999-12-31", "2000-01-02")],
        ),
    ],
)
def test_a_condition_has_these_faults(condition: str, expected: list[str]) -> None:
    made = [f"{condition} becomes {wrong}" for wrong in expected]
    assert faults(PERSON | {"where": [condition]}) == [*made, f"{condition} is dropped"]


def test_the_length_of_a_period_may_be_wrong() -> None:
    rule = IT | {"when": {"p": "person", "r": "request"}, "where": ["r.asked_on >= p.born_on + years(18)"]}
    wrong = [fault.rpartition("+ ")[2] for fault in faults(rule) if "becomes r.asked_on >=" in fault]
    assert wrong == ["years(17)", "years(19)"]


def test_parts_of_an_or_may_be_wrong_or_missing() -> None:
    found = faults(PERSON | {"where": ["p.emancipated or p.grade == 1 and p.service == 'army'"]})
    assert "p.emancipated becomes not p.emancipated" in found
    assert {fault for fault in found if fault.endswith("dropped")} == {
        "p.emancipated is dropped",
        "p.grade == 1 is dropped",
        "p.service == 'army' is dropped",
        "p.grade == 1 and p.service == 'army' is dropped",
        "p.emancipated or (p.grade == 1 and p.service == 'army') is dropped",
    }


def test_atoms_and_labels_may_be_wrong() -> None:
    kinds = [
        {
            "rule": kind,
            "when": {"r": "request"},
            "where": [f"r.kind == '{kind}'"],
            "then": f"k(kind='{kind}')",
        }
        for kind in ("fast", "odd")
    ]
    rule = IT | {"where": ["k(kind='fast')"], "unless": ["k(kind='odd')"]}
    found = [mutant for mutant in mutants(written(*kinds, rule)) if mutant.kind in {"label", "dropped"}]
    named = [str(mutant) for mutant in found if mutant.name in {"it", "fast"}]
    assert named == [
        "fast: r.kind == 'fast' is dropped",
        "fast: k(kind='fast') becomes k(kind='odd')",
        "fast: the rule is dropped",
        "it: k(kind='fast') becomes k(kind='odd')",
        "it: k(kind='fast') is dropped",
        "it: unless k(kind='odd') becomes k(kind='fast')",
        "it: unless k(kind='odd') is dropped",
        "it: the rule is dropped",
    ]


def test_versions_that_adjoin_move_together() -> None:
    periods = ("2000-01-01..2009-12-31", "2010-01-01..2015-12-31", "2017-01-01..")
    versions = [PERSON | {"in_force": {"asked_on": period}} for period in periods]
    moved = [mutant for mutant in mutants(written(*versions)) if mutant.kind == "date"]
    assert [mutant.fault for mutant in moved] == [
        "begins on 1999-12-31, not 2000-01-01",
        "begins on 2000-01-02, not 2000-01-01",
        "begins on 2009-12-31, not 2010-01-01",
        "ends on 2015-12-30, not 2015-12-31",
        "begins on 2010-01-02, not 2010-01-01",
        "ends on 2016-01-01, not 2015-12-31",
        "begins on 2016-12-31, not 2017-01-01",
        "begins on 2017-01-02, not 2017-01-01",
    ]
    for mutant in moved:
        days = [rule.period for rule in mutant.rulebook.rules if rule.id == "it"]
        gaps, overlaps = gaps_and_overlaps(days, Period(days[0].first, None))
        assert (len(gaps), len(overlaps)) == (1, 0), mutant


def test_values_of_parameters_may_be_wrong_and_begin_on_another_day() -> None:
    found = [mutant.fault for mutant in mutants(licensing()) if mutant.parameter == "least_age"]
    assert found == [
        "..2009-12-31 is 20, not 21",
        "..2009-12-31 is 22, not 21",
        "2010-01-01.. is 17, not 18",
        "2010-01-01.. is 19, not 18",
        "begins on 2009-12-31, not 2010-01-01",
        "begins on 2010-01-02, not 2010-01-01",
    ]


def test_a_mutant_that_no_case_can_tell_is_recognised() -> None:
    law = law_of(written(PERSON | {"where": ["p.grade <= 3", "p.grade <= 5"]}))
    proofs = Proofs(law.rulebook)
    alike = [mutant.fault for mutant in mutants(law.rulebook) if equivalent(mutant, proofs)]
    assert alike == [
        "p.grade <= 5 becomes p.grade < 5",
        "p.grade <= 5 becomes p.grade <= 4",
        "p.grade <= 5 becomes p.grade <= 6",
        "p.grade <= 5 is dropped",
    ]


def test_a_report_counts_what_was_caught_and_names_what_was_not() -> None:
    law = law_of(written(PERSON | {"where": ["p.grade <= 3", "p.grade <= 5"]}))
    cases = [
        example(known_case(person={"grade": grade}), outcome=said) for grade, said in ((3, "yes"), (4, "no"))
    ]
    examples = Examples(law, cases)
    mine = [mutant for mutant in mutants(law.rulebook) if mutant.name == "it"]
    summed = report(law, [(mutant, examples.caught(mutant)) for mutant in mine])
    assert sum(summed.tried.values()) == len(mine)
    assert {mutant.fault for mutant in summed.survivors} == set()
    assert len(summed.equivalent) == 4
    assert summed.rate == 1.0
    unseen = report(law, [(mutant, None) for mutant in mine])
    assert str(unseen.survivors[0]) == "it: p.grade <= 3 becomes p.grade > 3"
    assert unseen.rate == 0.0


@pytest.mark.parametrize(("law", "folder"), [(employment(), "provisions"), (trust(), "trust")])
def test_the_examples_of_the_law_catch_a_sample_of_its_mutants(law: Law, folder: str) -> None:
    cases = [one for path in find_cases(CASES / folder) for one in readable_cases(path)[0]]
    examples = Examples(law, cases)
    sample = random.Random(17).sample(list(mutants(law.rulebook)), 25)
    summed = report(law, [(mutant, examples.caught(mutant)) for mutant in sample])
    assert [str(mutant) for mutant in summed.survivors] == []
