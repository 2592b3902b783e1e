"""The rulebooks as a whole: they verify, their examples hold, and knowing less never misleads."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.files import AnyCase, find_cases, read_cases
from cases.leaves import gaps
from cases.runner import run
from engine.errors import InputError
from engine.facts import CaseModel, Spot
from engine.loader import load
from engine.values import UNKNOWN, Known, between, from_number, one_of, to_number
from engine.verify import verify
from engine.worlds import RUNS, Answer, answer
from rules.facts import EmploymentCase
from rules.law import FOLDER, Law, employment, law_for, laws, open_law, refuse_unverified

CASES = Path(__file__).parent.parent / "cases"
FILES = [path for path in find_cases(CASES) if "published" not in path.parts]
EXAMPLES = [case for path in FILES for case in read_cases(path)]
EMPLOYMENT = FOLDER / "employment"
FORGOTTEN = 5


def found_in(case: CaseModel, runs: int = RUNS) -> Answer:
    return answer(law_for(type(case)).executor, case, runs)


def spots(case: CaseModel) -> Iterator[Spot]:
    """Every value that a case says."""
    for section in case.sections().values():
        for index, fact in enumerate(case.facts(section)):
            for name in section.fact.domains():
                if not getattr(fact, name).unknown:
                    yield Spot(section.name, index, name)


@pytest.mark.parametrize("law", laws(), ids=lambda law: law.rulebook.name)
def test_the_rulebook_verifies(law: Law) -> None:
    assert [str(finding) for finding in verify(law.executor)] == []


@pytest.mark.parametrize("law", laws(), ids=lambda law: law.rulebook.name)
def test_every_rule_fires_and_every_condition_matters_in_some_example(law: Law) -> None:
    rules, leaves = gaps(law, EXAMPLES)
    assert [rule.key for rule in rules] == []
    assert [str(leaf) for leaf in leaves] == []


def test_a_rulebook_with_findings_does_not_serve(tmp_path: Path) -> None:
    copied = shutil.copytree(FOLDER, tmp_path / "rules") / "employment"
    refuse_unverified(open_law(copied))
    window = copied / "restriction-window.yaml"
    window.write_text(window.read_text().replace("2015-03-31..", "2015-04-01.."))
    with pytest.raises(InputError, match="window_years has no v"):
        refuse_unverified(open_law(copied))


def test_a_folder_of_another_rulebook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text("rulebook: emplyment\n")
    with pytest.raises(InputError, match="employment"):
        open_law(tmp_path)


def test_the_digest_does_not_depend_on_how_the_law_is_spread_over_files(tmp_path: Path) -> None:
    copied = shutil.copytree(FOLDER, tmp_path / "rules") / "employment"
    provisions = sorted(copied.glob("[!r]*.yaml"), reverse=True)
    (copied / "law.yaml").write_text("\n---\n".join(path.read_text() for path in provisions))
    for path in provisions:
        path.unlink()
    assert load(copied, EmploymentCase).digest == employment().rulebook.digest


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_worked_examples_come_out_as_expected(path: Path) -> None:
    results, problems = run(laws(), read_cases(path))
    assert problems == []
    assert {one.case.name: one.differences for one in results if one.differences} == {}


def test_names_of_worked_examples_are_unique() -> None:
    names = [case.name for case in EXAMPLES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_forgetting_any_one_input_never_gives_another_answer(path: Path) -> None:
    for case in read_cases(path):
        known = set(found_in(case.facts, runs=1).outcomes)
        said = list(spots(case.facts))
        for spot in random.Random(case.name).sample(said, min(FORGOTTEN, len(said))):
            forgotten = case.facts.with_value(spot, UNKNOWN)
            assert known <= set(found_in(forgotten, runs=1).outcomes), (case.name, str(spot))


@given(st.data())
def test_forgetting_inputs_is_sound_with_worlds_as_well(data: st.DataObject) -> None:
    example: AnyCase = data.draw(st.sampled_from(EXAMPLES))
    known = found_in(example.facts)
    case: CaseModel = example.facts
    for spot in data.draw(st.lists(st.sampled_from(list(spots(example.facts))), max_size=4, unique=True)):
        case = case.with_value(spot, UNKNOWN)
    found = found_in(case, runs=40)
    assert found.outcome in {None, known.outcome}
    assert set(known.outcomes) <= set(found.outcomes)


@given(st.data())
def test_narrowing_what_is_known_never_turns_a_decided_answer(data: st.DataObject) -> None:
    example: AnyCase = data.draw(st.sampled_from(EXAMPLES))
    case: CaseModel = example.facts
    for spot in data.draw(
        st.lists(st.sampled_from(list(spots(example.facts))), min_size=1, max_size=4, unique=True)
    ):
        case = case.with_value(spot, data.draw(widened(example.facts, spot)))
    wide = found_in(case, runs=40)
    exact = found_in(example.facts)
    assert set(exact.outcomes) <= set(wide.outcomes)
    assert wide.outcome in {None, exact.outcome}


@st.composite
def widened(draw: st.DrawFn, case: CaseModel, spot: Spot) -> Known[object]:
    """What is known at a spot, made less exact but still true."""
    section = next(part for part in case.sections().values() if part.name == spot.section)
    domain = section.fact.domains()[spot.field]
    known = case.value(spot)
    if not known.exact or domain.kind == "text":
        return UNKNOWN
    value = known.options[0]
    low, high = domain.bounds
    if domain.kind in {"enum", "bool"}:
        numbers = draw(st.sets(st.integers(low, high), max_size=4)) | {to_number(value, domain)}
        return one_of(*(from_number(number, domain) for number in sorted(numbers)))
    number = to_number(value, domain)
    first, last = max(low, number - draw(st.integers(0, 900))), min(high, number + draw(st.integers(0, 900)))
    return between(from_number(first, domain), from_number(last, domain))


def test_the_order_of_listed_facts_does_not_matter() -> None:
    for example in EXAMPLES:
        case = example.facts
        turned = case.model_copy(
            update={
                section.name: (part := getattr(case, section.name)).model_copy(
                    update={"items": part.items[::-1]}
                )
                for section in case.sections().values()
                if section.listed
            }
        )
        assert found_in(turned, runs=4).outcomes == found_in(case, runs=4).outcomes, example.name


def test_a_case_of_which_nothing_is_known_may_come_out_in_every_way() -> None:
    nothing = EmploymentCase.model_validate({"official": {}, "engagement": {}, "employer": {}})
    found = answer(employment().executor, nothing, runs=30)
    assert set(found.outcomes) == set(employment().rulebook.outcomes)
    assert str(found.questions[0]) == "official.retired_on"


def test_equal_cases_give_equal_conclusions_whatever_ran_before() -> None:
    shuffled = EXAMPLES[:40] * 2
    random.Random(1).shuffle(shuffled)
    seen: dict[str, object] = {}
    for example in shuffled:
        summary = law_for(type(example.facts)).executor.run(example.facts).summary()
        assert seen.setdefault(example.name, summary) == summary
