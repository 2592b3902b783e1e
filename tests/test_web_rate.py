"""How often one client may ask."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web import rate
from service.web.rate import MINUTE, Rate, client_of


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_more_than_allowed_has_to_wait_until_the_first_is_a_minute_old() -> None:
    clock = Clock()
    limit = Rate(2, clock)
    assert limit.wait("192.0.2.1") == 0
    clock.now += 10
    assert limit.wait("192.0.2.1") == 0
    clock.now += 10
    assert limit.wait("192.0.2.1") == MINUTE - 20
    assert limit.wait("192.0.2.2") == 0
    clock.now += MINUTE - 20
    assert limit.wait("192.0.2.1") == 0
    assert limit.wait("192.0.2.1") == 10


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 40)), max_size=40), st.integers(1, 4))
def test_no_minute_has_more_than_allowed_and_nobody_waits_without_need(
    asked: list[tuple[str, float]], most: int
) -> None:
    clock = Clock()
    limit = Rate(most, clock)
    answered: dict[str, list[float]] = {"a": [], "b": []}
    for client, later in asked:
        clock.now += later
        recent = [one for one in answered[client] if one > clock.now - MINUTE]
        allowed = limit.wait(client) == 0
        assert allowed == (len(recent) < most)
        if allowed:
            answered[client].append(clock.now)


def test_what_takes_long_counts_as_several() -> None:
    clock = Clock()
    limit = Rate(10, clock)
    assert limit.wait("192.0.2.1") == 0
    limit.charge("192.0.2.1", 0.09)
    limit.charge("192.0.2.1", 0.75)
    assert [limit.wait("192.0.2.1") for _ in range(3)] == [0, 0, MINUTE]
    limit.charge("192.0.2.2", 5)
    assert limit.wait("192.0.2.2") == 0
    limit.charge("192.0.2.1", 1e9)
    clock.now += MINUTE
    assert limit.wait("192.0.2.1") == 0


def test_the_quiet_are_forgotten() -> None:
    clock = Clock()
    limit = Rate(5, clock)
    for number in range(50):
        limit.wait(f"192.0.2.{number}")
    clock.now += MINUTE
    limit.wait("192.0.2.99")
    assert list(limit.clients) == ["192.0.2.99"]


def test_there_are_never_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MOST_CLIENTS", 10)
    limit = Rate(5, Clock())
    for number in range(50):
        limit.wait(f"192.0.2.{number}")
    assert len(limit.clients) == 10
    assert "192.0.2.49" in limit.clients


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::"),
        ("2001:db8:0:0:ffff::9", "2001:db8::"),
        ("2001:db8:0:1::9", "2001:db8:0:1::"),
        ("fe80::1%eth0", "fe80::"),
        ("testclient", "testclient"),
    ],
)
def test_whom_an_address_belongs_to(address: str, client: str) -> None:
    assert client_of(address) == client


def test_a_network_counts_as_one() -> None:
    limit = Rate(3, Clock())
    waits = Counter(limit.wait(f"2001:db8::{number}") > 0 for number in range(10))
    assert waits == {False: 3, True: 7}
