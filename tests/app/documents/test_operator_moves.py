"""Operators look at certificates and move them, each with its scope, and everybody is told."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from app.audit.models import AccessEvent
from app.documents.models import CertificateChange
from app.documents.moves import REASONS
from certificates.status_list import TokenStatus
from config import Settings
from tests.app.device import Device
from tests.app.documents.people import ZHANG, accesses, issued, members
from tests.app.documents.test_status_lists import move, status
from tests.app.exchange.test_operator import desk, login, onboard
from tests.app.notifications.partners import partner, receiving, told
from tests.app.world import World

MOVES = {"suspension": "suspended", "resumption": "valid", "revocation": "revoked"}
WHY = {
    "suspension": "UNDER_REVIEW",
    "resumption": "REVIEW_ENDED",
    "revocation": "ISSUED_IN_ERROR",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"webhooks_inside": True})


@pytest.fixture
def console(world: World) -> Device:
    return signed_in(world)


def signed_in(world: World, *scopes: str) -> Device:
    """An operator's machine that has logged in, with all scopes unless some are named."""
    device = world.phone()
    answer = login(world, device, onboard(world, device, *scopes))
    assert answer.status_code == 200, answer.text
    device.token = answer.json["access_token"]
    return device


def at(made: dict[str, Any], what: str = "") -> str:
    return f"/v1/operator/certificates/{made['id']}" + (f"/{what}" if what else "")


def act(device: Device, made: dict[str, Any], what: str, **options: Any) -> TestResponse:
    return device.post(at(made, what), {"reason": WHY[what]}, **options)


def code(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, members(answer)["code"]


def changes(world: World) -> list[CertificateChange]:
    with world.database.separate() as tx:
        return list(tx.scalars(select(CertificateChange).order_by(CertificateChange.id)).all())


def operator_id(world: World) -> str:
    with world.database.separate() as tx:
        return str(tx.execute(text("SELECT id FROM operators")).scalar_one())


def notices(device: Device) -> list[str]:
    return [one["kind"] for one in members(device.get("/v1/me/notices"))["items"]]


def test_an_operator_suspends_resumes_and_revokes(
    zhang: Device, world: World, console: Device
) -> None:
    made = issued(zhang)
    for what, (state, listed) in {
        "suspension": ("suspended", TokenStatus.SUSPENDED),
        "resumption": ("valid", TokenStatus.VALID),
        "revocation": ("revoked", TokenStatus.INVALID),
    }.items():
        answer = act(console, made, what)
        assert answer.status_code == 200, answer.text
        assert members(answer) == {"id": made["id"], "status": state, "reason": WHY[what]}
        assert members(zhang.get(f"/v1/certificates/{made['id']}"))["status"] == state
        assert status(world, made) is listed
    assert [(one.state, one.reason) for one in changes(world)] == [
        (MOVES[what], WHY[what]) for what in MOVES
    ]
    assert {one.changed_by for one in changes(world)} == {operator_id(world)}


def test_the_holder_is_told_and_sees_that_it_was_staff_not_who(
    zhang: Device, world: World, console: Device
) -> None:
    made = issued(zhang)
    act(console, made, "suspension")
    told(world)
    assert notices(zhang) == ["certificate.suspended"]
    [seen] = [e for e in accesses(zhang) if e["action"] == "certificate.suspended"]
    assert (seen["actor_kind"], seen["actor"]) == ("staff", "工作人员 staff")
    assert "市数据局值班" not in json.dumps(accesses(zhang), ensure_ascii=False)
    query = select(AccessEvent.actor_id).where(AccessEvent.action == "certificate.suspended")
    with world.database.separate() as tx:
        assert tx.scalars(query).all() == [operator_id(world)]


def test_partners_are_told_exactly_as_of_a_command(
    zhang: Device, li: Device, world: World, console: Device
) -> None:
    by_route, by_command, lawyer = issued(zhang), issued(li), partner(world)
    with receiving() as receiver:
        lawyer.post("/v1/partners/webhooks", {"url": receiver.url})
        for one in (by_route, by_command):
            follow = {"id": one["id"], "code": one["check_code"]}
            lawyer.post("/v1/certificate-checks/subscriptions", follow)
        act(console, by_route, "revocation")
        move(world, by_command, "revoked", WHY["revocation"])
        told(world)
        told(world)
        events = [json.loads(call.body) for call in receiver.calls[-2:]]
    assert [event["type"] for event in events] == ["certificate.revoked"] * 2
    same = [
        {k: v for k, v in event["data"].items() if k not in {"certificate", "subscription"}}
        for event in events
    ]
    assert same[0] == same[1]


def test_a_repeat_of_the_request_gives_the_same_answer_and_moves_once(
    zhang: Device, world: World, console: Device
) -> None:
    made, key = issued(zhang), secrets.token_hex(8)
    first = act(console, made, "suspension", idempotency_key=key)
    again = act(console, made, "suspension", idempotency_key=key)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (again.status_code, again.data) == (200, first.data)
    assert len(changes(world)) == 1
    assert told(world) == 1
    other = console.post(at(made, "suspension"), {"reason": "RECORD_DISPUTED"}, idempotency_key=key)
    assert code(other) == (422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize("what", list(MOVES))
def test_a_move_without_a_key_is_refused(
    zhang: Device, world: World, console: Device, what: str
) -> None:
    made = issued(zhang)
    answer = console.send("POST", at(made, what), json={"reason": WHY[what]})
    assert code(answer) == (400, "IDEMPOTENCY_KEY_MISSING")
    assert changes(world) == []


@pytest.mark.parametrize(
    "case",
    [
        (("suspension",), "suspension", "CERTIFICATE_STATE_UNCHANGED", "suspended"),
        ((), "resumption", "CERTIFICATE_STATE_UNCHANGED", "valid"),
        (("revocation",), "revocation", "CERTIFICATE_STATE_UNCHANGED", "revoked"),
        (("revocation",), "suspension", "CERTIFICATE_STATE_CONFLICT", "revoked"),
        (("suspension", "revocation"), "resumption", "CERTIFICATE_STATE_CONFLICT", "revoked"),
    ],
)
def test_a_move_that_is_not_possible_says_how_it_stands_and_leaves_no_trace(
    zhang: Device, world: World, console: Device, case: tuple[tuple[str, ...], str, str, str]
) -> None:
    made, (before, what, refusal, state) = issued(zhang), case
    for one in before:
        assert act(console, made, one).status_code == 200
    answer = act(console, made, what)
    assert code(answer) == (409, refusal)
    assert members(answer)["state"] == state
    assert len(changes(world)) == len(before)


@pytest.mark.parametrize("what", list(MOVES))
def test_an_unknown_certificate_is_not_found(console: Device, what: str) -> None:
    assert code(act(console, {"id": "cer_x"}, what)) == (404, "NOT_FOUND")


def test_an_unknown_certificate_is_not_shown(world: World, console: Device) -> None:
    assert code(console.get(at({"id": "cer_x"}))) == (404, "NOT_FOUND")
    with world.database.separate() as tx:
        assert tx.scalars(select(AccessEvent)).all() == []


@pytest.mark.parametrize(
    "case",
    [
        ("suspension", {"reason": "FRAUD"}, "CERTIFICATE_REASON_INVALID"),
        ("suspension", {"reason": "BECAUSE"}, "CERTIFICATE_REASON_INVALID"),
        ("resumption", {"reason": "UNDER_REVIEW"}, "CERTIFICATE_REASON_INVALID"),
        ("resumption", {"reason": "CONFIRMED"}, "CERTIFICATE_REASON_INVALID"),
        ("revocation", {"reason": "NEW_VERSION"}, "CERTIFICATE_REASON_INVALID"),
        ("revocation", {"reason": ""}, "CERTIFICATE_REASON_INVALID"),
        ("revocation", {"reason": "F" * 65}, "INVALID_FIELD"),
        ("revocation", {"reason": None}, "INVALID_FIELD"),
        ("revocation", {"reason": 1}, "INVALID_FIELD"),
        ("revocation", {}, "INVALID_FIELD"),
        ("revocation", {"reason": "FRAUD", "by": "somebody else"}, "INVALID_FIELD"),
    ],
)
def test_a_reason_that_does_not_lead_there_is_refused(
    zhang: Device, world: World, console: Device, case: tuple[str, dict[str, Any], str]
) -> None:
    made, (what, body, refusal) = issued(zhang), case
    answer = console.post(at(made, what), body)
    assert code(answer) == (422, refusal)
    assert members(answer)["pointer"].startswith("/")
    assert changes(world) == []


def refusals(device: Device, made: dict[str, Any]) -> list[tuple[int, str]]:
    return [code(device.get(at(made))), *(code(act(device, made, what)) for what in MOVES)]


@pytest.mark.parametrize("who", ["phone", "citizen", "terminal"])
def test_nobody_else_is_let_in(zhang: Device, world: World, who: str) -> None:
    made = issued(zhang)
    device: Callable[[], Device] = getattr(world, who)
    assert refusals(device(), made) == [(401, "INVALID_TOKEN")] * 4
    assert refusals(zhang, made) == [(401, "INVALID_TOKEN")] * 4
    assert changes(world) == []


@pytest.mark.parametrize(
    ("scope", "may"),
    [
        ("certificates.read", {""}),
        ("certificates.suspend", {"suspension", "resumption"}),
        ("certificates.revoke", {"revocation"}),
        ("sources.read", set[str]()),
    ],
)
def test_each_act_needs_its_own_scope(
    zhang: Device, world: World, scope: str, may: set[str]
) -> None:
    made, device = issued(zhang), signed_in(world, scope)
    done = set()
    for what in ("", *MOVES):
        answer = act(device, made, what) if what else device.get(at(made))
        if answer.status_code == 200:
            done.add(what)
        else:
            assert code(answer) == (403, "INSUFFICIENT_SCOPE")
    assert done == may


def test_a_suspended_operator_moves_nothing_from_then_on(
    zhang: Device, world: World, console: Device
) -> None:
    made = issued(zhang)
    desk(world).suspend(operator_id(world))
    assert refusals(console, made) == [(401, "INVALID_TOKEN")] * 4
    assert changes(world) == []
    desk(world).resume(operator_id(world))
    assert act(console, made, "suspension").status_code == 200


def test_the_operator_sees_how_it_stands_and_why_and_nothing_of_the_holder(
    zhang: Device, world: World, console: Device
) -> None:
    made = issued(zhang)
    fresh = members(console.get(at(made)))
    assert (fresh["status"], fresh["history"]) == ("valid", [])
    assert "reason" not in fresh
    world.clock.advance(seconds=1)
    act(console, made, "suspension")
    world.clock.advance(seconds=1)
    act(console, made, "revocation")

    answer = console.get(at(made))

    seen = members(answer)
    assert (seen["status"], seen["reason"]) == ("revoked", "ISSUED_IN_ERROR")
    assert (seen["number"], seen["provisional"]) == (made["number"], False)
    assert seen["history"] == [
        {
            "at": "2026-11-23T08:00:02Z",
            "status": "revoked",
            "reason": "ISSUED_IN_ERROR",
            "by": operator_id(world),
        },
        {
            "at": "2026-11-23T08:00:01Z",
            "status": "suspended",
            "reason": "UNDER_REVIEW",
            "by": operator_id(world),
        },
    ]
    [number] = [n for n, held in world.registry.persons.items() if held["name"] == ZHANG]
    for personal in (ZHANG, number, "prs_", made["check_code"], "check_url"):
        assert personal not in answer.text


def test_what_the_holder_did_is_told_without_their_id(zhang: Device, console: Device) -> None:
    first = issued(zhang)
    issued(zhang)
    answer = console.get(at(first))
    [step] = members(answer)["history"]
    assert (step["status"], step["reason"], step["by"]) == ("superseded", "NEW_VERSION", "holder")
    assert "prs_" not in answer.text


def test_the_holder_sees_that_an_operator_looked(
    zhang: Device, world: World, console: Device
) -> None:
    made = issued(zhang)
    console.get(at(made))
    [seen] = [e for e in accesses(zhang) if e["action"] == "certificate.read"]
    assert (seen["actor_kind"], seen["fields"]) == ("staff", ["number", "status"])
    query = select(AccessEvent.actor_id).where(AccessEvent.action == "certificate.read")
    with world.database.separate() as tx:
        assert tx.scalars(query).all() == [operator_id(world)]


def test_the_contract_lists_the_reasons_of_each_move(world: World) -> None:
    told_of = members(world.client.get("/openapi.json"))
    for what, state in MOVES.items():
        path = told_of["paths"][f"/v1/operator/certificates/{{id}}/{what}"]["post"]
        schema = path["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        body = told_of["components"]["schemas"][schema.rpartition("/")[2]]
        assert body["properties"]["reason"]["enum"] == sorted(REASONS[state])
        assert path["security"]
