"""A window finds, holds and books for whoever stands before it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.core.statements import changed
from app.hospital.fhir.service.booking import WindowBooking
from app.hospital.fhir.service.ids import fhir_id
from app.hospital.states import SessionState
from tests.app.card.steps import accesses, decode
from tests.app.family.steps import accepted, relative
from tests.app.hospital.fhir.steps import (
    Window,
    other_window,
    patient,
    refused,
    run,
    valid,
    window_of,
)
from tests.app.hospital.planting import Clinic
from tests.app.world import World


def _session(clinic: Clinic, **changes: object) -> str:
    return clinic.session(channel="window", **changes)  # type: ignore[arg-type]


def _slots(window: Window, session: str) -> list[str]:
    found = window.all_of(f"/Slot?schedule={fhir_id(session)}", "Slot")
    return [f"Slot/{one['id']}" for one in found]


def _schedule(session: str) -> str:
    return f"Schedule/{fhir_id(session)}"


def _made(answer: TestResponse, status: int = 201) -> tuple[str, str]:
    told = valid(answer, "Appointment", status)
    return f"Appointment/{told['id']}", told["status"]


def _rows(world: World) -> int:
    ((count,),) = run(world, "SELECT count(*) FROM appointments")
    return int(count)


def test_free_places_of_the_windows_own_channel_are_proposed(
    world: World, clinic: Clinic, window: Window
) -> None:
    session = _session(clinic, units=3)
    clinic.session(days=3, hour=14)  # the public's
    _session(clinic, days=4, state=SessionState.DRAFT)
    start = world.clock.now().date().isoformat()
    told = valid(window.operate("find", start=start, count="2"), "Bundle")
    proposals = [one["resource"] for one in told["entry"]]
    assert [one["status"] for one in proposals] == ["proposed", "proposed"]
    assert [one["slot"][0]["reference"] for one in proposals] == _slots(window, session)[:2]
    end = (world.clock.now() + timedelta(days=1)).date().isoformat()
    nothing = valid(window.operate("find", start=start, end=end), "Bundle")
    assert "entry" not in nothing
    assert "entry" not in valid(window.operate("find", start=start, department="X"), "Bundle")


def test_whoever_shows_their_code_is_booked_and_told(
    world: World, clinic: Clinic, window: Window
) -> None:
    session, who = _session(clinic), patient(world)
    slot = _slots(window, session)[1]
    answer = window.operate("book", slot=slot, presence=window.presence(who.phone))
    appointment, status = _made(answer)
    assert status == "booked"
    assert answer.headers["Location"].endswith(f"/fhir/R4/{appointment}")
    told = valid(window.get(f"/{slot}"), "Slot")
    assert told["status"] == "busy"
    (event,) = accesses(who.phone, "appointment.made")
    assert event["purpose"] == "01101"


def test_a_request_that_is_repeated_changes_nothing(
    world: World, clinic: Clinic, window: Window
) -> None:
    session, who = _session(clinic), patient(world)
    presence = window.presence(who.phone)
    first = _made(window.operate("book", schedule=_schedule(session), presence=presence))
    for _ in range(9):
        again = window.operate("book", schedule=_schedule(session), presence=presence)
        assert _made(again, 200) == first
    assert _rows(world) == 1


def test_the_second_of_two_that_come_at_once_gets_the_firsts(
    world: World, clinic: Clinic, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, who = _session(clinic), patient(world)
    presence = window.presence(who.phone)
    first = _made(window.operate("book", schedule=_schedule(session), presence=presence))
    real, looks = WindowBooking._theirs, iter([True, False])
    monkeypatch.setattr(
        WindowBooking, "_theirs", lambda *args: None if next(looks) else real(*args)
    )
    again = window.operate("book", schedule=_schedule(session), presence=presence)
    assert _made(again, 200) == first


def test_a_hold_is_booked_while_it_lasts(world: World, clinic: Clinic, window: Window) -> None:
    session, who = _session(clinic), patient(world)
    presence = window.presence(who.phone)
    held, status = _made(window.operate("hold", schedule=_schedule(session), presence=presence))
    assert status == "pending"
    assert _made(window.operate("book", appointment=held), 200) == (held, "booked")
    assert _made(window.operate("book", appointment=held), 200) == (held, "booked")


def test_booking_outright_takes_the_hold_that_is_there(
    world: World, clinic: Clinic, window: Window
) -> None:
    session, who = _session(clinic), patient(world)
    presence = window.presence(who.phone)
    asked = {"schedule": _schedule(session), "presence": presence}
    held, _ = _made(window.operate("hold", **asked))
    assert _made(window.operate("book", **asked), 200) == (held, "booked")
    assert _rows(world) == 1


def test_a_hold_that_is_over_is_booked_no_more(
    world: World, clinic: Clinic, window: Window
) -> None:
    session, who = _session(clinic), patient(world)
    asked = {"schedule": _schedule(session), "presence": window.presence(who.phone)}
    held, _ = _made(window.operate("hold", **asked))
    world.clock.advance(minutes=10)
    world.log_in_again(window.terminal)
    assert refused(window.operate("book", appointment=held))[2] == "FHIR_HOLD_OVER"


def test_what_the_app_holds_is_not_the_windows_to_book(
    world: World, clinic: Clinic, window: Window
) -> None:
    held = window.held(relative(world, "张伟"), clinic.session())
    told = refused(window.operate("book", appointment=f"Appointment/{fhir_id(held)}"))
    assert told == (409, "conflict", "FHIR_HOLD_OVER")


def test_a_hold_that_expired_is_not_renewed_at_once(
    world: World, clinic: Clinic, window: Window
) -> None:
    session, who = _session(clinic), patient(world)
    asked = {"schedule": _schedule(session), "presence": window.presence(who.phone)}
    window.operate("hold", **asked)
    with world.database.direct() as tx:
        changed(tx, "UPDATE slot_units SET state = 'FREE' WHERE state = 'HELD'")
        changed(tx, "UPDATE appointments SET state = 'EXPIRED'")
    assert refused(window.operate("hold", **asked))[2] == "FHIR_HOLD_AGAIN"
    assert _made(window.operate("book", **asked))[1] == "booked"


def test_the_publics_places_are_not_the_hospitals_to_take(
    world: World, clinic: Clinic, window: Window
) -> None:
    session, who = clinic.session(), patient(world)
    presence = window.presence(who.phone)
    slot = _slots(window, session)[0]
    expected = (409, "conflict", "FHIR_CHANNEL_NOT_YOURS")
    assert refused(window.operate("book", slot=slot, presence=presence)) == expected
    told = window.operate("book", schedule=_schedule(session), presence=presence, channel="app")
    assert refused(told) == expected
    start = world.clock.now().date().isoformat()
    assert refused(window.operate("find", start=start, channel="app")) == expected


def test_a_taken_place_and_a_full_session_are_told_apart(
    world: World, clinic: Clinic, window: Window
) -> None:
    session = _session(clinic, units=1)
    slot = _slots(window, session)[0]
    first, second = patient(world, "甲"), patient(world, "乙")
    _made(window.operate("book", slot=slot, presence=window.presence(first.phone)))
    presence = window.presence(second.phone)
    assert refused(window.operate("book", slot=slot, presence=presence))[2] == "FHIR_SLOT_BUSY"
    told = refused(window.operate("book", schedule=_schedule(session), presence=presence))
    assert told == (409, "conflict", "SESSION_FULL")


def test_a_draft_is_not_open(world: World, clinic: Clinic, window: Window) -> None:
    session, who = _session(clinic, state=SessionState.DRAFT), patient(world)
    asked = {"schedule": _schedule(session), "presence": window.presence(who.phone)}
    assert refused(window.operate("book", **asked))[2] == "SESSION_NOT_OPEN"


def test_a_persons_quotas_hold_at_the_window(world: World, clinic: Clinic, window: Window) -> None:
    who = patient(world)
    window.booked(who, clinic.session())
    again = _session(clinic, hour=14)
    asked = {"schedule": _schedule(again), "presence": window.presence(who.phone)}
    assert refused(window.operate("book", **asked))[2] == "APPOINTMENT_SAME_DEPARTMENT_DAY"
    assert _rows(world) == 1


def test_a_presence_is_good_for_one_terminal_and_for_registration(
    world: World, clinic: Clinic, window: Window
) -> None:
    session, who = _session(clinic), patient(world)
    asked = {"schedule": _schedule(session)}
    elsewhere = window_of(world, clinic).presence(who.phone)
    told = refused(window.operate("book", **asked, presence=elsewhere))
    assert told[2] == "PRESENCE_INVALID"
    shopping = window.presence(who.phone, "02121")
    told = refused(window.operate("book", **asked, presence=shopping))
    assert told == (422, "invalid", "FHIR_PRESENCE_PURPOSE")
    made_up = refused(window.operate("book", **asked, presence="x"))
    assert made_up[2] == "PRESENCE_INVALID"
    assert _rows(world) == 0


def test_a_card_frozen_since_books_nothing(world: World, clinic: Clinic, window: Window) -> None:
    session, who = _session(clinic), patient(world)
    asked = {"schedule": _schedule(session), "presence": window.presence(who.phone)}
    run(world, "UPDATE cards SET state = 'FROZEN'")
    assert refused(window.operate("book", **asked))[2] == "CARD_FROZEN"
    assert _rows(world) == 0


def test_an_agent_books_for_their_elder_while_the_mandate_lasts(
    world: World, clinic: Clinic, window: Window
) -> None:
    elder, agent = patient(world, "张奶奶"), patient(world, "张伟")
    mandate = accepted(world, elder, agent, purposes=["01101"], merchant_kinds=["hospital"])
    body = {"purpose": "01101", "mandate_id": mandate}
    presences = []
    for _ in range(2):
        shown = agent.phone.post("/v1/card/codes", json=body)
        presences.append(decode(window.terminal, shown.json["code"], "01101"))
    tokens = [one.json["presence_token"] for one in presences]
    sessions = [_session(clinic, days=day) for day in (3, 4)]
    asked = [
        {"schedule": _schedule(session), "presence": token}
        for session, token in zip(sessions, tokens, strict=True)
    ]
    _made(window.operate("book", **asked[0]))
    found = run(world, "SELECT person_id, agent_id, mandate_id FROM appointments")
    assert found == [(elder.person_id(world), agent.person_id(world), mandate)]
    ended = elder.phone.post(f"/v1/family/mandates/{mandate}/revocation")
    assert ended.status_code == 200
    assert refused(window.operate("book", **asked[1]))[2] == "MANDATE_REVOKED"
    assert _rows(world) == 1


def test_a_card_frozen_at_the_last_moment_books_nothing(
    world: World, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, who = _session(window.clinic), patient(world)
    asked = {"schedule": _schedule(session), "presence": window.presence(who.phone)}
    real = WindowBooking._theirs

    def freezing(*args: Any) -> Any:
        run(world, "UPDATE cards SET state = 'FROZEN'")
        return real(*args)

    monkeypatch.setattr(WindowBooking, "_theirs", freezing)
    assert refused(window.operate("book", **asked))[2] == "CARD_FROZEN"
    assert _rows(world) == 0


def test_another_hospitals_sessions_are_unknown(
    world: World, clinic: Clinic, window: Window
) -> None:
    other, who = other_window(world), patient(world)
    asked = {"presence": other.presence(who.phone)}
    session = _session(clinic)
    told = refused(other.operate("book", **asked, schedule=_schedule(session)))
    assert told == (404, "not-found", "FHIR_RESOURCE_UNKNOWN")
    slot = _slots(window, session)[0]
    assert refused(other.operate("hold", **asked, slot=slot))[2] == "FHIR_RESOURCE_UNKNOWN"
    held, _ = _made(
        window.operate("hold", schedule=_schedule(session), presence=window.presence(who.phone))
    )
    assert refused(other.operate("book", appointment=held))[2] == "FHIR_RESOURCE_UNKNOWN"


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        ("find", {}),
        ("find", {"start": "2026-12-01", "count": "0"}),
        ("find", {"start": "2026-12-01", "count": "51"}),
        ("find", {"start": "2026-12-01", "count": "1e1"}),
        ("find", {"start": "2026-12-01", "channel": "vip"}),
        ("find", {"start": "2026-12-01", "patient": "1"}),
        ("hold", {"presence": "x"}),
        ("hold", {"schedule": "Schedule/x"}),
        ("book", {"schedule": "Schedule/x", "slot": "Slot/x", "presence": "x"}),
        ("book", {"schedule": "a b", "presence": "x"}),
    ],
)
def test_what_does_not_fit_together_is_refused(
    window: Window, operation: str, told: dict[str, str]
) -> None:
    assert refused(window.operate(operation, **told)) == (422, "invalid", "INVALID_FIELD")


def test_bodies_are_fhir_and_bounded(window: Window) -> None:
    path = "/Appointment/$book"
    assert refused(window.send("POST", path, {}, media="text/plain"))[0] == 415
    assert refused(window.send("POST", path, {"resourceType": "Bundle"}))[0] == 422
    large = {"resourceType": "Parameters", "parameter": [], "x": "x" * 70_000}
    assert refused(window.send("POST", path, large)) == (413, "too-long", "TOO_LARGE")
    broken = window.terminal.send(
        "POST",
        f"/fhir/R4{path}",
        data=b"{",
        headers={"Content-Type": "application/fhir+json"},
    )
    assert refused(broken) == (400, "structure", "BAD_JSON")
