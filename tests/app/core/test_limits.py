"""Rates: counted, refused with the time to wait, and looked at without counting."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from limits.storage import MemoryStorage

from app.core.clock import SystemClock
from app.core.errors import DomainError
from app.core.limits import RateLimits
from app.core.valkey import RateStorage, Valkey
from tests.conftest import Servers

RATES = {"codes": "2 per minute", "checks": "1 per hour"}


@pytest.fixture
def limits() -> RateLimits:
    return RateLimits(MemoryStorage(), clock=SystemClock(), rates=RATES)


@pytest.fixture
def shared(servers: Servers) -> Iterator[RateLimits]:
    client = Valkey.from_url(servers.redis_url)
    assert isinstance(client, Valkey)
    client.flushall()
    yield RateLimits(RateStorage(client), clock=SystemClock(), rates=RATES)
    client.close()


def wait(limits: RateLimits, name: str, *keys: str) -> int | None:
    """Seconds to wait, or None where the use was counted."""
    try:
        limits.hit(name, *keys)
    except DomainError as refused:
        return refused.retry_after
    return None


def test_a_key_that_has_used_up_its_rate_is_told_when_to_come_back(limits: RateLimits) -> None:
    assert [wait(limits, "codes", "a"), wait(limits, "codes", "a")] == [None, None]
    told = wait(limits, "codes", "a")
    assert told is not None
    assert 58 <= told <= 60


def test_keys_and_rates_do_not_share_their_counts(limits: RateLimits) -> None:
    assert wait(limits, "checks", "a") is None
    assert wait(limits, "checks", "b") is None
    assert wait(limits, "codes", "a") is None
    assert wait(limits, "checks", "a") is not None


def test_one_used_up_key_of_several_is_enough(limits: RateLimits) -> None:
    wait(limits, "checks", "person")
    assert wait(limits, "checks", "device", "person") is not None


def test_looking_does_not_count(limits: RateLimits) -> None:
    for _ in range(5):
        limits.check("checks", "a", "b")
    wait(limits, "checks", "a")
    with pytest.raises(DomainError, match="TOO_MANY_REQUESTS") as refused:
        limits.check("checks", "b", "a")
    assert 3598 <= (refused.value.retry_after or 0) <= 3600


@pytest.mark.parametrize("kept", ["limits", "shared"])
def test_several_rates_are_looked_at_together_as_one_by_one(
    kept: str, request: pytest.FixtureRequest
) -> None:
    both: RateLimits = request.getfixturevalue(kept)
    uses = ("codes", "till"), ("checks", "all")
    for _ in range(3):
        both.check_each(*uses)
    wait(both, "codes", "till")
    both.check_each(*uses)  # one of two is used up
    wait(both, "codes", "till")
    with pytest.raises(DomainError, match="TOO_MANY_REQUESTS") as refused:
        both.check_each(*uses)
    assert 58 <= (refused.value.retry_after or 0) <= 60
    both.check_each(("codes", "another"), ("checks", "all"))
    wait(both, "checks", "all")
    with pytest.raises(DomainError, match="TOO_MANY_REQUESTS") as refused:
        both.check_each(("codes", "another"), ("checks", "all"))
    assert 3598 <= (refused.value.retry_after or 0) <= 3600
