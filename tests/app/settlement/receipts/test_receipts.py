"""A receipt says who paid what and why, anybody can check it, and it names nobody."""

from __future__ import annotations

from typing import Any, Final

import jwt
import pytest
from sqlalchemy import select

from app.audit.models import AccessEvent
from app.core.jose.tokens import sign_token
from app.settlement.receipts.service.checking import MOST_BYTES
from tests.app.card.steps import json_of
from tests.app.device import Device
from tests.app.settlement.fakes import FakePayments
from tests.app.settlement.steps import SCOPES, B, C, Shop, line, person_of, plain
from tests.app.world import World

CHECKS: Final = "/v1/receipt-checks"
BASKET: Final = (plain(1_000, 3), line(B, 2, 3_000), line(C, 1, 800))


def of_holder(shop: Shop, settlement_id: str) -> str:
    answer = shop.holder.get(f"/v1/card/purchases/{settlement_id}/receipt")
    assert answer.status_code == 200, answer.text
    return str(json_of(answer)["receipt"])


def of_till(till: Device, settlement_id: str) -> Any:
    return till.get(f"/v1/terminal/settlements/{settlement_id}/receipt")


def offline(world: World, receipt: str) -> dict[str, Any]:
    """As somebody reads it who has nothing but the published keys."""
    header = jwt.get_unverified_header(receipt)
    assert header["typ"] == "settlement-receipt+jwt"
    keys = json_of(world.client.get("/.well-known/jwks.json"))["keys"]
    key = jwt.PyJWK(next(key for key in keys if key["kid"] == header["kid"]))
    options: Any = {"verify_exp": False, "verify_iat": False}
    claims: dict[str, Any] = jwt.decode(
        receipt,
        key,
        algorithms=["ES256"],
        issuer=world.settings.public_url,
        audience=f"{world.settings.public_url}/settlement-receipts",
        options=options,
    )
    return claims


def checked(world: World, receipt: str) -> Any:
    answer = world.client.post(CHECKS, json={"receipt": receipt})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_receipt_is_checked_offline_and_states_the_purchase(shop: Shop, world: World) -> None:
    bought = shop.buy(*BASKET)
    receipt = of_holder(shop, bought["settlement_id"])
    claims = offline(world, receipt)
    assert claims["split"] == bought["split"]
    assert claims["rule"] == bought["rule"]
    assert claims["settlement"] == bought["settlement_id"]
    assert claims["merchant"]["name"] == "平安大药房"
    assert [one["total"] for one in claims["lines"]] == [3_000, 6_000, 800]
    explained = json_of(shop.holder.get(f"/v1/card/purchases/{bought['settlement_id']}"))["trace"]
    assert claims["trace"] == [
        [one["code"], one.get("line", 0), one["numbers"]] for one in explained
    ]
    assert (claims["refunds"], claims["returned"], claims["status"]) == ([], 0, "SETTLED")
    assert checked(world, receipt) == {
        "genuine": True,
        "code": "OK",
        "standing": {
            "settlement_id": bought["settlement_id"],
            "status": "SETTLED",
            "total": 9_800,
            "returned": 0,
            "since": [],
        },
    }


def test_a_receipt_names_nobody(shop: Shop, world: World) -> None:
    first = offline(world, of_holder(shop, shop.buy(plain(100))["settlement_id"]))
    again = offline(world, of_holder(shop, shop.buy(plain(100))["settlement_id"]))
    other = Shop(
        world=world, holder=shop.holder, till=world.terminal(merchant="另一家药房", scopes=SCOPES)
    )
    elsewhere = offline(world, of_holder(shop, other.buy(plain(100))["settlement_id"]))
    assert first["holder"] == again["holder"] != elsewhere["holder"]
    text = repr((first, elsewhere))
    assert "欧阳修" not in text
    assert shop.person_id not in text


def test_what_happened_since_is_told(shop: Shop, world: World) -> None:
    settlement_id = shop.buy(*BASKET)["settlement_id"]
    before = of_holder(shop, settlement_id)
    back = json_of(shop.refund(settlement_id, (1, 1)))
    told = checked(world, before)["standing"]
    assert (told["status"], told["returned"]) == ("PARTIALLY_REFUNDED", 1_000)
    assert told["since"] == ["refunded"]
    between = of_holder(shop, settlement_id)
    assert offline(world, between)["refunds"][0]["id"] == back["id"]
    assert checked(world, between)["standing"]["since"] == []
    assert shop.reverse(settlement_id).status_code == 201
    for receipt in (before, between):
        assert checked(world, receipt)["standing"]["since"] == ["reversed"]
    assert checked(world, of_holder(shop, settlement_id))["standing"]["since"] == []


def test_a_recomputed_year_is_told(shop: Shop, world: World) -> None:
    first, _, third = (shop.buy(plain(2_700, 5)) for _ in range(3))
    receipt = of_holder(shop, third["settlement_id"])
    assert shop.reverse(first["settlement_id"]).status_code == 201
    assert checked(world, receipt)["standing"]["since"] == ["adjusted"]
    (change,) = offline(world, of_holder(shop, third["settlement_id"]))["adjustments"]
    assert (change["fund"], change["deductible"]) == (-6_300, 10_500)


def test_only_the_till_that_settled_and_the_holder_get_one(shop: Shop, world: World) -> None:
    settlement_id = shop.buy(plain(100))["settlement_id"]
    with world.database.separate() as tx:
        before = len(tx.scalars(select(AccessEvent.id)).all())
    answer = of_till(shop.till, settlement_id)
    assert offline(world, answer.json["receipt"])["settlement"] == settlement_id
    with world.database.separate() as tx:
        rows = tx.scalars(select(AccessEvent)).all()
    assert len(rows) == before + 1
    assert {row.person_id for row in rows} == {shop.person_id}
    for merchant in ("平安大药房", "另一家药房"):
        refused = of_till(world.terminal(merchant=merchant, scopes=SCOPES), settlement_id)
        assert (refused.status_code, refused.json["code"]) == (404, "SETTLEMENT_UNKNOWN")
        assert refused.json["action"] == "CONTACT"
    stranger = world.citizen(name="曾巩")
    assert person_of(world, stranger) != shop.person_id
    refused = stranger.get(f"/v1/card/purchases/{settlement_id}/receipt")
    assert (refused.status_code, refused.json["code"]) == (404, "PURCHASE_UNKNOWN")


def test_nothing_is_receipted_that_is_not_paid(shop: Shop, payments: FakePayments) -> None:
    held = shop.buy(plain(2_000, 10), cash="provider")
    assert payments.orders
    answer = of_till(shop.till, held["settlement_id"])
    assert (answer.status_code, answer.json["code"]) == (409, "SETTLEMENT_NOT_DONE")
    answer = shop.holder.get(f"/v1/card/purchases/{held['settlement_id']}/receipt")
    assert (answer.status_code, answer.json["code"]) == (409, "SETTLEMENT_NOT_DONE")


def test_what_is_not_ours_is_not_genuine_and_tells_nothing(shop: Shop, world: World) -> None:
    receipt = of_holder(shop, shop.buy(plain(100))["settlement_id"])
    claims = offline(world, receipt)
    key = world.shared.keys.signing("receipt").active
    head, body, signature = receipt.split(".")
    forged = {
        f"{head}.{body[:-8]}{'A' * 8}.{signature}": "RECEIPT_SIGNATURE_WRONG",
        sign_token(claims, typ="verification-receipt+jwt", key=key): "RECEIPT_TYPE",
        sign_token(
            claims,
            typ="settlement-receipt+jwt",
            key=world.shared.keys.signing("access-token").active,
        ): "RECEIPT_KEY_UNKNOWN",
        _signed(world, {**claims, "aud": "other"}): "RECEIPT_AUDIENCE",
        _signed(world, {**claims, "iss": "other"}): "RECEIPT_ISSUER",
        _signed(world, {**claims, "exp": 1}): "RECEIPT_EXPIRED",
        _signed(world, {**claims, "lines": "none"}): "RECEIPT_CONTENTS_WRONG",
        _signed(world, {k: v for k, v in claims.items() if k != "rule"}): "RECEIPT_INCOMPLETE",
        _signed(world, {**claims, "settlement": "stl_1"}): "RECEIPT_SETTLEMENT_UNKNOWN",
        "no receipt": "RECEIPT_MALFORMED",
        "a" * (MOST_BYTES + 1): "RECEIPT_TOO_LARGE",
    }
    for text, code in forged.items():
        assert checked(world, text) == {"genuine": False, "code": code}
    assert world.client.post(CHECKS, json={"receipt": ""}).status_code == 422
    assert world.client.post(CHECKS, json={"receipt": "a" * 70_000}).status_code == 413


def _signed(world: World, claims: dict[str, Any]) -> str:
    key = world.shared.keys.signing("receipt").active
    return sign_token(claims, typ="settlement-receipt+jwt", key=key)


def test_the_largest_basket_has_a_receipt_that_can_be_checked(shop: Shop, world: World) -> None:
    lines = [line(B, 9_999, 9_900 + n) for n in range(100)]
    receipt = of_holder(shop, shop.buy(*lines)["settlement_id"])
    assert len(offline(world, receipt)["lines"]) == 100
    assert len(receipt) < MOST_BYTES
    assert checked(world, receipt)["genuine"] is True


def test_checks_are_limited_by_address(world: World) -> None:
    answers = [world.client.post(CHECKS, json={"receipt": "x"}).status_code for _ in range(61)]
    assert answers[:60] == [200] * 60
    assert answers[60] == 429


@pytest.mark.parametrize(
    "path", ["/v1/card/purchases/x/receipt", "/v1/terminal/settlements/x/receipt"]
)
def test_nobody_gets_one_without_a_token(world: World, path: str) -> None:
    assert world.client.get(path).status_code == 401
