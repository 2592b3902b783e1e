from datetime import date

import pytest
from sqlalchemy import text

from rules.facts import EmployerKind
from service.register import synthesis
from service.register.problems import RegisterError
from service.register.register import Register, UnusableRows
from service.store import engine

TODAY = date(2026, 3, 1)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def store(tmp_path):
    return engine(f"sqlite:///{tmp_path / 'psea.db'}")


@pytest.fixture
def register(store):
    return Register.from_store(store)


@pytest.fixture
def give(tmp_path, register):
    def give(names, known_from=TODAY, from_on=FIRST, to_on=LAST, **more):
        path = tmp_path / "list.csv"
        path.write_text("기관명,유형\n" + "".join(f"{name},협회\n" for name in names), encoding="utf-8")
        return register.import_file(path, from_on, to_on, known_from, "notice", **more)

    return give


def listed(register, on=TODAY, known=None):
    return [one.name for version in register.lists(on, known) for one in register.listings(version)]


def test_a_list_is_in_force_from_its_first_to_its_last_day(register, give):
    give(["한빛"])
    assert listed(register, FIRST) == listed(register, LAST) == ["한빛"]
    for day in (date(2025, 12, 31), date(2027, 1, 1)):
        with pytest.raises(RegisterError, match="No list is in force"):
            register.find("한빛", day)


def test_a_correction_is_a_new_version_and_the_old_one_stays(register, give):
    give(["한빛", "누리"], known_from=date(2026, 1, 1))
    give(["한빛", "누리", "가람"], known_from=date(2026, 2, 1))
    give(["한빛"], known_from=date(2026, 2, 1))
    assert listed(register) == ["한빛"]
    assert listed(register, known=date(2026, 2, 1)) == ["한빛"]
    assert listed(register, known=date(2026, 1, 31)) == ["한빛", "누리"]
    assert listed(register, known=date(2025, 12, 31)) == []
    assert register.find("누리", TODAY) == []
    assert [one.kind for one in register.find("누리", TODAY, date(2026, 1, 31))] == [EmployerKind.ASSOCIATION]


def test_the_order_of_imports_does_not_matter_but_the_day_of_knowledge(register, give):
    give(["나중"], known_from=date(2026, 2, 1))
    give(["먼저"], known_from=date(2026, 1, 1))
    assert listed(register) == ["나중"]
    assert listed(register, known=date(2026, 1, 15)) == ["먼저"]


def test_the_same_content_adds_nothing(register, give):
    first = give(["한빛", "누리"])
    again = give(["누리", "한빛"], known_from=date(2026, 4, 1))
    assert (first.new, again.new) == (True, False)
    assert again.version == first.version
    assert len(register.lists()) == 1


def test_a_correction_may_go_back_to_the_first_content(register, give):
    for month, names in enumerate((["한빛"], ["누리"], ["한빛"]), start=1):
        assert give(names, known_from=date(2026, month, 1)).new
    assert listed(register) == ["한빛"]


def test_parts_stand_side_by_side_and_an_open_list_runs_until_the_next(register, give):
    give(["기관"])
    give(["협회하나"], from_on=date(2024, 6, 30), to_on=None, part="associations")
    give(["협회둘"], from_on=date(2026, 6, 30), to_on=None, part="associations")
    assert listed(register, date(2026, 6, 29)) == ["협회하나", "기관"]
    assert sorted(listed(register, date(2026, 6, 30))) == ["기관", "협회둘"]
    assert [one.match.listing.name for one in register.search("협회", date(2027, 5, 1))] == ["협회둘"]


def test_a_synthetic_list_never_stands_in_for_a_real_one(register, give):
    give(["한빛"])
    register.synthesise(2026, known_from=date(2026, 5, 1))
    assert listed(register) == ["한빛"]
    assert not register.identity(TODAY).synthetic


def test_identity_changes_with_the_content_only(register, give):
    give(["한빛"])
    before = register.identity(TODAY)
    give(["한빛", "누리"], known_from=date(2026, 4, 1))
    assert register.identity(TODAY).digest != before.digest
    assert register.identity(TODAY, date(2026, 3, 31)) == before
    assert (before.year, before.synthetic, len(before.digest)) == (2026, False, 64)


def test_search_merges_the_lists_in_force_best_first(register, give):
    give(["한빛연합", "누리"])
    give(["한빛"], from_on=date(2026, 2, 1), part="additions")
    found = register.search("한빛", TODAY)
    assert [(one.match.listing.name, one.version.part) for one in found] == [
        ("한빛", "additions"), ("한빛연합", "institutions")
    ]  # fmt: skip
    assert len(register.search("한빛", TODAY, limit=1)) == 1


def test_bad_rows_are_in_the_report_and_a_file_without_a_good_one_adds_nothing(tmp_path, register):
    path = tmp_path / "list.csv"
    path.write_text("기관명,유형\n한빛,협회\n누리,모름\n", encoding="utf-8")
    report = register.import_file(path, FIRST, LAST, TODAY, "notice")
    assert (report.version.size, [one.row for one in report.problems]) == (1, [3])
    path.write_text("기관명,유형\n누리,모름\n", encoding="utf-8")
    with pytest.raises(UnusableRows) as caught:
        register.import_file(path, FIRST, LAST, TODAY, "notice")
    assert [one.code for one in caught.value.problems] == ["unknown_kind"]
    assert len(register.lists()) == 1


def test_dates_the_wrong_way_round_are_refused(give):
    with pytest.raises(RegisterError, match="before the first day"):
        give(["한빛"], to_on=date(2025, 1, 1))


def test_another_register_sees_what_was_added_after_a_reload(store, give):
    other = Register(store)
    give(["한빛"])
    assert other.lists() == ()
    other.reload()
    assert listed(other) == ["한빛"]


def test_the_synthetic_register_of_2026(store, register):
    [report] = register.synthesise(2026, TODAY)
    assert (report.new, report.version.size, report.version.synthetic) == (True, 26_285, True)
    assert [one.new for one in register.synthesise(2026, TODAY)] == [False]
    [stats] = register.stats(TODAY)
    assert sum(stats.kinds.values()) == 26_285
    assert stats.kinds[EmployerKind.CONSTRUCTION] == 3_006
    assert stats.sectors[EmployerKind.CONSTRUCTION, "건축사사무소"] == 688
    assert register.listings(report.version) == synthesis.listings(synthesis.totals_for(2026)[0])
    assert register.identity(TODAY).synthetic
    with store.connect() as connection:
        assert connection.execute(text("select count(*) from employer_entry")).scalar() == 26_285


def test_synthetic_lists_of_2014_2015_and_2020_count_up_on_their_days(register):
    for year in (2014, 2015, 2020):
        register.synthesise(year, TODAY)
    totals = {
        date(2014, 6, 24): 3_960,
        date(2014, 6, 25): 13_466,
        date(2015, 3, 30): 13_586,
        date(2015, 3, 31): 15_033,
        date(2020, 5, 1): 17_292 + 766,
        date(2020, 6, 30): 20_036,
    }
    for on, total in totals.items():
        assert sum(one.version.size for one in register.stats(on)) == total
    assert None in register.stats(date(2020, 6, 30))[1].kinds
