"""Only published Ed25519 keys count; they are fetched seldom and forgotten in time."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.settlement.payments.errors import Doubt, Doubted
from app.settlement.payments.published import (
    FRESH_S,
    LONGEST_S,
    MOST_KEYS,
    RENEW_S,
    PublishedKeys,
    read_keys,
)
from sandbox.payments.signing import jwks

OLD, NEW = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()


@dataclass
class Publisher:
    """Publishes a key, or nothing; its time is moved by the test."""

    key: Ed25519PrivateKey | None = OLD
    seconds: float = 1000.0
    fetched: int = 0
    keys: PublishedKeys = field(init=False)

    def __post_init__(self) -> None:
        self.keys = PublishedKeys(self.fetch, timer=lambda: self.seconds)

    def fetch(self) -> bytes:
        self.fetched += 1
        if self.key is None:
            raise Doubted(Doubt.UNREACHABLE)
        return json.dumps(jwks(self.key)).encode()


def raw(keys: Any) -> list[bytes]:
    return [key.public_bytes_raw() for key in keys]


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def test_keys_are_fetched_once_and_then_kept() -> None:
    publisher = Publisher()
    for _ in range(5):
        assert raw(publisher.keys.current()) == [public(OLD)]
    assert publisher.fetched == 1

    publisher.seconds += FRESH_S + 1
    publisher.keys.current()
    assert publisher.fetched == 2


def test_a_new_key_is_found_when_none_fits_but_forgers_do_not_make_us_ask() -> None:
    publisher = Publisher()
    publisher.keys.current()
    publisher.key = NEW
    for _ in range(100):
        assert raw(publisher.keys.renewed()) == [public(OLD)]
    assert publisher.fetched == 1

    publisher.seconds += RENEW_S
    for _ in range(100):
        assert raw(publisher.keys.renewed()) == [public(NEW)]
    assert publisher.fetched == 2


def test_old_keys_serve_while_none_can_be_fetched_but_not_for_ever() -> None:
    publisher = Publisher()
    publisher.keys.current()
    publisher.key = None
    publisher.seconds += LONGEST_S
    assert raw(publisher.keys.current()) == [public(OLD)]

    publisher.seconds += 1
    with pytest.raises(DomainError) as raised:
        publisher.keys.current()
    assert raised.value.kind.code == "UNAVAILABLE"


def test_without_any_key_nothing_is_judged() -> None:
    publisher = Publisher(key=None)
    for ask in (publisher.keys.current, publisher.keys.renewed):
        with pytest.raises(DomainError) as raised:
            ask()
        assert raised.value.kind.code == "UNAVAILABLE"


KEY: dict[str, Any] = jwks(OLD)["keys"][0]


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [KEY] * (MOST_KEYS + 1),
        [{**KEY, "d": KEY["x"]}],
        [{**KEY, "kty": "oct", "k": KEY["x"]}],
        [{**KEY, "crv": "X25519"}],
        [{**KEY, "use": "enc"}],
        [{**KEY, "alg": "HS256"}],
        [{**KEY, "x": KEY["x"][:-1]}],
        [{**KEY, "x": KEY["x"] + "="}],
        [{name: KEY[name] for name in KEY if name != "x"}],
    ],
    ids=range(10),
)
def test_a_key_set_with_anything_else_is_refused_whole(keys: list[dict[str, Any]]) -> None:
    with pytest.raises(Doubted):
        read_keys(json.dumps({"keys": keys}).encode())


@given(st.binary(max_size=300))
def test_what_is_no_key_set_is_doubted(body: bytes) -> None:
    with pytest.raises(Doubted):
        read_keys(body)


def test_a_key_set_is_read() -> None:
    (key,) = read_keys(json.dumps(jwks(NEW)).encode())
    assert isinstance(key, Ed25519PublicKey)
    assert raw([key]) == [public(NEW)]
