from datetime import date
from pathlib import Path

import pytest

from engine.values import exactly
from rules.facts import EmploymentCase
from service import store
from service.lookup import look_up
from service.register.register import Register

ON = date(2026, 6, 1)


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    made = Register.from_store(store.engine(f"sqlite:///{tmp_path_factory.mktemp('register') / 'psea.db'}"))
    path = tmp_path_factory.mktemp("list") / "list.csv"
    path.write_text(
        "기관명,유형\n가람상사,영리사기업체\n가람상사,협회\n나래법무법인,법무법인\n다온협회,협회\n"
    )
    made.import_file(path, date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 2), "test")
    return made


def case(name: str = "나래법무법인", **employer: object) -> EmploymentCase:
    data = {
        "official": {},
        "engagement": {"start_on": ON.isoformat()},
        "employer": {"name": name, **employer},
    }
    return EmploymentCase.model_validate(data)


def test_a_listed_employer_gets_its_kind_and_listing(register: Register) -> None:
    looked = look_up(case(), register, "en")
    assert looked.case.employer.kind == exactly("law_firm")
    assert looked.case.employer.listed == exactly(True)
    assert looked.version is not None
    assert (looked.version.year, looked.version.synthetic) == (2026, False)


def test_a_name_that_is_not_found_stays_unknown_and_near_names_are_offered(register: Register) -> None:
    looked = look_up(case("나래법무법"), register, "en")
    assert looked.case.employer.listed.unknown
    assert "나래법무법인" in " ".join(looked.notes)


def test_a_name_of_several_institutions_is_not_guessed(register: Register) -> None:
    looked = look_up(case("가람상사"), register, "en")
    assert looked.case.employer.listed.unknown
    assert "several" in looked.notes[0]


def test_what_the_case_says_itself_is_not_overruled(register: Register) -> None:
    assert look_up(case(listed=False), register, "en").case.employer.listed == exactly(False)
    assert look_up(case(kind="company"), register, "en").case.employer.kind == exactly("company")


def test_a_day_without_a_list_is_said(register: Register) -> None:
    data = {"official": {}, "engagement": {"start_on": "2031-01-01"}, "employer": {"name": "다온협회"}}
    looked = look_up(EmploymentCase.model_validate(data), register, "en")
    assert looked.version is None
    assert "2031-01-01" in looked.notes[0]


def test_without_a_register_nothing_is_looked_up(tmp_path: Path) -> None:
    looked = look_up(case(), None, "ko")
    assert (looked.version, looked.notes) == (None, ())
