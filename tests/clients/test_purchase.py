"""The purchase of the journey, against the system served: its cashier, its phone, its basket."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from config import Settings
from launch import steps
from launch.refusals import try_settled_twice
from launch.shop import BASKET, Shop, Split
from launch.steps import StepFailed
from sandbox.phone.client import Phone
from sandbox.phone.dpop import Prover
from sandbox.phone.http import Http
from sandbox.phone.keys import DeviceKey
from sandbox.phone.results import Tokens
from sandbox.terminal.assertion import ClientAssertions
from sandbox.terminal.client import Presentation, Terminal
from sandbox.terminal.purchases import SCOPE
from tests.app.card.steps import show
from tests.app.device import Device
from tests.app.registry import Registry
from tests.app.settlement.steps import SCOPES, insure
from tests.clients.served import Served, served


@dataclass(kw_only=True)
class Counter:
    """A holder with 150.00 in their account before the journey's cashier."""

    holder: Device
    phone: Phone
    till: Terminal

    def present(self) -> Presentation:
        return self.till.decode(show(self.holder), steps.PURPOSE)


@pytest.fixture
def counter(settings: Settings, registry: Registry, tmp_path: Path) -> Iterator[Counter]:
    with served(settings, registry) as api, ExitStack() as closing:
        holder = api.world.citizen()
        assert holder.post("/v1/card").status_code == 201
        insure(api.world, holder, tmp_path, opening=15_000)
        phone = Phone(closing.enter_context(_http(api, DeviceKey(holder.key))))
        phone.adopt(Tokens(access=str(holder.token), refresh="", expires_in=600, scope="citizen"))
        yield Counter(holder=holder, phone=phone, till=_till(api, closing))


def _http(api: Served, key: DeviceKey) -> Http:
    prover = Prover(key=key, clock=time.time)
    base_url = api.world.settings.public_url
    return Http(base_url=base_url, prover=prover, clock=time.perf_counter)


def _till(api: Served, closing: ExitStack) -> Terminal:
    registered = api.world.phone()
    assertions = ClientAssertions(
        client_id=api.world.onboard(registered, scopes=SCOPES),
        key=DeviceKey(registered.key),
        issuer=api.world.settings.public_url,
        clock=time.time,
    )
    http = closing.enter_context(_http(api, DeviceKey.generate()))
    till = Terminal(http=http, assertions=assertions)
    till.sign_in(SCOPE)
    return till


def test_the_basket_is_quoted_settled_shown_and_given_back_in_part(counter: Counter) -> None:
    shop = Shop(counter.till)
    quoted = steps.quote(shop, counter.present()).value
    settled = steps.settle(shop, quoted).value
    shown = steps.read_purchases(counter.phone, settled).value
    back = steps.refund(shop, settled).value

    # 421.10 in scope, 300.00 of it deductible, 60 % of the rest; docs/benefits.md.
    assert settled.split == Split(total=494_00, fund=72_66, account=150_00, cash=271_34)
    assert (shown.status, shown.returned) == ("SETTLED", 0)
    assert back.total == BASKET[0].unit_price_fen
    (after,) = counter.phone.purchases()
    assert (after.status, after.returned) == ("PARTIALLY_REFUNDED", back.total)


def test_a_presentation_that_has_paid_pays_for_nothing_else(counter: Counter) -> None:
    shop, presentation = Shop(counter.till), counter.present()
    settled = shop.settle(shop.quote(presentation.presence_token))
    journey = cast("Any", SimpleNamespace(presence_token=presentation.presence_token))

    refusal = try_settled_twice(counter.till, journey)

    assert (refusal.code, refusal.held) == ("PRESENCE_USED", True)
    assert [one.id for one in counter.phone.purchases()] == [settled.id]


def test_a_presentation_that_pays_twice_is_told_as_not_refused(counter: Counter) -> None:
    journey = cast("Any", SimpleNamespace(presence_token=counter.present().presence_token))
    refusal = try_settled_twice(counter.till, journey)
    assert (refusal.code, refusal.held) == ("ACCEPTED", False)


def test_a_phone_that_does_not_show_the_purchase_ends_the_journey(counter: Counter) -> None:
    shop = Shop(counter.till)
    first = shop.settle(shop.quote(counter.present().presence_token))
    newest = shop.settle(shop.quote(counter.present().presence_token))
    other_id, other_split = replace(newest, id=first.id), replace(newest, split=first.split)
    for told in (other_id, other_split):
        with pytest.raises(StepFailed, match="does not show"):
            steps.read_purchases(counter.phone, told)
    assert steps.read_purchases(counter.phone, newest).value.id == newest.id


def test_a_quote_that_is_refused_ends_the_journey_with_the_systems_words(counter: Counter) -> None:
    shop = Shop(counter.till, name=lambda: "one-name-for-all")
    quoted = steps.quote(shop, counter.present()).value
    settled = steps.settle(shop, quoted).value
    with pytest.raises(StepFailed, match="refund was refused: 422 MSGID_REUSED"):
        steps.refund(shop, settled)
