"""One place in line a person, told once and for all."""

from __future__ import annotations

from datetime import datetime, timedelta

import jwt
import pytest
from psycopg.errors import RestrictViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.app.family.steps import Relative, done, refused, relative
from tests.app.hospital.rush.steps import RELEASES, TICKETS, Desk, join, look
from tests.app.world import World


def again(world: World, who: Relative) -> Relative:
    """The same person on another phone."""
    phone = world.sign_in(world.phone(), number=who.number, name=who.name)
    return Relative(phone=phone, number=who.number, name=who.name)


def test_ranks_are_given_in_the_order_of_asking(world: World, desk: Desk) -> None:
    release = desk.release()
    people = [relative(world, name) for name in "甲乙丙"]
    tickets = [join(one, release) for one in people]
    assert [(one["rank"], one["ahead"], one["status"]) for one in tickets] == [
        (1, 0, "WAITING"),
        (2, 1, "WAITING"),
        (3, 2, "WAITING"),
    ]
    opens = world.clock.now() + timedelta(minutes=10)
    assert [datetime.fromisoformat(one["admits_at"]) - opens for one in tickets] == [
        timedelta(seconds=n) for n in range(3)
    ]
    assert done(desk.device.get(f"{RELEASES}/{release}"))["tickets"] == 3


def test_a_person_has_one_ticket_whatever_the_device(world: World, desk: Desk) -> None:
    release = desk.release()
    person = relative(world, "甲")
    first = join(person, release)
    join(relative(world, "乙"), release)
    for same in (join(person, release), join(again(world, person), release)):
        assert (same["id"], same["rank"]) == (first["id"], 1)
    third = join(relative(world, "丙"), release)
    assert third["rank"] == 3


def test_the_line_moves_and_tells_when_to_look_again(world: World, desk: Desk) -> None:
    release = desk.release(admits_per_minute=1)
    people = [relative(world, name) for name in "甲乙丙"]
    tickets = [join(one, release) for one in people]
    assert (tickets[2]["wait_seconds"], tickets[2]["poll_after_seconds"]) == (720, 60)
    world.clock.advance(minutes=10)
    for who in people:
        world.sign_in(who.phone, number=who.number, name=who.name)
    first, second, third = (look(*one) for one in zip(people, tickets, strict=True))
    assert first["status"] == "ADMITTED"
    assert "poll_after_seconds" not in first
    assert (second["status"], second["ahead"], second["wait_seconds"]) == ("WAITING", 0, 60)
    assert second["poll_after_seconds"] == 6
    assert (third["ahead"], third["wait_seconds"]) == (1, 120)
    world.clock.advance(minutes=1)
    assert look(people[1], tickets[1])["status"] == "ADMITTED"
    world.clock.advance(minutes=2)
    assert look(people[0], tickets[0])["status"] == "LAPSED"


def test_who_comes_after_the_opening_is_admitted_at_the_same_pace(world: World, desk: Desk) -> None:
    release = desk.release(tickets_from=world.clock.now().isoformat())
    world.clock.advance(minutes=30)
    tickets = [join(relative(world, name), release) for name in "甲乙"]
    assert [one["status"] for one in tickets] == ["ADMITTED", "WAITING"]
    moments = [datetime.fromisoformat(one["admits_at"]) for one in tickets]
    assert moments[1] - moments[0] >= timedelta(seconds=1)


def test_nobody_stands_in_line_too_early_or_late_or_beyond_the_last(
    world: World, desk: Desk
) -> None:
    later = (world.clock.now() + timedelta(minutes=5)).isoformat()
    early, small = desk.release(tickets_from=later), desk.release(most_tickets=1)
    person, other = relative(world, "甲"), relative(world, "乙")
    join(person, small)
    assert _refused(other, small) == (409, "QUEUE_FULL")
    assert _refused(other, early) == (409, "QUEUE_NOT_OPEN")
    assert _refused(other, "rls_none") == (404, "RELEASE_UNKNOWN")
    done(desk.device.post(f"{RELEASES}/{early}/withdrawal"))
    world.clock.advance(minutes=6)
    assert _refused(other, early) == (409, "QUEUE_NOT_OPEN")


def test_a_ticket_is_shown_to_its_holder_alone(world: World, desk: Desk) -> None:
    ticket = join(relative(world, "甲"), desk.release())
    stranger = relative(world, "乙")
    answer = stranger.phone.get(f"{TICKETS}/{ticket['id']}")
    assert refused(answer) == (404, "QUEUE_TICKET_UNKNOWN")


def test_the_token_names_neither_person_nor_device(world: World, desk: Desk) -> None:
    release, person = desk.release(), relative(world, "甲")
    ticket = join(person, release)["ticket"]
    claims = jwt.decode(ticket, options={"verify_signature": False})
    assert set(claims) == {"iss", "aud", "sub", "jti", "iat", "exp", "purpose", "rank"}
    assert (claims["aud"], claims["rank"], claims["purpose"]) == (release, 1, "hold")
    assert person.person_id(world) not in str(claims)


def test_somebody_who_asks_all_the_time_is_slowed_down(world: World, desk: Desk) -> None:
    release, person = desk.release(), relative(world, "甲")
    statuses = [person.phone.post(TICKETS, {"release_id": release}).status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]


def test_the_database_keeps_rank_and_admission(world: World, desk: Desk) -> None:
    join(relative(world, "甲"), desk.release())
    for change in (
        "UPDATE queue_tickets SET rank = 2",
        "UPDATE queue_tickets SET admits_at = admits_at - interval '1 second'",
    ):
        with pytest.raises(DBAPIError) as refusal, world.database.separate() as tx:
            tx.execute(text(change))
        assert isinstance(refusal.value.orig, RestrictViolation)


def _refused(who: Relative, release: str) -> tuple[int, str]:
    return refused(who.phone.post(TICKETS, {"release_id": release}))
