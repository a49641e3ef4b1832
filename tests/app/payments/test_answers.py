"""An answer counts only when it agrees with what was ordered."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settlement.payments.calling import HttpProvider
from app.settlement.payments.errors import Doubt, Doubted
from app.settlement.payments.models import PaymentOrder, PaymentRefund, RefundState
from app.settlement.payments.ports import CashState
from app.settlement.payments.service.answers import read_order, read_refund

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ORDER = PaymentOrder(
    order_id="ord_1", amount=500, provider_ref="pay_1", refund_asked=0, created_at=NOW
)
REFUND = PaymentRefund(
    refund_id="ref_1", order_id="ord_1", amount=200, state=RefundState.ASKED, created_at=NOW
)
ANSWER: dict[str, Any] = {
    "order_id": "ord_1",
    "provider_ref": "pay_1",
    "state": "PAID",
    "amount_fen": 500,
    "refunded_fen": 0,
    "at": "2026-11-23T07:59:00Z",
}
REFUND_ANSWER: dict[str, Any] = {
    "order_id": "ord_1",
    "refund_id": "ref_1",
    "provider_ref": "ref_9",
    "state": "REFUNDED",
    "amount_fen": 200,
    "at": "2026-11-23T07:59:00Z",
}


def doubt(members: Any, *, of_refund: bool = False) -> Doubt | None:
    body = members if isinstance(members, bytes) else json.dumps(members).encode()
    try:
        if of_refund:
            read_refund(body, REFUND, now=NOW)
        else:
            read_order(body, ORDER, now=NOW)
    except Doubted as doubted:
        return doubted.doubt
    return None


def test_what_agrees_is_believed() -> None:
    told = read_order(json.dumps(ANSWER).encode(), ORDER, now=NOW)
    back = read_refund(json.dumps(REFUND_ANSWER).encode(), REFUND, now=NOW)

    assert (told.state, told.amount, told.provider_ref) == (CashState.PAID, 500, "pay_1")
    assert told.at == NOW - timedelta(minutes=1)
    assert (back.state, back.amount, back.refund_id) == (CashState.REFUNDED, 200, "ref_1")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"order_id": "ord_2"}, Doubt.OTHER_ORDER),
        ({"amount_fen": 499}, Doubt.OTHER_AMOUNT),
        ({"amount_fen": 501}, Doubt.OTHER_AMOUNT),
        ({"amount_fen": "500"}, Doubt.MISSHAPEN),
        ({"amount_fen": 500.0}, Doubt.MISSHAPEN),
        ({"amount_fen": -500}, Doubt.MISSHAPEN),
        ({"provider_ref": "pay_2"}, Doubt.OTHER_REFERENCE),
        ({"provider_ref": ""}, Doubt.MISSHAPEN),
        ({"state": "SUCCESS"}, Doubt.MISSHAPEN),
        ({"state": "UNKNOWN"}, Doubt.MISSHAPEN),
        ({"state": "REFUNDED"}, Doubt.IMPOSSIBLE),
        ({"refunded_fen": 500}, Doubt.IMPOSSIBLE),
        ({"refunded_fen": 501}, Doubt.IMPOSSIBLE),
        ({"state": "PENDING", "refunded_fen": 1}, Doubt.IMPOSSIBLE),
        ({"at": "2026-11-23T08:05:01Z"}, Doubt.IMPOSSIBLE),
        ({"at": "2026-11-23T07:59:00"}, Doubt.MISSHAPEN),
        ({"note": "more"}, Doubt.MISSHAPEN),
        ({"state": "REFUNDED", "refunded_fen": 500}, None),
        ({"refunded_fen": 499}, None),
    ],
)
def test_an_order_that_is_told_otherwise_is_doubted(
    changes: dict[str, Any], expected: Doubt | None
) -> None:
    assert doubt({**ANSWER, **changes}) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"refund_id": "ref_2"}, Doubt.OTHER_ORDER),
        ({"order_id": "ord_2"}, Doubt.OTHER_ORDER),
        ({"amount_fen": 500}, Doubt.OTHER_AMOUNT),
        ({"at": "2026-11-24T08:00:00Z"}, Doubt.IMPOSSIBLE),
        ({"state": "PAID"}, Doubt.MISSHAPEN),
    ],
)
def test_a_refund_that_is_told_otherwise_is_doubted(
    changes: dict[str, Any], expected: Doubt
) -> None:
    assert doubt({**REFUND_ANSWER, **changes}, of_refund=True) == expected


@pytest.mark.parametrize("member", list(ANSWER))
def test_every_member_is_needed(member: str) -> None:
    assert doubt({name: ANSWER[name] for name in ANSWER if name != member}) == Doubt.MISSHAPEN


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(list(ANSWER)), inner),
    ).map(lambda members: json.dumps(members).encode())
)
def test_nothing_else_is_believed_and_nothing_breaks(body: bytes) -> None:
    assert doubt(body) is not None
    assert doubt(body, of_refund=True) is not None


class Line(BaseHTTPRequestHandler):
    """Says whatever the test wants, whole."""

    protocol_version = "HTTP/1.1"
    says: bytes = b""
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.wfile.write(self.says)
        self.close_connection = True

    do_POST = do_GET  # noqa: N815 - the base class looks for this name

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def saying(
    head: str, body: bytes = b"{}", *, says: bytes | None = None
) -> Iterator[tuple[HttpProvider, list[str]]]:
    asked: list[str] = []
    if says is None:
        says = f"HTTP/1.1 {head}\r\n\r\n".encode() + body
    handler = type("Said", (Line,), {"says": says, "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    provider = HttpProvider(base_url=url, token="t", seconds=5)
    try:
        yield provider, asked
    finally:
        provider.close()
        server.shutdown()
        server.server_close()
        thread.join()


JSON = "Content-Type: application/json"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (f"200 OK\r\n{JSON}\r\nContent-Length: 16385", Doubt.TOO_LARGE),
        ("200 OK\r\nContent-Type: text/html\r\nContent-Length: 2", Doubt.NOT_JSON),
        (f"200 OK\r\n{JSON}\r\nContent-Encoding: gzip\r\nContent-Length: 2", Doubt.NOT_JSON),
        (f"200 OK\r\n{JSON}\r\nContent-Length: 99999", Doubt.TOO_LARGE),
        (
            f"302 Found\r\nLocation: /elsewhere\r\n{JSON}\r\nContent-Length: 2",
            Doubt.UNEXPECTED_STATUS,
        ),
        (f"204 No Content\r\n{JSON}", Doubt.UNEXPECTED_STATUS),
        (f"403 Forbidden\r\n{JSON}\r\nContent-Length: 2", Doubt.NOT_AUTHENTICATED),
        (f"409 Conflict\r\n{JSON}\r\nContent-Length: 2", Doubt.CONFLICT),
        (f"422 Unprocessable\r\n{JSON}\r\nContent-Length: 2", Doubt.REFUSED),
        (f"429 Too Many\r\n{JSON}\r\nContent-Length: 2", Doubt.OVERLOADED),
        (f"500 Oops\r\n{JSON}\r\nContent-Length: 2", Doubt.OVERLOADED),
    ],
)
def test_what_is_no_whole_plain_answer_is_doubted_and_not_asked_for_again(
    head: str, expected: Doubt
) -> None:
    body = b"{" * 20_000 if expected is Doubt.TOO_LARGE else b"{}"
    with saying(head, body) as (provider, asked):
        with pytest.raises(Doubted) as raised:
            provider.get("/v1/orders/ord_1")
        assert raised.value.doubt is expected
        assert asked == ["/v1/orders/ord_1"]


def test_a_line_that_breaks_without_a_word_is_not_tried_again() -> None:
    with saying("", says=b"") as (provider, asked):
        with pytest.raises(Doubted) as raised:
            provider.post("/v1/orders", {})
        assert raised.value.doubt is Doubt.BROKEN_OFF
        assert asked == ["/v1/orders"]


def test_half_an_answer_is_broken_off() -> None:
    with saying(f"200 OK\r\n{JSON}\r\nContent-Length: 900") as (provider, _):
        with pytest.raises(Doubted) as raised:
            provider.get("/")
        assert raised.value.doubt is Doubt.BROKEN_OFF


def test_an_answer_that_never_ends_is_timed_out() -> None:
    times = iter(range(0, 1000, 3))
    with saying(f"200 OK\r\n{JSON}\r\nContent-Length: 9000", b"{" * 9000) as (provider, _):
        provider._timer = lambda: float(next(times))
        with pytest.raises(Doubted) as raised:
            provider.get("/")
        assert raised.value.doubt is Doubt.TIMED_OUT
