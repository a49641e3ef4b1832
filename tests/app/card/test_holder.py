"""What a holder does with a card."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.card.models import Card
from app.card.states import CardState
from tests.app.card.steps import accesses, decode, json_of, refusal, show
from tests.app.device import Device
from tests.app.world import World
from tests.fakes import FakeClock


def two_phones(world: World) -> tuple[Device, Device]:
    """One person, signed in on two phones; the card is on neither."""
    number = world.register()
    return world.sign_in(world.phone(), number=number), world.sign_in(world.phone(), number=number)


def test_binding_makes_an_active_card_on_this_device(world: World) -> None:
    response = world.citizen().post("/v1/card")
    assert response.status_code == 201
    assert json_of(response)["status"] == "ACTIVE"
    assert json_of(response)["on_this_device"] == "ACTIVE"


def test_binding_twice_makes_one_card(world: World, holder: Device) -> None:
    again = holder.post("/v1/card")
    assert again.status_code == 200
    with world.database.separate() as tx:
        assert tx.scalar(select(func.count()).select_from(Card)) == 1


def test_a_repeated_request_gets_the_same_answer(world: World) -> None:
    phone = world.citizen()
    first = phone.post("/v1/card", idempotency_key="bind-me-once")
    second = phone.post("/v1/card", idempotency_key="bind-me-once")
    assert (first.status_code, first.data) == (second.status_code, second.data)


@pytest.mark.parametrize("path", ["/v1/card", "/v1/card/unfreeze"])
def test_binding_and_unfreezing_need_a_fresh_face(
    clock: FakeClock, holder: Device, path: str
) -> None:
    clock.advance(minutes=5, seconds=1)
    response = holder.post(path)
    assert response.status_code == 401
    assert "insufficient_user_authentication" in response.headers["WWW-Authenticate"]
    assert "max_age=300" in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("path", ["/v1/card/freeze", "/v1/card/report-loss"])
def test_stopping_a_card_needs_no_fresh_face(clock: FakeClock, holder: Device, path: str) -> None:
    clock.advance(minutes=9)
    assert holder.post(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/v1/card", "/v1/card/freeze", "/v1/card/unfreeze", "/v1/card/report-loss"]
)
def test_every_write_asks_for_an_idempotency_key(world: World, path: str) -> None:
    response = world.citizen().send("POST", path)
    assert refusal(response)[:2] == (400, "IDEMPOTENCY_KEY_MISSING")


@pytest.mark.parametrize("act", ["freeze", "unfreeze", "report-loss"])
def test_without_a_card_there_is_nothing_to_act_on(world: World, act: str) -> None:
    assert refusal(world.citizen().post(f"/v1/card/{act}"))[:2] == (404, "CARD_NOT_FOUND")


def test_without_a_card_there_is_nothing_to_read(world: World) -> None:
    assert refusal(world.citizen().get("/v1/card"))[:2] == (404, "CARD_NOT_FOUND")


def test_nobody_sees_another_persons_card(world: World, holder: Device) -> None:
    assert holder.get("/v1/card").status_code == 200
    assert refusal(world.citizen().get("/v1/card"))[:2] == (404, "CARD_NOT_FOUND")


def test_a_freeze_can_be_undone(holder: Device) -> None:
    assert json_of(holder.post("/v1/card/freeze"))["status"] == "FROZEN"
    assert json_of(holder.post("/v1/card/freeze"))["status"] == "FROZEN"
    assert json_of(holder.post("/v1/card/unfreeze"))["status"] == "ACTIVE"
    assert json_of(holder.post("/v1/card/unfreeze"))["status"] == "ACTIVE"
    show(holder)


def test_binding_does_not_undo_a_freeze(holder: Device) -> None:
    holder.post("/v1/card/freeze")
    assert refusal(holder.post("/v1/card"))[:2] == (409, "CARD_FROZEN")
    assert json_of(holder.get("/v1/card"))["status"] == "FROZEN"


def test_a_lost_card_is_off_every_device(world: World) -> None:
    first, second = two_phones(world)
    assert [p.post("/v1/card").status_code for p in (first, second)] == [201, 201]
    lost = json_of(first.post("/v1/card/report-loss"))
    assert (lost["status"], lost.get("on_this_device")) == ("LOST", None)
    assert json_of(second.get("/v1/card")).get("on_this_device") is None
    body = {"purpose": "02121"}
    assert refusal(second.post("/v1/card/codes", json=body))[:2] == (409, "CARD_LOST")


@pytest.mark.parametrize("act", ["freeze", "unfreeze"])
def test_a_lost_card_can_only_be_replaced(holder: Device, act: str) -> None:
    holder.post("/v1/card/report-loss")
    assert refusal(holder.post(f"/v1/card/{act}"))[:2] == (409, "CARD_LOST")
    assert json_of(holder.post("/v1/card/report-loss"))["status"] == "LOST"


def test_binding_after_a_loss_makes_a_new_card(world: World, holder: Device, till: Device) -> None:
    old = json_of(holder.get("/v1/card"))["id"]
    holder.post("/v1/card/report-loss")
    response = holder.post("/v1/card")
    assert response.status_code == 201
    assert json_of(response)["id"] != old
    with world.database.separate() as tx:
        states = {card.id: (card.state, card.replaces) for card in tx.scalars(select(Card))}
    assert states == {
        old: (CardState.REISSUED, None),
        json_of(response)["id"]: (CardState.ACTIVE, old),
    }
    assert decode(till, show(holder)).status_code == 200


def test_a_device_without_the_card_shows_no_code(world: World) -> None:
    bound, other = two_phones(world)
    bound.post("/v1/card")
    response = other.post("/v1/card/codes", json={"purpose": "02121"})
    assert refusal(response)[:2] == (409, "CARD_NOT_ON_DEVICE")


def test_the_holder_sees_every_act(holder: Device) -> None:
    show(holder)
    holder.get("/v1/card")
    for act in ("freeze", "unfreeze", "report-loss"):
        holder.post(f"/v1/card/{act}")
    for action in ("bound", "code_issued", "read", "frozen", "unfrozen", "loss_reported"):
        (entry,) = accesses(holder, f"card.{action}")
        assert entry["actor_kind"] == "self"
