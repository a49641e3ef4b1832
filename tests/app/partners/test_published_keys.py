"""A merchant publishes its terminals' keys at an address of its own, and changes them there."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from app.notifications.service.addresses import Addresses
from app.partners.errors import TERMINAL_ADDRESS_REFUSED
from app.partners.fetching import MOST_BYTES, HttpKeyAddresses
from app.partners.ports import KeysNotFetched
from app.partners.routes.replies import terminal_reply
from app.partners.service.changes import PartnerChanges
from app.partners.service.directory import PartnerDirectory
from app.partners.service.keys import TerminalKeys
from app.partners.service.published_keys import read_key_set
from app.wiring.partners import build_terminal_keys
from config import Settings
from tests.app.device import Device, new_key, public_jwk
from tests.app.operators import operator_console
from tests.app.partners.key_server import KeyServer, key_server
from tests.app.partners.test_operator import (
    MERCHANTS,
    PHARMACY,
    TERMINALS,
    client_id,
    delete,
    done,
    key_of,
    refused,
    try_log_in,
)
from tests.app.world import World

INVALID: Final = (401, "INVALID_CLIENT")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"terminal_keys_inside": True})


@pytest.fixture
def keys() -> Iterator[KeyServer]:
    with key_server() as running:
        yield running


@pytest.fixture
def console(world: World) -> Device:
    return operator_console(world)


@pytest.fixture
def till(world: World, console: Device, keys: KeyServer) -> Device:
    """A terminal whose key is published; nobody has asked for it yet."""
    device = world.phone()
    keys.publish(key_of(device, kid="first"))
    answer = done(console.post(TERMINALS, body_of(console, keys.uri)), 201)
    device.client_id = answer["client_id"]  # type: ignore[attr-defined]
    return device


def body_of(console: Device, uri: str, **changes: Any) -> dict[str, Any]:
    merchant = done(console.post(MERCHANTS, PHARMACY), 201)["id"]
    return {"merchant_id": merchant, "jwks_uri": uri, "purposes": ["02121"], **changes}


def put(console: Device, path: str, body: dict[str, str]) -> TestResponse:
    return console.send("PUT", path, json=body, headers={"Idempotency-Key": secrets.token_hex(8)})


def status(answer: Any) -> int:
    return int(answer.status_code)


def told(world: World, till: Device) -> Any:
    """As the operator reads it; a token of theirs would end while clocks are moved."""
    row = PartnerDirectory(database=world.database).terminal(client_id(till))
    return terminal_reply(row).model_dump(exclude_none=True)


def advance(world: World, **span: float) -> None:
    world.clock.advance(**span)


def test_a_terminal_logs_in_with_a_key_from_its_address(
    world: World, console: Device, keys: KeyServer, till: Device
) -> None:
    path = f"{TERMINALS}/{client_id(till)}"
    before = done(console.get(path))
    assert (before["kids"], before["jwks_uri"]) == ([], keys.uri)
    assert "keys_fetched_at" not in before
    assert keys.asked == []
    assert status(try_log_in(world, till)) == 200
    after = done(console.get(path))
    assert (after["kids"], "keys_failure" in after) == (["first"], False)
    assert after["keys_fetched_at"]
    (asked,) = keys.asked
    assert asked["path"] == "/keys"
    assert "Authorization" not in asked


def test_a_set_is_fetched_once_while_it_is_fresh(
    world: World, keys: KeyServer, till: Device
) -> None:
    for _ in range(3):
        assert status(try_log_in(world, till, "first")) == 200
    assert len(keys.asked) == 1
    advance(world, minutes=11)
    assert status(try_log_in(world, till)) == 200
    assert len(keys.asked) == 2


def test_keys_are_rotated_by_changing_the_set(world: World, keys: KeyServer, till: Device) -> None:
    assert status(try_log_in(world, till)) == 200
    old = till.key
    till.key = new_key()
    keys.publish({**public_jwk(old), "kid": "first"}, key_of(till, kid="second"))
    assert refused(try_log_in(world, till, "second")) == INVALID  # asked a moment ago
    advance(world, minutes=1)
    assert status(try_log_in(world, till, "second")) == 200
    assert told(world, till)["kids"] == ["first", "second"]
    keys.publish(key_of(till, kid="second"))
    advance(world, minutes=10)
    assert status(try_log_in(world, till, "second")) == 200
    till.key = old
    assert refused(try_log_in(world, till, "first")) == INVALID
    changes = PartnerChanges(database=world.database, clock=world.clock)
    recorded = changes.of_merchant(told(world, till)["merchant_id"], before=None, limit=9).items
    fetched = [one for one in recorded if one.action == "terminal.keys_fetched"]
    assert [one.detail for one in fetched] == [["second"], ["first", "second"], ["first"]]
    assert {one.actor for one in fetched} == {"jwks_uri"}


def test_an_unknown_key_has_the_address_asked_once_a_minute(
    world: World, keys: KeyServer, till: Device
) -> None:
    assert status(try_log_in(world, till, "first")) == 200
    for n in range(5):
        assert refused(try_log_in(world, till, f"guess-{n}")) == INVALID
    assert len(keys.asked) == 1
    advance(world, minutes=1)
    for n in range(5):
        assert refused(try_log_in(world, till, f"guess-{n}")) == INVALID
    assert len(keys.asked) == 2


def test_the_last_good_set_counts_for_a_day_of_outage(
    world: World, keys: KeyServer, till: Device
) -> None:
    assert status(try_log_in(world, till)) == 200
    keys.status = 503
    for _ in range(23):
        advance(world, minutes=60)
        assert status(try_log_in(world, till)) == 200
    assert told(world, till)["keys_failure"] == "refused"
    advance(world, minutes=60)
    assert refused(try_log_in(world, till)) == INVALID
    keys.status = 200
    assert refused(try_log_in(world, till)) == INVALID  # asked a moment ago
    advance(world, minutes=1)
    assert status(try_log_in(world, till)) == 200
    assert "keys_failure" not in told(world, till)


def test_what_is_no_set_of_keys_is_none(world: World, keys: KeyServer, till: Device) -> None:
    """Neither does it take the place of a good one."""
    assert status(try_log_in(world, till)) == 200
    good, json_type = keys.body, {"Content-Type": "application/json"}
    own = key_of(till, kid="first")
    private = {**own, "d": own["x"]}
    leaked = {"kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "AQAB", "kid": "rsa"}
    wrong: tuple[tuple[int, dict[str, str], bytes, str], ...] = (
        (200, {"Content-Type": "text/html"}, good, "not_json"),
        (200, {**json_type, "Content-Encoding": "gzip"}, good, "not_json"),
        (200, json_type, b"<html>", "keys_invalid"),
        (200, json_type, b"[1]", "keys_invalid"),
        (200, json_type, b'{"keys": 1}', "keys_invalid"),
        (200, json_type, b'{"keys": []}', "keys_invalid"),
        (200, json_type, b'{"keys": ' * 1_500, "keys_invalid"),
        (200, json_type, json.dumps({"keys": [private]}).encode(), "keys_invalid"),
        (200, json_type, json.dumps({"keys": [own, leaked]}).encode(), "keys_invalid"),
        (200, json_type, json.dumps({"keys": [own, own]}).encode(), "keys_invalid"),
        (200, json_type, good + b" " * MOST_BYTES, "too_large"),
        (302, {**json_type, "Location": keys.uri + "?again"}, good, "redirected"),
        (404, json_type, good, "refused"),
    )
    for code, headers, body, failure in wrong:
        keys.status, keys.headers, keys.body = code, headers, body
        advance(world, minutes=11)
        assert status(try_log_in(world, till)) == 200, failure
        assert told(world, till)["keys_failure"] == failure
    assert len(keys.asked) == 1 + len(wrong)


def test_keys_of_other_sorts_beside_ours_do_no_harm(
    world: World, keys: KeyServer, till: Device
) -> None:
    own = key_of(till, kid="first", use="sig", alg="ES256")
    keys.headers["Content-Type"] = "application/jwk-set+json; charset=utf-8"
    other = {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "rsa"}
    keys.publish(other, own, {**own, "use": "enc", "kid": "enc"})
    assert status(try_log_in(world, till, "first")) == 200
    assert refused(try_log_in(world, till, "rsa")) == INVALID


def test_an_address_nobody_listens_at_is_said(world: World, till: Device) -> None:
    with world.database.separate() as tx:
        tx.execute(
            text(
                "UPDATE terminals SET jwks_uri = 'http://127.0.0.1:1/keys' "
                "WHERE jwks_uri IS NOT NULL"
            )
        )
    assert refused(try_log_in(world, till)) == INVALID
    assert told(world, till)["keys_failure"] == "unreachable"


def test_an_address_that_stays_silent_is_left(keys: KeyServer) -> None:
    keys.hold = threading.Event()
    addresses = HttpKeyAddresses(addresses=_inside(), seconds=0.2)
    with pytest.raises(KeysNotFetched, match="timed_out"):
        addresses.fetch(keys.uri)


def _inside() -> Addresses:
    return Addresses(resolve=lambda host, _: [host], inside=True)


def test_nobody_inside_is_asked_unless_the_settings_say_so(keys: KeyServer) -> None:
    def resolve(host: str, _: int) -> list[str]:
        return {"keys.example": ["93.184.216.34"], "inside.example": ["10.0.0.7"]}.get(host, [host])

    outside = HttpKeyAddresses(addresses=Addresses(resolve=resolve))
    outside.require("https://keys.example/jwks.json?v=1")
    for uri in (
        keys.uri,
        keys.uri.replace("http:", "https:"),
        "https://localhost/keys",
        "https://inside.example/keys",
        "https://169.254.169.254/latest",
        "https://[::1]/keys",
        "https://[::ffff:10.0.0.1]/keys",
        "http://keys.example/keys",
        "https://user@keys.example/keys",
        "https://keys.example/keys#x",
        "ftp://keys.example/keys",
        "keys.example",
    ):
        with pytest.raises(Exception, match=TERMINAL_ADDRESS_REFUSED.code):
            outside.require(uri)
        with pytest.raises(KeysNotFetched, match="address_refused"):
            outside.fetch(uri)
    assert keys.asked == []


def test_a_name_that_leads_inside_later_is_not_followed(keys: KeyServer) -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    addresses = HttpKeyAddresses(addresses=Addresses(resolve=lambda *_: answers.pop(0)))
    uri = f"https://keys.example:{keys.port}/keys"
    addresses.require(uri)
    with pytest.raises(KeysNotFetched, match="address_refused"):
        addresses.fetch(uri)
    assert keys.asked == []


def test_one_of_many_log_ins_asks(world: World, keys: KeyServer, till: Device) -> None:
    keys.hold = threading.Event()
    mine = build_terminal_keys(world.shared)

    def ask() -> Any:
        return mine.jwks(client_id(till), kid="first")

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(ask)
        assert keys.entered.wait(30)
        others = [pool.submit(ask) for _ in range(3)]
        assert [one.result(30) for one in others] == [None] * 3
        keys.hold.set()
        assert [key["kid"] for key in first.result(30)] == ["first"]
    assert len(keys.asked) == 1


def test_nobody_is_asked_within_a_transaction(world: World, keys: KeyServer, till: Device) -> None:
    mine = build_terminal_keys(world.shared)
    with world.database.transaction():
        assert mine.jwks(client_id(till), kid="first") is None
    assert keys.asked == []
    assert mine.jwks(client_id(till), kid="first")
    assert len(keys.asked) == 1


def test_no_connection_is_held_while_an_address_is_asked(
    world: World, keys: KeyServer, till: Device
) -> None:
    keys.hold = threading.Event()
    mine = build_terminal_keys(world.shared)
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(mine.jwks, client_id(till), kid="first")
        assert keys.entered.wait(30)
        query = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND state LIKE 'idle in transaction%'"
        )
        with world.database.separate() as tx:
            assert tx.scalar(query) == 0
        keys.hold.set()
        assert asking.result(30)


def test_a_suspended_terminal_has_nobody_asked(
    world: World, console: Device, keys: KeyServer, till: Device
) -> None:
    done(console.post(f"{TERMINALS}/{client_id(till)}/suspension"))
    assert refused(try_log_in(world, till)) == INVALID
    assert keys.asked == []


def test_without_somebody_to_ask_such_a_terminal_has_no_keys(world: World, till: Device) -> None:
    assert TerminalKeys(database=world.database).jwks(client_id(till)) is None


def test_keys_at_an_address_are_changed_there_alone(
    world: World, console: Device, till: Device
) -> None:
    assert status(try_log_in(world, till)) == 200
    path = f"{TERMINALS}/{client_id(till)}/keys"
    elsewhere = (409, "TERMINAL_KEYS_ELSEWHERE")
    assert refused(console.post(path, {"key": public_jwk(new_key())})) == elsewhere
    assert refused(delete(console, f"{path}/first")) == elsewhere


def test_a_terminal_moves_to_another_address(world: World, console: Device, till: Device) -> None:
    assert status(try_log_in(world, till)) == 200
    old, path = till.key, f"{TERMINALS}/{client_id(till)}/key-address"
    till.key = new_key()
    with key_server() as other:
        other.publish(key_of(till, kid="moved"))
        moved = done(put(console, path, {"jwks_uri": other.uri}))
        assert (moved["jwks_uri"], moved["kids"]) == (other.uri, [])
        assert "keys_fetched_at" not in moved
        assert status(try_log_in(world, till, "moved")) == 200  # asked at once, not in a minute
        till.key = old
        assert refused(try_log_in(world, till, "first")) == INVALID
    changes = PartnerChanges(database=world.database, clock=world.clock)
    listed = changes.of_merchant(moved["merchant_id"], before=None, limit=9).items
    assert "terminal.key_address_set" in {one.action for one in listed}


def test_a_terminal_with_keys_here_moves_to_an_address(
    world: World, console: Device, keys: KeyServer
) -> None:
    here = world.phone()
    body = body_of(console, keys.uri) | {"jwks": {"keys": [key_of(here, kid="here")]}}
    del body["jwks_uri"]
    here.client_id = done(console.post(TERMINALS, body), 201)["client_id"]  # type: ignore[attr-defined]
    assert status(try_log_in(world, here)) == 200
    path = f"{TERMINALS}/{client_id(here)}/key-address"
    assert refused(put(console, path, {"jwks_uri": "http://example.org/k"})) == (
        422,
        "TERMINAL_ADDRESS_REFUSED",
    )
    assert status(try_log_in(world, here)) == 200
    done(put(console, path, {"jwks_uri": keys.uri}))
    assert refused(try_log_in(world, here)) == INVALID


def test_keys_or_an_address_are_named_and_not_both(console: Device, keys: KeyServer) -> None:
    body = body_of(console, keys.uri)
    both = body | {"jwks": {"keys": [public_jwk(new_key())]}}
    neither = {name: value for name, value in body.items() if name != "jwks_uri"}
    for wrong in (both, neither):
        assert refused(console.post(TERMINALS, wrong)) == (422, "TERMINAL_KEYS_INVALID")
    for uri, code in (
        ("ftp://127.0.0.1/keys", "TERMINAL_ADDRESS_REFUSED"),
        ("http://127.0.0.1:0/keys", "TERMINAL_ADDRESS_REFUSED"),
        ("", "INVALID_FIELD"),
        ("https://" + "x" * 500, "INVALID_FIELD"),
    ):
        answer = console.post(TERMINALS, body | {"jwks_uri": uri})
        assert refused(answer) == (422, code), uri


@pytest.mark.usefixtures("till")
def test_the_database_itself_keeps_keys_and_addresses(world: World) -> None:
    for change, name in (
        ("jwks_uri = NULL", "has_keys"),
        ("jwks_uri = ''", "jwks_uri"),
        ("jwks = (SELECT jsonb_agg(n) FROM generate_series(1, 6) AS n)", "has_keys"),
        ("jwks_uri = NULL, jwks = '[1]', jwks_failure = 'x'", "fetches"),
    ):
        with pytest.raises(IntegrityError, match=name), world.database.separate() as tx:
            tx.execute(text(f"UPDATE terminals SET {change} WHERE jwks_uri IS NOT NULL"))  # noqa: S608


@given(
    st.binary(max_size=400)
    | st.recursive(
        st.none() | st.text(max_size=8) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["keys", "kty", "crv", "x", "d"]), inner, max_size=4)
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_answer_breaks_the_reader(body: bytes) -> None:
    with pytest.raises(KeysNotFetched, match="keys_invalid"):
        read_key_set(body)


def test_the_assertion_is_what_is_checked(world: World, keys: KeyServer, till: Device) -> None:
    """A published key is worth what its private half signs."""
    form = world.login_form(till, client_id(till))
    claims = jwt.decode(form["client_assertion"], options={"verify_signature": False})
    forged = jwt.encode(claims, new_key(), algorithm="ES256", headers={"kid": "first"})
    assert refused(till.form("/oauth/token", {**form, "client_assertion": forged})) == INVALID
    assert len(keys.asked) == 1
