from pathlib import Path
from typing import Any

import pytest

from cases.files import parse_case
from engine.errors import InputError
from rules.advice import EmploymentAdvice, ProofStep, RegisterVersion, advise, refuse_contradiction
from rules.facts import EmploymentCase
from rules.law import employment

EXAMPLE = (Path(__file__).parent.parent / "docs" / "examples" / "tax-official.yaml").read_text()


def advice(**changed: dict[str, Any]) -> EmploymentAdvice:
    data = parse_case(EXAMPLE).facts.model_dump(mode="json")
    for section, fields in changed.items():
        data[section] = {**data[section], **fields} if isinstance(data[section], dict) else fields
    return advise(employment(), EmploymentCase.model_validate(data))


def rules_of(step: ProofStep) -> set[str]:
    return {step.citation.rule}.union(*(rules_of(below) for below in step.because))


def test_a_decided_advice_says_what_why_and_what_to_do() -> None:
    found = advice()
    assert found.outcome == "close_relevance"
    assert {"window.open", "work.tax", "relevance.own-unit", "covered.company"} <= rules_of(
        found.proofs[0].step
    )
    (duty,) = found.duties
    assert (duty.kind, duty.by_on, duty.certain) == ("confirmation_or_approval", "2026-05-02", True)
    assert {item.kind for item in found.routes} == {"confirmation", "approval", "priority_start"}
    assert {"joining_without_approval", "no_request"} <= {item.kind for item in found.penalties}
    assert not found.questions


def test_every_other_outcome_is_answered_with_a_reason() -> None:
    found = advice()
    assert {other.outcome for other in found.why_not} == set(employment().rulebook.outcomes) - {
        "close_relevance"
    }
    assert all(other.says.ko and other.says.en for other in found.why_not)


def test_not_related_never_removes_the_duty_to_file() -> None:
    found = advice(works={"complete": True, "items": []})
    assert found.outcome == "no_close_relevance"
    assert [(duty.kind, duty.certain) for duty in found.duties] == [("confirmation_or_approval", True)]


def test_the_next_day_that_changes_the_answer_is_the_first_day_after_the_window() -> None:
    moved = advice().next_day
    assert moved is not None
    assert (moved.value, moved.outcomes) == ("2029-01-01", ("window_closed",))


def test_small_changes_of_the_job_that_change_the_answer_are_told() -> None:
    changes = {(change.spot, change.outcomes[0]) for change in advice().changes}
    assert ("engagement.paid", "not_employment") in changes
    assert ("employer.kind", "exempt") in changes


def test_unknown_facts_become_questions_in_both_languages() -> None:
    found = advice(official={"grade": None})
    assert found.outcome == "undetermined"
    assert "official.grade" in {question.spot for question in found.questions}
    assert all(question.label.ko and question.label.en for question in found.questions)


def test_unclear_law_is_said_where_the_answer_turns_on_it() -> None:
    found = advice(engagement={"own_business": True})
    assert found.outcome == "undetermined"
    assert [point.citation.rule for point in found.unclear] == ["employment.own-business"]


def test_worlds_that_agree_are_joined_into_one_answer() -> None:
    found = advice(official={"grade": [3, 4]})
    assert (found.outcome, found.possible) == ("close_relevance", ("close_relevance",))


def test_the_same_case_gives_the_same_bytes() -> None:
    assert advice().model_dump_json() == advice().model_dump_json()


def test_identity_follows_the_facts_and_the_register() -> None:
    case = parse_case(EXAMPLE).facts
    register = RegisterVersion(version="abc", year=2026, synthetic=True)
    with_register = advise(employment(), case, register).identity
    assert with_register.register_synthetic
    assert with_register.facts == advice().identity.facts
    assert advice(official={"grade": 3}).identity.facts != with_register.facts


@pytest.mark.parametrize(
    "changed",
    [
        {"engagement": {"start_on": "2025-12-30"}},
        {"postings": {"complete": True, "items": [{"from_on": "2024-02-01", "to_on": "2023-02-01"}]}},
    ],
)
def test_a_case_that_contradicts_itself_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        advice(**changed)


def test_a_month_in_which_both_days_may_lie_is_no_contradiction() -> None:
    case = parse_case(EXAMPLE.replace("2025-12-31", "2026-06").replace("2026-06-01", "2026-06")).facts
    refuse_contradiction(case)


def test_no_advice_calls_itself_a_decision() -> None:
    found = advice()
    assert "not the decision" in found.notice.en
    assert "결정이 아닙니다" in found.notice.ko


def test_every_outcome_that_is_possible_has_a_proof_and_other_reasons_have_their_own() -> None:
    found = advice(official={"grade": None, "body": None})
    assert {proof.outcome for proof in found.proofs} == set(found.possible)
    decided = advice(official={"grade": [4, 6]})
    assert [proof.outcome for proof in decided.proofs] == ["close_relevance"] * 2
    assert [proof.where[0].shown.en for proof in decided.proofs] == ["grade 4", "grade 6"]
