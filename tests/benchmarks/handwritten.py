"""The outcome of fully known cases written by hand in Polars, for comparison: no rulebook, no proof.

All rules that bear on `outcome` are in it, with their dates from 2001-04-27 on: supported law, reviewee,
registrants, listed fields, low skill, township, window, covered institution, listing, employment, deemed,
licence, disclosure persons, standard, listed work, relevance, outcome. What only rules of unclear law say is
possible and not certain, as in the rulebook. What the other rules conclude is not worked out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from engine.facts import Section
from rules.facts import (
    Body,
    Category,
    Duty,
    EmployerKind,
    EmploymentCase,
    FireRank,
    MilitaryRank,
    Occupation,
    PoliceRank,
    Role,
    Service,
    Succession,
)
from tests.benchmarks.population import Facts, Population

UNIX = date(1970, 1, 1).toordinal()
LISTS = ("posting", "direction", "subordination", "work")


@dataclass(frozen=True)
class Frames:
    """Fully known cases as Polars has them: days as dates, options by position, one frame for each list."""

    cases: pl.DataFrame
    postings: pl.DataFrame
    directions: pl.DataFrame
    subordinations: pl.DataFrame
    works: pl.DataFrame


def frames(people: Population) -> Frames:
    sections = EmploymentCase.sections()
    single = [section for section in sections.values() if not section.listed]
    cases = pl.concat([_frame(section, people.facts[section.name]) for section in single], how="horizontal")
    cases = cases.with_columns(case_no=people.facts["official"].case_no)
    lists = [
        _frame(sections[name], people.facts[name]).with_columns(case_no=people.facts[name].case_no)
        for name in LISTS
    ]
    return Frames(cases, *lists)


def _frame(section: Section, facts: Facts) -> pl.DataFrame:
    columns = []
    for name, domain in section.fact.domains().items():
        column = pl.Series(name if section.listed else f"{section.name}.{name}", facts.values[name])
        if domain.kind == "date":
            column = (column - UNIX).cast(pl.Int32).cast(pl.Date)
        columns.append(column.cast(pl.Boolean) if domain.kind == "bool" else column)
    return pl.DataFrame(columns)


def outcomes(given: Frames) -> pl.DataFrame:
    """For each case two sets of outcomes, the n-th of the rulebook as bit n: `possible` and `certain`."""
    found = (
        given.cases.lazy()
        .select("case_no", *_days(), *_conditions())
        .with_columns(
            sure=_c("reviewee") & _c("open") & _c("covered") & _c("employed") & ~_c("licensed"),
            may=_c("may_reviewee") & _c("open") & _c("may_covered") & _c("may_employed") & ~_c("licensed"),
        )
        .collect()
    )
    related = _related(found.filter(_c("may") & ~_c("deemed")), given)
    return found.lazy().with_columns(related=_c("case_no").is_in(related.implode())).select(
        "case_no",
        _bits(
            ~_c("supported"),
            _c("supported") & ~_c("reviewee"),
            _c("may_reviewee") & ~_c("open"),
            _c("may_reviewee") & _c("open") & ~_c("covered"),
            _c("may_reviewee") & _c("open") & _c("may_covered") & ~_c("employed"),
            _c("may_reviewee") & _c("open") & _c("may_covered") & _c("may_employed") & _c("licensed"),
            _c("may") & ~_c("related"),
            _c("may") & _c("related"),
        ).alias("possible"),
        _bits(
            ~_c("supported"),
            _c("supported") & ~_c("may_reviewee"),
            _c("reviewee") & ~_c("open"),
            _c("reviewee") & _c("open") & ~_c("may_covered"),
            _c("reviewee") & _c("open") & _c("covered") & ~_c("may_employed"),
            _c("reviewee") & _c("open") & _c("covered") & _c("employed") & _c("licensed"),
            _c("sure") & ~_c("related"),
            _c("sure") & _c("related"),
        ).alias("certain"),
    ).collect()  # fmt: skip


_c = pl.col


def _o(name: str) -> pl.Expr:
    return pl.col(f"official.{name}")


def _e(name: str) -> pl.Expr:
    return pl.col(f"engagement.{name}")


def _r(name: str) -> pl.Expr:
    return pl.col(f"employer.{name}")


def _is(column: pl.Expr, *options: Body | Service | EmployerKind | Category | Occupation) -> pl.Expr:
    places = [list(type(option)).index(option) for option in options]
    return column == places[0] if len(places) == 1 else column.is_in(places)


def _bits(*flags: pl.Expr) -> pl.Expr:
    whole = flags[0].cast(pl.UInt8)
    for place, flag in enumerate(flags[1:], start=1):
        whole = whole | flag.cast(pl.UInt8) * (1 << place)
    return whole


def _any(flags: Sequence[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(flags)


RETIRED, START = _o("retired_on"), _e("start_on")
SUPPORTED = date(2001, 4, 27) <= RETIRED
SINCE_2011 = date(2011, 10, 30) <= RETIRED
SINCE_2015 = date(2015, 3, 31) <= RETIRED
SINCE_2020 = date(2020, 6, 4) <= RETIRED
INVESTIGATORS = date(2026, 10, 2) <= RETIRED

SERVICE, BODY, KIND = _o("service"), _o("body"), _r("kind")
GRADE = _o("grade")
FIVE_TO_SEVEN = GRADE.is_between(5, 7)
GENERAL = _is(SERVICE, Service.GENERAL, Service.SPECIAL)
OTHERS = _is(
    SERVICE,
    Service.RESEARCH_GUIDANCE,
    Service.PROFESSIONAL_OFFICER,
    Service.EDUCATION_OFFICIAL,
    Service.OTHER,
)
RESEARCH = _is(SERVICE, Service.RESEARCH_GUIDANCE)
EDUCATION = _is(SERVICE, Service.EDUCATION_OFFICIAL)
MILITARY = _is(SERVICE, Service.MILITARY)
CIVILIAN = _is(SERVICE, Service.MILITARY_CIVILIAN)
POLICE = _is(SERVICE, Service.POLICE)
FIRE = _is(SERVICE, Service.FIRE)
INVESTIGATOR = _is(SERVICE, Service.INVESTIGATOR) & INVESTIGATORS
ORGANISATION = _is(SERVICE, Service.ORGANISATION)
DIPLOMAT = _is(SERVICE, Service.DIPLOMAT)
SENIOR_OTHER = (
    _is(SERVICE, Service.DIPLOMAT, Service.EDUCATION_OFFICIAL, Service.OTHER) & _o("senior_civil_service")
)  # fmt: skip
ARMS = _is(BODY, Body.DEFENCE, Body.DAPA) & _o("specified_military_function")
FOOD = _is(BODY, Body.FOOD_DRUG) & _o("crime_investigation_department")
DEFENCE_DUTY = ARMS & (
    GENERAL & (GRADE == 5)
    | MILITARY & (_o("military_rank") == list(MilitaryRank).index(MilitaryRank.LIEUTENANT_COLONEL))
    | CIVILIAN & (GRADE == 3)
)


def _police(first: PoliceRank, last: PoliceRank = PoliceRank.COMMISSIONER_GENERAL) -> pl.Expr:
    ranks = list(PoliceRank)
    return POLICE & _o("police_rank").is_between(ranks.index(first), ranks.index(last))


def _fire(first: FireRank, last: FireRank = FireRank.CHIEF_GENERAL) -> pl.Expr:
    ranks = list(FireRank)
    return FIRE & _o("fire_rank").is_between(ranks.index(first), ranks.index(last))


def _military(first: MilitaryRank) -> pl.Expr:
    return MILITARY & (_o("military_rank") >= list(MilitaryRank).index(first))


RANKERS = _police(PoliceRank.SERGEANT, PoliceRank.MAJOR) | _fire(FireRank.SERGEANT, FireRank.MAJOR)


def _conditions() -> list[pl.Expr]:
    reviewee, may_reviewee = _reviewee()
    listed, may_listed = _listed()
    eligible = _eligible()
    working = _e("handles_or_advises") & _e("paid") & _e("periodic")
    employed = working & ~_e("own_business")
    return [
        SUPPORTED.alias("supported"),
        reviewee.alias("reviewee"),
        may_reviewee.alias("may_reviewee"),
        _window().alias("open"),
        (eligible & listed).alias("covered"),
        (eligible & may_listed).alias("may_covered"),
        employed.alias("employed"),
        (employed | (date(2011, 10, 29) >= START) & ~working | _e("own_business")).alias("may_employed"),
        _licensed().alias("licensed"),
        ((date(2020, 6, 4) <= START) & (_e("duty") != list(Duty).index(Duty.ORDINARY))).alias("deemed"),
        _institution().alias("institution"),
        KIND.alias("kind"),
    ]


def _reviewee() -> tuple[pl.Expr, pl.Expr]:
    """Whether the person is subject to review, certainly and possibly: Act 3(1), 17(1), Decree 3(4), 31."""
    executive, may_executive = _executive()
    always = [*_act_3(), executive]
    registrants = _any(_registrants())
    fields, township = _any(_listed_fields()), _any(_township_fields())
    since_2020 = SINCE_2020 & _any([fields, township & ~_o("township"), *_other_fields()])
    may_since_2020 = SINCE_2020 & _any([fields, township, *_other_fields(), *_unclear_fields()])
    between = SINCE_2011 & ~SINCE_2020
    early = _is(BODY, Body.FINANCIAL_SUPERVISORY) & (GRADE <= 2) & ORGANISATION & ~SINCE_2011
    sure = _any([*always, between & registrants, early, since_2020])
    may = _any(
        [
            *always,
            may_executive,
            between & (registrants | _any(_unclear_registrants())),
            early,
            ~SINCE_2011 & _any(_before_2011()),
            may_since_2020,
        ]
    )
    held = SUPPORTED & ~(SINCE_2020 & _low_skill())
    return sure & held, may & held


def _act_3() -> list[pl.Expr]:
    return [
        _is(SERVICE, Service.POLITICAL, Service.COUNCILLOR, Service.JUDGE, Service.PROSECUTOR,
            Service.CONSTITUTIONAL_RESEARCHER, Service.EDUCATION_HEAD),
        GENERAL & (GRADE <= 4),
        RESEARCH & _o("senior_civil_service") & (GRADE <= 2),
        SENIOR_OTHER,
        DIPLOMAT & (_o("diplomat_post_grade") >= 6),
        _is(SERVICE, Service.INTELLIGENCE, Service.PRESIDENTIAL_SECURITY) & (GRADE <= 4),
        _military(MilitaryRank.COLONEL),
        CIVILIAN & (GRADE <= 2),
        _police(PoliceRank.SUPERINTENDENT),
        _fire(FireRank.CHIEF),
        INVESTIGATOR & (GRADE <= 4),
    ]  # fmt: skip


def _executive() -> tuple[pl.Expr, pl.Expr]:
    may = ORGANISATION & _o("executive")
    unclear = _is(BODY, Body.BANK_OF_KOREA, Body.FINANCIAL_SUPERVISORY, Body.LAND_HOUSING)
    return may & (SINCE_2011 | ~unclear), may


def _registrants() -> list[pl.Expr]:
    since_2014, since_2016 = date(2014, 7, 1) <= RETIRED, date(2016, 10, 1) <= RETIRED
    here = GENERAL & ~_o("township") & (GRADE <= 7)
    bodies = _is(BODY, Body.BOARD_OF_AUDIT, Body.ACRC_ANTI_CORRUPTION, Body.TAX_SERVICE, Body.CUSTOMS_SERVICE)
    review = _is(BODY, Body.ACRC_REVIEW_PROTECTION) & (date(2018, 7, 24) <= RETIRED)
    justice = _is(BODY, Body.JUSTICE, Body.PROSECUTION) & _o("prosecution_service")
    return [
        RESEARCH & (GRADE <= 4),
        _is(SERVICE, Service.PROFESSIONAL_OFFICER) & (GRADE <= 4),
        _is(SERVICE, Service.SENIOR_SPECIALIST) & (date(2017, 2, 11) <= RETIRED),
        EDUCATION & _o("grade_four_post"),
        _is(SERVICE, Service.UNIVERSITY_DEAN),
        GENERAL & FIVE_TO_SEVEN & (bodies | review | justice),
        RANKERS,
        DEFENCE_DUTY,
        here & (_o("audit_department") | _petition()),
        here & (GRADE >= 5) & (_o("local_tax") | since_2014 & (_o("accounting_officer") | FOOD)),
        ORGANISATION & _is(BODY, Body.BANK_OF_KOREA, Body.DEPOSIT_INSURANCE) & (GRADE <= 2),
        ORGANISATION & _is(BODY, Body.FINANCIAL_SUPERVISORY) & (GRADE <= 4),
        _appointed(),
        ORGANISATION & _is(BODY, Body.NUCLEAR) & _o("designated_nuclear") & (GRADE <= 2) & since_2014,
        ORGANISATION & _is(BODY, Body.TRADE_INSURANCE, Body.NATIONAL_RAILWAY) & (GRADE <= 2) & since_2016,
    ]


def _petition() -> pl.Expr:
    return _o("civil_petition_department") & ((date(2017, 1, 30) >= RETIRED) | ~_o("operator_only"))


def _appointed() -> pl.Expr:
    return (
        ORGANISATION & _is(BODY, Body.DEFENCE_BODY, Body.DEFENCE_RESEARCH) & _o("appointed_by_minister")
    )  # fmt: skip


def _unclear_registrants() -> list[pl.Expr]:
    since_2014 = date(2014, 7, 1) <= RETIRED
    duties = _any(
        [
            _o("audit_department"),
            _petition(),
            _o("local_tax"),
            since_2014 & (_o("accounting_officer") | FOOD),
        ]
    )
    bodies = _is(BODY, Body.BOARD_OF_AUDIT, Body.ACRC_ANTI_CORRUPTION, Body.TAX_SERVICE, Body.CUSTOMS_SERVICE)
    review = _is(BODY, Body.ACRC_REVIEW_PROTECTION) & (date(2018, 7, 24) <= RETIRED)
    return [
        OTHERS & FIVE_TO_SEVEN & (~_o("township") & duties | bodies | review),
        OTHERS & ARMS & (GRADE == 5),
    ]


def _before_2011() -> list[pl.Expr]:
    return [
        (GENERAL | OTHERS) & FIVE_TO_SEVEN,
        POLICE | FIRE | MILITARY | CIVILIAN | _is(SERVICE, Service.UNIVERSITY_DEAN),
        OTHERS & (GRADE <= 4),
        _appointed(),
    ]


def _listed_fields() -> list[pl.Expr]:
    """Fields of Decree 31(1) that hold whoever serves in a township."""
    bodies = _is(BODY, Body.BOARD_OF_AUDIT, Body.ACRC_ANTI_CORRUPTION, Body.ACRC_REVIEW_PROTECTION,
                 Body.TAX_SERVICE, Body.CUSTOMS_SERVICE)  # fmt: skip
    justice = _is(BODY, Body.JUSTICE, Body.PROSECUTION) | _is(BODY, Body.CIO) & (date(2020, 7, 15) <= RETIRED)
    fair_trade = _is(BODY, Body.FAIR_TRADE) & (date(2020, 7, 5) <= RETIRED)
    return [
        RESEARCH & (GRADE <= 4),
        EDUCATION & _o("grade_four_post"),
        GENERAL & FIVE_TO_SEVEN & (bodies | justice & _o("prosecution_service") | fair_trade),
        INVESTIGATOR & FIVE_TO_SEVEN,
        RANKERS,
        DEFENCE_DUTY,
    ]


def _township_fields() -> list[pl.Expr]:
    petition = _o("civil_petition_department") & ~_o("operator_only")
    return [
        GENERAL & (GRADE <= 7) & (_o("audit_department") | petition),
        GENERAL & FIVE_TO_SEVEN & (_o("accounting_officer") | FOOD | _o("local_tax")),
    ]


def _unclear_fields() -> list[pl.Expr]:
    petition = _o("civil_petition_department") & ~_o("operator_only")
    bodies = _is(BODY, Body.BOARD_OF_AUDIT, Body.ACRC_ANTI_CORRUPTION, Body.ACRC_REVIEW_PROTECTION,
                 Body.TAX_SERVICE, Body.CUSTOMS_SERVICE, Body.FAIR_TRADE)  # fmt: skip
    duties = _any([_o("audit_department"), _o("accounting_officer"), petition, _o("local_tax"), FOOD])
    return [OTHERS & FIVE_TO_SEVEN & (duties | bodies), OTHERS & ARMS & (GRADE == 5)]


def _other_fields() -> list[pl.Expr]:
    land = _is(BODY, Body.LAND_HOUSING) & (
        RETIRED.is_between(date(2021, 10, 2), date(2025, 12, 31)) & (GRADE <= 2)
        | (date(2026, 1, 1) <= RETIRED) & (GRADE <= 3)
    )
    research = _is(BODY, Body.DEFENCE_RESEARCH) & (
        (date(2020, 7, 4) >= RETIRED) | _o("principal_researcher")
    )  # fmt: skip
    two = (
        _is(BODY, Body.BANK_OF_KOREA, Body.DEPOSIT_INSURANCE, Body.TRADE_INSURANCE, Body.NATIONAL_RAILWAY)
        | _is(BODY, Body.NUCLEAR) & _o("designated_nuclear")
    ) & (GRADE <= 2)
    minister = _o("appointed_by_minister") & (_is(BODY, Body.DEFENCE_BODY) | research)
    supervisory = _is(BODY, Body.FINANCIAL_SUPERVISORY) & (GRADE <= 4)
    return [
        _is(SERVICE, Service.PROFESSIONAL_OFFICER) & (GRADE <= 4),
        _is(SERVICE, Service.SENIOR_SPECIALIST, Service.UNIVERSITY_DEAN),
        ORGANISATION & (two | supervisory | minister | land),
    ]


def _low_skill() -> pl.Expr:
    job = _is(
        _e("occupation"),
        Occupation.SERVICE,
        Occupation.AGRICULTURE,
        Occupation.CRAFT,
        Occupation.OPERATOR,
        Occupation.ELEMENTARY,
    )
    person = [
        (GENERAL | OTHERS | INVESTIGATOR) & GRADE.is_between(6, 7),
        _police(PoliceRank.SERGEANT, PoliceRank.CAPTAIN),
        _fire(FireRank.SERGEANT, FireRank.CAPTAIN),
    ]
    return job & _any(person)


def _window() -> pl.Expr:
    years = pl.when(SINCE_2015).then(_full_years(3)).otherwise(_full_years(2))
    suspended = (date(2011, 10, 30) <= START) & _o("window_suspended") & (_o("window_until") >= START)
    return SUPPORTED & (years >= START) | suspended


def _full_years(count: int) -> pl.Expr:
    """The last day of a period of years that begins on the day after the retirement."""
    begin = RETIRED.dt.offset_by("1d")
    end = begin.dt.offset_by(f"{count}y")
    return pl.when(end.dt.day() == begin.dt.day()).then(end.dt.offset_by("-1d")).otherwise(end)


def _listed() -> tuple[pl.Expr, pl.Expr]:
    """Whether the employer is on the list or counts as listed, certainly and possibly."""
    member = _is(KIND, EmployerKind.ASSOCIATION) & _r("listed_member")
    unsettled = START.is_between(date(2018, 7, 2), date(2019, 6, 24)) & (_e("filed_on") >= date(2018, 7, 2))
    mandated = (date(2014, 6, 24) >= START) & _r("public_mandate")
    succeeded = _r("succession") != list(Succession).index(Succession.NONE)
    listed = _r("listed") | (date(2015, 3, 31) <= START) & succeeded
    return listed | member & ~mandated & ~unsettled, listed | member & ~mandated


def _eligible() -> pl.Expr:
    """Whether listed institutions of the kind are covered."""
    firms = _is(
        KIND,
        EmployerKind.LAW_FIRM,
        EmployerKind.ACCOUNTING_FIRM,
        EmployerKind.TAX_FIRM,
        EmployerKind.FOREIGN_LAW_OFFICE,
    )
    public = _is(
        KIND,
        EmployerKind.PUBLIC_CORPORATION,
        EmployerKind.PUBLIC_ORGANISATION,
        EmployerKind.HOSPITAL,
        EmployerKind.WELFARE,
    )
    school = _is(KIND, EmployerKind.SCHOOL) & (_e("role") != list(Role).index(Role.TEACHING))
    return _any(
        [
            _is(KIND, EmployerKind.COMPANY, EmployerKind.ASSOCIATION, EmployerKind.OTHER),
            firms & SINCE_2011,
            public & SINCE_2015,
            school & SINCE_2015 & (SINCE_2020 | _r("university")),
            _is(KIND, EmployerKind.JOINT_LAW_FIRM, EmployerKind.DEFENCE, EmployerKind.SAFETY) & SINCE_2020,
            _is(KIND, EmployerKind.CONSTRUCTION) & (date(2026, 1, 1) <= RETIRED),
        ]
    )


def _licensed() -> pl.Expr:
    law = _is(KIND, EmployerKind.LAW_FIRM) | _is(KIND, EmployerKind.JOINT_LAW_FIRM) & SINCE_2020
    licence = _any(
        [
            _o("lawyer") & law,
            _o("accountant") & _is(KIND, EmployerKind.ACCOUNTING_FIRM),
            _o("tax_accountant") & _is(KIND, EmployerKind.TAX_FIRM),
        ]
    )
    barred = pl.when(SINCE_2015).then(_any(_disclosure())).otherwise(_o("cabinet_rank"))
    return SINCE_2011 & licence & ~barred


def _disclosure() -> list[pl.Expr]:
    return [
        _o("asset_discloser"),
        _is(SERVICE, Service.POLITICAL, Service.COUNCILLOR),
        (GENERAL | RESEARCH | EDUCATION | INVESTIGATOR) & (GRADE == 1),
        DIPLOMAT & ((_o("diplomat_post_grade") >= 12) | _o("senior_civil_service") & (GRADE == 1)),
        _military(MilitaryRank.LIEUTENANT_GENERAL),
        _police(PoliceRank.SENIOR_SUPERINTENDENT_GENERAL),
        _fire(FireRank.DEPUTY_CHIEF_GENERAL) & SINCE_2011,
    ]


def _institution() -> pl.Expr:
    """Whether the work of the whole institution counts, Act 17(3)."""
    two = GENERAL | RESEARCH | EDUCATION | CIVILIAN | INVESTIGATOR
    security = _is(SERVICE, Service.INTELLIGENCE, Service.PRESIDENTIAL_SECURITY)
    one = (
        _is(BODY, Body.BANK_OF_KOREA, Body.DEPOSIT_INSURANCE, Body.FINANCIAL_SUPERVISORY)
        | _is(BODY, Body.NUCLEAR) & _o("designated_nuclear")
        | _is(BODY, Body.LAND_HOUSING) & (date(2021, 10, 2) <= RETIRED)
    )
    land = _is(BODY, Body.LAND_HOUSING) & (GRADE <= 2) & (date(2026, 1, 1) <= RETIRED)
    return SINCE_2015 & _any(
        [
            *_disclosure(),
            (two | security) & (GRADE <= 2),
            SENIOR_OTHER,
            ORGANISATION & (_o("executive") | one & (GRADE == 1) | land),
            _is(SERVICE, Service.PROSECUTOR) & _o("branch_prosecutor_head"),
            _military(MilitaryRank.MAJOR_GENERAL),
            _police(PoliceRank.SENIOR_SUPERINTENDENT_GENERAL),
            _fire(FireRank.ASSISTANT_CHIEF),
        ]
    )


def _days() -> list[pl.Expr]:
    """The first day on which work counts, and what the lists are asked by."""
    five = SINCE_2011 | (date(2011, 10, 30) <= START)
    since = pl.when(five).then(RETIRED.dt.offset_by("-5y")).otherwise(RETIRED.dt.offset_by("-3y"))
    return [
        since.alias("since"),
        SINCE_2011.alias("since_2011"),
        SINCE_2020.alias("since_2020"),
        (date(2014, 12, 30) <= START).alias("services"),
    ]


def _related(required: pl.DataFrame, given: Frames) -> pl.Series:
    """Of the cases that need review, those with closely related work."""
    asked = required.lazy().select(
        "case_no", "since", "since_2011", "since_2020", "services", "institution", "kind"
    )
    works = (
        given.works.lazy()
        .join(asked, on="case_no")
        .filter((_c("last_on") >= _c("since")) & _counted_category())
        .select("case_no", "body", "unit", "toward_employer", "institution", _firm().alias("firm"))
        .collect()
    )
    toward = works.lazy().filter("toward_employer")
    host = _c("seconded")
    places = (
        given.postings.lazy()
        .join(asked, on="case_no")
        .filter(_c("to_on") >= _c("since"))
        .select(
            "case_no",
            pl.when(host).then("host_body").otherwise("body").alias("body"),
            pl.when(host).then("host_unit").otherwise("unit").alias("unit"),
            "above_section_head",
        )
    )
    same_body = toward.join(places, on=["case_no", "body"], suffix="_of_post").collect()
    own = same_body.filter((_c("unit") == _c("unit_of_post")) | _c("institution"))
    directs = _closed(given.directions, "unit", "by_unit", same_body)
    directed = same_body.filter("above_section_head").join(
        directs, left_on=["case_no", "unit_of_post", "unit"], right_on=["case_no", "by_unit", "unit"],
        how="semi",
    )  # fmt: skip
    wide = toward.filter("institution").collect()
    under = _closed(given.subordinations, "body", "under", wide)
    below = (
        wide.lazy().join(under.lazy(), on=["case_no", "body"])
        .join(places, left_on=["case_no", "under"], right_on=["case_no", "body"], how="semi").collect()
    )  # fmt: skip
    found = [works.filter("firm"), own, directed, below]
    return pl.concat([frame["case_no"] for frame in found]).unique()


def _counted_category() -> pl.Expr:
    """The kinds of work that count, by the day of retirement and for services by the day of starting."""
    return (
        _is(
            _c("category"),
            Category.SUBSIDY,
            Category.LICENCE,
            Category.INSPECTION,
            Category.TAX,
            Category.CONTRACT,
            Category.SUPERVISION,
            Category.PROPERTY,
        )
        | _is(_c("category"), Category.CASE) & _c("since_2011")
        | _is(_c("category"), Category.SERVICE_CONTRACT) & _c("services")
    )


def _firm() -> pl.Expr:
    firms = _is(_c("kind"), EmployerKind.LAW_FIRM, EmployerKind.ACCOUNTING_FIRM, EmployerKind.TAX_FIRM)
    later = _is(_c("kind"), EmployerKind.FOREIGN_LAW_OFFICE, EmployerKind.JOINT_LAW_FIRM)
    kinds = firms & _c("since_2011") | later & _c("since_2020")
    return kinds & _c("handled") & _c("firm_served")


def _closed(links: pl.DataFrame, lower: str, upper: str, asked: pl.DataFrame) -> pl.DataFrame:
    """Who is below whom, directly and through others, in the cases asked."""
    direct = links.join(asked.select("case_no").unique(), on="case_no", how="semi").unique()
    steps = direct.rename({lower: "_lower", upper: lower})
    found = new = direct
    while len(new):
        further = new.join(steps, on=["case_no", lower]).select(
            "case_no", upper, pl.col("_lower").alias(lower)
        )
        new = further.select(found.columns).unique().join(found, on=found.columns, how="anti")
        found = pl.concat([found, new])
    return found
