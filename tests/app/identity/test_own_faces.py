"""GET /v1/me/consents and DELETE /v1/me/biometrics: what a face left behind, seen and deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from tests.app.device import Device
from tests.app.identity.desk import PATH, Desk, begin, play, send
from tests.app.world import World

CONSENTS, FACE = "/v1/me/consents", "/v1/me/biometrics"


def told(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def number_of(world: World, name: str) -> str:
    return next(n for n, held in world.registry.persons.items() if held["name"] == name)


def rows(world: World, sql: str, **values: Any) -> list[Any]:
    with world.database.separate() as tx:
        return list(tx.execute(text(sql), values).all())


def figures(world: World) -> list[Any]:
    return rows(world, "SELECT id FROM verification_sessions WHERE audit IS NOT NULL")


def test_a_consent_is_shown_with_its_text_and_how_it_ended(world: World) -> None:
    [one] = told(world.citizen().get(CONSENTS))["items"]
    assert one["purpose"] == "login"
    assert one["outcome"] == "PASSED"
    assert one["this_device"] is True
    assert "人脸" in one["text"]["zh"]
    assert "face" in one["text"]["en"]
    assert datetime.fromisoformat(one["accepted_at"]).tzinfo is not None


def test_what_others_agreed_to_under_my_number_is_not_mine(world: World) -> None:
    mine = world.citizen("张伟")
    begin_for(world, world.phone(), "张伟")
    assert len(told(mine.get(CONSENTS))["items"]) == 1


def test_an_attempt_on_my_own_device_is_mine(world: World) -> None:
    mine = world.citizen("张伟")
    world.clock.advance(seconds=1)
    begin_for(world, mine, "张伟")
    outcomes = [one["outcome"] for one in told(mine.get(CONSENTS))["items"]]
    assert outcomes == ["CREATED", "PASSED"]


def test_nobody_sees_anothers_consents(world: World) -> None:
    one, other = world.citizen("张伟"), world.citizen("李娜")
    mine = {each["id"] for each in told(one.get(CONSENTS))["items"]}
    theirs = {each["id"] for each in told(other.get(CONSENTS))["items"]}
    assert mine
    assert theirs
    assert not mine & theirs


def test_consents_page_without_gap_or_repetition(world: World) -> None:
    mine = world.citizen("张伟")
    for _ in range(2):
        world.clock.advance(seconds=1)
        begin_for(world, mine, "张伟")
    whole = [one["id"] for one in told(mine.get(CONSENTS))["items"]]
    found: list[str] = []
    page = told(mine.get(f"{CONSENTS}?limit=2"))
    found += [one["id"] for one in page["items"]]
    page = told(mine.get(f"{CONSENTS}?limit=2&cursor={page['next']}"))
    found += [one["id"] for one in page["items"]]
    assert len(whole) == 3
    assert found == whole


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=1", "person=x"])
def test_a_wrong_page_is_refused(world: World, query: str) -> None:
    assert world.citizen().get(f"{CONSENTS}?{query}").status_code == 422


def test_deleting_takes_the_figures_of_my_verifications_and_nobody_elses(world: World) -> None:
    mine, other = world.citizen("张伟"), world.citizen("李娜")
    assert len(figures(world)) == 2
    done = told(mine.delete(FACE))
    assert done["judgements_deleted"] == 1
    [left] = figures(world)
    [theirs] = told(other.get(CONSENTS))["items"]
    assert left[0] == theirs["id"]


def test_deleting_again_is_harmless(world: World) -> None:
    mine = world.citizen()
    mine.delete(FACE)
    done = told(mine.delete(FACE))
    assert (done["sessions_ended"], done["judgements_deleted"]) == (0, 0)


def test_deleting_ends_a_verification_under_way_whoever_began_it(world: World) -> None:
    mine = world.citizen("张伟")
    stranger = world.phone()
    session = begin_for(world, stranger, "张伟")
    assert told(mine.delete(FACE))["sessions_ended"] == 1
    [row] = rows(
        world,
        "SELECT state, template, subject, challenge FROM verification_sessions WHERE id = :id",
        id=session,
    )
    assert tuple(row) == ("EXPIRED", None, None, None)
    assert stranger.get(f"{PATH}/{session}").get_json()["status"] == "EXPIRED"


def test_deleting_leaves_the_verifications_of_others_alone(world: World) -> None:
    mine = world.citizen("张伟")
    other = world.citizen("李娜")
    session = begin_for(world, other, "李娜")
    assert told(mine.delete(FACE))["sessions_ended"] == 0
    assert other.get(f"{PATH}/{session}").get_json()["status"] == "CREATED"


def test_the_deletion_is_in_the_log_with_its_law(world: World) -> None:
    mine = world.citizen()
    mine.delete(FACE)
    [look] = [
        one for one in told(mine.get("/v1/me/accesses"))["items"] if one["action"] == "face.deleted"
    ]
    assert look["action_words"] == {"zh": "删除人脸信息", "en": "Face data deleted"}
    assert "47" in look["legal_basis"]["en"]


def test_who_deleted_their_face_data_is_still_signed_in_and_may_verify_again(world: World) -> None:
    mine = world.citizen("张伟")
    mine.delete(FACE)
    assert mine.get("/v1/me").status_code == 200
    again = world.sign_in(mine, number=number_of(world, "张伟"), name="张伟")
    assert again.get("/v1/me").status_code == 200


def test_without_a_token_nothing_is_told_or_deleted(world: World) -> None:
    stranger = world.phone()
    assert stranger.get(CONSENTS).status_code == 401
    assert stranger.delete(FACE).status_code == 401


def test_a_step_that_is_sent_after_the_deletion_is_refused(desk: Desk) -> None:
    phone = desk.phone()
    session = begin(phone)
    send(phone, session, 0)
    desk.parts.own_faces.delete(_person_of(desk), device="x")
    answer = send(phone, session, 1)
    assert answer.status_code == 410, answer.text
    assert desk.rows("SELECT 1 FROM verification_evidence") == []


def test_hashes_of_frames_are_kept_for_their_day_and_it_is_told(desk: Desk) -> None:
    phone = desk.phone()
    play(phone, begin(phone))
    person = str(desk.rows("SELECT id FROM persons")[0][0])
    done = desk.parts.own_faces.delete(person, device="x")
    assert done.hashes_until is not None
    assert desk.rows("SELECT 1 FROM seen_captures") != []


def _person_of(desk: Desk) -> str:
    """The row of the person at the desk, who has passed before."""
    other = desk.phone()
    play(other, begin(other))
    return str(desk.rows("SELECT id FROM persons")[0][0])


def begin_for(world: World, phone: Device, name: str) -> str:
    return begin(phone, citizen_number=number_of(world, name), name=name)
