"""An operator puts partners on the list over the API, changes them and stops them at once."""

from __future__ import annotations

import secrets
from typing import Any

import jwt
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from app.card.service.code_numbers import new_code
from tests.app.device import Device, public_jwk
from tests.app.operators import operator_console
from tests.app.world import World

MERCHANTS, TERMINALS = "/v1/operator/merchants", "/v1/operator/terminals"
PHARMACY = {"name": "康民大药房", "kind": "pharmacy", "region": "990100"}


@pytest.fixture
def console(world: World) -> Device:
    return operator_console(world)


@pytest.fixture
def merchant(console: Device) -> str:
    return str(done(console.post(MERCHANTS, PHARMACY), 201)["id"])


@pytest.fixture
def till(world: World, console: Device, merchant: str) -> Device:
    """A terminal that was put on the list over the API and has logged in."""
    device = world.phone()
    device.client_id = add_terminal(console, merchant, device)  # type: ignore[attr-defined]
    return log_in(world, device)


def done(answer: TestResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json


def refused(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def key_of(device: Device, **more: str) -> dict[str, str]:
    return {**public_jwk(device.key), **more}


def terminal_body(merchant: str, device: Device, **changes: Any) -> dict[str, Any]:
    keys = {"keys": [key_of(device, kid="first")]}
    return {"merchant_id": merchant, "jwks": keys, "purposes": ["02121"], **changes}


def add_terminal(console: Device, merchant: str, device: Device) -> str:
    answer = done(console.post(TERMINALS, terminal_body(merchant, device)), 201)
    return str(answer["client_id"])


def client_id(till: Device) -> str:
    return str(till.client_id)  # type: ignore[attr-defined]


def log_in(world: World, till: Device, kid: str | None = None) -> Device:
    till.token = done(try_log_in(world, till, kid))["access_token"]
    return till


def try_log_in(world: World, till: Device, kid: str | None = None) -> TestResponse:
    """A log-in that names the key by its kid, as a client with several keys must."""
    till.token = None
    form = world.login_form(till, client_id(till))
    claims = jwt.decode(form["client_assertion"], options={"verify_signature": False})
    headers = {"kid": kid} if kid else None
    signed = jwt.encode(claims, till.key, algorithm="ES256", headers=headers)
    return till.form("/oauth/token", {**form, "client_assertion": signed})


def try_decode(till: Device) -> tuple[int, str]:
    body = {"code": new_code(lambda _: 7), "purpose": "02121"}
    return refused(till.post("/v1/terminal/decode", body))


def patch(console: Device, path: str, body: Any) -> TestResponse:
    return console.send("PATCH", path, headers={"Idempotency-Key": secrets.token_hex(8)}, json=body)


def delete(console: Device, path: str) -> TestResponse:
    return console.send("DELETE", path, headers={"Idempotency-Key": secrets.token_hex(8)})


def test_a_merchant_is_added_with_kind_and_region(console: Device) -> None:
    answer = done(console.post(MERCHANTS, PHARMACY), 201)
    assert {k: answer[k] for k in PHARMACY} == PHARMACY
    assert answer["status"] == "ACTIVE"
    assert done(console.get(f"{MERCHANTS}/{answer['id']}")) == answer


def test_a_repeated_request_adds_one_merchant(console: Device) -> None:
    first = console.post(MERCHANTS, PHARMACY, idempotency_key="same-wish")
    second = console.post(MERCHANTS, PHARMACY, idempotency_key="same-wish")
    assert first.data == second.data
    assert len(done(console.get(MERCHANTS))["items"]) == 1


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "bakery"}, "/kind"),
        ({"region": "云海"}, "/region"),
        ({"region": None}, "/region"),
        ({"name": ""}, "/name"),
        ({"more": 1}, "/more"),
    ],
    ids=["kind", "region", "no-region", "name", "more"],
)
def test_a_wrong_merchant_is_refused_with_a_pointer(
    console: Device, change: dict[str, Any], pointer: str
) -> None:
    answer = console.post(MERCHANTS, {**PHARMACY, **change})
    assert refused(answer) == (422, "INVALID_FIELD")
    assert answer.json["pointer"] == pointer


def test_a_name_of_blanks_is_refused(console: Device) -> None:
    assert refused(console.post(MERCHANTS, {**PHARMACY, "name": "  "})) == (
        422,
        "MERCHANT_NAME_MISSING",
    )


def test_a_terminal_added_over_the_api_works(till: Device) -> None:
    assert try_decode(till) == (404, "CODE_UNKNOWN")


def test_a_terminal_is_told_with_the_names_of_its_keys_alone(
    world: World, console: Device, merchant: str
) -> None:
    answer = console.post(TERMINALS, terminal_body(merchant, world.phone()))
    told = done(answer, 201)
    assert told["kids"] == ["first"]
    assert told["scopes"] == ["card.decode"]
    assert '"x"' not in answer.text


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"purposes": ["99999"]}, "TERMINAL_PURPOSES_INVALID"),
        ({"purposes": []}, "INVALID_FIELD"),
        ({"scopes": ["partners.write"]}, "TERMINAL_SCOPES_INVALID"),
        ({"jwks": {"keys": []}}, "INVALID_FIELD"),
        ({"jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}}, None),
    ],
    ids=["purpose", "no-purpose", "scope", "no-key", "bad-key"],
)
def test_a_wrong_terminal_is_refused(
    world: World, console: Device, merchant: str, change: dict[str, Any], code: str | None
) -> None:
    answer = console.post(TERMINALS, terminal_body(merchant, world.phone(), **change))
    assert refused(answer) == (422, code or "TERMINAL_KEYS_INVALID")


def test_a_private_key_is_never_taken(world: World, console: Device, merchant: str) -> None:
    key = {"keys": [key_of(world.phone(), d="c2VjcmV0")]}
    answer = console.post(TERMINALS, terminal_body(merchant, world.phone(), jwks=key))
    assert refused(answer) == (422, "INVALID_FIELD")
    assert "c2VjcmV0" not in answer.text


def test_a_terminal_belongs_to_a_merchant(world: World, console: Device) -> None:
    nobody = "mer_" + "0" * 26
    answer = console.post(TERMINALS, terminal_body(nobody, world.phone()))
    assert refused(answer) == (404, "MERCHANT_UNKNOWN")


def test_purposes_count_from_the_next_request_on(console: Device, till: Device) -> None:
    done(patch(console, f"{TERMINALS}/{client_id(till)}", {"purposes": ["01301"]}))
    assert try_decode(till) == (403, "PURPOSE_NOT_ALLOWED")
    done(patch(console, f"{TERMINALS}/{client_id(till)}", {"purposes": ["02121", "01301"]}))
    assert try_decode(till) == (404, "CODE_UNKNOWN")
    answer = patch(console, f"{TERMINALS}/{client_id(till)}", {"purposes": ["77777"]})
    assert refused(answer) == (422, "TERMINAL_PURPOSES_INVALID")


@pytest.mark.parametrize("whole", [False, True], ids=["terminal", "merchant"])
def test_a_suspension_counts_at_once_for_tokens_and_log_in(
    world: World, console: Device, merchant: str, till: Device, *, whole: bool
) -> None:
    path = f"{MERCHANTS}/{merchant}" if whole else f"{TERMINALS}/{client_id(till)}"
    assert done(console.post(f"{path}/suspension"))["status"] == "SUSPENDED"
    assert try_decode(till) == (401, "INVALID_TOKEN")
    fresh = Device(client=world.client, clock=world.clock, public_url=till.public_url, key=till.key)
    answer = fresh.form("/oauth/token", world.login_form(fresh, client_id(till)))
    assert refused(answer) == (401, "INVALID_CLIENT")

    assert done(console.post(f"{path}/resumption"))["status"] == "ACTIVE"
    assert try_decode(till) == (404, "CODE_UNKNOWN")


def test_resuming_a_merchant_leaves_a_suspended_terminal_out(
    console: Device, merchant: str, till: Device
) -> None:
    done(console.post(f"{TERMINALS}/{client_id(till)}/suspension"))
    done(console.post(f"{MERCHANTS}/{merchant}/suspension"))
    done(console.post(f"{MERCHANTS}/{merchant}/resumption"))
    assert try_decode(till) == (401, "INVALID_TOKEN")


def test_a_terminal_added_to_a_suspended_merchant_cannot_log_in(
    world: World, console: Device, merchant: str
) -> None:
    done(console.post(f"{MERCHANTS}/{merchant}/suspension"))
    device = world.phone()
    added = add_terminal(console, merchant, device)
    answer = device.form("/oauth/token", world.login_form(device, added))
    assert refused(answer) == (401, "INVALID_CLIENT")


def test_keys_are_rotated_without_a_gap(world: World, console: Device, till: Device) -> None:
    path, new = f"{TERMINALS}/{client_id(till)}", world.phone()
    body = {"key": key_of(new, kid="second")}
    assert done(console.post(f"{path}/keys", body), 201)["kids"] == ["first", "second"]
    new.client_id = client_id(till)  # type: ignore[attr-defined]
    log_in(world, new, "second")
    log_in(world, till, "first")
    assert done(delete(console, f"{path}/keys/first"))["kids"] == ["second"]
    log_in(world, new, "second")
    assert refused(try_log_in(world, till, "first")) == (401, "INVALID_CLIENT")


def test_one_key_at_least_remains(console: Device, till: Device) -> None:
    path = f"{TERMINALS}/{client_id(till)}/keys"
    assert refused(delete(console, f"{path}/first")) == (409, "TERMINAL_LAST_KEY")
    assert refused(delete(console, f"{path}/other")) == (404, "TERMINAL_KEY_UNKNOWN")


def test_keys_are_five_at_most_and_their_names_differ(
    world: World, console: Device, till: Device
) -> None:
    path = f"{TERMINALS}/{client_id(till)}/keys"
    same = {"key": key_of(world.phone(), kid="first")}
    assert refused(console.post(path, same)) == (409, "TERMINAL_KEY_EXISTS")
    for _ in range(4):
        done(console.post(path, {"key": key_of(world.phone())}), 201)
    sixth = console.post(path, {"key": key_of(world.phone())})
    assert refused(sixth) == (422, "TERMINAL_KEYS_INVALID")


def test_lists_page_by_cursor(world: World, console: Device, merchant: str) -> None:
    world.clock.advance(seconds=1)
    other = done(console.post(MERCHANTS, {**PHARMACY, "name": "同济大药房"}), 201)["id"]
    first = done(console.get(f"{MERCHANTS}?limit=1"))
    assert [one["id"] for one in first["items"]] == [other]
    second = done(console.get(f"{MERCHANTS}?limit=1&cursor={first['next']}"))
    assert [one["id"] for one in second["items"]] == [merchant]
    assert "next" not in second

    mine = add_terminal(console, merchant, world.phone())
    world.clock.advance(seconds=1)
    theirs = add_terminal(console, other, world.phone())
    first = done(console.get(f"{TERMINALS}?limit=1"))
    assert [one["client_id"] for one in first["items"]] == [theirs]
    second = done(console.get(f"{TERMINALS}?limit=1&cursor={first['next']}"))
    assert [one["client_id"] for one in second["items"]] == [mine]
    found = done(console.get(f"{TERMINALS}?merchant_id={merchant}"))
    assert [one["client_id"] for one in found["items"]] == [mine]


def test_every_change_is_recorded_with_who_made_it(
    world: World, console: Device, merchant: str
) -> None:
    world.clock.advance(seconds=1)
    added = add_terminal(console, merchant, world.phone())
    path = f"{TERMINALS}/{added}"
    for act in ("suspension", "suspension", "resumption"):  # the second changes nothing
        world.clock.advance(seconds=1)
        done(console.post(f"{path}/{act}"))
    world.clock.advance(seconds=1)
    world.onboarding.suspend(added)
    events = done(console.get(f"{MERCHANTS}/{merchant}/changes"))["items"]
    assert [one["action"] for one in events] == [
        "terminal.suspended",
        "terminal.resumed",
        "terminal.suspended",
        "terminal.added",
        "merchant.added",
    ]
    assert events[0]["actor"] == "commands"
    assert {one["actor"][:4] for one in events[1:]} == {"opr_"}
    assert events[3]["detail"] == ["first"]
    after = done(console.get(f"{MERCHANTS}/{merchant}/changes?limit=2&cursor={events[2]['id']}"))
    assert [one["id"] for one in after["items"]] == [events[3]["id"], events[4]["id"]]


@pytest.mark.usefixtures("merchant")
def test_the_record_only_grows(world: World) -> None:
    with pytest.raises(IntegrityError, match="only grows"), world.database.separate() as tx:
        tx.execute(text("DELETE FROM partner_changes"))


@pytest.mark.parametrize(
    "path", [f"{MERCHANTS}/mer_no", f"{MERCHANTS}/mer_no/changes", f"{TERMINALS}/trm_no"]
)
def test_unknown_partners_are_not_found(console: Device, path: str) -> None:
    assert console.get(path).status_code == 404


@pytest.mark.parametrize("act", ["suspension", "resumption"])
def test_unknown_partners_cannot_be_stopped(console: Device, act: str) -> None:
    assert refused(console.post(f"{MERCHANTS}/mer_no/{act}")) == (404, "MERCHANT_UNKNOWN")
    assert refused(console.post(f"{TERMINALS}/trm_no/{act}")) == (404, "TERMINAL_UNKNOWN")
    answer = patch(console, f"{TERMINALS}/trm_no", {"purposes": ["02121"]})
    assert refused(answer) == (404, "TERMINAL_UNKNOWN")


def test_reading_and_writing_are_rights_of_their_own(world: World) -> None:
    reader = operator_console(world, "partners.read")
    writer = operator_console(world, "partners.write")
    assert reader.get(MERCHANTS).status_code == 200
    assert refused(reader.post(MERCHANTS, PHARMACY)) == (403, "INSUFFICIENT_SCOPE")
    assert refused(writer.get(MERCHANTS)) == (403, "INSUFFICIENT_SCOPE")
    assert writer.post(MERCHANTS, PHARMACY).status_code == 201


@pytest.mark.parametrize("who", ["phone", "citizen", "terminal"])
def test_nobody_else_is_let_in(world: World, who: str) -> None:
    device: Device = getattr(world, who)()
    assert refused(device.get(MERCHANTS)) == (401, "INVALID_TOKEN")
    assert refused(device.post(MERCHANTS, PHARMACY)) == (401, "INVALID_TOKEN")
