from pathlib import Path

from cases.files import AnyCase, Expected, parse_case
from cases.runner import checked, run, run_one
from engine.errors import Place
from rules.law import employment

EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "tax-official.yaml"


def differences(**expected: object) -> tuple[str, ...]:
    read = parse_case(EXAMPLE.read_text())
    case = AnyCase(read.name, "", "", "", read.facts, Expected.model_validate(expected), Place())
    return run_one(employment(), case).differences


def test_a_case_that_comes_out_as_expected_has_no_differences() -> None:
    assert (
        differences(
            outcome="close_relevance",
            possible=["close_relevance"],
            fires=["window.open", "work.tax"],
            silent=["work.case"],
            questions=[],
            by={"confirmation_or_approval": "2026-05-02"},
            follows=["route.confirmation"],
            absent=["committee.court"],
            unclear=[],
        )
        == ()
    )


def test_each_kind_of_difference_is_told() -> None:
    assert "not exempt" in differences(outcome="exempt")[0]
    assert "possible are close_relevance" in differences(possible=["exempt"])[0]
    assert differences(fires=["work.case"]) == ("work.case does not fire",)
    assert differences(silent=["work.tax"]) == ("work.tax may fire",)
    assert "Did you mean 'work.tax'" in differences(fires=["work.taxx"])[0]
    assert "2026-05-02" in differences(by={"confirmation_or_approval": "2026-05-03"})[0]
    assert differences(follows=["committee.court"]) == ("committee.court does not follow",)
    assert differences(absent=["route.approval"]) == ("route.approval may follow",)
    assert "open are no questions" in differences(questions=["official.grade"])[0]
    assert "unclear are no rules" in differences(unclear=["township.excluded"])[0]


def test_results_are_told_apart() -> None:
    read = parse_case(EXAMPLE.read_text())
    good, bad = checked([run_one(employment(), read)])
    assert (len(good), bad) == (1, [])


def test_a_case_that_contradicts_itself_does_not_stop_the_others() -> None:
    good = parse_case(EXAMPLE.read_text())
    bad = parse_case(EXAMPLE.read_text().replace("start_on: 2026-06-01", "start_on: 2025-06-01"), "bad.yaml")
    results, problems = run([employment()], [bad, good])
    assert [result.case.name for result in results] == [good.name]
    assert [(problem.place.file, problem.place.path) for problem in problems] == [
        ("bad.yaml", "engagement.start_on")
    ]
