"""Mutual aid: whose account pays for whom, and how much is left."""

from __future__ import annotations

import pytest

from app.core.errors import DomainError
from app.family.service.mutual_aid import AidLeft
from tests.app.family.steps import (
    AID,
    Relative,
    aid_body,
    aided,
    done,
    log_of,
    mutual_aid,
    relative,
    row,
)
from tests.app.world import World


def available(world: World, who: Relative) -> list[AidLeft]:
    with world.database.separate() as tx:
        return list(mutual_aid(world).available(tx, who.person_id(world)))


def consume(world: World, payer: Relative, taker: Relative, amount: int) -> str:
    with world.database.transaction() as tx:
        return mutual_aid(world).consume(
            tx,
            payer_id=payer.person_id(world),
            beneficiary_id=taker.person_id(world),
            amount=amount,
        )


def test_a_payer_is_available_once_both_agreed(
    world: World, elder: Relative, agent: Relative
) -> None:
    made = done(agent.phone.post(AID, aid_body(world, elder)), 201)
    assert (made["role"], made["status"]) == ("payer", "OFFERED")
    assert available(world, elder) == []
    moved = done(elder.phone.post(f"{AID}/{made['id']}/acceptance"))
    assert (moved["role"], moved["status"], moved["counterpart"]) == (
        "beneficiary",
        "ACTIVE",
        "苏*",
    )
    assert available(world, elder) == [(agent.person_id(world), 100_000)]
    assert available(world, agent) == []


def test_payers_come_the_oldest_first_with_what_is_left(
    world: World, elder: Relative, agent: Relative
) -> None:
    other = relative(world, "苏辙")
    aided(world, agent, elder)
    world.clock.advance(seconds=1)
    aided(world, other, elder, yearly_limit=5_000)
    consume(world, agent, elder, 30_080)
    assert available(world, elder) == [
        (agent.person_id(world), 69_920),
        (other.person_id(world), 5_000),
    ]
    consume(world, other, elder, 5_000)
    assert [one.payer_id for one in available(world, elder)] == [agent.person_id(world)]


def test_no_more_is_consumed_than_was_agreed(
    world: World, elder: Relative, agent: Relative
) -> None:
    made = aided(world, agent, elder)
    consume(world, agent, elder, 100_000)
    with pytest.raises(DomainError, match="MUTUAL_AID_NOT_AVAILABLE") as stopped:
        consume(world, agent, elder, 1)
    assert stopped.value.members == {"action": "CANCEL"}
    assert row(world, made).spent == 100_000


def test_what_was_revoked_pays_nothing(world: World, elder: Relative, agent: Relative) -> None:
    made = aided(world, agent, elder)
    done(agent.phone.post(f"{AID}/{made}/revocation"))
    assert available(world, elder) == []
    with pytest.raises(DomainError, match="MUTUAL_AID_NOT_AVAILABLE"):
        consume(world, agent, elder, 1)


def test_nobody_is_paid_for_by_a_stranger(world: World, elder: Relative, agent: Relative) -> None:
    aided(world, agent, elder)
    with pytest.raises(DomainError, match="MUTUAL_AID_NOT_AVAILABLE"):
        consume(world, elder, agent, 1)


def test_a_refund_makes_it_available_again_and_both_logs_say_so(
    world: World, elder: Relative, agent: Relative
) -> None:
    aided(world, agent, elder)
    taken = consume(world, agent, elder, 24_080)
    with world.database.transaction() as tx:
        mutual_aid(world).give_back(tx, use_id=taken, amount=4_080)
    assert available(world, elder) == [(agent.person_id(world), 80_000)]
    for who in (elder, agent):
        assert len(log_of(who, "family.used")) == 1
        assert len(log_of(who, "family.given_back")) == 1


def test_agreements_end_with_their_time(world: World, elder: Relative, agent: Relative) -> None:
    aided(world, agent, elder)
    world.clock.advance(days=365)
    assert available(world, elder) == []
    with pytest.raises(DomainError, match="MUTUAL_AID_NOT_AVAILABLE"):
        consume(world, agent, elder, 1)


def test_a_decline_is_possible_here_too(world: World, elder: Relative, agent: Relative) -> None:
    made = done(agent.phone.post(AID, aid_body(world, elder)), 201)["id"]
    assert done(elder.phone.post(f"{AID}/{made}/refusal"))["status"] == "DECLINED"
    assert done(agent.phone.get(f"{AID}/{made}"))["status"] == "DECLINED"
    assert [one["id"] for one in done(elder.phone.get(AID))["items"]] == [made]
