from datetime import date

import pytest

from service.register.identifiers import business_number
from service.register.problems import RegisterError
from service.register.synthesis import listings, totals, totals_for

TOTALS = {
    2000: [2454], 2001: [2768], 2014: [3960, 13466], 2015: [13586, 1447], 2016: [15687], 2017: [16331],
    2018: [16690], 2019: [17066, 766], 2020: [766, 17292, 2744], 2021: [20284], 2022: [20345], 2023: [21457],
    2024: [23259], 2025: [23348], 2026: [26285],
}  # fmt: skip
KINDS = ("company", "law_firm", "accounting_firm", "tax_firm", "foreign_law_office", "public_corporation",
         "public_organisation", "school", "hospital", "welfare", "defence", "safety",
         "construction")  # fmt: skip
SPLITS = {
    date(2014, 6, 25): (13399, 21, 25, 21),
    date(2015, 1, 1): (13505, 24, 29, 28),
    date(2016, 1, 1): (14123, 25, 31, 34, 1, 14, 179, 651, 469, 160),
    date(2017, 1, 1): (14734, 28, 34, 48, 2, 14, 180, 650, 475, 166),
    date(2018, 1, 1): (15077, 31, 39, 52, 3, 14, 180, 650, 476, 168),
    date(2019, 1, 1): (15422, 30, 45, 66, 2, 15, 187, 642, 492, 165),
    date(2020, 1, 1): (15624, 35, 50, 72, 5, 16, 191, 642, 492, 165),
    date(2021, 1, 1): (15819, 41, 58, 80, 4, 16, 205, 640 + 2540, 507, 169, 53, 152),
    date(2022, 1, 1): (15818, 44, 61, 103, 4, 15, 212, 637 + 2542, 504, 179, 55, 171),
    date(2023, 1, 1): (16870, 50, 69, 131, 6, 13, 218, 3172, 517, 184, 59, 168),
    date(2024, 1, 1): (18597, 60, 75, 164, 8, 13, 222, 3170, 524, 201, 54, 171),
    date(2025, 1, 1): (18667, 61, 78, 180, 5, 14, 223, 3168, 528, 200, 53, 171),
    date(2026, 1, 1): (18551, 65, 82, 202, 10, 14, 227, 3169, 532, 199, 53, 175, 3006),
}


@pytest.mark.parametrize("year", TOTALS)
def test_published_totals(year):
    assert [one.total for one in totals_for(year)] == TOTALS[year]


@pytest.mark.parametrize("total", totals(), ids=lambda total: f"{total.part}-{total.from_on}")
def test_lists_have_the_published_size_and_split(total):
    made = listings(total)
    assert len(made) == total.total
    for share in total.split:
        same = [one for one in made if (one.kind, one.sector) == (share.kind, share.sector)]
        assert len(same) == share.count
    assert len({one.normalised for one in made}) == len({one.number for one in made}) == total.total
    assert [one.row for one in made] == list(range(1, total.total + 1))
    assert all(one.name.endswith("(가상)") for one in made)
    assert all(one.number and business_number(one.number, synthetic=True) for one in made)


@pytest.mark.parametrize("on", SPLITS)
def test_published_splits(on):
    [total] = [one for one in totals_for(on) if one.part == "institutions"]
    counts: dict[str, int] = {}
    for share in total.split:
        counts[str(share.kind)] = counts.get(str(share.kind), 0) + share.count
    assert counts == dict(zip(KINDS, SPLITS[on], strict=False))


def test_sectors_of_2001_and_of_construction():
    assert [(one.sector, one.count) for one in totals_for(2001)[0].split] == [
        ("제조", 1540), ("무역", 381), ("건설", 339), ("금융 등", 508)
    ]  # fmt: skip
    construction = [one.count for one in totals_for(2026)[0].split if one.kind == "construction"]
    assert construction == [1947, 688, 371]


def test_days_pick_the_lists_in_force():
    assert [one.fact for one in totals_for(date(2014, 6, 24))] == ["Y-2014a"]
    assert [one.fact for one in totals_for(date(2014, 6, 25))] == ["Y-2014b"]
    assert [one.fact for one in totals_for(date(2015, 3, 30))] == ["Y-2015a"]
    assert sum(one.total for one in totals_for(date(2015, 3, 31))) == 15_033
    assert sum(one.total for one in totals_for(date(2020, 6, 30))) == 20_036


def test_what_was_inferred_is_marked():
    early = totals_for(date(2014, 1, 1))[0]
    assert [(share.count, share.confidence) for share in early.split] == [
        (3910, "I"), (19, "I"), (12, "I"), (19, "I")
    ]  # fmt: skip
    middle = next(one for one in totals_for(2020) if one.part == "additions")
    assert middle.confidence == "I"
    assert [share.kind for share in middle.split] == [None]
    assert all("synthetic" in one.source and one.fact in one.source for one in totals())


@pytest.mark.parametrize("when", [1999, 2002, 2012, 2013, 2027, date(2013, 6, 1)])
def test_unknown_totals_are_said_to_be_unknown(when):
    with pytest.raises(RegisterError, match="not known") as caught:
        totals_for(when)
    assert "2014-2026" in str(caught.value)


def test_the_same_list_comes_out_the_same():
    total = totals_for(2000)[0]
    assert listings(total) == listings(total)
    assert listings(total)[0].name == "(주)가람전자(가상)"
