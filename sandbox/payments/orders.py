"""Payment orders: made, paid, closed, refunded, each once however often it is asked for."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.departments.office.changes import moment
from sandbox.departments.office.refusals import Refused
from sandbox.payments.book import Book
from sandbox.payments.faults import FaultSwitch, Payer
from sandbox.payments.notices import PAYMENT_FAILED, PAYMENT_PAID, REFUND_PAID, Notices
from sandbox.payments.wishes import OrderWish, RefundWish

_INSERT = "INSERT INTO payment (order_id, provider_ref, state, amount_fen, at) VALUES (?,?,?,?,?)"
Members = dict[str, Any]


class Orders:
    """Keeps them. Each call is one transaction of the book, its webhook's notice included."""

    def __init__(self, book: Book, *, now: Callable[[], datetime], faults: FaultSwitch) -> None:
        """Take the book, the provider's clock and the faults that are on."""
        self._book = book
        self._now = now
        self._faults = faults
        self._notices = Notices(now=now, faults=faults)

    def create(self, wish: OrderWish) -> Members:
        """Make an order, or return the one that was made under this id.

        Raises:
            Refused: ORDER_REUSED (409) where the id was used with another amount.
        """
        return self._made(wish)

    def find(self, order_id: str) -> Members:
        """Return an order.

        Raises:
            Refused: ORDER_UNKNOWN (404).
        """
        with self._book.reading() as connection:
            return _order(connection, order_id)

    def close(self, wish: OrderWish) -> Members:
        """See to it that an order which is not paid cannot be; a paid one stays what it is.

        One that was never made is closed as well: a request that is still on its way makes none.

        Raises:
            Refused: ORDER_REUSED (409) where the id was used with another amount.
        """
        self._made(wish)
        with self._book.writing() as connection:
            _move(connection, wish.order_id, "PENDING", "CLOSED", moment(self._now()))
            return _order(connection, wish.order_id)

    def pay(self, order_id: str) -> Members:
        """Let the payer pay; the merchant is told what came of it.

        Raises:
            Refused: ORDER_UNKNOWN (404), ORDER_NOT_PAYABLE (409).
        """
        payer = self._faults.current.payer
        became = "FAILED" if payer is Payer.DECLINED else "PAID"
        payable = ("PENDING", "CLOSED") if payer is Payer.LATE else ("PENDING",)
        with self._book.writing() as connection:
            state = _order(connection, order_id)["state"]
            if state not in payable:
                raise Refused(status=409, code="ORDER_NOT_PAYABLE")
            _move(connection, order_id, state, became, moment(self._now()))
            paid = _order(connection, order_id)
            kind = PAYMENT_FAILED if became == "FAILED" else PAYMENT_PAID
            self._notices.add(connection, kind, paid)
            return paid

    def refund(self, wish: RefundWish) -> Members:
        """Give money back, or return what came of this refund before.

        Raises:
            Refused: ORDER_UNKNOWN (404), REFUND_REUSED, ORDER_NOT_PAID or REFUND_TOO_MUCH (409).
        """
        with self._book.writing() as connection:
            known = _refund(connection, wish.refund_id)
            if known is not None:
                same = (known["order_id"], known["amount_fen"]) == (wish.order_id, wish.amount_fen)
                if not same:
                    raise Refused(status=409, code="REFUND_REUSED")
                return known
            return self._refunded(connection, wish)

    def find_refund(self, refund_id: str) -> Members:
        """Return a refund.

        Raises:
            Refused: REFUND_UNKNOWN (404).
        """
        with self._book.reading() as connection:
            known = _refund(connection, refund_id)
        if known is None:
            raise Refused(status=404, code="REFUND_UNKNOWN")
        return known

    def _made(self, wish: OrderWish) -> Members:
        with self._book.writing() as connection:
            try:
                known = _order(connection, wish.order_id)
            except Refused:
                row = (wish.order_id, _ref("pay"), "PENDING", wish.amount_fen, moment(self._now()))
                connection.execute(_INSERT, row)
                return _order(connection, wish.order_id)
        if known["amount_fen"] != wish.amount_fen:
            raise Refused(status=409, code="ORDER_REUSED")
        return known

    def _refunded(self, connection: sqlite3.Connection, wish: RefundWish) -> Members:
        order = _order(connection, wish.order_id)
        if order["state"] not in {"PAID", "REFUNDED"}:
            raise Refused(status=409, code="ORDER_NOT_PAID")
        if order["refunded_fen"] + wish.amount_fen > order["amount_fen"]:
            raise Refused(status=409, code="REFUND_TOO_MUCH")
        declined = self._faults.current.payer is Payer.DECLINED
        at = moment(self._now())
        state = "FAILED" if declined else "REFUNDED"
        row = (wish.refund_id, wish.order_id, _ref("ref"), state, wish.amount_fen, at)
        connection.execute("INSERT INTO refund VALUES (?, ?, ?, ?, ?, ?)", row)
        made = _refund(connection, wish.refund_id) or {}
        if not declined:
            _add_refund(connection, wish, at)
            self._notices.add(connection, REFUND_PAID, made)
        return made


def _order(connection: sqlite3.Connection, order_id: str) -> Members:
    row = connection.execute("SELECT * FROM payment WHERE order_id = ?", (order_id,)).fetchone()
    if row is None:
        raise Refused(status=404, code="ORDER_UNKNOWN")
    return dict(row)


def _refund(connection: sqlite3.Connection, refund_id: str) -> Members | None:
    row = connection.execute("SELECT * FROM refund WHERE refund_id = ?", (refund_id,)).fetchone()
    return None if row is None else dict(row)


def _move(connection: sqlite3.Connection, order_id: str, old: str, new: str, at: str) -> None:
    connection.execute(
        "UPDATE payment SET state = ?, at = ? WHERE order_id = ? AND state = ?",
        (new, at, order_id, old),
    )


def _add_refund(connection: sqlite3.Connection, wish: RefundWish, at: str) -> None:
    connection.execute(
        "UPDATE payment SET refunded_fen = refunded_fen + ?1, at = ?2,"
        " state = CASE WHEN refunded_fen + ?1 = amount_fen THEN 'REFUNDED' ELSE state END"
        " WHERE order_id = ?3",
        (wish.amount_fen, at, wish.order_id),
    )


def _ref(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"
