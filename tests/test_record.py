import pytest

from cases.record import record


@pytest.mark.parametrize(
    ("year", "ineligible", "reviewed", "printed"),
    [
        (2011, 16, 280, 5.7),
        (2012, 15, 301, 5.0),
        (2013, 27, 291, 9.3),
        (2014, 51, 260, 19.6),
        (2015, 112, 538, 20.8),
    ],
)
def test_rates_follow_from_counts_as_they_were_printed(
    year: int, ineligible: int, reviewed: int, printed: float
) -> None:
    (one,) = [one for one in record().limits if one.year == year]
    assert (one.ineligible, one.reviewed) == (ineligible, reviewed)
    assert one.rate == printed


def test_the_shares_of_france_are_a_whole() -> None:
    shares = record().france.model_dump()
    assert shares == {"approved": 42, "approved_in_part": 41, "banned": 1, "rejected": 16}
    assert sum(shares.values()) == 100
