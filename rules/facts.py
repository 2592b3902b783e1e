"""Fact types of the employment rulebook: what a case under Articles 17 and 18 says (사실관계).

Every field is a value that may be exact, a range, one of several or unknown; leaving it out means unknown.
Money is in won, dates are calendar days, grades count down from 1, the highest (직급).
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import Field

from engine.errors import Place, Problem
from engine.facts import CaseModel, Fact, Listed
from engine.values import UNKNOWN, Grade, Known, OrderedEnum, Won, exactly, one_of


class Service(StrEnum):
    """Kinds of public service at retirement, after Act 3(1) and Decree 31(1)."""

    POLITICAL = (
        "political"  # 정무직 (national or local; ministers, vice-ministers, mayors, heads of agencies)
    )
    COUNCILLOR = "councillor"  # 지방의회의원
    GENERAL = "general"  # 일반직, incl. 고위공무원단, tax, customs, prosecution service; national or local
    SPECIAL = "special"  # 별정직
    DIPLOMAT = "diplomat"  # 외무공무원
    INTELLIGENCE = "intelligence"  # 국가정보원 (특정직)
    PRESIDENTIAL_SECURITY = "presidential_security"  # 대통령경호처
    JUDGE = "judge"  # 법관
    PROSECUTOR = "prosecutor"  # 검사
    CONSTITUTIONAL_RESEARCHER = "constitutional_researcher"  # 헌법연구관
    MILITARY = "military"  # 군인
    MILITARY_CIVILIAN = "military_civilian"  # 군무원
    POLICE = "police"  # 경찰 (incl. coast guard, self-governing police)
    FIRE = "fire"  # 소방
    INVESTIGATOR = "investigator"  # 중대범죄수사청수사관
    RESEARCH_GUIDANCE = "research_guidance"  # 연구직·지도직
    PROFESSIONAL_OFFICER = "professional_officer"  # 전문경력관
    SENIOR_SPECIALIST = "senior_specialist"  # 수석전문관
    EDUCATION_OFFICIAL = "education_official"  # 장학관·교육연구관
    EDUCATION_HEAD = "education_head"  # 총장·학장, 교육감, 교육장
    UNIVERSITY_DEAN = "university_dean"  # 대학 처장·실장
    ORGANISATION = "organisation"  # 공직유관단체·공기업·한국은행·금융감독원 등 임직원
    OTHER = "other"


class PoliceRank(OrderedEnum):
    """Police ranks, lowest first (경찰 계급)."""

    OFFICER = "officer"  # 순경
    CORPORAL = "corporal"  # 경장
    SERGEANT = "sergeant"  # 경사
    LIEUTENANT = "lieutenant"  # 경위
    CAPTAIN = "captain"  # 경감
    MAJOR = "major"  # 경정
    SUPERINTENDENT = "superintendent"  # 총경
    SENIOR_SUPERINTENDENT = "senior_superintendent"  # 경무관
    SENIOR_SUPERINTENDENT_GENERAL = "senior_superintendent_general"  # 치안감
    CHIEF_SUPERINTENDENT_GENERAL = "chief_superintendent_general"  # 치안정감
    COMMISSIONER_GENERAL = "commissioner_general"  # 치안총감


class FireRank(OrderedEnum):
    """Fire-service ranks, lowest first (소방 계급)."""

    FIREFIGHTER = "firefighter"  # 소방사
    SENIOR_FIREFIGHTER = "senior_firefighter"  # 소방교
    SERGEANT = "sergeant"  # 소방장
    LIEUTENANT = "lieutenant"  # 소방위
    CAPTAIN = "captain"  # 소방경
    MAJOR = "major"  # 소방령
    CHIEF = "chief"  # 소방정
    DEPUTY_ASSISTANT_CHIEF = "deputy_assistant_chief"  # 소방준감
    ASSISTANT_CHIEF = "assistant_chief"  # 소방감
    DEPUTY_CHIEF_GENERAL = "deputy_chief_general"  # 소방정감
    CHIEF_GENERAL = "chief_general"  # 소방총감


class MilitaryRank(OrderedEnum):
    """Officer ranks, lowest first (군인 계급)."""

    BELOW_LIEUTENANT_COLONEL = "below_lieutenant_colonel"  # 소령 이하
    LIEUTENANT_COLONEL = "lieutenant_colonel"  # 중령
    COLONEL = "colonel"  # 대령
    BRIGADIER_GENERAL = "brigadier_general"  # 준장
    MAJOR_GENERAL = "major_general"  # 소장
    LIEUTENANT_GENERAL = "lieutenant_general"  # 중장
    GENERAL = "general"  # 대장


class Body(StrEnum):
    """The body last belonged to, where Act 3(1), Decree 31(1) or 32(3) name it."""

    BOARD_OF_AUDIT = "board_of_audit"  # 감사원
    ACRC_ANTI_CORRUPTION = "acrc_anti_corruption"  # 국민권익위원회 부패방지국
    ACRC_REVIEW_PROTECTION = "acrc_review_protection"  # 국민권익위원회 심사보호국
    TAX_SERVICE = "tax_service"  # 국세청
    CUSTOMS_SERVICE = "customs_service"  # 관세청
    JUSTICE = "justice"  # 법무부
    PROSECUTION = "prosecution"  # 검찰청, 2026-10-02부터 공소청
    CIO = "cio"  # 고위공직자범죄수사처
    CRIMES_INVESTIGATION = "crimes_investigation"  # 중대범죄수사청
    DEFENCE = "defence"  # 국방부·각군·합참
    DAPA = "dapa"  # 방위사업청
    FAIR_TRADE = "fair_trade"  # 공정거래위원회
    FOOD_DRUG = "food_drug"  # 식품의약품안전처
    BANK_OF_KOREA = "bank_of_korea"  # 한국은행
    DEPOSIT_INSURANCE = "deposit_insurance"  # 예금보험공사
    FINANCIAL_SUPERVISORY = "financial_supervisory"  # 금융감독원
    DEFENCE_RESEARCH = "defence_research"  # 국방과학연구소·국방기술품질원
    DEFENCE_BODY = "defence_body"  # 국방부·방위사업청 감독 단체 (장관 임명 직원)
    NUCLEAR = "nuclear"  # 원자력 관련 단체
    TRADE_INSURANCE = "trade_insurance"  # 한국무역보험공사
    NATIONAL_RAILWAY = "national_railway"  # 국가철도공단
    LAND_HOUSING = "land_housing"  # 한국토지주택공사
    OTHER = "other"


class Committee(StrEnum):
    """Whose ethics committee is competent, by the body last belonged to (Act 9(2))."""

    GOVERNMENT = "government"  # 정부
    NATIONAL_ASSEMBLY = "national_assembly"  # 국회
    COURT = "court"  # 대법원
    CONSTITUTIONAL_COURT = "constitutional_court"  # 헌법재판소
    ELECTION_COMMISSION = "election_commission"  # 중앙선거관리위원회
    PROVINCE = "province"  # 시·도
    MUNICIPALITY = "municipality"  # 시·군·구
    EDUCATION_OFFICE = "education_office"  # 교육청


def _grade_of_senior(said: dict[str, Any]) -> Known[Grade]:
    """A member of the senior civil service stands for grade 1 or 2, where nothing else is said."""
    return one_of(Grade(1), Grade(2)) if said.get("senior_civil_service") == exactly(True) else UNKNOWN


class Official(Fact):
    """The retired or retiring person (퇴직공직자). Act 3(1), 17(1), 17(3), 17(7); Decree 31, 32(3)."""

    retired_on: Known[date] = UNKNOWN  # 퇴직일
    service: Known[Service] = UNKNOWN
    senior_civil_service: Known[bool] = UNKNOWN  # 고위공무원단 (then grade is 1 for 가급, 2 for 나급)
    grade: Known[Grade] = Field(default_factory=_grade_of_senior)  # 직급 또는 상당 직급: 1 highest .. 9
    diplomat_post_grade: Known[Grade] = UNKNOWN  # 외무공무원 직무등급: 14 highest; Decree 3(1), 24(2)
    police_rank: Known[PoliceRank] = UNKNOWN
    fire_rank: Known[FireRank] = UNKNOWN
    military_rank: Known[MilitaryRank] = UNKNOWN
    body: Known[Body] = UNKNOWN
    committee: Known[Committee] = UNKNOWN
    head_is_central: Known[bool] = UNKNOWN  # 소속기관장이 중앙행정기관장·지방자치단체장 (D 33-3(1) 단서)
    fixed_term: Known[bool] = UNKNOWN  # 임기제; grade is then the equivalent grade
    executive: Known[bool] = UNKNOWN  # 상임 임원 (full-time director or auditor and above) of an organisation
    principal_researcher: Known[bool] = UNKNOWN  # 수석급 이상
    appointed_by_minister: Known[bool] = UNKNOWN  # D 31(1)22 장관이 임명한 직원
    designated_nuclear: Known[bool] = UNKNOWN  # D 31(1)23 장관이 정하는 단체
    grade_four_post: Known[bool] = UNKNOWN  # 4급 이상 직위에 보임된 장학관·교육연구관
    asset_discloser: Known[bool] = UNKNOWN  # 재산공개대상자, Act 10(1)
    branch_prosecutor_head: Known[bool] = UNKNOWN  # D 32(3): 고검 부장, 지검 차장, 차장 있는 지청장
    audit_department: Known[bool] = (
        UNKNOWN  # D 31(1)14 감사부서, or audit duty where there is no such department
    )
    accounting_officer: Known[bool] = UNKNOWN  # D 31(1)15 회계관계공무원
    civil_petition_department: Known[bool] = UNKNOWN  # D 31(1)16 대민업무 부서
    crime_investigation_department: Known[bool] = UNKNOWN  # D 31(1)17 식약처 위해사범 수사
    local_tax: Known[bool] = UNKNOWN  # D 31(1)18 지방세
    prosecution_service: Known[bool] = UNKNOWN  # D 31(1)11 검찰사무직·마약수사직 (형사법무직 from 2026-10-02)
    specified_military_function: Known[bool] = UNKNOWN  # D 31(1)12 시설·방위사업 계약·수사·감찰 등
    operator_only: Known[bool] = UNKNOWN  # D 31(1)16 단서: 시설·기계·차량·선박 운용만 (승인)
    township: Known[bool] = UNKNOWN  # 읍·면·동 근무 (E-22)
    cabinet_rank: Known[bool] = UNKNOWN  # 국무총리·국무위원·차관·중앙행정기관의 장 (2015-03-30까지의 17(6))
    window_suspended: Known[bool] = UNKNOWN  # 해임요구 취소의 소로 취업제한기간 진행이 정지됨, Act 19(3)
    window_until: Known[date] = UNKNOWN  # 정지된 기간을 더한 취업제한기간의 마지막 날
    lawyer: Known[bool] = UNKNOWN  # 변호사
    accountant: Known[bool] = UNKNOWN  # 공인회계사
    tax_accountant: Known[bool] = UNKNOWN  # 세무사
    section_staff: Known[bool] = UNKNOWN  # 과 소속 직원 (과장 제외), D 34(3)7
    laid_off: Known[bool] = UNKNOWN  # D 34(3)2 직제·정원 개폐로 본인 의사와 달리 면직
    technical_qualification: Known[bool] = UNKNOWN  # D 34(3)4
    returning_expert: Known[bool] = UNKNOWN  # D 34(3)6 임기제 전문가의 종전 분야 복귀
    consulted_committee: Known[bool] = UNKNOWN  # D 34(4)2 (2024-06-26까지) 소속기관장이 미리 위원회와 협의
    agreed_before_hiring: Known[bool] = UNKNOWN  # D 34(4)2 채용계약 전 위원회와 협의하여 취업할 직위를 정함
    recognised_specialist: Known[bool] = UNKNOWN  # D 34(4)3 전문직공무원 7년 이상, 퇴직 전 전문성 인정
    proven_expertise: Known[bool] = UNKNOWN  # D 34(3)9


class EmployerKind(StrEnum):
    """Kinds of institution in Act 17(1) items 1-12."""

    COMPANY = "company"  # 1 영리사기업체
    ASSOCIATION = "association"  # 2 협회
    LAW_FIRM = "law_firm"  # 3 법무법인 등
    ACCOUNTING_FIRM = "accounting_firm"  # 4 회계법인
    TAX_FIRM = "tax_firm"  # 5 세무법인
    FOREIGN_LAW_OFFICE = "foreign_law_office"  # 6 외국법자문법률사무소
    JOINT_LAW_FIRM = "joint_law_firm"  # 6 합작법무법인
    PUBLIC_CORPORATION = "public_corporation"  # 7 시장형 공기업
    PUBLIC_ORGANISATION = "public_organisation"  # 8 안전감독·인허가·조달 공직유관단체
    SCHOOL = "school"  # 9 사립학교·학교법인
    HOSPITAL = "hospital"  # 10 종합병원
    WELFARE = "welfare"  # 11 사회복지법인
    DEFENCE = "defence"  # 12 가 방위산업
    SAFETY = "safety"  # 12 나 식품 등 안전 인증·검사
    CONSTRUCTION = "construction"  # 12 다 건설·건축 설계·감리 (2026-01-01)
    OTHER = "other"  # none of these: a state body, a sole trader


class Succession(StrEnum):
    """How an unlisted employer came out of a listed one (Decree 33(6)1-3)."""

    NONE = "none"
    TRANSFEREE = "transferee"  # 영업양수
    MERGER_SURVIVOR = "merger_survivor"  # 흡수합병 존속
    MERGER_NEW = "merger_new"  # 신설합병


class Employer(Fact):
    """The institution to be joined (취업예정기관). Act 17(1); Decree 33."""

    name: Known[str] = UNKNOWN
    kind: Known[EmployerKind] = UNKNOWN
    listed: Known[bool] = UNKNOWN  # on the gazetted list in force on the day of start
    succession: Known[Succession] = UNKNOWN
    university: Known[bool] = UNKNOWN  # 대학을 설립·경영하는 학교법인과 그 대학 (17(1)9, 2015-03-31)
    listed_member: Known[bool] = UNKNOWN  # association: a listed company has joined it, D 33(2), 33(6)4
    public_mandate: Known[bool] = UNKNOWN  # 협회: 위탁업무를 하거나 임원을 공공기관이 승인 (2014-06-24까지)
    capital: Known[Won] = UNKNOWN  # 자본금
    turnover: Known[Won] = UNKNOWN  # 연간 외형거래액
    base_assets: Known[Won] = UNKNOWN  # 기본재산
    state_equity: Known[bool] = UNKNOWN  # D 34(3)3


class Duty(StrEnum):
    """What the new job consists of, where Act 17(9) or Decree 31(2) name it."""

    ORDINARY = "ordinary"
    EMERGENCY_PREPAREDNESS = "emergency_preparedness"  # 17(9)1 비상대비업무
    RESERVE_COMMANDER = "reserve_commander"  # 17(9)2 예비군 지휘관
    DESIGNATED_SIMPLE = "designated_simple"  # 17(9)3 위원회 고시 단순 집행업무


class Occupation(StrEnum):
    """KSCO major group of the new job (한국표준직업분류 대분류), Decree 31(2)."""

    MANAGER = "manager"
    PROFESSIONAL = "professional"
    CLERK = "clerk"
    SERVICE = "service"
    SALES = "sales"
    AGRICULTURE = "agriculture"
    CRAFT = "craft"
    OPERATOR = "operator"
    ELEMENTARY = "elementary"


class Role(StrEnum):
    """The position at the new employer; teaching staff takes a school out. Act 17(1)9 proviso, D 33(4)."""

    TEACHING = "teaching"  # 교수·부교수·조교수·강사·겸임·명예교수 등
    SCHOOL_LEADERSHIP = "school_leadership"  # 총장·부총장·학장·교무처장·학생처장
    OTHER = "other"


class Engagement(Fact):
    """The job to be taken (취업). Act 17(4), 17(9); Decree 31(2), 33-2."""

    start_on: Known[date] = UNKNOWN  # 취업(예정)일
    filed_on: Known[date] = UNKNOWN  # 확인요청·승인신청을 소속기관장에게 낸 날
    role: Known[Role] = UNKNOWN
    duty: Known[Duty] = UNKNOWN
    occupation: Known[Occupation] = UNKNOWN
    handles_or_advises: Known[bool] = UNKNOWN  # 업무를 처리하거나 조언·자문으로 지원
    paid: Known[bool] = UNKNOWN  # 대가
    periodic: Known[bool] = UNKNOWN  # 주기적으로 또는 기간을 정하여
    own_business: Known[bool] = UNKNOWN  # own firm or shareholding: no express rule found (W-04)
    appointed_by_law: Known[bool] = UNKNOWN  # D 34(3)5
    public_interest: Known[bool] = UNKNOWN  # D 34(3)1
    low_influence: Known[bool] = UNKNOWN  # 취업 후 영향력 행사 가능성이 적음 (claimed)
    very_low_influence: Known[bool] = UNKNOWN  # 영향력 행사 가능성이 극히 적음, 2009-02-02까지의 요건


class Posting(Fact):
    """A post held before retirement (소속). Act 17(2), 17(3); Decree 32(1)."""

    body: Known[str] = UNKNOWN  # 기관
    unit: Known[str] = UNKNOWN  # 부서(과)
    above_section_head: Known[bool] = (
        UNKNOWN  # a post above section head: judged by the departments it directs
    )
    from_on: Known[date] = UNKNOWN
    to_on: Known[date] = UNKNOWN
    seconded: Known[bool] = UNKNOWN  # 파견
    host_body: Known[str] = UNKNOWN  # 파견 받은 기관
    host_unit: Known[str] = UNKNOWN  # 파견 받은 부서


class Direction(Fact):
    """A department that a post above section head directs (지휘·감독), Decree 32(1)1."""

    by_unit: Known[str] = UNKNOWN  # the unit of the directing post
    unit: Known[str] = UNKNOWN  # the directed department


class Subordination(Fact):
    """A body and the body it belongs under (소속기관), Decree 32(1)2."""

    body: Known[str] = UNKNOWN
    under: Known[str] = UNKNOWN


class Category(StrEnum):
    """The eight kinds of work of Act 17(2)."""

    SUBSIDY = "subsidy"  # 1 보조금·장려금·조성금 등
    LICENCE = "licence"  # 2 인가·허가·면허·특허·승인
    INSPECTION = "inspection"  # 3 생산방식·규격·경리 검사·감사
    TAX = "tax"  # 4 조세 조사·부과·징수
    CONTRACT = "contract"  # 5 공사·물품 계약·검사·검수
    SERVICE_CONTRACT = "service_contract"  # 5 용역 계약 (2014-12-30부터)
    SUPERVISION = "supervision"  # 6 법령에 근거한 직접 감독
    CASE = "case"  # 7 당사자·직접 이해관계 사건의 수사·심리·심판
    PROPERTY = "property"  # 8 재산상 권리에 직접적으로 상당한 영향
    NONE = "none"  # none of the eight


class Work(Fact):
    """Work of a department that touched the employer, or a firm's services relate to. Act 17(2), 17(5)."""

    category: Known[Category] = UNKNOWN
    body: Known[str] = UNKNOWN
    unit: Known[str] = UNKNOWN
    last_on: Known[date] = UNKNOWN  # the last day on which the work was done
    toward_employer: Known[bool] = UNKNOWN  # the employer was the other side
    handled: Known[bool] = UNKNOWN  # the person handled it or took part in deciding it
    firm_served: Known[bool] = UNKNOWN  # 17(5): the firm took the case or gave the service related to it


class DecisionKind(StrEnum):
    """What the ethics committee decided (심사 결과)."""

    POSSIBLE = "possible"  # 취업가능
    RESTRICTED = "restricted"  # 취업제한
    APPROVED = "approved"  # 취업승인
    DISAPPROVED = "disapproved"  # 취업불승인
    DEFERRED = "deferred"  # 보류


class Decision(Fact):
    """A decision of the ethics committee on this employment (심사 결정). Act 9-2, 18, 19-3."""

    kind: Known[DecisionKind] = UNKNOWN
    decided_on: Known[date] = UNKNOWN
    false_evidence: Known[bool] = UNKNOWN  # 거짓 또는 누락된 자료에 따른 결정, 9-2
    new_evidence: Known[bool] = UNKNOWN  # 결정에 영향을 줄 새로운 증거, 9-2
    procedure_illegal: Known[bool] = UNKNOWN  # 절차의 위법, 9-2
    known_on: Known[date] = UNKNOWN  # 위원회가 그 사유를 안 날


class ActKind(StrEnum):
    """What somebody did around an employment, where Acts 18-2 to 19-4 attach a consequence to it."""

    JOINED_UNREVIEWED = "joined_unreviewed"  # 임의취업: 확인요청·승인 없이 취업
    OWN_WORK = "own_work"  # 재직 중 직접 처리한 업무의 취급, 18-2(1)
    AGENCY_WORK = "agency_work"  # 소속 기관의 업무 취급, 18-2(2)
    REQUEST = "request"  # 소속 기관 임직원에 대한 청탁·알선, 18-4(1)
    REQUEST_UNREPORTED = "request_unreported"  # 임직원이 청탁·알선을 신고하지 않음, 22
    STATEMENT_MISSING = "statement_missing"  # 업무내역서 미제출·거짓 제출, 18-3
    HIRE_UNREPORTED = "hire_unreported"  # 취업사실 미신고, 19-4(2)
    DISMISSAL_REFUSED = "dismissal_refused"  # 취업해제·해임 요구 불응 (기관의 장), 19(2)
    DATA_REFUSED = "data_refused"  # 자료 제출 거부·거짓 제출 (기관의 장), 19-2(3)
    JOB_SOLICITED = "job_solicited"  # 재직자가 취업을 청탁, 18-5(1)
    JOB_BROKERED = "job_brokered"  # 기관의 장이 취업을 알선, 18-5(2)


class Act(Fact):
    """Something done around the employment (행위). Act 18-2 to 19-4, 22, 29, 30; Decree 35-4."""

    kind: Known[ActKind] = UNKNOWN
    acted_on: Known[date] = UNKNOWN
    sanctioned_on: Known[date] = UNKNOWN  # 처벌·과태료·징계를 정하는 날
    permitted: Known[bool] = UNKNOWN  # 위원회의 업무취급 승인, 18-2(3)
    job_related: Known[bool] = UNKNOWN  # 임직원의 직무와 관련된 청탁
    judged_improper: Known[bool] = UNKNOWN  # 부정한 청탁·알선이라고 판단됨
    illegal_handling: Known[bool] = UNKNOWN  # D 35-4: 법령을 위반하여 처리하게 함
    beyond_authority: Known[bool] = UNKNOWN  # D 35-4: 권한을 벗어나게 함
    asks_secrets: Known[bool] = UNKNOWN  # D 35-4: 비밀 누설이나 위법의 묵인
    unfair_competition: Known[bool] = UNKNOWN  # D 35-4: 공정한 경쟁을 해치거나 정상 관행을 벗어남
    brokering: Known[bool] = UNKNOWN  # D 35-4: 위와 같은 일을 하도록 알선


class Check(Fact):
    """A check of retirees' employment by the agency head (취업확인). Act 19-2; Rule 18."""

    checked_on: Known[date] = UNKNOWN  # 확인을 마친 날


class EmploymentCase(CaseModel):
    """One planned or actual employment of one retired official, and what has happened since.

    Decisions, acts and checks are a record: where a case names none, there has been none.
    """

    official: Official
    engagement: Engagement
    employer: Employer
    postings: Listed[Posting] = Listed[Posting]()
    directions: Listed[Direction] = Listed[Direction]()
    subordinations: Listed[Subordination] = Listed[Subordination]()
    works: Listed[Work] = Listed[Work]()
    decisions: Listed[Decision] = Listed[Decision](complete=True)
    acts: Listed[Act] = Listed[Act](complete=True)
    checks: Listed[Check] = Listed[Check](complete=True)

    def contradictions(self) -> Iterator[Problem]:
        """A job cannot begin before the retirement that it follows, nor a posting end before it begins."""
        retired, start = self.official.retired_on, self.engagement.start_on
        latest = retired.options[0] if retired.exact else retired.low
        earliest = start.options[-1] if start.options else start.high
        if latest is not None and earliest is not None and earliest < latest:
            yield Problem(
                f"The job starts ({earliest}) before the retirement ({latest})",
                "Correct one of the two dates; only employment after retirement is reviewed",
                Place(path="engagement.start_on"),
            )
        for index, posting in enumerate(self.postings.items):
            begun, ended = posting.from_on, posting.to_on
            if begun.exact and ended.exact and ended.options[0] < begun.options[0]:
                yield Problem(
                    "This posting ends before it begins",
                    "Exchange the two dates",
                    Place(path=f"postings.items.{index}"),
                )
