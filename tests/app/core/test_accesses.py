"""A person sees who asked whom for which of their data, why and with what result, at once."""

from __future__ import annotations

from typing import Any

import pytest

from app.audit import actions
from app.wiring.access_words import ACTIONS, PURPOSES
from tests.app.card.steps import decode, show
from tests.app.device import Device
from tests.app.documents.people import HOUSEHOLD, ZHANG, issued, members, registered
from tests.app.world import World

PATH = "/v1/me/accesses"


@pytest.fixture
def zhang(world: World) -> Device:
    return world.citizen(ZHANG)


def log(device: Device, query: str = "?limit=100") -> list[dict[str, Any]]:
    answer = device.get(PATH + query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = members(answer)["items"]
    return found


def test_every_action_has_words() -> None:
    known = {value for name, value in vars(actions).items() if name.isupper()}
    assert set(ACTIONS) == known
    words = [*ACTIONS.values(), *(one for both in PURPOSES.values() for one in both)]
    assert all(one.zh and one.en for one in words)


def test_a_look_is_told_in_the_very_next_request(zhang: Device) -> None:
    issued(zhang)
    told = {one["action"] for one in log(zhang) if one["purpose"] == f"certificate:{HOUSEHOLD}"}
    assert told == {"certificate.issued", "registry.read"}
    look = next(
        one
        for one in log(zhang)
        if one["action"] == "registry.read" and one["purpose"] == f"certificate:{HOUSEHOLD}"
    )
    assert look["actor"] == "一次都不跑 Zero-Run"
    assert (look["source"], look["outcome"]) == ("population", "live")
    assert look["source_words"] == {
        "zh": "公安人口信息库",
        "en": "population registry of public security",
    }
    assert look["action_words"] == {"zh": "向部门查询", "en": "A department was asked"}
    assert look["purpose_words"]["zh"] == "《户籍证明》"
    assert look["purpose_words"]["en"] == "for “Certificate of Household Registration”"
    assert look["legal_basis"]["zh"] == "《中华人民共和国户口登记条例》第四条"
    assert "household" in look["fields"]
    assert look["at"] == "2026-11-23T08:00:00Z"


def test_a_question_that_failed_is_told_too(zhang: Device, world: World) -> None:
    world.registry.status = 503
    assert zhang.post("/v1/certificates", json={"type": HOUSEHOLD}).status_code == 503
    [look] = [one for one in log(zhang) if one.get("outcome") == "failed"]
    assert (look["action"], look["source"]) == ("registry.read", "population")


def test_a_question_that_found_nothing_is_told_too(zhang: Device, world: World) -> None:
    registered(world, ZHANG)["name"] = "张三"
    assert zhang.post("/v1/certificates", json={"type": HOUSEHOLD}).status_code == 409
    [look] = [one for one in log(zhang) if one.get("outcome") == "not_found"]
    assert "household" in look["fields"]


def test_a_check_by_anybody_is_told_without_their_address(zhang: Device, world: World) -> None:
    made = issued(zhang)
    body = {"id": made["id"], "code": made["check_code"]}
    world.client.post("/v1/certificate-checks", json=body, environ_base={"REMOTE_ADDR": "9.8.7.6"})
    answer = zhang.get(PATH)
    [check] = [one for one in members(answer)["items"] if one["action"] == "certificate.checked"]
    assert check["actor"] == "public check"
    assert "9.8.7.6" not in answer.text
    assert "source" not in check


def test_a_partner_is_named_and_why_it_asked(world: World) -> None:
    phone, till = world.citizen(), world.terminal()
    assert phone.post("/v1/card").status_code == 201
    assert decode(till, show(phone)).status_code == 200
    [look] = [one for one in log(phone) if one["actor_kind"] == "terminal"]
    assert look["actor"] == "平安大药房"
    assert look["purpose_words"] == {"zh": "药店购药", "en": "pharmacy purchase"}
    assert "第十三条" in look["legal_basis"]["zh"]


def test_signing_in_says_that_the_registry_was_asked(zhang: Device) -> None:
    [look] = [one for one in log(zhang) if one["action"] == "registry.read"]
    assert (look["source"], look["outcome"]) == ("population", "live")
    assert look["purpose_words"]["en"] == "to verify you at sign-in"


def test_looks_are_chosen_by_time_and_paged(zhang: Device, world: World) -> None:
    begun = len(log(zhang))
    for _ in range(4):
        world.clock.advance(minutes=1)
        zhang.get("/v1/me")
    assert len(log(zhang, "?limit=100&since=2026-11-23T08:02:00Z")) == 3
    assert len(log(zhang, "?limit=100&since=2026-11-23T16:02:00%2B08:00")) == 3
    assert len(log(zhang, "?limit=100&until=2026-11-23T08:01:00Z")) == begun
    between = "since=2026-11-23T08:01:00Z&until=2026-11-23T08:04:00Z"
    first = members(zhang.get(f"{PATH}?limit=2&{between}"))
    rest = members(zhang.get(f"{PATH}?limit=2&{between}&cursor={first['next']}"))
    times = [one["at"] for page in (first, rest) for one in page["items"]]
    assert times == [f"2026-11-23T08:0{minute}:00Z" for minute in (3, 2, 1)]
    assert "next" not in rest


@pytest.mark.parametrize(
    "query", ["?since=yesterday", "?since=2026-11-23T08:00:00", "?until=x", "?from=1"]
)
def test_a_time_of_another_form_is_refused(zhang: Device, query: str) -> None:
    answer = zhang.get(PATH + query)
    assert (answer.status_code, answer.json["code"]) == (422, "INVALID_FIELD")
