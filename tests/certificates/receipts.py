"""Receipts as the tests of their page begin with them."""

from __future__ import annotations

from typing import Any

from certificates.receipt import Receipt
from tests.certificates.builders import NOON

SETTLEMENT = "stl_06aqkq9f1g0000000000000000"
AT = int(NOON.timestamp())


def line(n: int, **changes: Any) -> dict[str, Any]:
    """One unit of class 甲 for 10.00, paid by the own account."""
    plain = {
        "n": n,
        "code": f"XA{n:08}",
        "category": "A",
        "quantity": 1,
        "unit_price": 1_000,
        "total": 1_000,
        "account": 1_000,
    }
    return plain | changes


MIXED = (
    line(1, total=12_000, quantity=3, unit_price=4_000, fund=7_200, account=4_800),
    line(
        2,
        category="B",
        quantity=2,
        unit_price=10_000,
        total=20_000,
        over=2_000,
        self_first=1_800,
        fund=9_720,
        account=10_280,
        mutual=3_080,
        returned_quantity=1,
    ),
    line(3, category="C", unit_price=3_000, total=3_000, own=3_000, account=0, cash=3_000),
)


def split_of(lines: tuple[dict[str, Any], ...]) -> dict[str, int]:
    """What lines add up to."""
    names = ("total", "own", "over", "self_first", "fund", "account", "mutual", "cash")
    sums = {name: sum(one.get(name, 0) for one in lines) for name in names}
    scope = sums["total"] - sums["own"] - sums["over"] - sums["self_first"]
    person = sums["account"] + sums["cash"]
    return sums | {"in_scope": scope, "deductible": 0, "person": person}


def refund(n: int, **changes: int) -> dict[str, Any]:
    """10.00 to the own account, an hour later."""
    plain = {"total": 1_000, "fund": 0, "account": 1_000, "mutual": 0, "cash": 0}
    return {"id": f"rfd_06aqkq9f1g00000000000000{n:02}", "at": AT + 3_600, **plain, **changes}


def claims(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Of a receipt."""
    lines = lines or MIXED
    plain = {
        "iat": AT + 7_200,
        "exp": AT + 3 * 365 * 86_400,
        "settlement": SETTLEMENT,
        "msgid": "P00000000001202611230800000001",
        "status": "SETTLED",
        "merchant": {"id": "mer_1", "name": "平安大药房（和平路店）"},
        "terminal": "trm_06aqkq9f1g0000000000000000",
        "holder": "k3J8vWq0Zb1sT5xY7aBc9d",
        "bought_at": AT,
        "region": "990100",
        "scheme": "employee",
        "year": 2026,
        "cash_by": "till",
        "rule": {"id": "qingchuan-employee-pharmacy", "version": "2026.1", "sha256": "ab" * 32},
        "split": split_of(lines),
        "lines": list(lines),
        "trace": [],
        "refunds": [],
        "returned": 0,
        "adjustments": [],
    }
    return plain | changes


def receipt(*lines: dict[str, Any], **changes: Any) -> Receipt:
    """Ready to be made."""
    told = claims(*lines, **changes)
    names = [(f"阿莫西林胶囊 {one['n']} 号", f"Amoxicillin {one['n']}") for one in told["lines"]]
    return Receipt(
        claims=told,
        names=names,
        signed="eyJhbGciOiJFUzI1NiJ9.e30.c2ln",
        check_url=f"https://check.example/receipt-check?id={SETTLEMENT}&s=1.0.0&c={'x' * 22}",
        check_page="https://check.example/receipt-check",
    )
