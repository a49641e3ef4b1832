"""Appointments in the calendar of a phone, for whoever has the link, and without a name in it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import text

from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState
from tests.app.family.steps import Relative, accepted, done, refused, relative
from tests.app.hospital.planting import Clinic
from tests.app.world import World

A = AppointmentState
FEED = "/v1/calendar-feed"


@pytest.fixture
def patient(world: World) -> Relative:
    return relative(world, "李清照")


def taken(world: World, who: Relative, session: str, **changes: Any) -> str:
    wanted = {
        "person_id": who.person_id(world),
        "session_id": session,
        "state": A.BOOKED,
        "deadline": None,
        **changes,
    }
    with world.database.direct() as tx:
        claimed = claim(tx, Wanted(**wanted), world.clock.now())
    assert claimed is not None
    return claimed.appointment_id


def moved(world: World, appointment: str, state: AppointmentState) -> None:
    with world.database.direct() as tx:
        step = Move(state=state, actor="hospital")
        assert move(tx, appointment, step, world.clock.now()) is not None


def linked(world: World, who: Relative, **body: str) -> str:
    """The path of a new link."""
    url = str(done(who.phone.post(FEED, body), 201)["url"])
    assert url.startswith(f"{world.settings.public_url}/calendar/")
    return url.removeprefix(world.settings.public_url)


def fetched(world: World, path: str) -> str:
    answer = world.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/calendar; charset=utf-8"
    return answer.get_data(as_text=True)


def events(world: World, path: str) -> list[Any]:
    return read(fetched(world, path))


def read(written: str | bytes) -> list[Any]:
    """The events of a calendar, by a reader that is not ours."""
    calendar: Any = Calendar.from_ical(written)
    return list(calendar.walk("VEVENT"))


def test_a_booking_is_in_the_calendar_at_its_time(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    path = linked(world, patient)
    appointment = taken(world, patient, clinic.session())
    (event,) = events(world, path)
    assert str(event["uid"]) == f"{appointment}@127.0.0.1"
    assert (str(event["status"]), int(event["sequence"])) == ("CONFIRMED", 1)
    # Nine in China, ten minutes long.
    assert event["dtstart"].to_ical() == b"20261126T010000Z"
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=10)


def test_the_same_event_rises_and_is_cancelled_at_last(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    path = linked(world, patient)
    appointment = taken(world, patient, clinic.session())
    (before,) = events(world, path)
    world.clock.advance(minutes=1)
    moved(world, appointment, A.CANCELLED_HOSPITAL)
    (after,) = events(world, path)
    assert (after["uid"], str(after["status"])) == (before["uid"], "CANCELLED")
    assert int(after["sequence"]) > int(before["sequence"])
    assert after["dtstamp"].dt > before["dtstamp"].dt


def test_a_cancellation_is_kept_for_a_while(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    path = linked(world, patient)
    moved(world, taken(world, patient, clinic.session()), A.CANCELLED_PATIENT)
    world.clock.advance(days=32)
    assert len(events(world, path)) == 1
    world.clock.advance(days=2)
    assert events(world, path) == []


@pytest.mark.parametrize("state", [A.PENDING_PAYMENT, A.OFFERED])
def test_what_is_not_booked_yet_is_in_no_calendar(
    world: World, clinic: Clinic, patient: Relative, state: AppointmentState
) -> None:
    path = linked(world, patient)
    deadline = world.clock.now() + timedelta(minutes=10)
    held = taken(world, patient, clinic.session(), state=state, deadline=deadline)
    assert events(world, path) == []
    moved(world, held, A.CANCELLED_HOSPITAL)
    assert events(world, path) == []


def test_a_discreet_calendar_says_nothing_but_when(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    path = linked(world, patient)
    taken(world, patient, clinic.session())
    written = fetched(world, path)
    assert "SUMMARY:医院预约" in written
    for secret in ("内科", "第一人民医院", "华佗", patient.name, patient.number, "LOCATION"):
        assert secret not in written


def test_by_choice_it_says_where_and_still_names_nobody(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    path = linked(world, patient, shows="department")
    taken(world, patient, clinic.session())
    (event,) = events(world, path)
    assert str(event["summary"]) == "市第一人民医院 内科"
    assert str(event["location"]) == "市第一人民医院 本部 人民路1号"
    written = fetched(world, path)
    assert patient.name not in written
    assert patient.number not in written


def test_lines_are_folded_and_end_as_the_standard_says(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    path = linked(world, patient, shows="department")
    taken(world, patient, clinic.session(department_id=clinic.department("很长的科室名称" * 12)))
    raw = world.client.get(path).get_data()
    assert raw.endswith(b"END:VCALENDAR\r\n")
    lines = raw.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    (event,) = read(raw)
    assert str(event["summary"]).count("很长的科室名称") == 12


def test_what_somebody_books_for_a_child_is_there_as_long_as_they_may(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    agent = relative(world, "赵明诚")
    mandate = accepted(world, patient, agent, purposes=["01101"], merchant_kinds=["hospital"])
    path = linked(world, agent)
    acts = {"agent_id": agent.person_id(world), "mandate_id": mandate}
    taken(world, patient, clinic.session(), **acts)
    assert len(events(world, path)) == 1
    done(agent.phone.post(f"/v1/family/mandates/{mandate}/revocation"))
    assert events(world, path) == []


def test_a_new_link_ends_the_one_before(world: World, patient: Relative) -> None:
    old, new = linked(world, patient), linked(world, patient)
    assert refused(world.client.get(old)) == (404, "CALENDAR_UNKNOWN")
    assert events(world, new) == []


def test_an_ended_link_is_as_unknown_as_one_that_never_was(world: World, patient: Relative) -> None:
    path = linked(world, patient)
    for _ in range(2):
        assert patient.phone.delete(FEED).status_code == 204
    ended = refused(world.client.get(path))
    assert ended == refused(world.client.get(f"/calendar/{'A' * 43}.ics"))
    assert ended == (404, "CALENDAR_UNKNOWN")
    assert refused(patient.phone.get(FEED)) == (404, "CALENDAR_UNKNOWN")


@pytest.mark.parametrize(
    "name", ["x", "A" * 42, "A" * 44, "é" * 43, "A" * 42 + "%0A", "A" * 42 + "/"]
)
def test_what_is_no_secret_by_its_form_is_unknown(world: World, name: str) -> None:
    assert world.client.get(f"/calendar/{name}.ics").status_code == 404


def test_only_a_hash_of_the_secret_is_kept(world: World, patient: Relative) -> None:
    path = linked(world, patient)
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) == 43
    with world.database.separate() as tx:
        (kept,) = tx.execute(text("SELECT * FROM calendar_feeds")).mappings()
    assert bytes(kept["secret_hash"]) == hashlib.sha256(secret.encode()).digest()
    assert secret not in str(dict(kept))


def test_the_secret_is_in_no_log(
    world: World, patient: Relative, capsys: pytest.CaptureFixture[str]
) -> None:
    path = linked(world, patient)
    fetched(world, path)
    logged = "".join(capsys.readouterr())
    assert "/calendar/<secret>.ics" in logged
    assert path.removeprefix("/calendar/").removesuffix(".ics") not in logged


def test_its_owner_sees_whether_somebody_reads_it(world: World, patient: Relative) -> None:
    path = linked(world, patient, shows="department")
    assert "last_read_at" not in done(patient.phone.get(FEED))
    read_at = world.clock.now()
    fetched(world, path)
    world.clock.advance(minutes=2)
    fetched(world, path)
    seen = done(patient.phone.get(FEED))
    assert seen["last_read_at"] == read_at.isoformat().replace("+00:00", "Z")
    assert (seen["shows"], "url" in seen) == ("department", False)


def test_one_calendar_is_not_read_without_end(world: World, patient: Relative) -> None:
    path = linked(world, patient)
    for _ in range(30):
        world.client.get(path)
    answer = world.client.get(path)
    assert (answer.status_code, answer.json["code"]) == (429, "TOO_MANY_REQUESTS")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_calendar_that_is_as_it_was_is_not_sent_again(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    path = linked(world, patient)
    taken(world, patient, clinic.session())
    tag = world.client.get(path).headers["ETag"]
    assert world.client.get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("body", [{"shows": "everything"}, {"show": "discreet"}])
def test_an_unknown_wish_is_refused(patient: Relative, body: dict[str, str]) -> None:
    assert refused(patient.phone.post(FEED, body))[0] == 422
