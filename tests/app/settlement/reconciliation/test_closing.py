"""A difference is closed by two operators and a booking against suspense, or by being equal."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.settlement.models.ledger import LedgerAccount
from app.settlement.reconciliation.models import Difference
from tests.app.card.steps import json_of
from tests.app.device import Device
from tests.app.settlement.reconciliation.steps import (
    OPERATOR,
    PHANTOM,
    Books,
    listed,
    operator,
)
from tests.app.settlement.steps import Shop, sound
from tests.app.world import World

WHY = {"reason": "merchant_error"}


@pytest.fixture
def difference(books: Books, console: Device) -> str:
    """Something only the merchant has: 6 yuan."""
    assert books.told(PHANTOM)["open"] == 1
    return str(listed(console)[0]["id"])


def act(device: Device, difference: str, what: str, body: Any = None) -> Any:
    answer = device.post(f"{OPERATOR}/{difference}/{what}", json=body)
    return json_of(answer)["status" if answer.status_code == 200 else "code"]


def test_one_proposes_another_approves_and_suspense_holds_it(
    shop: Shop, books: Books, console: Device, difference: str, world: World
) -> None:
    other = operator(world)
    assert act(console, difference, "taking") == "OPEN"
    assert act(other, difference, "approval") == "DIFFERENCE_NOT_PROPOSED"
    assert act(console, difference, "proposal", WHY) == "PROPOSED"
    assert act(other, difference, "proposal", WHY) == "DIFFERENCE_CLOSED"
    assert act(console, difference, "approval") == "DIFFERENCE_NEEDS_ANOTHER"
    assert act(other, difference, "approval") == "BOOKED"
    assert act(other, difference, "approval") == "DIFFERENCE_NOT_PROPOSED"
    assert act(console, difference, "taking") == "DIFFERENCE_CLOSED"
    assert shop.balance("suspense", f"claimed:{world.merchants['平安大药房']}") == 600
    assert shop.balance("suspense", "differing:fund") == -300
    sound(world)
    (closed,) = listed(console, status="closed", kind="missing_here")
    assert closed["proposed_by"] != closed["approved_by"]
    assert closed["taken_by"] == closed["proposed_by"]
    assert closed["reason"] == "merchant_error"
    # The booking explains it: another run does not find it anew, unless the figures move.
    shop.world.clock.advance(minutes=5)
    more = {**PHANTOM, "msgid": "never-seen-2"}
    assert books.told(PHANTOM, more)["open"] == 1
    assert books.told({**PHANTOM, "fund": 301}, more)["open"] == 2


def test_a_proposal_ends_when_the_figures_move_or_it_is_withdrawn(
    books: Books, console: Device, difference: str, world: World
) -> None:
    other = operator(world)
    assert act(console, difference, "proposal", WHY) == "PROPOSED"
    assert act(other, difference, "withdrawal") == "OPEN"
    assert act(other, difference, "withdrawal") == "DIFFERENCE_NOT_PROPOSED"
    assert act(console, difference, "proposal", WHY) == "PROPOSED"
    assert books.told({**PHANTOM, "fund": 301})["differences"][0]["status"] == "OPEN"
    assert act(other, difference, "approval") == "DIFFERENCE_NOT_PROPOSED"
    assert act(console, difference, "proposal", WHY) == "PROPOSED"
    assert books.told()["open"] == 0
    assert act(other, difference, "approval") == "DIFFERENCE_NOT_PROPOSED"


def test_nobody_else_closes_and_scopes_count(
    shop: Shop, console: Device, difference: str, world: World
) -> None:
    reader = operator(world, "reconciliation.read")
    assert reader.get(f"{OPERATOR}/{difference}").json["id"] == difference
    assert reader.post(f"{OPERATOR}/{difference}/proposal", json=WHY).status_code == 403
    for stranger in (shop.till, shop.holder):
        assert stranger.get(OPERATOR).status_code in {401, 403}
        assert stranger.post(f"{OPERATOR}/{difference}/approval").status_code in {401, 403}
    missing = difference[:-1] + ("0" if difference[-1] != "0" else "1")
    assert act(console, missing, "proposal", WHY) == "DIFFERENCE_UNKNOWN"
    assert console.get(f"{OPERATOR}/{missing}").status_code == 404
    assert act(console, difference, "proposal", {"reason": "因为"}) == "INVALID_FIELD"


def test_lists_page_by_age(books: Books, console: Device, difference: str, world: World) -> None:
    world.clock.advance(minutes=1)
    more = [{**PHANTOM, "msgid": f"never-seen-{n}"} for n in range(2, 5)]
    books.told(PHANTOM, *more)
    first = json_of(console.get(f"{OPERATOR}?limit=3"))
    rest = json_of(console.get(f"{OPERATOR}?limit=3&cursor={first['next']}"))
    ids = [one["id"] for one in (*first["items"], *rest["items"])]
    assert ids[0] == difference
    assert ids == sorted(set(ids))
    assert len(ids) == 4
    assert "next" not in rest
    assert first["items"][0]["age_seconds"] == 60
    assert listed(console, compared="ledger") == []
    assert len(listed(console, merchant_id=world.merchants["平安大药房"], kind="missing_here")) == 4
    assert console.get(f"{OPERATOR}?kind=other").status_code == 422


def test_the_database_itself_wants_two_operators_and_an_open_difference(
    books: Books, console: Device, difference: str, world: World
) -> None:
    assert act(console, difference, "proposal", WHY) == "PROPOSED"
    one = text(
        "UPDATE reconciliation_differences SET state = 'BOOKED', approved_by = proposed_by, "
        "closed_at = now(), txn_id = (SELECT id FROM ledger_txns LIMIT 1)"
    )
    with pytest.raises(IntegrityError, match="two_operators"), world.database.separate() as tx:
        tx.execute(one)
    again = text(
        "INSERT INTO reconciliation_differences SELECT (r).* FROM "
        '(SELECT jsonb_populate_record(d, \'{"id": "dif_other"}\') AS r '
        "FROM reconciliation_differences AS d) AS copy"
    )
    with pytest.raises(IntegrityError, match="differences_open"), world.database.separate() as tx:
        tx.execute(again)
    assert books.told()["open"] == 0
    with pytest.raises(IntegrityError, match="stays as it is"), world.database.separate() as tx:
        tx.execute(text("UPDATE reconciliation_differences SET seen = 9"))
    with world.database.separate() as tx:
        assert tx.scalars(select(Difference.state)).one() == "EQUAL"
        kinds = set(tx.scalars(select(LedgerAccount.kind)))
    assert "suspense" not in kinds
