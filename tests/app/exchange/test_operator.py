"""The operator sees how each source does, reads contracts anew, and nobody else may."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.core.errors import DomainError
from app.core.ids import new_id
from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.models import Exchange
from app.partners.service.operators import OperatorOnboarding
from app.wiring.operator_scopes import OPERATOR_SCOPES
from tests.app.device import Device, public_jwk
from tests.app.operators import operator_console
from tests.app.world import World

SOURCES, RELOAD = "/v1/operator/sources", "/v1/operator/contracts/reload"


def desk(world: World) -> OperatorOnboarding:
    return OperatorOnboarding(
        database=world.database, clock=world.clock, known_scopes=OPERATOR_SCOPES
    )


def login(world: World, device: Device, client_id: str, scope: str = "") -> TestResponse:
    form = world.login_form(device, client_id) | {"scope": scope}
    return device.form("/oauth/token", {name: text for name, text in form.items() if text})


def onboard(world: World, device: Device, *scopes: str) -> str:
    jwk = dict(public_jwk(device.key))
    return desk(world).add(name="市数据局值班", jwks=[jwk], scopes=scopes or OPERATOR_SCOPES)


@pytest.fixture
def console(world: World) -> Device:
    """An operator's machine that has logged in."""
    return operator_console(world)


def note(world: World, source: str, *, ms: int = 100, **changes: Any) -> None:
    """An exchange as it was written down."""
    failure = changes.pop("failure", None)
    values = {
        "id": new_id("xch", world.clock.now()),
        "at": world.clock.now(),
        "case_id": "cer_1",
        "source": source,
        "contract": f"{source}/1.0.0",
        "purpose": "certificate",
        "fields": [],
        "outcome": "failed" if failure else "live",
        "failure": failure,
        "fault": ExchangeFailed(failure).fault if failure else None,
        "latency_ms": ms,
        "record_version": None if failure else "v1",
        **changes,
    }
    with world.database.separate() as tx:
        tx.add(Exchange(**values))


def told(console: Device, source: str) -> dict[str, Any]:
    answer = console.get(SOURCES)
    assert answer.status_code == 200, answer.text
    found: dict[str, dict[str, Any]] = {one["source"]: one for one in answer.json["items"]}
    return found[source]


def test_every_source_is_told_with_its_contract(console: Device) -> None:
    answer = console.get(SOURCES)
    assert len(answer.json["items"]) == 10
    assert told(console, "veteran") == {
        "source": "veteran",
        "department": "veterans",
        "name_zh": "退役军人事务信息库",
        "name_en": "roll of veterans",
        "way": "files",
        "contract": "veteran/1.0.0",
        "circuit": "closed",
        "promised_p95_ms": 250,
        "window": {
            "minutes": 15,
            "exchanges": 0,
            "failed": 0,
            "faults": {"ours": 0, "theirs": 0},
            "kept": 0,
        },
    }


def test_speed_errors_and_whose_fault_they_were_are_counted(world: World, console: Device) -> None:
    for ms in range(10, 110, 10):
        note(world, "marriage", ms=ms)
    world.clock.advance(minutes=1)
    for failure in (Failure.TIMED_OUT, Failure.OVERLOADED, Failure.NOT_AUTHENTICATED):
        note(world, "marriage", ms=2000, failure=failure)
    note(world, "marriage", ms=0, failure=Failure.CIRCUIT_OPEN)
    note(world, "housing_fund", ms=7)

    marriage = told(console, "marriage")
    window = marriage["window"]
    assert (window["exchanges"], window["failed"]) == (14, 4)
    assert window["error_share"] == round(4 / 14, 4)
    assert window["faults"] == {"ours": 1, "theirs": 3}
    assert (window["p50_ms"], window["p95_ms"]) == (70, 2000)  # without what was never sent
    assert marriage["last_success_at"] == "2026-11-23T08:00:00Z"
    assert marriage["last_failure"]["at"] == "2026-11-23T08:01:00Z"
    assert told(console, "housing_fund")["window"]["p95_ms"] == 7


def test_what_is_past_leaves_the_window_then_the_memory(world: World, console: Device) -> None:
    note(world, "marriage")
    note(world, "marriage", failure=Failure.TIMED_OUT)
    world.clock.advance(minutes=16)
    login_again(world, console)
    past = told(console, "marriage")
    assert past["window"]["exchanges"] == 0
    assert "error_share" not in past["window"]
    assert past["last_failure"]["failure"] == "timed_out"
    assert past["last_failure"]["fault"] == "theirs"
    world.clock.advance(days=7)
    login_again(world, console)
    assert {"last_success_at", "last_failure"}.isdisjoint(told(console, "marriage"))


def login_again(world: World, console: Device) -> None:
    """A new token: the one before has expired."""
    console.token = None
    fresh = login(world, console, onboard(world, console))
    console.token = fresh.json["access_token"]


def test_a_real_look_up_is_counted(world: World, console: Device) -> None:
    world.citizen()
    population = told(console, "population")
    assert population["window"]["exchanges"] == 1
    assert population["window"]["failed"] == 0
    assert "last_success_at" in population


def test_nothing_personal_is_told(world: World, console: Device) -> None:
    number = world.register("张伟")
    world.sign_in(world.phone(), number=number)
    text = console.get(SOURCES).text
    assert "张伟" not in text
    assert number not in text


def test_contracts_are_read_anew_once_per_key(console: Device) -> None:
    key = secrets.token_hex(8)
    first = console.post(RELOAD, idempotency_key=key)
    assert first.status_code == 200, first.text
    assert {one["source"]: one for one in first.json["items"]}["veteran"] == {
        "source": "veteran",
        "contract": "veteran/1.0.0",
    }
    again = console.post(RELOAD, idempotency_key=key)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.data == first.data


def refusals(device: Device) -> list[tuple[int, str]]:
    answers = [device.get(SOURCES), device.post(RELOAD)]
    return [(one.status_code, one.json["code"]) for one in answers]


@pytest.mark.parametrize("who", ["phone", "citizen", "terminal"])
def test_nobody_else_is_let_in(world: World, who: str) -> None:
    made: Callable[[], Device] = getattr(world, who)
    assert refusals(made()) == [(401, "INVALID_TOKEN")] * 2


def test_an_operator_is_nobody_s_terminal_or_citizen(console: Device) -> None:
    for path in ("/v1/me", "/v1/certificates"):
        assert console.get(path).json["code"] == "INVALID_TOKEN"
    decode = {"code": "0" * 18, "purpose": "02121"}
    assert console.post("/v1/terminal/decode", decode).json["code"] == "INVALID_TOKEN"


def test_an_operator_may_not_ask_about_others_tokens(world: World, console: Device) -> None:
    device = world.phone()
    form = world.login_form(device, onboard(world, device))
    asked = {name: form[name] for name in ("client_assertion", "client_assertion_type")}
    answer = device.form("/oauth/introspect", {"token": str(console.token), **asked})
    assert (answer.status_code, answer.json["code"]) == (401, "INVALID_CLIENT")


def test_each_act_needs_its_own_scope(world: World) -> None:
    watcher = world.phone()
    client = onboard(world, watcher, "sources.read")
    assert login(world, watcher, client, "contracts.reload").json["error"] == "invalid_scope"
    watcher.token = login(world, watcher, client).json["access_token"]
    assert watcher.get(SOURCES).status_code == 200
    assert watcher.post(RELOAD).json["code"] == "INSUFFICIENT_SCOPE"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "OPERATOR_NAME_MISSING"),
        ({"scopes": ()}, "OPERATOR_SCOPES_INVALID"),
        ({"scopes": ("everything",)}, "OPERATOR_SCOPES_INVALID"),
        ({"jwks": []}, "TERMINAL_KEYS_INVALID"),
    ],
)
def test_who_cannot_be_put_on_the_list(world: World, changes: dict[str, Any], code: str) -> None:
    jwk = dict(public_jwk(world.phone().key))
    usual: dict[str, Any] = {"name": "值班", "jwks": [jwk], "scopes": ("sources.read",)}
    with pytest.raises(DomainError, match=code):
        desk(world).add(**{**usual, **changes})
    for act in (desk(world).suspend, desk(world).resume):
        with pytest.raises(DomainError, match="OPERATOR_UNKNOWN"):
            act("opr_nobody")


def test_a_token_of_another_key_is_refused(world: World, console: Device) -> None:
    thief = world.phone()
    thief.token = console.token
    assert refusals(thief) == [(401, "INVALID_TOKEN")] * 2


def test_a_suspended_operator_is_out_at_once_and_back_when_resumed(world: World) -> None:
    device = world.phone()
    client = onboard(world, device)
    device.token = login(world, device, client).json["access_token"]
    desk(world).suspend(client)
    assert refusals(device) == [(401, "INVALID_TOKEN")] * 2
    token, device.token = device.token, None
    assert login(world, device, client).status_code == 401
    asked = {"token": token}
    assert device.form("/oauth/introspect", asked).json == {"active": False}
    desk(world).resume(client)
    assert device.form("/oauth/introspect", asked).json["active"] is True
    device.token = token
    assert device.get(SOURCES).status_code == 200
