"""A feed is believed only if it is what was agreed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.exchange.changes.http_feed import HttpFeed
from app.exchange.errors import ExchangeFailed, Failure

ENTRY = {
    "number": 4,
    "contract": "population-person/1.0.0",
    "subject": "990101198503171010",
    "record_version": "abc",
    "changed_at": "2026-11-23T08:00:00Z",
}
PAGE = {"changes": [ENTRY], "last": 4, "more": False}


@dataclass
class Answer:
    """What the department answers."""

    status: int = 200
    content_type: str = "application/json"
    body: bytes = json.dumps(PAGE).encode()
    asked: str = ""
    authorization: str = ""
    url: str = ""


@pytest.fixture
def answer() -> Iterator[Answer]:
    given = Answer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given.asked = self.path
            given.authorization = self.headers["Authorization"]
            self.send_response(given.status)
            self.send_header("Content-Type", given.content_type)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(given.body)))
            self.end_headers()
            self.wfile.write(given.body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    given.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield given
    server.shutdown()
    server.server_close()
    thread.join()


def page_of(url: str, after: int = 3) -> Any:
    with closing(HttpFeed(base_url=url, token="t", timeout_ms=2000)) as feed:
        return feed.page(after=after)


def test_a_page_is_read(answer: Answer) -> None:
    page = page_of(answer.url)
    assert (answer.asked, answer.authorization) == ("/changes?after=3", "Bearer t")
    assert (page.last, page.more) == (4, False)
    [change] = page.changes
    assert (change.number, change.record_version) == (4, "abc")
    assert "990101" not in repr(change)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {**PAGE, "extra": 1},
        {**PAGE, "last": 5},
        {**PAGE, "last": "4"},
        {**PAGE, "more": 1},
        {**PAGE, "changes": [ENTRY, ENTRY]},
        {**PAGE, "changes": [{**ENTRY, "number": 3}], "last": 3},
        {**PAGE, "changes": [{**ENTRY, "number": 0}], "last": 0},
        {**PAGE, "changes": [{**ENTRY, "changed_at": "2026-11-23T08:00:00"}]},
        {**PAGE, "changes": [{**ENTRY, "changed_at": 5}]},
        {**PAGE, "changes": [{**ENTRY, "subject": ""}]},
        {**PAGE, "changes": [{**ENTRY, "record_version": None}]},
        {"changes": [], "last": 2, "more": False},
        {"changes": [], "last": 3, "more": True},
    ],
)
def test_a_page_of_another_form_is_refused(answer: Answer, body: object) -> None:
    answer.body = json.dumps(body).encode()
    with pytest.raises(ExchangeFailed) as refused:
        page_of(answer.url)
    assert refused.value.failure is Failure.CONTRACT_BROKEN


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"status": 401}, Failure.NOT_AUTHENTICATED),
        ({"status": 500}, Failure.UNEXPECTED_STATUS),
        ({"status": 302}, Failure.UNEXPECTED_STATUS),
        ({"content_type": "text/html"}, Failure.NOT_JSON),
        ({"body": b"{"}, Failure.CONTRACT_BROKEN),
        ({"body": b" " * 600_000}, Failure.TOO_LARGE),
    ],
)
def test_an_answer_that_is_none_has_its_name(
    answer: Answer, change: dict[str, Any], failure: Failure
) -> None:
    for name, value in change.items():
        setattr(answer, name, value)
    with pytest.raises(ExchangeFailed) as refused:
        page_of(answer.url)
    assert refused.value.failure is failure


def test_a_department_that_is_away_is_unreachable() -> None:
    with pytest.raises(ExchangeFailed) as refused:
        page_of("http://127.0.0.1:9")
    assert refused.value.failure is Failure.UNREACHABLE
