"""A mandate at the commit of a purchase: judged and consumed by one statement."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.errors import DomainError
from tests.app.family.steps import (
    MANDATES,
    Relative,
    accepted,
    done,
    in_days,
    log_of,
    offered,
    refused,
    relative,
    row,
    spend,
    use,
)
from tests.app.world import World


@pytest.fixture
def mandate(world: World, elder: Relative, agent: Relative) -> str:
    """200 yuan a purchase, 500 a year, pharmacies."""
    return accepted(world, elder, agent)


def buy(world: World, mandate: str, elder: Relative, agent: Relative, **changes: Any) -> str:
    """A purchase in a transaction of its own."""
    with world.database.transaction() as tx:
        return spend(world, tx, mandate, elder, agent, **changes)


def refusal(world: World, mandate: str, elder: Relative, agent: Relative, **changes: Any) -> str:
    with pytest.raises(DomainError) as stopped:
        buy(world, mandate, elder, agent, **changes)
    assert stopped.value.members == {"action": "CANCEL"}
    return stopped.value.kind.code


def test_a_purchase_takes_its_amount(
    world: World, elder: Relative, agent: Relative, mandate: str
) -> None:
    buy(world, mandate, elder, agent)
    buy(world, mandate, elder, agent, amount=20_000)
    assert done(agent.phone.get(f"{MANDATES}/{mandate}"))["spent"] == 28_000


def test_both_logs_tell_of_the_use(
    world: World, elder: Relative, agent: Relative, mandate: str
) -> None:
    buy(world, mandate, elder, agent)
    (own,), (theirs,) = log_of(agent, "family.used"), log_of(elder, "family.used")
    assert (own["actor_kind"], theirs["actor_kind"], theirs["actor"]) == ("self", "family", "苏*")
    assert own["purpose"] == theirs["purpose"] == "02121"


def test_what_is_rolled_back_took_nothing(
    world: World, elder: Relative, agent: Relative, mandate: str
) -> None:
    with suppress(ZeroDivisionError), world.database.transaction() as tx:
        spend(world, tx, mandate, elder, agent)
        raise ZeroDivisionError
    assert row(world, mandate).spent == 0
    assert log_of(elder, "family.used") == []


CAUSES: list[tuple[dict[str, Any], str]] = [
    ({"purpose": "01301"}, "MANDATE_PURPOSE"),
    ({"merchant_kind": "hospital"}, "MANDATE_MERCHANT"),
    ({"merchant_kind": ""}, "MANDATE_MERCHANT"),
    ({"amount": 20_001}, "MANDATE_AMOUNT"),
    ({"amount": 10**30}, "MANDATE_AMOUNT"),
    ({"mandate_id": "mdt_none"}, "MANDATE_NOT_YOURS"),
    ({"principal_id": "prs_other"}, "MANDATE_NOT_YOURS"),
    ({"agent_id": "prs_other"}, "MANDATE_NOT_YOURS"),
    ({"purpose": "01301", "merchant_kind": "hospital", "amount": 20_001}, "MANDATE_PURPOSE"),
]


def test_each_cause_has_a_code_of_its_own(
    world: World, elder: Relative, agent: Relative, mandate: str
) -> None:
    for changes, code in CAUSES:
        assert refusal(world, mandate, elder, agent, **changes) == code, changes
    assert row(world, mandate).spent == 0


def test_the_year_has_a_limit(world: World, elder: Relative, agent: Relative, mandate: str) -> None:
    buy(world, mandate, elder, agent, amount=20_000)
    buy(world, mandate, elder, agent, amount=20_000)
    assert refusal(world, mandate, elder, agent, amount=10_001) == "MANDATE_AMOUNT"
    buy(world, mandate, elder, agent, amount=10_000)
    assert refusal(world, mandate, elder, agent, amount=1) == "MANDATE_AMOUNT"


def test_a_new_year_begins_in_china(world: World, elder: Relative, agent: Relative) -> None:
    mandate = accepted(world, elder, agent, purchase_limit=50_000)
    old = buy(world, mandate, elder, agent, amount=50_000)
    world.clock._now = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
    assert refusal(world, mandate, elder, agent, amount=1) == "MANDATE_AMOUNT"
    world.clock.advance(seconds=1)  # midnight in Shanghai
    buy(world, mandate, elder, agent, amount=50_000)
    with world.database.transaction() as tx:
        use(world).give_back(tx, use_id=old, amount=50_000)  # of the year before
    assert row(world, mandate).spent == 50_000


def test_a_refund_gives_back_and_never_more_than_was_taken(
    world: World, elder: Relative, agent: Relative, mandate: str
) -> None:
    taken = buy(world, mandate, elder, agent, amount=20_000)
    buy(world, mandate, elder, agent, amount=20_000)
    with world.database.transaction() as tx:
        use(world).give_back(tx, use_id=taken, amount=15_000)
    assert row(world, mandate).spent == 25_000
    with (
        pytest.raises(DomainError, match="GIVEN_BACK_TOO_MUCH"),
        world.database.transaction() as tx,
    ):
        use(world).give_back(tx, use_id=taken, amount=5_001)
    assert row(world, mandate).spent == 25_000
    assert len(log_of(elder, "family.given_back")) == len(log_of(agent, "family.given_back")) == 1


def test_no_amount_below_one_fen_is_ever_taken_or_given_back(
    world: World, elder: Relative, agent: Relative, mandate: str
) -> None:
    taken = buy(world, mandate, elder, agent)
    for amount in (0, -1):
        with pytest.raises(ValueError, match="amount"):
            buy(world, mandate, elder, agent, amount=amount)
        with pytest.raises(ValueError, match="amount"), world.database.transaction() as tx:
            use(world).give_back(tx, use_id=taken, amount=amount)


def test_a_revoked_mandate_buys_nothing(
    world: World, elder: Relative, agent: Relative, mandate: str
) -> None:
    done(elder.phone.post(f"{MANDATES}/{mandate}/revocation"))
    assert refusal(world, mandate, elder, agent) == "MANDATE_REVOKED"


def test_a_mandate_ends_at_its_time_without_a_sweep(
    world: World, elder: Relative, agent: Relative
) -> None:
    mandate = accepted(world, elder, agent, expires_at=in_days(world, 1))
    world.clock.advance(days=1, seconds=-0.5)
    buy(world, mandate, elder, agent)
    world.clock.advance(seconds=0.5)
    assert refusal(world, mandate, elder, agent) == "MANDATE_EXPIRED"


def test_an_offer_nobody_accepted_buys_nothing(
    world: World, elder: Relative, agent: Relative
) -> None:
    mandate = offered(world, elder, agent)
    assert refusal(world, mandate, elder, agent) == "MANDATE_NOT_YOURS"


def test_a_refund_after_the_end_is_recorded_all_the_same(
    world: World, elder: Relative, agent: Relative, mandate: str
) -> None:
    taken = buy(world, mandate, elder, agent)
    done(elder.phone.post(f"{MANDATES}/{mandate}/revocation"))
    with world.database.transaction() as tx:
        use(world).give_back(tx, use_id=taken, amount=8_000)
    assert row(world, mandate).spent == 0
    assert refusal(world, mandate, elder, agent) == "MANDATE_REVOKED"


def test_holding_refuses_what_cannot_be_shown(
    world: World, elder: Relative, agent: Relative, mandate: str
) -> None:
    stranger = relative(world, "王安石")
    for who, purpose, code in (
        (stranger, "02121", "MANDATE_NOT_YOURS"),
        (elder, "02121", "MANDATE_NOT_YOURS"),
        (agent, "01301", "MANDATE_PURPOSE"),
    ):
        body = {"purpose": purpose, "mandate_id": mandate}
        assert refused(who.phone.post("/v1/card/codes", body))[1] == code
