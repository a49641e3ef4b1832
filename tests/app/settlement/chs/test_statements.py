"""A pharmacy's system reconciles in the national format: totals of a period, a day's details."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

import pytest
from sqlalchemy import text

from tests.app.card.steps import json_of
from tests.app.settlement.chs.messages import National, detail, settling
from tests.app.settlement.reconciliation.steps import (
    TODAY,
    URL,
    Books,
    refunded,
    settled,
    tamper,
    zipped,
)
from tests.app.settlement.reconciliation.steps import national as line_of
from tests.app.settlement.steps import SCOPES, C, Shop, line, plain

YESTERDAY = "2026-11-22"
FEN: Final = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "cash_payamt")


@pytest.fixture
def national(shop: Shop) -> National:
    return National(shop=shop, code=json_of(shop.till.get("/chs"))["fixmedins_code"])


@pytest.fixture
def books(shop: Shop) -> Books:
    return Books(shop=shop)


def totals(**changes: str) -> dict[str, Any]:
    """3201 of today; nothing was sold."""
    data = {
        "insutype": "310",
        "clr_type": "41",
        "setl_optins": "990100",
        "stmt_begndate": TODAY,
        "stmt_enddate": TODAY,
        "medfee_sumamt": "0.00",
        "fund_pay_sumamt": "0.00",
        "acct_pay": "0.00",
        "fixmedins_setl_cnt": "0",
    }
    return {"data": data | changes}


def details(number: str, **changes: str) -> dict[str, Any]:
    """3202 of today's file; nothing was in it."""
    data = {
        "setl_optins": "990100",
        "file_qury_no": number,
        "stmt_begndate": TODAY,
        "stmt_enddate": TODAY,
        "medfee_sumamt": "0.00",
        "fund_pay_sumamt": "0.00",
        "cash_payamt": "0.00",
        "fixmedins_setl_cnt": "0",
    }
    return {"data": data | changes}


def compared(national: National, **changes: str) -> Any:
    return national.done("3201", totals(**changes))["stmtinfo"]


def upload(books: Books, *lines: tuple[dict[str, Any], str], date: str = TODAY) -> Any:
    """The file's answer."""
    answer = books.send_file(zipped(*(line_of(one, number) for one, number in lines)), date)
    assert answer.status_code == 200, answer.text
    return answer.json


def rows(books: Books, number: str) -> list[list[str]]:
    """The lines of an outcome's file."""
    answer = books.shop.till.get(f"{URL}/files/{number}")
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        (member,) = archive.namelist()
        written = archive.read(member).decode()
    return [one.split("\t") for one in written.splitlines()]


def moved(shop: Shop, settlement_id: str, at: str) -> None:
    """As if a purchase had been made at another time."""
    sql = "UPDATE settlements SET settled_at = CAST(:at AS timestamptz) WHERE id = :id"
    tamper(shop.world.database, sql, at=at, id=settlement_id)


def test_totals_that_are_ours_are_equal(national: National) -> None:
    national.done("2102", national.drug_purchase(detail(2_000, 2)))
    quoted = national.done("2206", national.pre_settlement(detail(500)))["setlinfo"]
    national.done("2207", settling(quoted))
    told = compared(national, medfee_sumamt="45.00", acct_pay="45.000000", fixmedins_setl_cnt="2")
    assert told == {
        "setl_optins": "990100",
        "stmt_rslt": "0",
        "stmt_rslt_dscr": "一致",
        "differences": [],
    }


def test_one_fen_is_told_with_our_figure(national: National) -> None:
    national.shop.buy(plain(1_000))
    told = compared(national, medfee_sumamt="10.00", acct_pay="9.99", fixmedins_setl_cnt="1")
    assert told["stmt_rslt"] == "1"
    assert told["stmt_rslt_dscr"] == "不一致:acct_pay中心10.00机构9.99"
    assert told["differences"] == [{"name": "acct_pay", "theirs": "9.99", "ours": "10.00"}]


def test_a_settlement_more_or_less_is_told(national: National) -> None:
    national.shop.buy(plain(1_000))
    for count, sum_ in (("0", "0.00"), ("2", "20.00")):
        told = compared(national, medfee_sumamt=sum_, acct_pay=sum_, fixmedins_setl_cnt=count)
        names = [one["name"] for one in told["differences"]]
        assert names == ["medfee_sumamt", "acct_pay", "fixmedins_setl_cnt"]
        assert told["differences"][2] == {
            "name": "fixmedins_setl_cnt",
            "theirs": count,
            "ours": "1",
        }


def test_what_comes_back_the_day_after_counts_on_that_day(national: National) -> None:
    bought = national.shop.buy(plain(1_000, 3))
    moved(national.shop, bought["settlement_id"], f"{YESTERDAY} 12:00:00+08")
    national.shop.refund(bought["settlement_id"], (1, 1))
    of_both = {"stmt_begndate": YESTERDAY, "fixmedins_setl_cnt": "2"}
    for figures in (
        {"stmt_begndate": YESTERDAY, "stmt_enddate": YESTERDAY, **_sums("30.00", "1")},
        _sums("-10.00", "1"),
        {**of_both, **_sums("20.00", "2")},
        {**of_both, **_sums("30.00", "1"), "refd_setl_flag": "0"},
        {**_sums("0.00", "0"), "refd_setl_flag": "0"},
        {**of_both, **_sums("20.00", "2"), "refd_setl_flag": ""},
    ):
        assert compared(national, **figures)["stmt_rslt"] == "0", figures


def _sums(amount: str, count: str) -> dict[str, str]:
    return {"medfee_sumamt": amount, "acct_pay": amount, "fixmedins_setl_cnt": count}


def test_only_what_is_asked_for_counts(national: National) -> None:
    shop = national.shop
    shop.buy(plain(1_000))
    quote = shop.quote(plain(300), token=shop.token("01301"))
    assert shop.settle(quote["quote_id"]).status_code == 201
    assert compared(national, **_sums("10.00", "1"))["stmt_rslt"] == "0"
    assert compared(national, **_sums("3.00", "1"), clr_type="11")["stmt_rslt"] == "0"
    assert compared(national, insutype="390")["stmt_rslt"] == "0"
    assert compared(national, setl_optins="990200")["stmt_rslt"] == "0"


def test_another_merchants_sales_do_not_count(national: National) -> None:
    national.shop.buy(plain(1_000))
    world = national.shop.world
    till = world.terminal(merchant="康民大药房", scopes=SCOPES)
    elsewhere = National(
        shop=Shop(world=world, holder=national.shop.holder, till=till),
        code=json_of(till.get("/chs"))["fixmedins_code"],
    )
    assert compared(elsewhere)["stmt_rslt"] == "0"


def test_both_doors_compare_the_same(national: National) -> None:
    shop = national.shop
    shop.buy(line(C, 1, 3_000))
    shop.refund(shop.buy(plain(1_000, 2))["settlement_id"], (1, 1))
    body: dict[str, Any] = {
        "begin": TODAY,
        "end": TODAY,
        "purpose": "02121",
        "region": "990100",
        "scheme": "employee",
        "totals": {"count": 3, "total": 4_000, "fund": 0, "account": 4_000, "cash": 1},
    }
    told = shop.till.post(f"{URL}/periods", json=body).json
    assert (told["code"], told["differing"]) == ("000103", ["cash"])
    assert told["ours"] == body["totals"] | {"cash": 0}
    assert compared(national, **_sums("40.00", "3"))["stmt_rslt"] == "0"
    body["totals"]["cash"] = 0
    assert shop.till.post(f"{URL}/periods", json=body).json["code"] == "000000"


PERIODS: Final[tuple[tuple[dict[str, str], str], ...]] = (
    ({"stmt_begndate": "2026-10-23"}, "RECONCILIATION_PERIOD"),
    ({"stmt_enddate": YESTERDAY}, "RECONCILIATION_PERIOD"),
    ({"stmt_enddate": "2026-11-24"}, "RECONCILIATION_DAY"),
    ({"stmt_begndate": "2025-10-01", "stmt_enddate": "2025-10-02"}, "RECONCILIATION_DAY"),
    ({"stmt_begndate": "2026-02-30"}, "INVALID_FIELD"),
    ({"stmt_begndate": "2026-11-23 00:00:00"}, "INVALID_FIELD"),
    ({"stmt_enddate": ""}, "INVALID_FIELD"),
    ({"stmt_enddate": "２０２６-11-23"}, "INVALID_FIELD"),
)


def test_a_period_that_cannot_be_compared_is_refused(national: National, books: Books) -> None:
    number = upload(books)["id"]
    for changes, code in PERIODS:
        assert national.refused("3201", totals(**changes)) == (code, "CONTACT"), changes
        assert national.refused("3202", details(number, **changes)) == (code, "CONTACT"), changes


def test_a_month_of_31_days_is_compared(national: National) -> None:
    assert compared(national, stmt_begndate="2026-10-24")["stmt_rslt"] == "0"


WRONG: Final[tuple[dict[str, Any], ...]] = (
    {"medfee_sumamt": 0},
    {"medfee_sumamt": "0.001"},
    {"medfee_sumamt": "--1.00"},
    {"fixmedins_setl_cnt": "-1"},
    {"fixmedins_setl_cnt": "1.0"},
    {"setl_optins": "99"},
    {"refd_setl_flag": "2"},
    {"surprise": "x"},
)


def test_what_is_inside_is_read_strictly(national: National, books: Books) -> None:
    number = upload(books)["id"]
    for changes in (*WRONG, {"clr_type": "21"}, {"insutype": "999"}):
        refused = national.refused("3201", totals(**changes))
        assert refused == ("INVALID_FIELD", "CONTACT"), changes
    for changes in (*WRONG, {"file_qury_no": "1"}):
        refused = national.refused("3202", details(number, **changes))
        assert refused == ("INVALID_FIELD", "CONTACT"), changes


def test_a_file_that_is_our_day_is_equal(national: National, books: Books) -> None:
    shop = national.shop
    bought = shop.buy(plain(1_000, 3))
    back = shop.refund(bought["settlement_id"], (1, 1)).json
    number = upload(
        books, (settled(bought), bought["settlement_id"]), (refunded(back), back["id"])
    )["id"]
    figures = {"medfee_sumamt": "20.00", "fixmedins_setl_cnt": "2"}
    output = national.done("3202", details(number, **figures))
    assert output["fileinfo"] == {
        "file_qury_no": number,
        "filename": f"20261123-{number}.txt",
        "dld_endtime": "2027-02-21 16:00:00",
    }
    assert output["stmtinfo"]["stmt_rslt"] == "0"
    assert (output["stmtinfo"]["differences"], output["difflist"]) == ({}, [])
    assert rows(books, number) == []
    without = {"medfee_sumamt": "30.00", "fixmedins_setl_cnt": "1", "refd_setl_flag": "0"}
    assert national.done("3202", details(number, **without))["stmtinfo"]["stmt_rslt"] == "0"


def test_differences_come_in_short_and_as_a_file(national: National, books: Books) -> None:
    first, second = national.shop.buy(plain(1_000)), national.shop.buy(plain(700))
    phantom = "stl_06aqkq9f1g0000000000000000"
    report = upload(
        books,
        (settled(first, account=999), first["settlement_id"]),
        (settled(first, account=500, cash=2), phantom),
    )
    figures = {"medfee_sumamt": "15.01", "cash_payamt": "0.02", "fixmedins_setl_cnt": "2"}
    output = national.done("3202", details(report["id"], **figures))
    assert output["stmtinfo"] == {
        "setl_optins": "990100",
        "stmt_rslt": "1",
        "stmt_rslt_dscr": "共3条不一致:amount 1;missing_here 1;missing_there 1",
        "differences": {"amount": 1, "missing_here": 1, "missing_there": 1},
    }
    short = {one["memo"]: one for one in output["difflist"]}
    assert short["amount"]["setl_id"] == first["settlement_id"]
    assert (short["amount"]["theirs"]["acct_pay"], short["amount"]["ours"]["acct_pay"]) == (
        "9.99",
        "10.00",
    )
    assert "ours" not in short["missing_here"]
    assert "theirs" not in short["missing_there"]
    found = {row[4]: row for row in rows(books, report["id"])}
    assert found["000103"] == [
        "null",
        "null",
        first["settlement_id"],
        first["msgid"],
        "000103",
        "0",
        "amount 9.99 0.00 9.99",
        "10.00",
        "0.00",
        "10.00",
    ]
    theirs = ["missing_here 5.02 0.00 5.00", "null", "null", "null"]
    assert found["000102"][2:4] == [phantom, "null"]
    assert found["000102"][6:] == theirs
    assert found["000101"][2:4] == [second["settlement_id"], second["msgid"]]
    assert found["000101"][6:] == ["missing_there null null null", "7.00", "0.00", "7.00"]
    assert len(books.read().json["differences"]) == 3


def test_a_file_answers_for_its_own_day_however_the_books_go_on(
    national: National, books: Books
) -> None:
    bought = national.shop.buy(plain(1_000))
    wrong = upload(books, (settled(bought, account=999), bought["settlement_id"]))["id"]
    right = upload(books, (settled(bought), bought["settlement_id"]))["id"]
    figures = {"fixmedins_setl_cnt": "1"}
    before = national.done("3202", details(wrong, medfee_sumamt="9.99", **figures))
    after = national.done("3202", details(right, medfee_sumamt="10.00", **figures))
    assert [one["stmtinfo"]["stmt_rslt"] for one in (before, after)] == ["1", "0"]
    first, second = (books.shop.till.get(f"{URL}/files/{wrong}").data for _ in range(2))
    assert first == second


def test_a_message_that_belies_its_file_is_refused(national: National, books: Books) -> None:
    bought = national.shop.buy(plain(1_000))
    number = upload(books, (settled(bought), bought["settlement_id"]))["id"]
    right = {"medfee_sumamt": "10.00", "fixmedins_setl_cnt": "1"}
    for changes in (
        {"medfee_sumamt": "10.01"},
        {"fund_pay_sumamt": "0.01"},
        {"cash_payamt": "0.01"},
        {"fixmedins_setl_cnt": "2"},
    ):
        answer = national.call("3202", details(number, **(right | changes)))
        (name,) = changes
        pointed = f"CHS_TOTAL_DIFFERS CONTACT /input/data/{name}: "
        assert answer["err_msg"].startswith(pointed), answer


def test_a_file_is_of_one_day(national: National, books: Books) -> None:
    number = upload(books, date=YESTERDAY)["id"]
    wrong = ("CHS_PERIOD_WRONG", "CONTACT")
    assert national.refused("3202", details(number)) == wrong
    assert national.refused("3202", details(number, stmt_begndate=YESTERDAY)) == wrong
    longer = {"stmt_begndate": "2026-11-21", "stmt_enddate": YESTERDAY}
    assert national.refused("3202", details(number, **longer)) == wrong
    own = {"stmt_begndate": YESTERDAY, "stmt_enddate": YESTERDAY}
    assert national.done("3202", details(number, **own))["stmtinfo"]["stmt_rslt"] == "0"


def test_a_file_that_is_not_the_callers_is_as_unknown_as_none(
    national: National, books: Books
) -> None:
    number = upload(books)["id"]
    unknown = ("RECONCILIATION_FILE_UNKNOWN", "CONTACT")
    no_such = "rcn_06aqkq9f1g0000000000000000"
    assert national.refused("3202", details(no_such)) == unknown
    no_file = books.told(date=YESTERDAY)["id"]  # details, but as JSON
    assert national.refused("3202", details(no_file)) == unknown
    stranger = national.shop.world.terminal(merchant="康民大药房", scopes=SCOPES)
    answer = stranger.get(f"{URL}/files/{number}")
    assert (answer.status_code, answer.json["code"]) == (404, "RECONCILIATION_FILE_UNKNOWN")
    national.shop.till = stranger
    elsewhere = National(shop=national.shop, code=json_of(stranger.get("/chs"))["fixmedins_code"])
    assert elsewhere.refused("3202", details(number)) == unknown


def test_a_file_is_kept_for_ninety_days(national: National, books: Books) -> None:
    number = upload(books)["id"]
    sql = "UPDATE reconciliation_outcomes SET at = at - :n, until = CAST(:until AS timestamptz)"
    database = national.shop.world.database
    _run(database, sql.replace(":n", "interval '90 days'"), until="2026-11-23 16:00:00+08")
    answer = books.shop.till.get(f"{URL}/files/{number}")
    assert (answer.status_code, answer.json["action"]) == (404, "CONTACT")
    upload(books, date=YESTERDAY)
    with database.separate() as tx:
        kept = tx.scalars(text("SELECT run_id FROM reconciliation_outcomes")).all()
    assert number not in kept
    assert len(kept) == 1


def _run(database: Any, sql: str, **values: str) -> None:
    with database.separate() as tx:
        tx.execute(text(sql), values)


def test_a_repeated_message_is_answered_anew_and_writes_nothing(
    national: National, books: Books
) -> None:
    bought = national.shop.buy(plain(1_000))
    number = upload(books, (settled(bought), bought["settlement_id"]))["id"]
    figures = {"medfee_sumamt": "10.00", "fixmedins_setl_cnt": "1"}
    for infno, message in (
        ("3201", totals(**figures, acct_pay="10.00")),
        ("3202", details(number, **figures)),
    ):
        envelope = national.envelope(infno, message)
        first, again = (json_of(national.send(envelope))["output"] for _ in range(2))
        assert first == again
        assert national.shop.message(envelope["msgid"])["status"] == "NEVER_SEEN"
        assert _counted(national) == {"settlement_messages": 1, "reconciliation_runs": 1}
    envelope = national.envelope("3201", totals(**figures, acct_pay="10.00"))
    national.send(envelope)
    national.shop.buy(plain(100))
    assert json_of(national.send(envelope))["output"]["stmtinfo"]["stmt_rslt"] == "1"


def _counted(national: National) -> Mapping[str, int]:
    tables = ("settlement_messages", "reconciliation_runs")
    with national.shop.world.database.separate() as tx:
        return {one: int(tx.scalar(text(f"SELECT count(*) FROM {one}"))) for one in tables}  # noqa: S608


def test_the_same_checks_stand_before_them(national: National) -> None:
    other = "P00000000000"
    changes = {"fixmedins_code": other, "msgid": f"{other}202611230800000001"}
    for infno, message in (
        ("3201", totals()),
        ("3202", details("rcn_06aqkq9f1g0000000000000000")),
    ):
        assert national.refused(infno, message, **changes) == ("CHS_MERCHANT_WRONG", "CONTACT")
        wrong = national.refused(infno, message, msgid="x" * 30)
        assert wrong == ("CHS_MSGID_WRONG", "CONTACT")
