"""What surrounds every request: an id, headers, the limit of an address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.core.clock import SystemClock
from app.factory import close, create_app
from app.wiring.parts import Parts
from config import Settings
from tests.app.identity.fakes import FakeFaces
from tests.app.world import World

LIVE, JWKS = "/health/live", "/.well-known/jwks.json"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@contextmanager
def serving(settings: Settings, **changes: Any) -> Iterator[FlaskClient]:
    """Another application on the same servers, by the real clock, as Redis counts."""
    app = create_app(
        settings.model_copy(update=changes), parts=Parts(clock=SystemClock(), faces=FakeFaces())
    )
    try:
        yield app.test_client()
    finally:
        close(app)


def get(client: FlaskClient, address: str, path: str = JWKS, **headers: str) -> int:
    environ = {"REMOTE_ADDR": address}
    return client.get(path, environ_overrides=environ, headers=headers).status_code


def test_a_request_is_known_by_the_id_it_brings(world: World) -> None:
    answer = world.client.get("/nothing", headers={"X-Request-Id": "Trace-1.of_this"})
    assert answer.headers["X-Request-Id"] == answer.json["request_id"] == "Trace-1.of_this"


def test_an_id_that_is_none_is_replaced(world: World) -> None:
    for given in ("", "short", "x" * 65, "with space", "<script>", "é" * 10, 'a"b"c"d"e"'):
        made = world.client.get(LIVE, headers={"X-Request-Id": given}).headers["X-Request-Id"]
        assert made != given
        assert len(made) == 24
        assert world.client.get(LIVE).headers["X-Request-Id"] != made


def test_every_answer_carries_the_headers_that_keep_it_safe(world: World) -> None:
    phone = world.phone()
    for answer in (world.client.get(LIVE), world.client.get("/nothing"), phone.get("/v1/me")):
        assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS


def test_an_address_that_asks_too_often_must_wait(world: World) -> None:
    with serving(world.settings, rate_address="3 per 10 minutes") as client:
        assert [get(client, "203.0.113.7") for _ in range(5)] == [200, 200, 200, 429, 429]
        refused = client.get(JWKS, environ_overrides={"REMOTE_ADDR": "203.0.113.7"})
        assert refused.json["code"] == "TOO_MANY_REQUESTS"
        assert 590 <= int(refused.headers["Retry-After"]) <= 600
        assert refused.json["retry_after"] == int(refused.headers["Retry-After"])
        assert get(client, "203.0.113.8") == 200
        assert get(client, "203.0.113.7", LIVE) == 200  # supervisors are never turned away


def test_asking_for_what_is_not_there_counts_too(world: World) -> None:
    with serving(world.settings, rate_address="3 per minute") as client:
        statuses = [get(client, "203.0.113.7", f"/wp-admin/{n}") for n in range(4)]
    assert statuses == [404, 404, 404, 429]


def test_an_address_is_not_what_the_caller_says_it_is(world: World) -> None:
    with serving(world.settings, rate_address="2 per minute") as client:
        spoofed = [
            get(client, "203.0.113.7", **{"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(3)
        ]
    assert spoofed == [200, 200, 429]


def test_behind_a_trusted_proxy_it_is_what_the_proxy_says(world: World) -> None:
    with serving(world.settings, rate_address="2 per minute", trusted_proxies=1) as client:

        def via(*chain: str) -> int:
            return get(client, "203.0.113.7", **{"X-Forwarded-For": ", ".join(chain)})

        assert [via("198.51.100.1"), via("198.51.100.1"), via("198.51.100.1")] == [200, 200, 429]
        assert via("198.51.100.2") == 200
        assert via("made up", "198.51.100.1") == 429  # only the last hop is the proxy's word


def test_addresses_are_counted_under_pseudonyms(world: World) -> None:
    with serving(world.settings) as client:
        get(client, "203.0.113.77")
    keys = world.shared.redis.keys("*")
    assert keys
    assert "203.0.113.77" not in repr(keys)


@pytest.mark.parametrize("path", [JWKS, "/v1/me", "/nothing"])
def test_options_and_head_are_no_way_around_a_guard(world: World, path: str) -> None:
    expected = {JWKS: 200, "/v1/me": 401, "/nothing": 404}[path]
    for method in ("OPTIONS", "HEAD"):
        answer = world.client.open(path, method=method)
        assert answer.status_code == expected


def test_a_provider_that_speaks_for_many_is_counted_apart(world: World) -> None:
    path = "/v1/payments/notifications"
    rates = {"rate_address": "1 per minute", "rate_payment_notices": "3 per minute"}
    with serving(world.settings, **rates) as client:
        environ = {"REMOTE_ADDR": "203.0.113.7"}
        told = [client.post(path, environ_overrides=environ).status_code for _ in range(4)]
        assert told == [415, 415, 415, 429]
        assert [get(client, "203.0.113.7") for _ in range(2)] == [200, 429]
