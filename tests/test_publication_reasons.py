import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.publication.reasons import FITTING, MOST_ITEMS, Ground, Reason, read_reasons
from service.publication.tables import reasons_told

BARE = sorted(set(Ground) - {Ground.MUST_APPROVE, Ground.NOT_ITEMS})


@pytest.mark.parametrize(
    ("text", "ground", "items"),
    [
        ("공직자윤리법 제17조제2항의 밀접한 업무관련성 없음", Ground.NO_RELATION, ()),
        ("밀접한 관련성 없음", Ground.NO_RELATION, ()),
        ("법 제17조제9항제2호", Ground.DEEMED_NONE, (2,)),
        ("「공직자윤리법」 제17조 제2항 제8호", Ground.RELATION, (8,)),
        ("법 제17조제2항제6호 및 제8호에 해당함", Ground.RELATION, (6, 8)),
        ("밀접한 업무관련성 있음", Ground.RELATION, ()),
        ("영 제34조제3항제9호(전문성)", Ground.APPROVAL, (9,)),
        ("시행령 제34조제3항제8호ㆍ제9호", Ground.APPROVAL, (8, 9)),
        (
            "전문지식·자격증·근무경력 또는 연구성과 등을 통해 전문성이 증명되며"
            " 취업 후 영향력 행사 가능성이 적음",
            Ground.APPROVAL,
            (9,),
        ),
        ("취업 후 영향력 행사 가능성이 적음", Ground.LOW_INFLUENCE, ()),
        ("영 제34조제4항제1호", Ground.MUST_APPROVE, (1,)),
        ("승인사유 해당 없음", Ground.NO_APPROVAL, ()),
        ("영 제34조 제3항 각호의 승인사유에 해당없음", Ground.NO_APPROVAL, ()),
        ("영 제34조제3항제8호·제9호에 해당하지 않음", Ground.NOT_ITEMS, (8, 9)),
        ("item_9", Ground.APPROVAL, (9,)),
        ("not_items_8_9", Ground.NOT_ITEMS, (8, 9)),
    ],
)
def test_a_reason_is_read_to_its_article(text: str, ground: Ground, items: tuple[int, ...]) -> None:
    assert read_reasons(text) == (Reason(ground, items),)


def test_several_reasons_stand_beside_each_other() -> None:
    grounds = [reason.ground for reason in read_reasons("relevance; no_approval_ground; relevance")]
    assert grounds == [Ground.RELATION, Ground.NO_APPROVAL]
    assert read_reasons("") == ()


@pytest.mark.parametrize("text", ["친분이 있음", "법 제17조제2항제8호로서 계약 당사자", "제3조", "possible"])
def test_a_reason_in_other_words_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not told by an article"):
        read_reasons(text)


@pytest.mark.parametrize(
    "text", ["법 제17조제2항제9호", "영 제34조제3항제10호", "영 제34조제4항제0호", "not_items_0"]
)
def test_an_item_that_is_not_there_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="does not have"):
        read_reasons(text)


@st.composite
def told(draw: st.DrawFn) -> Reason:
    ground = draw(st.sampled_from([*Ground]))
    most = MOST_ITEMS.get(ground, 0)
    least = 0 if ground in BARE else 1
    items = draw(st.sets(st.integers(1, max(most, 1)), min_size=least, max_size=most))
    return Reason(ground, tuple(sorted(items)))


@given(st.lists(told(), unique=True, max_size=3))
def test_what_is_published_is_read_back(reasons: list[Reason]) -> None:
    assert read_reasons(reasons_told("ko", tuple(reasons))) == tuple(reasons)
    assert "{" not in reasons_told("en", tuple(reasons))


def test_every_ground_goes_with_some_result() -> None:
    assert frozenset().union(*FITTING.values()) == frozenset(Ground)
