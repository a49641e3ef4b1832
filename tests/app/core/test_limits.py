"""Rates: counted, refused with the time to wait, and looked at without counting."""

from __future__ import annotations

import pytest
from limits.storage import MemoryStorage

from app.core.clock import SystemClock
from app.core.errors import DomainError
from app.core.limits import RateLimits


@pytest.fixture
def limits() -> RateLimits:
    rates = {"codes": "2 per minute", "checks": "1 per hour"}
    return RateLimits(MemoryStorage(), clock=SystemClock(), rates=rates)


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
