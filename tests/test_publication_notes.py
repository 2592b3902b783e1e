from dataclasses import replace

import pytest

from service.publication.counts import Counts
from service.publication.decided import Decisions
from service.publication.month import Month, gather
from service.publication.notes import limits, notes, text
from service.publication.reasons import Ground, Reason
from tests.publication import decided

REASON = (Reason(Ground.NO_RELATION),)


def month(announced: Counts | None = None, when: str = "2025-03", **more: object) -> Month:
    rows = (decided(month=when, **more),)
    decisions = Decisions(rows, others=0, unsettled=0, dated=True, synthetic=False, problems=())
    return gather(when, decisions, None if announced is None else {when: announced})


def keys(published: Month) -> set[str]:
    return {key for key, _ in notes(published)} - {"names", "months", "numbers", "unknown"}


@pytest.mark.parametrize(
    ("published", "said"),
    [
        (month(reasons=REASON), {"uncounted"}),
        (month(Counts(reviewed=1), reasons=REASON), set()),
        (month(Counts(reviewed=9), reasons=REASON), {"partial"}),
        (month(Counts(reviewed=0), reasons=REASON), {"overrun"}),
        (month(Counts(fined=3), reasons=REASON), {"unreviewed"}),
        (month(Counts(reviewed=1)), {"unreasoned"}),
        (month(Counts(reviewed=1), "2020-05", reasons=REASON), {"no_reasons"}),
        (month(Counts(reviewed=1), reasons=REASON, source="a.kr"), {"sources"}),
        (month(Counts(reviewed=1), reasons=REASON, result="possible_or_approved"), {"unsplit"}),
        (month(Counts(reviewed=1), result="fined"), {"partial", "unlisted"}),
        (replace(month(Counts(reviewed=1), reasons=REASON), unread=1), {"unread"}),
        (replace(month(Counts(reviewed=1), reasons=REASON), unsettled=1), {"unsettled"}),
    ],
)
def test_a_month_says_where_it_falls_short(published: Month, said: set[str]) -> None:
    assert keys(published) == said
    for language in ("ko", "en"):
        assert all(text(language, note) for note in notes(published))


def test_how_much_is_listed_is_told_in_numbers() -> None:
    (partial,) = limits(month(Counts(reviewed=89), reasons=REASON))
    assert text("en", partial).startswith("1 of 89 reviewed are listed")
    assert text("ko", partial).startswith("심사 89건 가운데 1건")
    (overrun,) = limits(month(Counts(reviewed=5, possible=0, approved=4), reasons=REASON))[1:]
    assert "(possible)" in text("en", overrun)
