"""GET /v1/me and /v1/me/accesses: a person's own data, and who saw them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InternalError

from tests.app.card.steps import decode, show
from tests.app.device import Device
from tests.app.world import World
from tests.fakes import FakeClock

ACCESSES = "/v1/me/accesses"
NO_LOOK = "action <> 'profile.read'"


def log_of(phone: Device, query: str = "") -> Any:
    answer = phone.get(f"{ACCESSES}{query}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_people_see_themselves_masked(world: World) -> None:
    number = world.register("欧阳修")
    phone = world.sign_in(world.phone(), number=number, name="欧阳修")
    answer = phone.get("/v1/me")

    assert answer.json["name"] == "欧*"
    assert answer.json["citizen_number"] == f"{number[:4]}**********{number[-4:]}"
    assert answer.json["level"] == "L1"
    assert answer.json["authenticated_at"] == "2026-11-23T08:00:00Z"
    assert number not in answer.text
    assert "欧阳修" not in answer.text


def test_each_look_is_in_the_log_and_reading_the_log_is_not(world: World) -> None:
    phone = world.citizen()
    before = len(log_of(phone)["items"])
    phone.get("/v1/me")
    items = log_of(phone)["items"]

    assert len(items) == before + 1
    [look] = [item for item in items if item["action"] == "profile.read"]
    assert look["fields"] == ["citizen_number", "name"]
    assert look["actor_kind"] == "self"


def test_signing_in_is_in_the_log(world: World) -> None:
    phone = world.citizen()
    actions = {item["action"] for item in log_of(phone)["items"]}
    assert {"token.issued", "face.verified"} <= actions


def test_nobody_sees_anothers_log(world: World) -> None:
    one, other = world.citizen(), world.citizen()
    one.get("/v1/me")
    mine = {item["id"] for item in log_of(one)["items"]}
    theirs = {item["id"] for item in log_of(other)["items"]}
    assert mine
    assert not mine & theirs
    newest = max(mine)
    assert {item["id"] for item in log_of(other, f"?cursor={newest}")["items"]} <= theirs


def test_a_pharmacys_look_is_there_by_its_name(world: World) -> None:
    phone, till = world.citizen(), world.terminal(merchant="康民大药房")
    phone.post("/v1/card")
    assert decode(till, show(phone)).status_code == 200
    [look] = [i for i in log_of(phone)["items"] if i["actor_kind"] == "terminal"]
    assert look["actor"] == "康民大药房"


def test_the_log_is_newest_first_and_its_pages_miss_nothing(world: World, clock: FakeClock) -> None:
    phone = world.citizen()
    for _ in range(40):
        clock.advance(seconds=0.377)  # so that the ids' digits carry again and again
        phone.get("/v1/me")
    whole = log_of(phone)["items"]
    times = [datetime.fromisoformat(item["at"]) for item in whole]
    assert times == sorted(times, reverse=True)

    page = log_of(phone, "?limit=7")
    pages = page["items"]
    while page.get("next"):
        page = log_of(phone, f"?limit=7&cursor={page['next']}")
        pages += page["items"]
    assert pages == whole


def test_an_event_without_fields_or_next_page_is_whole(world: World) -> None:
    page = log_of(world.citizen())
    assert "items" in page
    assert all(isinstance(item["fields"], list) for item in page["items"])


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("?limit=0", "/limit"),
        ("?limit=101", "/limit"),
        ("?limit=x", "/limit"),
        ("?cursor=%27--", "/cursor"),
        ("?cursor=", "/cursor"),
        ("?person_id=prs_x", "/person_id"),
    ],
)
def test_a_wrong_page_is_refused_with_its_pointer(world: World, query: str, pointer: str) -> None:
    answer = world.citizen().get(f"{ACCESSES}{query}")
    assert (answer.status_code, answer.json["code"]) == (422, "INVALID_FIELD")
    assert answer.json["pointer"] == pointer


@pytest.mark.parametrize(
    "statement", ["UPDATE access_events SET actor = ''", "DELETE FROM access_events"]
)
def test_the_log_only_grows(world: World, statement: str) -> None:
    world.citizen()
    with (
        pytest.raises((IntegrityError, InternalError), match="only grows"),
        world.database.separate() as tx,
    ):
        tx.execute(text(statement))


def test_a_look_that_cannot_be_recorded_does_not_happen(world: World) -> None:
    phone = world.citizen()
    with world.database.separate() as tx:
        tx.execute(text(f"ALTER TABLE access_events ADD CONSTRAINT is_full CHECK ({NO_LOOK})"))
    try:
        answer = phone.get("/v1/me")
    finally:
        with world.database.separate() as tx:
            tx.execute(text("ALTER TABLE access_events DROP CONSTRAINT is_full"))
    assert (answer.status_code, answer.json["code"]) == (500, "INTERNAL")
    assert "name" not in answer.get_json()
