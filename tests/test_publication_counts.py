import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.publication.counts import RESULTS, Counts, count_rows, overrun
from tests.publication import RESULT_WORDS, decided

NUMBERS = st.none() | st.integers(0, 200)
COUNTS = st.builds(Counts, **dict.fromkeys(("reviewed", *RESULTS, "deferred"), NUMBERS))


@given(st.lists(st.sampled_from(RESULT_WORDS)))
def test_the_numbers_of_rows_add_up(results: list[str]) -> None:
    counts = count_rows(decided(result=result) for result in results)
    assert counts.reviewed == sum(counts.of(name) or 0 for name in RESULTS)
    assert counts.reviewed == (counts.passed or 0) + (counts.refused or 0)
    assert counts.adds_up
    others = sum(results.count(word) for word in ("livelihood_exempt", "complaint"))
    assert len(results) == counts.reviewed + (counts.deferred or 0) + (counts.fined or 0) + others


@given(st.permutations([decided(result=word) for word in RESULT_WORDS]))
def test_the_order_of_rows_does_not_matter(rows: list[object]) -> None:
    assert count_rows(rows) == count_rows(decided(result=word) for word in RESULT_WORDS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("counts", "passed", "refused"),
    [
        (Counts(possible=36, approved=1, restricted=1, disapproved=1), 37, 2),
        (Counts(possible_or_approved=41, restricted_or_disapproved=6), 41, 6),
        (Counts(possible=83, possible_or_approved=39, restricted=63, restricted_or_disapproved=10), 122, 73),
        (Counts(possible=83, restricted=3), None, None),
        (Counts(), None, None),
    ],
)
def test_passed_and_refused_are_known_where_nothing_is_missing(
    counts: Counts, passed: int | None, refused: int | None
) -> None:
    assert (counts.passed, counts.refused) == (passed, refused)


@pytest.mark.parametrize(
    ("counts", "good"),
    [
        (Counts(reviewed=41, possible_or_approved=37, restricted=1, disapproved=1, deferred=2), True),
        (Counts(reviewed=50, possible_or_approved=47, restricted=1, disapproved=2, deferred=1), True),
        (Counts(reviewed=40, possible_or_approved=37, restricted=1, disapproved=1, deferred=2), False),
        (Counts(reviewed=10, restricted=6), True),
        (Counts(reviewed=5, restricted=6), False),
        (Counts(restricted=6), True),
    ],
)
def test_the_deferred_may_be_among_the_reviewed_or_not(counts: Counts, good: bool) -> None:
    assert counts.adds_up is good


@given(COUNTS)
def test_telling_apart_changes_no_sum(counts: Counts) -> None:
    apart = counts.told_apart
    assert (apart.passed, apart.refused, apart.adds_up) == (counts.passed, counts.refused, counts.adds_up)
    assert apart.told_apart == apart


@given(COUNTS)
def test_numbers_do_not_overrun_themselves(counts: Counts) -> None:
    assert overrun(counts, counts) == ()


def test_more_rows_than_announced_are_told() -> None:
    rows = Counts(reviewed=5, possible=0, approved=0, restricted=4, disapproved=1)
    assert overrun(rows, Counts(reviewed=39, restricted=3, disapproved=4)) == ("restricted",)
    assert overrun(rows, Counts(reviewed=4, restricted_or_disapproved=2)) == ("reviewed", "refused")
    assert overrun(rows, Counts(reviewed=39, restricted=3, restricted_or_disapproved=4)) == ()
