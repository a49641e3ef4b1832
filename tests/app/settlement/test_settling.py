"""A quote is settled: once, at the figures it named, or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import Engine, event, text

from app.core.jose.tokens import sign_token
from tests.app.card.steps import accesses, json_of, refusal
from tests.app.settlement.fakes import FakeFamily
from tests.app.settlement.steps import A, B, C, Shop, line, new_msgid, plain, sound

SPLIT = ("total", "own", "over", "self_first", "in_scope", "deductible", "fund", "cash")


def test_a_quote_names_every_part_and_every_step(shop: Shop) -> None:
    quote = shop.quote(plain(2_000, 2), line(B, 1, 5_000), line(C, 1, 3_000))
    split = quote["split"]
    assert split["total"] == 12_000
    assert split["total"] == sum(split[n] for n in ("own", "over", "self_first", "in_scope"))
    assert split["person"] == split["account"] + split["cash"] == 12_000 - split["fund"]
    for name in SPLIT:
        assert sum(one[name] for one in quote["lines"]) == split[name], name
    assert quote["rule"]["id"] == "qingchuan-employee-pharmacy"
    assert len(quote["rule"]["sha256"]) == 64
    assert quote["trace"][0]["code"] == "RULE"
    assert quote["trace"][-1]["code"] == "CASH"


def test_a_settlement_moves_what_the_quote_said(shop: Shop) -> None:
    quote = shop.quote(plain(2_000, 2), line(C, 1, 13_000))
    done = json_of(shop.settle(quote["quote_id"]))
    assert done["status"] == "SETTLED"
    assert done["split"] == quote["split"]
    assert shop.balance() == 15_000 - quote["split"]["account"]
    assert quote["split"]["cash"] == 2_000
    assert shop.year() == (4_000, 0, 4_000)
    sound(shop.world)


def test_the_fund_pays_once_the_deductible_is_met(shop: Shop) -> None:
    for _ in range(3):
        shop.buy(plain(2_700, 5))
    assert shop.year() == (30_000, 6_300, 40_500)
    sound(shop.world)


def test_both_people_and_merchant_can_look_it_up(shop: Shop) -> None:
    done = shop.buy(plain(2_000))
    assert shop.read(done["settlement_id"])["status"] == "SETTLED"
    (item,) = json_of(shop.holder.get("/v1/card/purchases"))["items"]
    assert (item["merchant"], item["total"]) == ("平安大药房", 2_000)
    purchase = json_of(shop.holder.get(f"/v1/card/purchases/{item['id']}"))
    assert purchase["lines"][0]["names"] == {"zh": A.names.zh, "en": A.names.en}
    assert purchase["trace"][0]["code"] == "RULE"
    (entry,) = accesses(shop.holder, "purchase.settled")
    assert (entry["actor"], entry["purpose"]) == ("平安大药房", "02121")
    assert len(accesses(shop.holder, "purchase.quoted")) == 1


def test_a_message_is_answered_the_same_for_ever(shop: Shop) -> None:
    quote_id, msgid = shop.quote(plain(2_000))["quote_id"], new_msgid()
    first = shop.settle(quote_id, msgid)
    assert shop.reverse(json_of(first)["settlement_id"]).status_code == 201
    again = shop.settle(quote_id, msgid)
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_a_message_with_another_body_is_refused(shop: Shop) -> None:
    quote_id, msgid = shop.quote(plain(2_000))["quote_id"], new_msgid()
    shop.settle(quote_id, msgid)
    answer = shop.settle(quote_id, msgid, cash="provider")
    assert refusal(answer) == (422, "MSGID_REUSED", "CONTACT")


def test_a_refused_message_stays_refused(shop: Shop) -> None:
    quote_id, msgid = shop.quote(plain(2_000))["quote_id"], new_msgid()
    shop.holder.post("/v1/card/freeze")
    first = shop.settle(quote_id, msgid)
    assert refusal(first) == (409, "CARD_FROZEN", "CANCEL")
    shop.holder.post("/v1/card/unfreeze")
    again = shop.settle(quote_id, msgid)
    assert refusal(again) == (409, "CARD_FROZEN", "CANCEL")
    found = shop.message(msgid)
    assert (found["status"], found["code"]) == ("REJECTED", "CARD_FROZEN")
    assert shop.settle(quote_id).status_code == 201


def test_a_message_says_what_became_of_it(shop: Shop) -> None:
    msgid = new_msgid()
    assert shop.message(msgid) == {"msgid": msgid, "status": "NEVER_SEEN", "fenced": False}
    done = shop.buy(plain(2_000), msgid=msgid)
    found = shop.message(msgid)
    assert (found["status"], found["settlement_id"]) == ("COMMITTED", done["settlement_id"])
    assert shop.message(msgid, fence=True)["status"] == "COMMITTED"


def test_a_fenced_message_can_never_settle(shop: Shop) -> None:
    quote_id, msgid = shop.quote(plain(2_000))["quote_id"], new_msgid()
    assert shop.message(msgid, fence=True) == {
        "msgid": msgid,
        "status": "NEVER_SEEN",
        "fenced": True,
    }
    assert refusal(shop.settle(quote_id, msgid)) == (409, "MSGID_FENCED", "CANCEL")
    assert shop.message(msgid)["fenced"]
    assert shop.settle(quote_id).status_code == 201


def test_a_message_is_the_merchants_own(shop: Shop) -> None:
    msgid = new_msgid()
    shop.buy(plain(2_000), msgid=msgid)
    other = shop.world.terminal(
        merchant="康民大药房", scopes=frozenset({"card.decode", "settlement"})
    )
    answer = other.get(f"/v1/terminal/settlements/by-msgid/{msgid}")
    assert json_of(answer)["status"] == "NEVER_SEEN"


def test_a_presentation_pays_at_most_once(shop: Shop) -> None:
    token = shop.token()
    one, other = (shop.quote(plain(price), token=token) for price in (1_000, 2_000))
    assert shop.settle(one["quote_id"]).status_code == 201
    fresh = shop.settle(other["quote_id"])
    assert refusal(fresh)[1] == "QUOTE_STALE"
    again = shop.settle(json_of(fresh)["quote_id"])
    assert refusal(again) == (409, "PRESENCE_USED", "QUERY")
    assert shop.balance() == 14_000
    sound(shop.world)


def test_a_quote_is_settled_once(shop: Shop) -> None:
    quote_id = shop.quote(plain(2_000))["quote_id"]
    assert shop.settle(quote_id).status_code == 201
    assert refusal(shop.settle(quote_id)) == (409, "QUOTE_USED", "QUERY")


def test_a_quote_ends_after_five_minutes(shop: Shop) -> None:
    quote_id = shop.quote(plain(2_000))["quote_id"]
    shop.world.clock.advance(minutes=5)
    assert refusal(shop.settle(quote_id)) == (409, "QUOTE_EXPIRED", "RETRY")


def test_a_quote_is_its_terminals_own(shop: Shop) -> None:
    quote_id = shop.quote(plain(2_000))["quote_id"]
    other = shop.world.terminal(scopes=frozenset({"card.decode", "settlement"}))
    body = {"quote_id": quote_id, "msgid": new_msgid(), "cash": "till"}
    answer = other.post("/v1/terminal/settlements", json=body)
    assert refusal(answer) == (404, "QUOTE_UNKNOWN", "CONTACT")


@pytest.mark.parametrize(
    "moved",
    [
        "UPDATE accumulators SET version = version + 1",
        "UPDATE ledger_accounts SET posted = posted + 1 WHERE kind = 'own'",
        "UPDATE enrolments SET until = '2026-11-01'",
        "UPDATE quotes SET rule_hash = 'another'",
    ],
)
def test_what_has_moved_since_makes_a_quote_stale(shop: Shop, moved: str) -> None:
    quote = shop.quote(plain(2_000))
    with shop.world.database.separate() as tx:
        tx.execute(text(moved))
    answer = shop.settle(quote["quote_id"])
    if "enrolments" in moved:  # insured nowhere now: there is no fresh quote either
        assert refusal(answer) == (409, "NOT_INSURED", "CANCEL")
        return
    assert refusal(answer) == (409, "QUOTE_STALE", "RETRY")
    fresh = json_of(answer)
    assert fresh["quote_id"] != quote["quote_id"]
    read = json_of(shop.till.get(f"/v1/terminal/quotes/{fresh['quote_id']}"))
    assert read["split"] == fresh["split"]
    assert shop.settle(fresh["quote_id"]).status_code == 201


def test_midnight_in_china_makes_a_quote_stale(shop: Shop) -> None:
    with shop.world.database.separate() as tx:
        quote_id = shop.quote(plain(2_000))["quote_id"]
        times = "created_at = :at, expires_at = :at + interval '1 day'"
        at = shop.world.clock.now() - timedelta(hours=18)
        tx.execute(text(f"UPDATE quotes SET {times}"), {"at": at})  # noqa: S608
    assert refusal(shop.settle(quote_id))[1] == "QUOTE_STALE"


def test_items_are_found_by_barcode_too(shop: Shop) -> None:
    wanted = {"barcode": A.barcode, "quantity": 1, "unit_price_fen": 1_000}
    assert shop.quote(wanted)["lines"][0]["code"] == A.code


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"code": "NOSUCHITEM"}, "ITEM_UNKNOWN"),
    ({"quantity": 0}, "INVALID_FIELD"),
    ({"quantity": -1}, "INVALID_FIELD"),
    ({"quantity": 10_000}, "INVALID_FIELD"),
    ({"quantity": 1.5}, "INVALID_FIELD"),
    ({"unit_price_fen": 0}, "INVALID_FIELD"),
    ({"unit_price_fen": 100_000_001}, "INVALID_FIELD"),
    ({"quantity": 9_999, "unit_price_fen": 100_000_000}, "BASKET_REFUSED"),
    ({"barcode": "2600000000017"}, "INVALID_FIELD"),
    ({"price": 1}, "INVALID_FIELD"),
)


def test_a_wrong_line_is_refused_and_the_cashier_told(shop: Shop) -> None:
    token = shop.token()
    for change, code in WRONG:
        answer = shop.ask({**plain(1_000), **change}, token=token)
        assert refusal(answer)[:2] == (422, code), change
        assert json_of(answer)["action"] in {"CANCEL", "CONTACT"}
        assert json_of(answer)["pointer"].startswith("/lines")


def test_ten_thousand_lines_are_refused(shop: Shop) -> None:
    token = shop.token()
    answer = shop.ask(*[plain(1)] * 10_000, token=token)
    assert answer.status_code in {413, 422}
    assert shop.ask(*[plain(1)] * 101, token=token).status_code == 422
    assert shop.ask(*[plain(1)] * 100, token=token).status_code == 201


def test_a_presence_token_is_its_terminals_and_ends(shop: Shop) -> None:
    token = shop.token()
    other = shop.world.terminal(scopes=frozenset({"card.decode", "settlement"}))
    body = {"presence_token": token, "lines": [plain(1_000)]}
    answer = other.post("/v1/terminal/quotes", json=body)
    assert refusal(answer) == (422, "PRESENCE_INVALID", "RESCAN")
    assert refusal(shop.ask(plain(1), token=token[:-4] + "AAAA"))[1] == "PRESENCE_INVALID"
    shop.world.clock.advance(minutes=30)


def test_a_purpose_that_pays_for_nothing_is_refused(shop: Shop) -> None:
    answer = shop.ask(plain(1_000), token=shop.token("01302"))
    assert refusal(answer) == (409, "PRESENCE_PURPOSE", "RESCAN")


def test_somebody_who_is_not_insured_gets_no_quote(shop: Shop) -> None:
    with shop.world.database.separate() as tx:
        tx.execute(text("UPDATE enrolments SET until = '2026-01-01'"))
    assert refusal(shop.ask(plain(1_000))) == (409, "NOT_INSURED", "CANCEL")


def test_a_terminal_without_the_scope_is_shut_out(shop: Shop) -> None:
    other = shop.world.terminal()
    answer = other.post("/v1/terminal/quotes", json={"presence_token": "x", "lines": []})
    assert refusal(answer) == (403, "INSUFFICIENT_SCOPE", "CONTACT")


def test_what_if_has_no_effect_and_is_about_nobody(shop: Shop) -> None:
    body = {
        "region": "990100",
        "scheme": "employee",
        "standing": {"deductible_left": 1_000, "cap_left": 100_000, "account": 500},
        "lines": [plain(2_000)],
    }
    answer = shop.till.post("/v1/terminal/quotes/what-if", json=body)
    assert json_of(answer)["split"]["deductible"] == 1_000
    assert json_of(answer)["split"]["account"] == 500
    assert "quote_id" not in json_of(answer)
    assert accesses(shop.holder, "purchase.quoted") == []


def test_family_pays_after_the_own_account(shop: Shop, family: FakeFamily, tmp_path: Any) -> None:
    from tests.app.settlement.steps import insure, person_of  # noqa: PLC0415

    phone = shop.world.citizen(name="张伟")
    insure(shop.world, phone, tmp_path, opening=4_000)
    payer = person_of(shop.world, phone)
    family.payers = [(payer, 3_000)]
    done = shop.buy(line(C, 1, 20_000))
    assert (done["split"]["account"], done["split"]["mutual"]) == (18_000, 3_000)
    assert done["split"]["cash"] == 2_000
    assert shop.balance("own", payer) == 1_000
    assert shop.reverse(done["settlement_id"]).status_code == 201
    assert shop.balance("own", payer) == 4_000
    assert shop.balance() == 15_000
    assert family.uses == {"use_0": 0}
    sound(shop.world)


def test_a_mandate_that_was_not_shown_is_refused(shop: Shop) -> None:
    quote_id = shop.quote(plain(1_000))["quote_id"]
    answer = shop.settle(quote_id, mandate_id="man_" + "0" * 26)
    assert refusal(answer) == (409, "MANDATE_REFUSED", "CANCEL")
    assert shop.balance() == 15_000


def test_a_settlement_is_few_statements_whatever_the_basket(shop: Shop) -> None:
    quote_id = shop.quote(*[plain(10)] * 100)["quote_id"]
    seen: list[str] = []

    def note(*told: object) -> None:
        seen.append(str(told[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert shop.settle(quote_id).status_code == 201
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(seen) <= 12, seen


def limited(shop: Shop, **claims: Any) -> str:
    """A presence token with limits, as a decode of such a code makes it."""
    ring = shop.world.shared.keys.signing("presence")
    told = jwt.decode(shop.token(), options={"verify_signature": False})
    return sign_token({**told, **claims}, typ="presence+jwt", key=ring.active)


def test_a_capped_code_buys_no_more_than_its_cap(shop: Shop) -> None:
    token = limited(shop, amount_cap=1_000)
    assert refusal(shop.ask(plain(1_001), token=token)) == (409, "CODE_CAP_EXCEEDED", "CANCEL")
    assert shop.ask(plain(1_000), token=token).status_code == 201


def test_what_a_representative_buys_uses_the_mandate_up(shop: Shop, family: FakeFamily) -> None:
    family.mandate_left = 5_000
    mandate = "fam_" + "0" * 26
    quotes = [shop.quote(plain(1_500, 2), token=limited(shop, mandate_id=mandate)) for _ in "12"]
    done = json_of(shop.settle(quotes[0]["quote_id"], mandate_id=mandate))
    assert family.mandate_left == 2_000
    fresh = json_of(shop.settle(quotes[1]["quote_id"]))["quote_id"]
    assert refusal(shop.settle(fresh)) == (409, "MANDATE_REFUSED", "CANCEL")
    assert shop.refund(done["settlement_id"], (1, 1)).status_code == 201
    assert family.uses == {"use_0": 1_500}
    assert shop.balance() == 15_000 - 1_500
    sound(shop.world)
