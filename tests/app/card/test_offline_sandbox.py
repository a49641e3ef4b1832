"""The virtual phone and the till, against the real application, with the network off between."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from codes.results import Reason
from sandbox.phone.offline import NoCodesLeftError, OfflineWallet, picture
from sandbox.terminal.journal import Journal
from sandbox.terminal.offline import Line, NotServedError, OfflineTill, Own
from sandbox.terminal.scanner import scan
from tests.app.card.steps import json_of
from tests.app.device import Device
from tests.app.world import World
from tests.fakes import FakeClock

LINES = (Line(item="布洛芬片", quantity=2, amount_fen=36_00),)


@pytest.fixture
def wallet(holder: Device) -> OfflineWallet:
    wallet, keys = OfflineWallet(), OfflineWallet.new_keys(3)
    body = wallet.request(keys, device=holder.thumbprint)
    wallet.accept(keys, json_of(holder.post("/v1/card/offline-credentials", json=body)))
    return wallet


def refresh(world: World, counter: OfflineTill) -> None:
    keys = json_of(world.client.get("/.well-known/card-keys"))
    path = "/.well-known/card-revocations?since="
    fetch = lambda since: world.client.get(f"{path}{since}").data  # noqa: E731
    counter.refresh(keys, fetch, now=world.clock.now())


def accepted(uploads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"sale_id": one["sale"]["sale_id"], "verdict": "ACCEPTED"} for one in uploads]


@pytest.fixture
def counter(world: World) -> OfflineTill:
    counter = OfflineTill(purposes={"02121"})
    refresh(world, counter)
    return counter


def not_served(counter: OfflineTill, code: str, clock: FakeClock, **changes: Any) -> str:
    given = {"sale_id": "s-9", "lines": LINES, "now": clock.now(), **changes}
    with pytest.raises(NotServedError) as caught:
        counter.take(code, **given)
    return str(caught.value)


def test_a_sale_without_a_network_is_brought_in_and_accepted(
    clock: FakeClock, till: Device, wallet: OfflineWallet, counter: OfflineTill
) -> None:
    code = scan(picture(wallet.show("02121", now=clock.now())))
    counter.take(code, sale_id="s-1", lines=LINES, now=clock.now())
    clock.advance(minutes=5)

    def send(uploads: list[dict[str, Any]]) -> list[dict[str, Any]]:
        answer = till.post("/v1/terminal/uploads", json={"uploads": uploads})
        outcomes: list[dict[str, Any]] = json_of(answer)["outcomes"]
        return outcomes

    (outcome,) = counter.upload(send)
    assert (outcome["sale_id"], outcome["verdict"]) == ("s-1", "ACCEPTED")
    assert counter.pending == ()


def test_a_sale_stays_until_it_has_an_outcome(
    clock: FakeClock, wallet: OfflineWallet, counter: OfflineTill
) -> None:
    code = wallet.show("02121", now=clock.now())
    counter.take(code, sale_id="s-1", lines=LINES, now=clock.now())

    def cut(_: list[dict[str, Any]]) -> list[dict[str, Any]]:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        counter.upload(cut)
    assert len(counter.pending) == 1


def test_a_power_cut_loses_no_sale(
    world: World, clock: FakeClock, wallet: OfflineWallet, tmp_path: Path
) -> None:
    file = tmp_path / "sales"
    before = OfflineTill(purposes={"02121"}, journal=Journal(file))
    refresh(world, before)
    code = wallet.show("02121", now=clock.now())
    before.take(code, sale_id="s-1", lines=LINES, now=clock.now())
    with file.open("ab") as cut:
        cut.write(b'{"code": "ZR1:HALF')

    after = OfflineTill(purposes={"02121"}, journal=Journal(file))
    refresh(world, after)
    assert after.pending == before.pending
    assert not_served(after, code, clock) == Own.ALREADY_TAKEN
    clock.advance(minutes=1)
    code = wallet.show("02121", now=clock.now())
    after.take(code, sale_id="s-2", lines=LINES, now=clock.now())
    assert OfflineTill(purposes={"02121"}, journal=Journal(file)).pending == after.pending
    after.upload(accepted)
    again = OfflineTill(purposes={"02121"}, journal=Journal(file))
    assert again.pending == ()
    assert [one.verdict for one in again.sales] == ["ACCEPTED", "ACCEPTED"]


def test_a_till_serves_a_code_once_and_within_its_cap(
    clock: FakeClock, wallet: OfflineWallet, counter: OfflineTill
) -> None:
    code = wallet.show("02121", now=clock.now())
    dear = (Line(item="人参", quantity=1, amount_fen=300_01),)
    assert not_served(counter, code, clock, lines=dear) == Own.OVER_CAP
    counter.take(code, sale_id="s-1", lines=LINES, now=clock.now())
    assert not_served(counter, code, clock) == Own.ALREADY_TAKEN


def test_a_till_that_fetched_nothing_serves_nobody(clock: FakeClock, wallet: OfflineWallet) -> None:
    code = wallet.show("02121", now=clock.now())
    assert not_served(OfflineTill(purposes={"02121"}), code, clock) == Reason.UNKNOWN_ISSUER


def test_a_frozen_card_is_not_served_after_the_next_refresh(
    world: World, clock: FakeClock, holder: Device, wallet: OfflineWallet, counter: OfflineTill
) -> None:
    holder.post("/v1/card/freeze")
    code = wallet.show("02121", now=clock.now())
    assert counter.look(code, now=clock.now()).accepted
    refresh(world, counter)
    assert not_served(counter, code, clock) == Reason.REVOKED


def test_a_phone_shows_one_code_a_minute_and_each_credential_once(
    clock: FakeClock, wallet: OfflineWallet
) -> None:
    now = clock.now()
    first = wallet.show("02121", now=now)
    assert wallet.show("02121", now=now + timedelta(seconds=30)) == first
    assert wallet.show("01301", now=now) != first
    wallet.show("02121", now=now + timedelta(minutes=1))
    assert wallet.left == 0
    with pytest.raises(NoCodesLeftError):
        wallet.show("02121", now=now + timedelta(minutes=2))


def test_a_phone_shows_no_credential_that_is_over(clock: FakeClock, wallet: OfflineWallet) -> None:
    with pytest.raises(NoCodesLeftError):
        wallet.show("02121", now=clock.now() + timedelta(days=2))
