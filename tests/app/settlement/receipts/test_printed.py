"""A receipt as a file: for the parties alone; its QR is checked by anybody at the public page."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from app.core.errors import BUSY
from app.core.http.services import service
from app.settlement.receipts.service.codes import Printed, ReceiptCodes
from app.settlement.receipts.service.printing import PrintedReceipts
from tests.app.settlement.fakes import FakePayments
from tests.app.settlement.receipts.test_receipts import BASKET, checked, offline
from tests.app.settlement.steps import SCOPES, A, B, C, Shop, plain
from tests.app.world import World
from tests.certificates.builders import attachments
from tests.certificates.tools import needs, run

PAGE: Final = "/receipt-check"


def of_holder(shop: Shop, settlement_id: str) -> bytes:
    answer = shop.holder.get(f"/v1/card/purchases/{settlement_id}/receipt.pdf")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf"), answer.text
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{settlement_id}.pdf"'
    return bytes(answer.data)


def attached(pdf: bytes) -> str:
    return str(json.loads(attachments(pdf)["receipt.json"])["receipt"])


def codes(world: World) -> ReceiptCodes:
    return ReceiptCodes(cipher=world.shared.cipher, public_url=world.settings.public_url)


def scan(world: World, pdf: bytes) -> str:
    """The address behind the QR, as the receipt's own claims make it."""
    claims = offline(world, attached(pdf))
    printed = Printed(
        settlement_id=claims["settlement"],
        made_at=claims["iat"],
        returned=claims["returned"],
        adjustments=len(claims["adjustments"]),
    )
    found = urlsplit(codes(world).address(printed))
    return f"{found.path}?{found.query}"


def shown(world: World, address: str) -> str:
    answer = world.client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_a_holder_and_the_till_get_the_same_purchase_as_a_file(shop: Shop, world: World) -> None:
    settlement_id = shop.buy(*BASKET)["settlement_id"]
    till = shop.till.get(f"/v1/terminal/settlements/{settlement_id}/receipt.pdf")
    assert (till.status_code, till.content_type) == (200, "application/pdf")
    for pdf in (of_holder(shop, settlement_id), till.data):
        assert pdf.startswith(b"%PDF-1.7")
        assert b"/ETSI.CAdES.detached" in pdf
        claims = offline(world, attached(pdf))
        assert claims["settlement"] == settlement_id
        assert checked(world, attached(pdf))["genuine"] is True


def test_the_parties_are_told_the_address_in_the_qr(shop: Shop, world: World) -> None:
    settlement_id = shop.buy(*BASKET)["settlement_id"]
    for told in (
        shop.till.get(f"/v1/terminal/settlements/{settlement_id}/receipt"),
        shop.holder.get(f"/v1/card/purchases/{settlement_id}/receipt"),
    ):
        address = urlsplit(told.get_json()["check_url"])
        assert "This receipt is genuine" in shown(world, f"{address.path}?{address.query}")


@needs("pdftotext")
def test_the_page_names_goods_merchant_and_sums_but_nobody(shop: Shop) -> None:
    bought = shop.buy(*BASKET)
    found = run("pdftotext", "-", "-", stdin=of_holder(shop, bought["settlement_id"])).decode()
    page = "".join(found.split())
    names = [name for one in (A, B, C) for name in (one.names.zh, one.names.en)]
    for said in (*names, "平安大药房", "98.00", bought["settlement_id"]):
        assert "".join(said.split()) in page, said
    assert "欧阳修" not in page


def test_nobody_else_gets_it(shop: Shop, world: World) -> None:
    settlement_id = shop.buy(plain(100))["settlement_id"]
    path = f"/v1/terminal/settlements/{settlement_id}/receipt.pdf"
    for merchant in ("平安大药房", "另一家药房"):
        refused = world.terminal(merchant=merchant, scopes=SCOPES).get(path)
        assert (refused.status_code, refused.json["code"]) == (404, "SETTLEMENT_UNKNOWN")
        assert refused.json["action"] == "CONTACT"
    stranger = world.citizen(name="曾巩")
    refused = stranger.get(f"/v1/card/purchases/{settlement_id}/receipt.pdf")
    assert (refused.status_code, refused.json["code"]) == (404, "PURCHASE_UNKNOWN")
    assert world.client.get(path).status_code == 401


def test_nothing_is_printed_that_is_not_paid(shop: Shop, payments: FakePayments) -> None:
    held = shop.buy(plain(2_000, 10), cash="provider")
    assert payments.orders
    answer = shop.holder.get(f"/v1/card/purchases/{held['settlement_id']}/receipt.pdf")
    assert (answer.status_code, answer.json["code"]) == (409, "SETTLEMENT_NOT_DONE")


def test_a_press_that_is_busy_says_when_to_come_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement_id = shop.buy(plain(100))["settlement_id"]
    with shop.world.app.app_context():
        printer = service(PrintedReceipts)._printer

    def busy(*_: Any, **__: Any) -> bytes:
        raise BUSY(retry_after=2)

    monkeypatch.setattr(printer, "receipt", busy)
    answer = shop.till.get(f"/v1/terminal/settlements/{settlement_id}/receipt.pdf")
    assert (answer.status_code, answer.json["action"]) == (503, "RETRY")
    assert answer.headers["Retry-After"] == "2"


def test_a_page_is_laid_out_outside_of_transactions(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement_id = shop.buy(plain(100))["settlement_id"]
    database = shop.world.database
    with shop.world.app.app_context():
        printer = service(PrintedReceipts)._printer
    seen = []

    def look(*_: Any, **__: Any) -> bytes:
        seen.append(database._current.get())
        return b"%PDF"

    monkeypatch.setattr(printer, "receipt", look)
    shop.till.get(f"/v1/terminal/settlements/{settlement_id}/receipt.pdf")
    shop.holder.get(f"/v1/card/purchases/{settlement_id}/receipt.pdf")
    assert seen == [None, None]


def test_a_scan_says_genuine_and_what_to_compare(shop: Shop, world: World) -> None:
    settlement_id = shop.buy(*BASKET)["settlement_id"]
    page = shown(world, scan(world, of_holder(shop, settlement_id)))
    for said in (
        "This receipt is genuine",
        "平安大药房",
        "CNY 98.00",
        "settled",
        "nothing has changed",
        settlement_id,
    ):
        assert said in page
    assert "欧阳修" not in page


def test_a_scan_tells_what_came_back_since(shop: Shop, world: World) -> None:
    settlement_id = shop.buy(*BASKET)["settlement_id"]
    before = of_holder(shop, settlement_id)
    shop.refund(settlement_id, (1, 1))
    page = shown(world, scan(world, before))
    assert "something was given back" in page
    assert "CNY 10.00" in page
    between = of_holder(shop, settlement_id)
    assert "nothing has changed" in shown(world, scan(world, between))
    assert shop.reverse(settlement_id).status_code == 201
    assert "all was given back" in shown(world, scan(world, between))
    assert "all given back" in shown(world, scan(world, of_holder(shop, settlement_id)))


def test_nobody_else_can_write_a_code(shop: Shop, world: World) -> None:
    first, other = (shop.buy(plain(100))["settlement_id"] for _ in range(2))
    address = scan(world, of_holder(shop, first))
    good = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
    state = good["s"].split(".")
    own = hmac.new(b"guess", f"{first}.{good['s']}".encode(), hashlib.sha256).digest()[:16]
    for changes in (
        {"id": other},
        {"id": "stl_06aqkq9f1g0000000000000000"},
        {"id": "<script>"},
        {"s": ".".join([state[0], "100", state[2]])},
        {"s": "0" + good["s"]},
        {"s": "x"},
        {"s": "１.0.0"},
        {"c": "x" * 22},
        {"c": good["c"] + "x" * 80},
        {"c": base64.urlsafe_b64encode(own).rstrip(b"=").decode()},
    ):
        page = shown(world, f"{PAGE}?{urlencode(good | changes)}")
        assert "This receipt is not genuine" in page, changes
        assert "平安大药房" not in page
        assert "<script>" not in page
    assert "This receipt is genuine" in shown(world, address)


def test_a_receipt_that_is_pasted_is_judged(shop: Shop, world: World) -> None:
    settlement_id = shop.buy(plain(100))["settlement_id"]
    text = attached(of_holder(shop, settlement_id))
    for pasted in (f" {text}\n", json.dumps({"receipt": text})):
        answer = world.client.post(PAGE, data={"receipt": pasted})
        assert (answer.status_code, "由本系统出具" in answer.text) == (200, True)
        assert settlement_id in answer.text
    for wrong in ("{", '{"receipt": 1}', '{"a":' * 3_000, "[]"):
        answer = world.client.post(PAGE, data={"receipt": wrong})
        assert (answer.status_code, "不是本系统出具" in answer.text) == (200, True)
    answer = world.client.post(PAGE, data={"receipt": text[:-4] + "AAAA"})
    assert (answer.status_code, "不是本系统出具" in answer.text) == (200, True)
    assert world.client.post(PAGE, data={"receipt": " "}).status_code == 422
    assert world.client.post(PAGE, data={"receipt": "x" * 70_000}).status_code == 413


def test_the_page_alone_is_a_form_that_runs_nothing(world: World) -> None:
    answer = world.client.get(f"{PAGE}?id=x")
    assert (answer.status_code, "<textarea" in answer.text) == (200, True)
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for language, title in (("en", "Check a receipt"), ("zh-CN", "结算回执核验")):
        answer = world.client.get(f"{PAGE}?lang={language}")
        assert (answer.headers["Content-Language"], title in answer.text) == (language, True)


def test_the_pages_link_to_the_keys_is_named_in_words(world: World) -> None:
    page = world.client.get(PAGE, query_string={"lang": "en"}).text
    assert '<a href="/.well-known/jwks.json">keys</a>' in page
