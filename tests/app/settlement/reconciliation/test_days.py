"""A merchant's day is compared with ours, and what differs is named, kept and closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import text

from tests.app.card.steps import json_of
from tests.app.device import Device
from tests.app.settlement.reconciliation.steps import (
    PHANTOM,
    TODAY,
    URL,
    Books,
    listed,
    refunded,
    settled,
    tamper,
    totals,
)
from tests.app.settlement.steps import SCOPES, Shop, plain
from tests.app.world import World

YESTERDAY = "2026-11-22"


def kinds(report: Any) -> list[str]:
    return [one["kind"] for one in report["differences"]]


def test_a_day_without_purchases_is_equal(books: Books) -> None:
    report = books.told()
    assert (report["code"], report["lines"], report["found"], report["open"]) == ("000000", 0, 0, 0)
    assert all(one["equal"] for one in report["totals"])


def test_equal_books_are_equal_with_refunds_too(books: Books, shop: Shop) -> None:
    first, second = shop.buy(plain(1_000, 3)), shop.buy(plain(700))
    back = shop.refund(first["settlement_id"], (1, 1)).json
    report = books.told(settled(first), settled(second), refunded(back))
    assert (report["code"], report["found"]) == ("000000", 0)
    assert report["totals"][0]["ours"] == {
        "count": 2,
        "fund": 0,
        "account": 3_700,
        "cash": 0,
    }
    assert report["totals"][1]["theirs"]["count"] == 1
    assert books.read().json == report


def test_totals_alone_say_whether_a_day_differs(shop: Shop) -> None:
    bought = shop.buy(plain(1_000))
    right = totals([settled(bought)])
    body = {"date": TODAY, "totals": right}
    answer = shop.till.send("POST", URL, json=body)
    assert answer.json["code"] == "000000"
    assert "lines" not in json_of(answer)
    right["settlement"]["fund"] += 1
    answer = shop.till.send("POST", URL, json=body)
    assert answer.json["code"] == "000103"
    assert answer.json["differences"] == []


def test_each_difference_has_its_class(books: Books, shop: Shop, console: Device) -> None:
    first, second, third = (shop.buy(plain(price)) for price in (1_000, 700, 500))
    phantom = settled(first, msgid="never-seen-1", settlement_id=None)
    wrong = settled(second, account=600, cash=100)
    report = books.told(settled(first), settled(first), wrong, phantom)
    assert report["code"] == "000103"
    found = {one["kind"]: one for one in report["differences"]}
    assert sorted(found) == ["amount", "duplicate", "missing_here", "missing_there"]
    assert found["amount"]["about"] == second["settlement_id"]
    assert found["amount"]["amounts"] == {"account": -100, "cash": 100}
    assert found["duplicate"]["amounts"] == {"account": 1_000}
    assert found["missing_here"]["about"] == "never-seen-1"
    assert "ours" not in found["missing_here"]
    assert found["missing_there"]["about"] == third["settlement_id"]
    assert found["missing_there"]["amounts"] == {"account": -500}
    owners = {one["kind"]: one["owner"] for one in listed(console)}
    assert owners == {
        "amount": "city",
        "duplicate": "merchant",
        "missing_here": "merchant",
        "missing_there": "city",
    }


def test_the_same_day_against_the_same_books_is_the_same_run(books: Books, shop: Shop) -> None:
    bought = shop.buy(plain(1_000))
    first = books.send()
    again = books.send()
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    shop.buy(plain(100))
    later = books.send()
    assert later.json["id"] != first.json["id"]
    assert later.json["found"] == 2
    assert bought["settlement_id"] in {one["about"] for one in later.json["differences"]}


def test_a_later_run_that_finds_it_equal_closes_it(
    books: Books, shop: Shop, console: Device
) -> None:
    bought = shop.buy(plain(1_000))
    phantom = settled(bought, msgid="never-seen-1", settlement_id=None)
    assert books.told(settled(bought, account=999, cash=1), phantom)["open"] == 2
    report = books.told(settled(bought))
    assert (report["code"], report["open"], report["differences"]) == ("000000", 0, [])
    closed = listed(console, status="closed")
    assert [one["status"] for one in closed] == ["EQUAL", "EQUAL"]
    assert listed(console) == []


def test_what_is_found_again_is_the_same_difference(
    books: Books, shop: Shop, console: Device, world: World
) -> None:
    shop.buy(plain(1_000))
    books.told()
    (before,) = listed(console)
    world.clock.advance(minutes=5)
    shop.buy(plain(100))
    books.told()
    after = {one["id"]: one for one in listed(console)}
    assert after[before["id"]]["seen"] == 2
    assert after[before["id"]]["age_seconds"] == 300
    assert len(after) == 2


def test_what_names_another_settlement_is_not_ours(books: Books, shop: Shop) -> None:
    first, second = shop.buy(plain(1_000)), shop.buy(plain(700))
    crossed = settled(first, settlement_id=second["settlement_id"])
    report = books.told(crossed, settled(second))
    assert sorted(kinds(report)) == ["missing_here", "missing_there"]


def test_what_another_merchant_bought_is_not_ours(books: Books, shop: Shop, world: World) -> None:
    bought = shop.buy(plain(1_000))
    other = Books(
        shop=Shop(
            world=world,
            holder=shop.holder,
            till=world.terminal(merchant="另一家药房", scopes=SCOPES),
        )
    )
    assert kinds(other.told(settled(bought))) == ["missing_here"]
    assert kinds(books.told(settled(bought))) == []
    assert other.read().json["differences"][0]["about"] == bought["settlement_id"]


def near_midnight(shop: Shop, settlement_id: str, at: str) -> None:
    tamper(
        shop.world.database,
        "UPDATE settlements SET settled_at = CAST(:at AS timestamptz) WHERE id = :id",
        at=at,
        id=settlement_id,
    )


@pytest.mark.parametrize("order", [(YESTERDAY, TODAY), (TODAY, YESTERDAY)])
def test_around_midnight_both_days_together_are_equal(
    books: Books, shop: Shop, order: tuple[str, str]
) -> None:
    bought = shop.buy(plain(1_000))
    near_midnight(shop, bought["settlement_id"], "2026-11-22 23:58:00+08")
    sent = {YESTERDAY: [], TODAY: [settled(bought)]}
    first, second = order
    assert kinds(books.told(*sent[first], date=first)) == ["late"]
    report = books.told(*sent[second], date=second)
    assert (report["found"], report["open"]) == (1, 0)
    assert books.read(first).json["open"] == 0
    # A purchase more on either day brings a new run; what was explained stays explained.
    for day in (YESTERDAY, TODAY):
        one = shop.buy(plain(100))
        near_midnight(shop, one["settlement_id"], f"{day} 12:00:00+08")
        assert kinds(books.told(*sent[day], date=day)) == ["missing_there"]


def test_what_waits_for_its_cash_is_late(books: Books, shop: Shop) -> None:
    held = shop.buy(plain(2_000, 10), cash="provider")
    assert held["status"] in {"HOLDING", "CASH_PENDING"}
    report = books.told(settled(held))
    assert kinds(report) == ["late"]
    assert report["totals"][0]["ours"]["count"] == 0


REFUSED: Final[list[tuple[dict[str, Any], str]]] = [
    ({"date": "2026-11-24"}, "RECONCILIATION_DAY"),
    ({"date": "2025-10-01"}, "RECONCILIATION_DAY"),
    ({"totals": totals([])}, "RECONCILIATION_SUMS"),
    ({"date": "2026-02-30"}, "INVALID_FIELD"),
    ({"date": None}, "INVALID_FIELD"),
    ({"lines": [{"kind": "settlement"}]}, "INVALID_FIELD"),
    ({"more": 1}, "INVALID_FIELD"),
]


def test_what_cannot_be_compared_is_refused(books: Books, world: World) -> None:
    for changes, code in REFUSED:
        answer = books.send(PHANTOM, **changes)
        assert (answer.status_code, answer.json["code"]) == (422, code), changes
    assert books.send(PHANTOM, date="2026-11-24").json["action"] == "CONTACT"
    with world.database.separate() as tx:
        assert tx.scalar(text("SELECT count(*) FROM reconciliation_runs")) == 0


def test_a_day_nobody_sent_is_unknown(books: Books) -> None:
    answer = books.read()
    assert (answer.status_code, answer.json["code"]) == (404, "RECONCILIATION_UNKNOWN")


def test_a_day_is_china_s(books: Books, shop: Shop, world: World) -> None:
    assert world.clock.now().utcoffset() == timedelta(0)
    bought = shop.buy(plain(1_000))
    near_midnight(shop, bought["settlement_id"], "2026-11-22 16:30:00+00")
    assert books.told(settled(bought))["code"] == "000000"


def test_runs_only_grow(books: Books, shop: Shop) -> None:
    books.told()
    with pytest.raises(Exception, match="only grows"), shop.world.database.separate() as tx:
        tx.execute(text("UPDATE reconciliation_runs SET code = '000103'"))
