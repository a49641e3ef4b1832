"""The services meet: purchases by a relative, for a relative, on paper and without a network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from app.family.service.rows import civil_year
from tests.app.card.steps import refusal
from tests.app.card.wallet import Wallet, upload
from tests.app.card.wallet import sale as sold
from tests.app.device import Device
from tests.app.family.steps import Relative, accepted, aided, done, log_of, relative, row
from tests.app.operators import operator_console
from tests.app.settlement.steps import SCOPES, Shop, insure, plain, sound
from tests.app.world import World

OPENING = 15_000


@dataclass(frozen=True, kw_only=True)
class Family:
    """An insured elder with a card, a grown-up child, and a pharmacy."""

    elder: Relative
    agent: Relative
    shop: Shop

    @property
    def till(self) -> Device:
        return self.shop.till


@pytest.fixture
def family(world: World, tmp_path: Path) -> Family:
    elder, agent = relative(world, "欧阳修"), relative(world, "苏轼")
    done(elder.phone.post("/v1/card"), 201)
    insure(world, elder.phone, tmp_path, opening=OPENING)
    till = world.terminal(purposes=frozenset({"02121"}), scopes=SCOPES)
    return Family(elder=elder, agent=agent, shop=Shop(world=world, holder=elder.phone, till=till))


def present(family: Family, code: str) -> str:
    body = {"code": code, "purpose": "02121"}
    return str(done(family.till.post("/v1/terminal/decode", body))["presence_token"])


def shown_by_agent(family: Family, mandate: str) -> str:
    body = {"purpose": "02121", "mandate_id": mandate}
    return present(family, done(family.agent.phone.post("/v1/card/codes", body), 201)["code"])


def test_what_an_agent_buys_uses_the_mandate_up_and_a_refund_gives_it_back(
    world: World, family: Family
) -> None:
    mandate = accepted(world, family.elder, family.agent, purchase_limit=3_000)
    quote = family.shop.quote(plain(1_500, 2), token=shown_by_agent(family, mandate))
    bought = done(family.shop.settle(quote["quote_id"]), 201)

    assert row(world, mandate).spent == 3_000
    assert family.shop.balance() == OPENING - 3_000
    assert family.shop.refund(bought["settlement_id"], (1, 1)).status_code == 201
    assert row(world, mandate).spent == 1_500
    for one in (family.elder, family.agent):
        assert len(log_of(one, "family.used")) == 1
    sound(world)


def test_a_mandate_that_ended_between_quote_and_purchase_buys_nothing(
    world: World, family: Family
) -> None:
    mandate = accepted(world, family.elder, family.agent)
    quote = family.shop.quote(plain(1_000), token=shown_by_agent(family, mandate))
    done(family.elder.phone.post(f"/v1/family/mandates/{mandate}/revocation"))

    answer = family.shop.settle(quote["quote_id"])

    assert refusal(answer) == (409, "MANDATE_REVOKED", "CANCEL")
    assert family.shop.balance() == OPENING
    sound(world)


def test_what_the_own_account_lacks_a_payer_of_mutual_aid_pays(
    world: World, family: Family, tmp_path: Path
) -> None:
    insure(world, family.agent.phone, tmp_path, opening=9_000)
    aid = aided(world, family.agent, family.elder, yearly_limit=4_000)

    split = family.shop.buy(plain(1_000, 20))["split"]

    assert (split["account"], split["mutual"], split["cash"]) == (19_000, 4_000, 1_000)
    assert family.shop.balance() == 0
    assert family.shop.balance(owner=family.agent.person_id(world)) == 5_000
    used = row(world, aid)
    assert (used.spent, used.spent_year) == (4_000, civil_year(world.clock.now()))
    sound(world)


def test_a_code_on_paper_buys_once_and_no_more_than_its_cap(world: World, family: Family) -> None:
    office = operator_console(world, "card.paper")
    order = {
        "citizen_number": family.elder.number,
        "name": family.elder.name,
        "purpose": "02121",
        "count": 1,
        "days": 7,
        "amount_cap": 2_000,
    }
    (code,) = done(office.post("/v1/operator/paper-codes", order), 201)["codes"]
    token = present(family, code)

    assert refusal(family.shop.ask(plain(2_001), token=token))[1] == "CODE_CAP_EXCEEDED"
    quote = family.shop.quote(plain(2_000), token=token)
    done(family.shop.settle(quote["quote_id"]), 201)
    assert family.shop.balance() == OPENING - 2_000
    sound(world)


def test_what_was_sold_on_an_offline_code_is_settled_after_its_upload(
    world: World, family: Family
) -> None:
    wallet = Wallet(phone=family.elder.phone).fetch()
    code = wallet.show(world.clock.now())
    world.clock.advance(minutes=5)
    (outcome,) = upload(family.till, sold(code, fen=1_200))
    assert outcome["verdict"] == "ACCEPTED"

    quote = family.shop.quote(plain(1_200), token=outcome["presence_token"])
    done(family.shop.settle(quote["quote_id"]), 201)

    again = family.shop.quote(plain(1_200), token=outcome["presence_token"])
    assert refusal(family.shop.settle(again["quote_id"]))[1] == "PRESENCE_USED"
    assert family.shop.balance() == OPENING - 1_200
    sound(world)


def test_a_till_that_was_stopped_before_it_settled_uploads_again_and_is_paid_once(
    world: World, family: Family
) -> None:
    wallet = Wallet(phone=family.elder.phone).fetch()
    code = wallet.show(world.clock.now())
    (first,) = upload(family.till, sold(code, fen=1_200))
    world.clock.advance(minutes=31)
    world.log_in_again(family.till)
    late = family.shop.ask(plain(1_200), token=first["presence_token"])
    assert refusal(late)[1] == "PRESENCE_EXPIRED"

    (second,) = upload(family.till, sold(code, fen=1_200))
    assert (second["verdict"], second["repeated"]) == ("ACCEPTED", True)
    assert second["expires_at"] > first["expires_at"]
    quote = family.shop.quote(plain(1_200), token=second["presence_token"])
    done(family.shop.settle(quote["quote_id"]), 201)

    (third,) = upload(family.till, sold(code, fen=1_200))
    again = family.shop.quote(plain(1_200), token=third["presence_token"])
    assert refusal(family.shop.settle(again["quote_id"]))[1] == "PRESENCE_USED"
    assert family.shop.balance() == OPENING - 1_200
    sound(world)


def test_an_upload_after_its_72_hours_is_refused_however_often_it_was_accepted(
    world: World, family: Family
) -> None:
    code = Wallet(phone=family.elder.phone).fetch().show(world.clock.now())
    assert upload(family.till, sold(code, fen=1_200))[0]["verdict"] == "ACCEPTED"
    world.clock.advance(minutes=73 * 60)
    world.log_in_again(family.till)
    (late,) = upload(family.till, sold(code, fen=1_200))
    assert (late["verdict"], late.get("presence_token")) == ("OFFLINE_TOO_LATE", None)
