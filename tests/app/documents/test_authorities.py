"""What comes back from timestamp, OCSP and CRL services, and what does not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.documents.authorities import AuthorityAddresses, AuthoritySilent, HttpAuthorities

TSA = {"Content-Type": "application/timestamp-reply"}


class Service(ThreadingHTTPServer):
    """Answers every question alike, and remembers them."""

    daemon_threads = True

    def __init__(self, status: int, headers: dict[str, str], body: bytes, *, halt: bool) -> None:
        self.answer = (status, headers, body)
        self.asked: list[tuple[str, str, str, bytes]] = []
        self.halt = halt
        self.going = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = self.headers.get("Content-Type", "")
        self.server.asked.append((self.command, self.path, kind, body))
        status, headers, answer = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer) + self.server.halt))
        self.end_headers()
        self.wfile.write(answer)
        if self.server.halt:
            self.server.going.wait()

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def service(
    body: bytes = b"answer",
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    halt: bool = False,
) -> Iterator[Service]:
    server = Service(status, headers or {}, body, halt=halt)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.going.set()
        server.shutdown()
        thread.join()
        server.server_close()


def client(base: str, **changes: Any) -> HttpAuthorities:
    addresses = AuthorityAddresses(
        tsa=f"{base}/tsa", ocsp=f"{base}/ocsp", crls=(f"{base}/one", f"{base}/two")
    )
    return HttpAuthorities(addresses, **changes)


def test_each_question_goes_where_the_settings_say_in_its_protocols_form() -> None:
    with service(headers=TSA) as tsa:
        assert client(tsa.base).timestamp(b"q") == b"answer"
    assert tsa.asked == [("POST", "/tsa", "application/timestamp-query", b"q")]
    with service(headers={"Content-Type": "application/ocsp-response"}) as ocsp:
        assert client(ocsp.base).status(b"q") == b"answer"
    assert ocsp.asked == [("POST", "/ocsp", "application/ocsp-request", b"q")]
    with service(headers={"Content-Type": "application/pkix-crl"}) as crls:
        assert client(crls.base).lists() == [b"answer", b"answer"]
    assert [path for _, path, _, _ in crls.asked] == ["/one", "/two"]


def silent(ask: Callable[[], object]) -> str:
    with pytest.raises(AuthoritySilent) as caught:
        ask()
    return str(caught.value)


@pytest.mark.parametrize("status", [204, 301, 302, 404, 500, 503])
def test_whatever_is_not_a_plain_answer_is_none(status: int) -> None:
    with service(status=status, headers={**TSA, "Location": "http://127.0.0.1:9/"}) as tsa:
        assert silent(lambda: client(tsa.base).timestamp(b"q")) == "refused"
        assert len(tsa.asked) == 1


def test_a_page_or_something_packed_is_no_answer() -> None:
    with service(headers={"Content-Type": "text/html"}) as tsa:
        assert silent(lambda: client(tsa.base).timestamp(b"q")) == "another media type"
    with service(headers={**TSA, "Content-Encoding": "gzip"}) as tsa:
        assert silent(lambda: client(tsa.base).timestamp(b"q")) == "refused"


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    with service(bytes(64 * 1024 + 1), headers=TSA) as tsa:
        assert silent(lambda: client(tsa.base).timestamp(b"q")) == "too long"


def test_an_answer_that_stops_on_its_way_is_none() -> None:
    with service(headers=TSA, halt=True) as tsa:
        assert silent(lambda: client(tsa.base, seconds=0.2).timestamp(b"q"))


def test_an_answer_that_drips_past_its_time_is_none() -> None:
    ticks = iter(range(0, 1000, 3))
    with service(headers=TSA) as tsa:
        late = client(tsa.base, timer=lambda: float(next(ticks)), seconds=2)
        assert silent(lambda: late.timestamp(b"q")) == "too slow"


def test_nobody_there_is_no_answer() -> None:
    assert silent(lambda: client("http://127.0.0.1:9").timestamp(b"q"))
    assert silent(lambda: client("http://127.0.0.1:9").lists())
