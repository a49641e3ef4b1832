"""The end of a card, an old face, and the one log that shows it all."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.audit import actions
from app.card.models import Card, CardToken
from app.card.offline_models import OfflineCredential
from app.card.offline_states import CredentialState
from app.card.policy import CardPolicy
from app.card.service.acts import CARD_ACTS
from app.card.service.offline.overview import double_uses
from app.card.service.sweeping import CardSweep
from app.card.states import CardState, TokenState
from app.commands import main
from app.wiring.notifications import build_dispatcher
from config import Settings
from tests.app.card.steps import accesses, decode, json_of, refusal, show
from tests.app.card.wallet import Wallet, published, verdict
from tests.app.device import Device
from tests.app.operators import operator_console
from tests.app.world import World
from tests.fakes import FakeClock

PATH = "/v1/operator/cards/cancellations"


@pytest.fixture
def number(world: World) -> str:
    return world.register("欧阳修")


@pytest.fixture
def holder(world: World, number: str) -> Device:
    phone = world.sign_in(world.phone(), number=number, name="欧阳修")
    assert phone.post("/v1/card").status_code == 201
    return phone


@pytest.fixture
def here(world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line finds the test's system."""
    assert world.settings.keys_path.exists()
    for name, value in {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "POPULATION_URL": settings.population_url,
        "POPULATION_TOKEN": settings.population_token.get_secret_value(),
        "VAR_DIR": str(settings.var_dir),
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def office(world: World) -> Device:
    return operator_console(world, "cards.cancel")


def cancel(office: Device, number: str, reason: str = "MOVED") -> Any:
    return office.post(PATH, json={"citizen_number": number, "reason": reason})


def notices(phone: Device) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json_of(phone.get("/v1/me/notices"))["items"]
    return items


def tell(world: World) -> None:
    build_dispatcher(world.shared).run(most=100)


def test_a_cancelled_card_ends_everywhere_with_its_codes(
    world: World, till: Device, holder: Device, office: Device, number: str
) -> None:
    clock = world.clock
    wallet, online = Wallet(phone=holder).fetch(2), show(holder)
    offline = wallet.show(clock.now())
    clock.advance(seconds=1)
    answer = cancel(office, number)
    assert (answer.status_code, json_of(answer)["status"]) == (201, "CANCELLED")
    for code in (online, offline):
        assert refusal(decode(till, code)) == (409, "CODE_REVOKED", "CANCEL")
    assert refusal(holder.get("/v1/card"))[:2] == (404, "CARD_NOT_FOUND")
    assert len(published(world).aliases) == 2
    with world.database.separate() as tx:
        assert tx.scalars(select(CardToken.state)).all() == [TokenState.REVOKED]


def test_whoever_moved_away_may_apply_again_the_dead_may_not(
    world: World, holder: Device, office: Device, number: str
) -> None:
    cancel(office, number)
    assert holder.post("/v1/card").status_code == 201
    cancel(office, number, "DEATH")
    assert refusal(holder.post("/v1/card"))[:2] == (409, "CARD_CANCELLED")
    with world.database.separate() as tx:
        assert tx.scalars(select(Card.state)).all() == [CardState.CANCELLED] * 2


def test_a_lost_or_frozen_card_is_cancelled_all_the_same(
    holder: Device, office: Device, number: str
) -> None:
    holder.post("/v1/card/freeze")
    assert cancel(office, number).status_code == 201
    holder.post("/v1/card")
    holder.post("/v1/card/report-loss")
    assert cancel(office, number).status_code == 201


def test_nothing_to_cancel_is_said(world: World, office: Device, number: str) -> None:
    assert refusal(cancel(office, number))[:2] == (404, "OPERATOR_CARD_UNKNOWN")
    world.sign_in(world.phone(), number=number, name="欧阳修")
    assert refusal(cancel(office, number))[:2] == (404, "OPERATOR_CARD_UNKNOWN")
    for body in ({"citizen_number": "1", "reason": "MOVED"}, {"citizen_number": number}):
        assert refusal(office.post(PATH, json=body))[:2] == (422, "INVALID_FIELD")
    assert refusal(cancel(office, number, "BOREDOM"))[:2] == (422, "INVALID_FIELD")


def test_only_an_operator_with_that_scope_cancels(
    world: World, till: Device, holder: Device, number: str
) -> None:
    for caller in (till, holder):
        assert cancel(caller, number).status_code == 401
    assert (
        refusal(cancel(operator_console(world, "sources.read"), number))[1] == "INSUFFICIENT_SCOPE"
    )


def test_the_holder_is_told_and_reads_who_did_it(
    world: World, holder: Device, office: Device, number: str
) -> None:
    cancel(office, number)
    tell(world)
    (notice,) = notices(holder)
    assert (notice["kind"], "迁出" in notice["zh"]) == ("card.cancelled", True)
    (event,) = accesses(holder, "card.cancelled")
    assert (event["actor_kind"], event["actor"]) == ("staff", "社会保险经办机构")


@pytest.mark.usefixtures("here")
def test_the_command_line_cancels_and_reads_the_number_where_nobody_sees_it(
    holder: Device,
    number: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(number + "\n"))
    capsys.readouterr()
    assert main(("cancel-card", "--reason", "DEATH")) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "CANCELLED"
    assert main(("offline-double-uses",)) == 0
    assert json.loads(capsys.readouterr().out) == {"double_uses": []}
    assert refusal(holder.get("/v1/card"))[1] == "CARD_NOT_FOUND"


def test_a_double_use_is_told_to_the_holder_once_and_listed_for_the_operator(
    world: World, clock: FakeClock, till: Device, holder: Device
) -> None:
    code = Wallet(phone=holder).fetch(1).show(clock.now())
    others = [world.terminal(merchant=name) for name in ("康民大药房", "同仁大药房")]
    verdicts = [verdict(one, code) for one in (till, *others)]
    assert verdicts == ["ACCEPTED", "OFFLINE_DOUBLE_USE", "OFFLINE_DOUBLE_USE"]
    tell(world)
    (notice,) = notices(holder)
    assert notice["kind"] == "card.offline_double_use"
    with world.database.separate() as tx:
        listed = double_uses(tx, most=10)
    assert len({one["terminal"] for one in listed}) == 2
    assert {one["first_terminal"] for one in listed}.isdisjoint(one["terminal"] for one in listed)


def test_an_old_face_makes_a_device_stale_and_ends_its_offline_codes(
    world: World, clock: FakeClock, holder: Device
) -> None:
    Wallet(phone=holder).fetch(2)
    with world.database.separate() as tx:
        tx.execute(update(CardToken).values(verified_at=clock.now() - timedelta(days=181)))
    sweep = CardSweep(database=world.database, clock=clock, policy=CardPolicy())
    assert sweep.sweep() == 1
    with world.database.separate() as tx:
        assert tx.scalars(select(CardToken.state)).all() == [TokenState.STALE]
    assert len(published(world).aliases) == 2
    assert refusal(holder.post("/v1/card/codes", json={"purpose": "02121"}))[1] == (
        "CARD_FACE_TOO_OLD"
    )


def test_a_new_face_brings_a_stale_device_back(
    world: World, clock: FakeClock, holder: Device
) -> None:
    with world.database.separate() as tx:
        tx.execute(update(CardToken).values(verified_at=clock.now() - timedelta(days=181)))
    CardSweep(database=world.database, clock=clock, policy=CardPolicy()).sweep()
    assert json_of(holder.post("/v1/card"))["on_this_device"] == "ACTIVE"
    assert show(holder)


def test_the_sweep_forgets_credentials_nobody_used_once_uploads_are_over(
    world: World, clock: FakeClock, till: Device, holder: Device
) -> None:
    wallet = Wallet(phone=holder).fetch(3)
    assert verdict(till, wallet.show(clock.now())) == "ACCEPTED"
    holder.post("/v1/card/freeze")
    sweep = CardSweep(database=world.database, clock=clock, policy=CardPolicy())
    clock.advance(days=2)
    assert sweep.sweep() == 2  # what tills no longer need to know
    clock.advance(days=4)
    assert sweep.sweep() == 2
    with world.database.separate() as tx:
        assert tx.scalars(select(OfflineCredential.state)).all() == [CredentialState.CONSUMED]


def test_one_log_shows_all_that_was_done_with_the_card_and_nothing_else(
    clock: FakeClock, till: Device, holder: Device
) -> None:
    clock.advance(seconds=1)
    wallet = Wallet(phone=holder).fetch(1)
    clock.advance(seconds=1)
    verdict(till, wallet.show(clock.now()))
    clock.advance(seconds=1)
    code = show(holder)
    clock.advance(seconds=1)
    decode(till, code)
    holder.get("/v1/me")
    for path in ("freeze", "unfreeze", "report-loss"):
        clock.advance(seconds=1)
        holder.post(f"/v1/card/{path}")
    items = json_of(holder.get("/v1/card/log"))["items"]
    assert [one["action"] for one in reversed(items)] == [
        "card.bound",
        "card.offline_credentials_issued",
        "card.offline_accepted",
        "card.code_issued",
        "card.code_decoded",
        "card.frozen",
        "card.unfrozen",
        "card.loss_reported",
    ]
    assert all(one["action_words"]["zh"] != one["action"] for one in items)
    page = json_of(holder.get("/v1/card/log?limit=3"))
    rest = json_of(holder.get(f"/v1/card/log?limit=100&cursor={page['next']}"))
    assert [*page["items"], *rest["items"]] == items


def test_the_log_leaves_out_no_act_with_a_card() -> None:
    known = {value for name, value in vars(actions).items() if name.startswith("CARD_")}
    assert set(CARD_ACTS) == known
