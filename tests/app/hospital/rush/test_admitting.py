"""Nobody takes a place of a release without their turn, and nobody twice."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest

from app.core.jose.tokens import sign_token
from app.hospital.rush.service.tokens import TICKET_TYPE
from tests.app.family.steps import relative
from tests.app.hospital.rush.steps import Desk, hold, join, look, refusal
from tests.app.world import World


def test_a_session_without_a_release_asks_for_nothing(world: World, desk: Desk) -> None:
    used, place = hold(world, relative(world, "甲"), desk.clinic.session(), None)
    assert used is False
    assert place is not None


def test_a_script_without_a_ticket_is_refused_and_told_where_to_queue(
    world: World, desk: Desk
) -> None:
    session = desk.clinic.session()
    release = desk.release(session)
    found = refusal(world, relative(world, "甲"), session, None)
    assert (found.kind.code, found.members) == ("QUEUE_TICKET_REQUIRED", {"release_id": release})
    world.clock.advance(minutes=30)
    assert refusal(world, relative(world, "乙"), session, None).kind.code == "QUEUE_TICKET_REQUIRED"


def test_a_turn_is_used_once_for_one_place(world: World, desk: Desk) -> None:
    session, other = desk.clinic.session(), desk.clinic.session(hour=14, days=4)
    person = relative(world, "甲")
    ticket = join(person, desk.release(session, other))
    early = refusal(world, person, session, ticket["ticket"])
    assert (early.kind.code, early.retry_after) == ("QUEUE_NOT_ADMITTED", 600)
    world.clock.advance(minutes=10)
    used, place = hold(world, person, session, ticket["ticket"])
    assert used is True
    assert place is not None
    assert refusal(world, person, other, ticket["ticket"]).kind.code == "QUEUE_TICKET_USED"
    world.sign_in(person.phone, number=person.number, name=person.name)
    assert look(person, ticket)["status"] == "USED"


def test_a_turn_without_a_place_is_not_used_up(world: World, desk: Desk) -> None:
    booked, wanted = desk.clinic.session(), desk.clinic.session(hour=14)
    free = desk.clinic.session(days=5)
    person = relative(world, "甲")
    assert hold(world, person, booked, None)[1] is not None
    ticket = join(person, desk.release(wanted, free))["ticket"]
    world.clock.advance(minutes=10)
    again = refusal(world, person, wanted, ticket)
    assert again.kind.code == "APPOINTMENT_SAME_DEPARTMENT_DAY"
    assert hold(world, person, free, ticket)[0] is True


def test_a_turn_passes(world: World, desk: Desk) -> None:
    session = desk.clinic.session()
    person = relative(world, "甲")
    ticket = join(person, desk.release(session))["ticket"]
    world.clock.advance(minutes=13)
    assert refusal(world, person, session, ticket).kind.code == "QUEUE_ADMISSION_OVER"


def test_a_ticket_is_worth_nothing_in_other_hands(world: World, desk: Desk) -> None:
    session = desk.clinic.session()
    person, thief = relative(world, "甲"), relative(world, "乙")
    release = desk.release(session)
    ticket = join(person, release)["ticket"]
    join(thief, release)
    world.clock.advance(minutes=11)
    assert refusal(world, thief, session, ticket).kind.code == "QUEUE_TICKET_NOT_YOURS"


def test_a_ticket_of_another_release_is_refused(world: World, desk: Desk) -> None:
    session = desk.clinic.session()
    person = relative(world, "甲")
    desk.release(session)
    other = join(person, desk.release())["ticket"]
    world.clock.advance(minutes=10)
    assert refusal(world, person, session, other).kind.code == "QUEUE_TICKET_INVALID"


@pytest.mark.parametrize("forged", ["nonsense", "other key", "other type", "other purpose"])
def test_a_forged_ticket_is_refused(world: World, desk: Desk, forged: str) -> None:
    session = desk.clinic.session()
    person = relative(world, "甲")
    genuine = join(person, desk.release(session))["ticket"]
    claims = jwt.decode(genuine, options={"verify_signature": False})
    keys = world.shared.keys
    made = {
        "nonsense": "a.b.c",
        "other key": sign_token(claims, typ=TICKET_TYPE, key=keys.signing("presence").active),
        "other type": sign_token(claims, typ="at+jwt", key=keys.signing("queue-ticket").active),
        "other purpose": sign_token(
            claims | {"purpose": "look"},
            typ=TICKET_TYPE,
            key=keys.signing("queue-ticket").active,
        ),
    }
    world.clock.advance(minutes=10)
    found = refusal(world, person, session, made[forged])
    assert found.kind.code == "QUEUE_TICKET_INVALID"


def test_after_the_release_everybody_may_book(world: World, desk: Desk) -> None:
    session = desk.clinic.session()
    desk.release(session)
    world.clock.advance(minutes=120)
    assert hold(world, relative(world, "甲"), session, None)[0] is False


def test_a_withdrawn_release_asks_for_nothing(world: World, desk: Desk) -> None:
    session = desk.clinic.session(opens_at=world.clock.now() - timedelta(days=1))
    release = desk.release(session)
    desk.device.post(f"/v1/hospital/releases/{release}/withdrawal")
    assert hold(world, relative(world, "甲"), session, None)[0] is False
