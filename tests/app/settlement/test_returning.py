"""What goes back: never more than was paid, to each who paid, and the year as if it never was."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.wiring.settlement import build_crediting
from tests.app.card.steps import accesses, json_of, refusal
from tests.app.settlement.steps import B, C, Shop, line, new_msgid, plain, sound

PARTS = ("total", "own", "over", "self_first", "in_scope", "deductible", "fund", "account", "cash")


def test_units_go_back_line_by_line_to_the_fen(shop: Shop) -> None:
    done = shop.buy(plain(1_001, 3), line(B, 3, 3_333), line(C, 7, 999))
    settlement_id, split = done["settlement_id"], done["split"]
    back = dict.fromkeys(("total", "fund", "account", "cash"), 0)
    for units in ([(1, 1)], [(2, 2), (3, 3)], [(1, 2), (3, 1)], [(2, 1)], [(3, 3)]):
        answer = shop.refund(settlement_id, *units)
        assert answer.status_code == 201, answer.text
        for name in back:
            back[name] += json_of(answer)[name]
    assert back == {name: split[name] for name in back}
    now = shop.read(settlement_id)
    assert now["status"] == "REVERSED"
    assert len(now["refunds"]) == 5
    assert shop.balance() == 15_000
    assert shop.year() == (0, 0, 0)
    sound(shop.world)


def test_no_more_goes_back_than_was_bought(shop: Shop) -> None:
    settlement_id = shop.buy(plain(1_000, 3))["settlement_id"]
    assert shop.refund(settlement_id, (1, 2)).status_code == 201
    for units in ([(1, 2)], [(1, 1), (1, 1)], [(2, 1)]):
        refused = refusal(shop.refund(settlement_id, *units))
        assert refused == (422, "REFUND_TOO_LARGE", "CANCEL")
    assert shop.read(settlement_id)["status"] == "PARTIALLY_REFUNDED"
    assert shop.reverse(settlement_id).status_code == 201
    assert refusal(shop.refund(settlement_id, (1, 1)))[1] == "SETTLEMENT_REVERSED"
    assert refusal(shop.reverse(settlement_id)) == (409, "SETTLEMENT_REVERSED", "QUERY")
    assert shop.balance() == 15_000
    sound(shop.world)


def test_a_refund_is_made_once_a_message(shop: Shop) -> None:
    settlement_id, msgid = shop.buy(plain(1_000, 3))["settlement_id"], new_msgid()
    first = shop.refund(settlement_id, (1, 1), msgid=msgid)
    again = shop.refund(settlement_id, (1, 1), msgid=msgid)
    assert (again.status_code, again.data) == (201, first.data)
    assert refusal(shop.refund(settlement_id, (1, 2), msgid=msgid))[1] == "MSGID_REUSED"
    assert refusal(shop.reverse(settlement_id, msgid))[1] == "MSGID_REUSED"
    assert shop.message(msgid)["refund_id"] == json_of(first)["id"]
    assert len(shop.read(settlement_id)["refunds"]) == 1


def test_another_merchant_gives_nothing_back(shop: Shop) -> None:
    settlement_id = shop.buy(plain(1_000))["settlement_id"]
    other = shop.world.terminal(
        merchant="康民大药房", scopes=frozenset({"card.decode", "settlement"})
    )
    path = f"/v1/terminal/settlements/{settlement_id}"
    answer = other.post(f"{path}/reversal", json={"msgid": new_msgid()})
    assert refusal(answer) == (404, "SETTLEMENT_UNKNOWN", "CONTACT")
    assert refusal(other.get(path))[1] == "SETTLEMENT_UNKNOWN"
    stranger = shop.world.citizen(name="王芳")
    answer = stranger.get(f"/v1/card/purchases/{settlement_id}")
    assert refusal(answer)[:2] == (404, "PURCHASE_UNKNOWN")


def test_reversing_the_first_of_three_computes_the_year_anew(shop: Shop) -> None:
    first, second, third = (shop.buy(plain(2_700, 5)) for _ in range(3))
    assert [one["split"]["deductible"] for one in (first, second, third)] == [13_500, 13_500, 3_000]
    assert third["split"]["fund"] == 6_300
    assert shop.reverse(first["settlement_id"]).status_code == 201
    # The third now falls below the deductible, wholly: the fund takes its share back.
    assert shop.year() == (27_000, 0, 27_000)
    path = f"/v1/card/purchases/{third['settlement_id']}"
    purchase = json_of(shop.holder.get(path))
    (change,) = purchase["adjustments"]
    assert (change["fund"], change["deductible"]) == (-6_300, 10_500)
    assert change["account"] + change["due"] == 6_300
    assert len(accesses(shop.holder, "purchase.adjusted")) == 1
    assert shop.balance("fund", "990100:employee") == 0
    sound(shop.world)


def test_who_cannot_pay_a_difference_owes_it_and_gets_it_back_first(shop: Shop) -> None:
    first = shop.buy(plain(2_700, 5))
    second = shop.buy(plain(2_700, 5))
    third = shop.buy(plain(2_700, 5))
    spent = shop.buy(line(C, 1, 15_000))
    assert shop.balance() == 0
    before = shop.balance("due")
    assert before == 0
    # Nothing comes back to the account from the second: it was paid in cash.
    assert second["split"]["account"] == 1_500
    assert shop.reverse(second["settlement_id"]).status_code == 201
    assert (shop.balance(), shop.balance("due")) == (0, 6_300 - 1_500)
    with shop.world.database.separate() as tx:
        tx.execute(text("UPDATE enrolments SET monthly_fen = 4000"))
    build_crediting(shop.world.shared).credit_month(date(2026, 11, 1))
    assert (shop.balance(), shop.balance("due")) == (0, 800)
    assert shop.reverse(third["settlement_id"]).status_code == 201
    assert shop.reverse(first["settlement_id"]).status_code == 201
    assert shop.reverse(spent["settlement_id"]).status_code == 201
    assert (shop.balance(), shop.balance("due")) == (19_000, 0)
    assert shop.year() == (0, 0, 0)
    sound(shop.world)


def test_a_partial_refund_leaves_the_year_as_if_the_rest_had_been_bought(shop: Shop) -> None:
    done = shop.buy(plain(2_700, 15))
    assert (done["split"]["deductible"], done["split"]["fund"]) == (30_000, 6_300)
    assert shop.refund(done["settlement_id"], (1, 5)).status_code == 201
    assert shop.year() == (27_000, 0, 27_000)
    assert shop.balance("fund", "990100:employee") == 0
    sound(shop.world)


def test_a_reversal_next_year_hits_the_old_year(shop: Shop) -> None:
    done = shop.buy(plain(2_700, 15))
    with shop.world.database.separate() as tx:
        tx.execute(text("SET LOCAL session_replication_role = replica"))
        for table in ("settlements", "accumulators"):
            tx.execute(text(f"UPDATE {table} SET year = 2025"))  # noqa: S608
    shop.buy(plain(2_700))
    assert shop.reverse(done["settlement_id"]).status_code == 201
    assert shop.year(2025) == (0, 0, 0)
    assert shop.year(2026) == (2_700, 0, 2_700)
    sound(shop.world)


BOUNDS = (
    ("settlements SET returned_total = total + 1", "returned"),
    ("settlements SET returned_fund = 1", "returned"),
    ("settlements SET total = total + 1", "what settlements says stays"),
    ("settlements SET fund_now = in_scope + 1", "now"),
    ("settlements SET state = 'HOLDING'", "move of settlements refused"),
    ("settlements SET state = 'REVERSED'", r"reversed|partially_refunded"),
    ("settlement_lines SET returned_quantity = quantity + 1", "units"),
    ("settlement_lines SET returned_quantity = 2", "returned_units"),
    ("settlement_lines SET unit_price = 1", "what settlement_lines says stays"),
    ("refunds SET total = 1", "only grows"),
    ("settlement_messages SET outcome = 'FENCED'", "only grows"),
    ("accumulators SET deductible_paid = deductible_limit + 1", "deductible"),
    ("accumulators SET fund_paid = fund_limit + 1", "cap"),
    ("ledger_accounts SET posted = -1 WHERE kind = 'own'", "covered"),
)


def test_the_database_itself_keeps_money_in_bounds(shop: Shop) -> None:
    done = shop.buy(plain(1_000, 2))
    shop.refund(done["settlement_id"], (1, 1))
    for change, constraint in BOUNDS:
        with (
            pytest.raises(IntegrityError, match=constraint),
            shop.world.database.separate() as tx,
        ):
            tx.execute(text(f"UPDATE {change}"))
