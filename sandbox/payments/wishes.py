"""What a merchant may send, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.departments.office.body import expect_members, read_object, text, whole
from sandbox.departments.office.refusals import invalid

MOST_FEN = 1_000_000_000
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWish:
    """An order to be made, or to be closed before it is paid."""

    order_id: str
    """The merchant's own."""
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundWish:
    """Money to be given back."""

    refund_id: str
    """The merchant's own."""
    order_id: str
    amount_fen: int


def parse_order(body: bytes) -> OrderWish:
    """Read one.

    Raises:
        Refused: MALFORMED_JSON (400) or INVALID_FIELD (422) with a pointer.
    """
    sent = read_object(body)
    expect_members(sent, frozenset({"order_id", "amount_fen"}))
    return OrderWish(order_id=_id(sent, "order_id"), amount_fen=_amount(sent))


def parse_refund(body: bytes) -> RefundWish:
    """Read one.

    Raises:
        Refused: MALFORMED_JSON (400) or INVALID_FIELD (422) with a pointer.
    """
    sent = read_object(body)
    expect_members(sent, frozenset({"refund_id", "order_id", "amount_fen"}))
    return RefundWish(
        refund_id=_id(sent, "refund_id"),
        order_id=_id(sent, "order_id"),
        amount_fen=_amount(sent),
    )


def parse_payment(body: bytes) -> str:
    """Read which order the payer pays.

    Raises:
        Refused: MALFORMED_JSON (400) or INVALID_FIELD (422) with a pointer.
    """
    sent = read_object(body)
    expect_members(sent, frozenset({"order_id"}))
    return _id(sent, "order_id")


def _id(sent: Mapping[str, Any], name: str) -> str:
    value = text(sent, name)
    if not _ID.fullmatch(value):
        raise invalid(at=f"/{name}")
    return value


def _amount(sent: Mapping[str, Any]) -> int:
    return whole(sent, "amount_fen", low=1, high=MOST_FEN)
