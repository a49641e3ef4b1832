"""Uses and revocations under real processes on a real database."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from sqlalchemy import func, select, text

from app.family.models import FamilyUse
from tests.app.family.steps import MANDATES, Relative, accepted, aided, done, row, spend, use
from tests.app.racing import raced
from tests.app.world import World

CHILD = "tests.app.family.use_child"


def race(
    world: World, agreement: str, giver: Relative, taker: Relative, acts: list[tuple[str, int]]
) -> list[str]:
    url = world.settings.database_url.get_secret_value()
    ids = (agreement, giver.person_id(world), taker.person_id(world))
    outcomes = raced(CHILD, [(url, act, *ids, str(amount)) for act, amount in acts])
    return [f"{act} {outcome}" for (act, _), outcome in zip(acts, outcomes, strict=True)]


def used(world: World) -> tuple[int, int]:
    """How many uses there are, and fen in all."""
    query = select(func.count(), func.coalesce(func.sum(FamilyUse.amount), 0))
    with world.database.separate() as tx:
        count, amount = tx.execute(query).one()
    return count, int(amount)


def test_of_five_purchases_at_once_no_more_than_the_limit_is_used(
    world: World, elder: Relative, agent: Relative
) -> None:
    mandate = accepted(world, elder, agent)  # 500 yuan a year
    outcomes = Counter(race(world, mandate, elder, agent, [("use", 20_000)] * 5))
    assert outcomes == {"use done": 2, "use MANDATE_AMOUNT": 3}
    assert used(world) == (2, 40_000)
    assert row(world, mandate).spent == 40_000


def test_a_revocation_among_purchases_leaves_none_after_it(
    world: World, elder: Relative, agent: Relative
) -> None:
    mandate = accepted(world, elder, agent)
    acts = [("use", 1_000)] * 2 + [("revoke", 0)] + [("use", 1_000)] * 2
    outcomes = Counter(race(world, mandate, elder, agent, acts))
    assert outcomes["revoke done"] == 1
    assert outcomes["use done"] + outcomes["use MANDATE_REVOKED"] == 4
    assert row(world, mandate).spent == 1_000 * outcomes["use done"] == used(world)[1]


def test_the_last_fen_of_mutual_aid_is_used_once(
    world: World, elder: Relative, agent: Relative
) -> None:
    agreement = aided(world, agent, elder, yearly_limit=5_000)
    outcomes = Counter(race(world, agreement, agent, elder, [("aid", 5_000)] * 4))
    assert outcomes == {"aid done": 1, "aid MUTUAL_AID_NOT_AVAILABLE": 3}


@pytest.mark.parametrize("act", ["purchase", "code"])
def test_a_revocation_waits_for_what_is_under_way(
    world: World, elder: Relative, agent: Relative, act: str
) -> None:
    mandate, revoked = accepted(world, elder, agent), threading.Event()

    def revoke() -> None:
        done(elder.phone.post(f"{MANDATES}/{mandate}/revocation"))
        revoked.set()

    thread = threading.Thread(target=revoke)
    with world.database.transaction() as tx:
        if act == "purchase":
            spend(world, tx, mandate, elder, agent)
        else:
            whom = agent.person_id(world)
            use(world).hold(tx, mandate_id=mandate, agent_id=whom, purpose="02121")
        thread.start()
        wait_for_a_waiter(world)
        assert not revoked.is_set()
    thread.join(10)
    assert revoked.is_set()
    assert row(world, mandate).spent == (8_000 if act == "purchase" else 0)


def wait_for_a_waiter(world: World) -> None:
    """Until the database says that somebody waits for a lock."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _ in range(2_000):
        with world.database.separate() as tx:
            if tx.scalar(waiting):
                return
            tx.execute(text("SELECT pg_sleep(0.002)"))
    pytest.fail("nobody waited")
