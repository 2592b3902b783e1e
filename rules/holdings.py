"""Fact types of the trust rulebook: what a case under Articles 14-4 to 14-17 says (백지신탁, 직무관여 금지).

Every field is a value that may be exact, a range, one of several or unknown; leaving it out means unknown.
Money is in won, dates are calendar days. Lists of events hold what has happened: an event that is not
recorded has not happened. The lists of stocks and of present duties say whether they are complete.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from engine.errors import Place, Problem
from engine.facts import CaseModel, Fact, Listed
from engine.values import UNKNOWN, Grade, Known, Won
from rules.facts import FireRank, MilitaryRank, PoliceRank, Service


class FinanceBody(StrEnum):
    """The bodies whose finance officials are obliged, by their names (Act 14-4(1))."""

    FINANCE_AND_ECONOMY = "finance_and_economy"  # 재정경제부 (..2008-02-28, 2026-01-02..)
    STRATEGY_AND_FINANCE = "strategy_and_finance"  # 기획재정부 (2008-02-29..2026-01-01)
    SUPERVISORY_COMMISSION = "supervisory_commission"  # 금융감독위원회 (..2008-02-28)
    SERVICES_COMMISSION = "services_commission"  # 금융위원회 (2008-02-29..)
    NONE = "none"


class Holder(Fact):
    """The official whose household holds the stock (공개대상자등). Act 10(1), 14-4(1); Decree 24, 27-3."""

    asked_on: Known[date] = UNKNOWN  # 기준일: the day about which the question is asked
    asset_discloser: Known[bool] = UNKNOWN  # 재산공개대상자, Act 10(1), D 24
    service: Known[Service] = UNKNOWN
    grade: Known[Grade] = UNKNOWN  # 직급 또는 상당 직급: 1 highest .. 9
    senior_civil_service: Known[bool] = UNKNOWN  # 고위공무원단
    diplomat_post_grade: Known[Grade] = UNKNOWN  # 외무공무원 직무등급: 14 highest
    military_rank: Known[MilitaryRank] = UNKNOWN
    police_rank: Known[PoliceRank] = UNKNOWN
    fire_rank: Known[FireRank] = UNKNOWN
    high_judge_or_prosecutor: Known[bool] = UNKNOWN  # 고법 부장판사급 법관, 대검찰청(공소청) 검사급 검사
    education_leader: Known[bool] = UNKNOWN  # 대학의 총장·학장, 교육감
    provincial_police_head: Known[bool] = UNKNOWN  # 시·도경찰청장
    regional_revenue_head: Known[bool] = UNKNOWN  # 3급·고위공무원단인 지방국세청장, 세관장
    organisation_head: Known[bool] = UNKNOWN  # 공기업의 장·부기관장·상임감사, 한국은행·금융감독원·중앙회 임원
    deputy_governor: Known[bool] = UNKNOWN  # 금융감독원 부원장보 (2011-10-30..)
    intelligence_planning_head: Known[bool] = UNKNOWN  # 국가정보원 기획조정실장 (..2020-12-31)
    finance_body: Known[FinanceBody] = UNKNOWN
    finance_bureau: Known[bool] = UNKNOWN  # D 27-3: 금융정책·은행·증권·보험 등 금융사무 관장 국
    space_agency_exempted: Known[bool] = UNKNOWN  # 우주항공청법 제14조: 임기제, 위원회 심의를 거친 적용 배제
    stock_limited: Known[bool] = UNKNOWN  # Act 14-15 주식 취득 제한 부서
    land_limited: Known[bool] = UNKNOWN  # Act 14-16 부동산 취득 제한 부서
    virtual_asset_limited: Known[bool] = UNKNOWN  # Act 14-17 가상자산 제한 부서


class Basis(StrEnum):
    """What made the duty arise (Act 14-4(1))."""

    EXCEEDED = "exceeded"  # 합계가 기준금액을 초과하게 됨
    APPOINTED = "appointed"  # 이미 초과한 상태에서 공개대상자등이 됨
    DEFERRAL_ENDED = "deferral_ended"  # 신고유예 기간이 끝남


class Holding(Fact):
    """The duty to sell or entrust, when and why it arose (의무 발생). Act 14-4(1)."""

    arose_on: Known[date] = UNKNOWN  # 매각·백지신탁 의무가 생긴 날
    basis: Known[Basis] = UNKNOWN


class Owner(StrEnum):
    """Whose stock it is, after Act 4(1) and 14-4(1)."""

    SELF = "self"  # 본인
    SPOUSE = "spouse"  # 배우자 (사실혼 포함)
    ASCENDANT = "ascendant"  # 직계존속
    DESCENDANT = "descendant"  # 직계비속
    MARRIED_FEMALE_DESCENDANT = "married_female_descendant"  # 혼인한 직계비속인 여성
    MATERNAL_GRANDPARENT = "maternal_grandparent"  # 외증조부모·외조부모
    DAUGHTERS_DESCENDANT = "daughters_descendant"  # 외손자녀·외증손자녀
    OTHER = "other"  # 형제자매 등


class StockKind(StrEnum):
    """Kinds of stock and of what is near it; the text names only stocks (주식)."""

    LISTED = "listed"  # 상장주식
    UNLISTED = "unlisted"  # 비상장주식
    COLLECTIVE = "collective"  # 주식 형태의 간접투자상품 (뮤추얼펀드·부동산펀드·선박펀드)
    ETF = "etf"  # 상장지수펀드
    FUND = "fund"  # 그 밖의 집합투자증권
    OVERSEAS = "overseas"  # 해외주식
    FRACTIONAL = "fractional"  # 소수단위 주식
    RESTRICTED_UNIT = "restricted_unit"  # 양도제한조건부 주식 (RSU)
    BOND = "bond"  # 채권 (전환·교환 전의 사채 포함)


class Stock(Fact):
    """One holding on the day the duty arose (보유 주식). Act 4(1), 4(3)7, 14-4(1); Decree 27-4."""

    owner: Known[Owner] = UNKNOWN
    kind: Known[StockKind] = UNKNOWN
    value: Known[Won] = UNKNOWN  # 평가액
    refused_notice: Known[bool] = UNKNOWN  # 고지거부


class Sale(Fact):
    """The stock was sold so that no more than the limit is left (매각). Act 14-4(1)1."""

    sold_on: Known[date] = UNKNOWN
    reported_on: Known[date] = UNKNOWN  # 등록기관에 신고한 날


class TrustGround(StrEnum):
    """Which duty a trust meets."""

    FIRST = "first"  # 14-4(1)
    ACQUIRED = "acquired"  # 14-6(2): 신탁 중에 취득한 주식


class EndGround(StrEnum):
    """Why the end of a trust could be asked for (Act 14-10(2))."""

    NONE = "none"
    LOW_VALUE = "low_value"  # 기준금액 이하 통지
    SOLD_ON_DEMAND = "sold_on_demand"  # 신탁자의 요구로 모두 매각
    LEFT = "left"  # 공개대상자등에서 제외
    NOT_RELATED = "not_related"  # 직위 변경 후 직무관련성 없음 결정
    PERSON_LEFT = "person_left"  # 이해관계자의 신분 상실 (고지거부, 혼인 등)


class Trust(Fact):
    """A blind trust contract (백지신탁계약). Act 14-4(1)2, 14-6 to 14-10."""

    ground: Known[TrustGround] = UNKNOWN
    signed_on: Known[date] = UNKNOWN
    reported_on: Known[date] = UNKNOWN  # 등록기관에 신고한 날
    trustee_was_employer: Known[bool] = UNKNOWN  # 3년 안에 본인·이해관계자가 재직한 회사
    disposed: Known[bool] = UNKNOWN  # 최초 신탁 주식의 처분 완료
    disposed_on: Known[date] = UNKNOWN
    disposal_notified_on: Known[date] = UNKNOWN  # 처분 완료를 위원회에 통지한 날
    extended: Known[bool] = UNKNOWN  # 처분기한 연장 승인
    extended_to_on: Known[date] = UNKNOWN  # 연장된 처분기한
    quarter_value: Known[Won] = UNKNOWN  # 분기 말 신탁재산의 가액
    quarter_end_on: Known[date] = UNKNOWN
    end_ground: Known[EndGround] = UNKNOWN
    ended: Known[bool] = UNKNOWN  # 해지
    ended_on: Known[date] = UNKNOWN


class Result(StrEnum):
    """What the review committee found on relevance (직무관련성)."""

    PENDING = "pending"
    RELATED = "related"
    NOT_RELATED = "not_related"


class Review(Fact):
    """A review of relevance (직무관련성 심사). Act 14-5, 14-12; Decree 27-7, 27-8."""

    own_motion: Known[bool] = UNKNOWN  # 직권 재심사 (14-12)
    requested_on: Known[date] = UNKNOWN  # 심사청구일; 직권 재심사는 사유를 안 날
    extended: Known[bool] = UNKNOWN  # 결정기간 연장 의결
    result: Known[Result] = UNKNOWN
    notified_on: Known[date] = UNKNOWN  # 결정 통지일


class Move(Fact):
    """A change of position, asked for or ordinary (직위 변경). Act 14-5(6), 14-13."""

    applied: Known[bool] = UNKNOWN  # 14-13에 따라 신청
    applied_on: Known[date] = UNKNOWN
    moved: Known[bool] = UNKNOWN
    moved_on: Known[date] = UNKNOWN
    result: Known[Result] = UNKNOWN  # 새 직위에 대한 심사 결과
    notified_on: Known[date] = UNKNOWN


class DutyKind(StrEnum):
    """The eight kinds of duty of Decree 27-8(1), done or supervised."""

    POLICY = "policy"  # 1 정책·법령의 입안·집행
    INVESTIGATION = "investigation"  # 2 수사·조사·감사·검사
    LICENCE = "licence"  # 3 인허가·면허·특허
    TAX = "tax"  # 4 조세의 조사·부과·징수
    SUPERVISION = "supervision"  # 5 법령상 지도·감독
    BUDGET = "budget"  # 6 예산, 공사·물품 계약
    ADJUDICATION = "adjudication"  # 7 사건의 심리·심판
    FOUND = "found"  # 8 심사위원회가 인정한 직무
    NONE = "none"


class Task(Fact):
    """A duty the person now does or supervises (현재 직무). Act 14-5(8), 14-11; Decree 27-8, 27-11."""

    kind: Known[DutyKind] = UNKNOWN
    affects_company: Known[bool] = UNKNOWN  # 주식 발행 기업의 경영·재산상 권리에 영향을 줄 수 있음


class Involvement(Fact):
    """Taking part in such a duty, by approval, instruction, opinion (직무 관여). Act 14-11."""

    kind: Known[DutyKind] = UNKNOWN
    involved_on: Known[date] = UNKNOWN
    affects_company: Known[bool] = UNKNOWN
    unavoidable: Known[bool] = UNKNOWN  # 14-11(3): 법령상 직접 수행 등 회피 불가
    reported: Known[bool] = UNKNOWN  # 분기 신고를 함


class Way(StrEnum):
    """How stock came in during the trust (Act 14-6; Decree 27-9)."""

    PURCHASE = "purchase"  # 매수 등 허용되지 않는 취득
    PROMOTER = "promoter"  # 이해관계자의 발기인 인수
    INHERITANCE = "inheritance"  # 상속
    GIFT = "gift"  # 증여·유증
    SECURITY = "security"  # 담보권 행사
    PAYMENT_IN_KIND = "payment_in_kind"  # 대물변제
    BOND_RIGHT = "bond_right"  # 전환사채·신주인수권부사채·교환사채의 권리 행사
    EMPLOYEE_PLAN = "employee_plan"  # 우리사주조합
    STOCK_OPTION = "stock_option"  # 주식매수선택권
    MARKET_OPTION = "market_option"  # 신탁 전부터 가진 장내 옵션
    PREEMPTIVE = "preemptive"  # 위 주식의 신주인수권


class Acquisition(Fact):
    """Stock that came to the household while a trust runs (신탁 중 취득). Act 14-6; Decree 27-9."""

    way: Known[Way] = UNKNOWN
    by_self: Known[bool] = UNKNOWN  # 본인이 취득 (이해관계자이면 false)
    acquired_on: Known[date] = UNKNOWN  # 취득일; 상속은 안 날


class BreachKind(StrEnum):
    """What the law punishes about holdings, reviews and trusts (Act 22, 24-2, 25, 28-2, 30)."""

    FALSE_DATA = "false_data"  # 심사자료의 거짓 제출·거부
    WRONGFUL_TERMINATION = "wrongful_termination"  # 사유 없는 신탁 해지
    TRUST_INFORMATION = "trust_information"  # 신탁재산 정보 요구·제공
    TRUST_INVOLVEMENT = "trust_involvement"  # 신탁재산 관리·운용·처분 관여
    REFUSAL = "refusal"  # 정당한 사유 없는 매각·신탁 거부
    BODY_REFUSAL = "body_refusal"  # 기관장의 자료 제출 거부·거짓 자료


class Breach(Fact):
    """An act that carries a sanction (위반행위). Act 14-5(11), 22, 24-2, 25, 28-2, 30."""

    kind: Known[BreachKind] = UNKNOWN
    done_on: Known[date] = UNKNOWN
    disciplined: Known[bool] = UNKNOWN  # 같은 행위로 이미 징계를 받음


class TrustCase(CaseModel):
    """The stock of one official's household, and what was done about it, as of one day."""

    holder: Holder
    holding: Holding
    stocks: Listed[Stock] = Listed[Stock]()
    sales: Listed[Sale] = Listed[Sale](complete=True)
    trusts: Listed[Trust] = Listed[Trust](complete=True)
    reviews: Listed[Review] = Listed[Review](complete=True)
    moves: Listed[Move] = Listed[Move](complete=True)
    tasks: Listed[Task] = Listed[Task]()
    involvements: Listed[Involvement] = Listed[Involvement](complete=True)
    acquisitions: Listed[Acquisition] = Listed[Acquisition](complete=True)
    breaches: Listed[Breach] = Listed[Breach](complete=True)

    def contradictions(self) -> Iterator[Problem]:
        """The day that is asked about cannot lie before the duty arose."""
        arose, asked = self.holding.arose_on, self.holder.asked_on
        earliest = arose.options[0] if arose.options else arose.low
        latest = asked.options[-1] if asked.options else asked.high
        if earliest is not None and latest is not None and latest < earliest:
            yield Problem(
                f"The day asked about ({latest}) lies before the duty arose ({earliest})",
                "Correct one of the two dates",
                Place(path="holder.asked_on"),
            )
