"""A hospital tells what became of an appointment, as far as that is its to tell."""

from __future__ import annotations

from typing import Any

import pytest

from app.hospital.fhir.service.ids import fhir_id
from app.hospital.fhir.service.updating import AppointmentUpdating
from tests.app.card.steps import accesses
from tests.app.family.steps import Relative, relative
from tests.app.hospital.fhir.steps import Window, other_window, refused, run, valid
from tests.app.world import World

PATCH = "application/json-patch+json"


@pytest.fixture
def who(world: World) -> Relative:
    return relative(world, "张伟")


@pytest.fixture
def booked(window: Window, who: Relative) -> str:
    """An appointment of today."""
    return window.booked(who, window.clinic.session(days=0, hour=23))


def _state(world: World) -> tuple[str, str]:
    ((state, unit),) = run(
        world, "SELECT a.state, u.state FROM appointments a JOIN slot_units u ON u.id = a.unit_id"
    )
    return state, unit


def _read(window: Window, appointment: str) -> dict[str, Any]:
    return valid(window.get(f"/Appointment/{fhir_id(appointment)}"), "Appointment")


def _put(window: Window, sent: dict[str, Any], **headers: str) -> Any:
    return window.send("PUT", f"/Appointment/{sent['id']}", sent, **headers)


@pytest.mark.parametrize("word", ["arrived", "checked-in"])
def test_somebody_arrives_and_is_seen(
    world: World, window: Window, who: Relative, booked: str, word: str
) -> None:
    told = valid(window.patch(booked, word), "Appointment")
    assert (told["status"], told["meta"]["versionId"]) == ("arrived", "2")
    assert valid(window.patch(booked, "fulfilled"), "Appointment")["status"] == "fulfilled"
    assert _state(world) == ("FULFILLED", "SERVED")
    assert len(accesses(who.phone, "appointment.arrived")) == 1
    assert len(accesses(who.phone, "appointment.served")) == 1


def test_a_second_time_changes_nothing(world: World, window: Window, booked: str) -> None:
    answers = [valid(window.patch(booked, "arrived"), "Appointment") for _ in range(3)]
    assert [one["meta"]["versionId"] for one in answers] == ["2", "2", "2"]
    assert run(world, "SELECT count(*) FROM appointment_events") == [(2,)]


def test_arrival_is_told_on_the_day(window: Window, who: Relative, world: World) -> None:
    tomorrow = window.booked(who, window.clinic.session(days=1))
    expected = (409, "conflict", "FHIR_ARRIVAL_NOT_TODAY")
    assert refused(window.patch(tomorrow, "arrived")) == expected
    assert _state(world) == ("BOOKED", "BOOKED")


def test_nobody_is_seen_who_did_not_arrive(world: World, window: Window, booked: str) -> None:
    told = refused(window.patch(booked, "fulfilled"))
    assert told == (409, "conflict", "APPOINTMENT_MOVED_ON")
    assert _state(world) == ("BOOKED", "BOOKED")


@pytest.mark.parametrize("status", ["noshow", "pending", "waitlist", "proposed"])
def test_what_is_not_the_hospitals_to_say_is_refused(
    world: World, window: Window, booked: str, status: str
) -> None:
    told = refused(window.patch(booked, status))
    assert told == (422, "invalid", "FHIR_STATUS_NOT_YOURS")
    assert _state(world) == ("BOOKED", "BOOKED")


def test_a_cancellation_frees_the_place_for_the_waitlist_and_owes_the_fee(
    world: World, window: Window, booked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    class Noted:
        def vacated(self, _tx: Any, _unit: str, session: str, _now: Any) -> None:
            told.append(session)

        def owe(self, _tx: Any, appointment: str, _now: Any) -> None:
            told.append(appointment)

    updating = world.app.extensions["zero_run.services"][AppointmentUpdating]
    monkeypatch.setattr(updating, "_succession", Noted())
    monkeypatch.setattr(updating, "_refunds", Noted())
    ((session,),) = run(world, "SELECT session_id FROM appointments")
    cancelled = valid(window.patch(booked, "cancelled"), "Appointment")
    assert told == [booked, session]
    assert [one["code"] for one in cancelled["cancelationReason"]["coding"]] == [
        "prov",
        "CANCELLED_HOSPITAL",
    ]
    assert _state(world) == ("CANCELLED_HOSPITAL", "FREE")


def test_the_reason_is_kept_as_a_code_without_its_words(
    world: World, window: Window, booked: str
) -> None:
    sent = _read(window, booked)
    sent["status"] = "cancelled"
    sent["cancelationReason"] = {"coding": [{"code": "maint"}], "text": "张伟的医生病了"}
    valid(_put(window, sent), "Appointment")
    ((detail,),) = run(world, "SELECT detail FROM appointment_events WHERE sequence = 2")
    assert detail["reason"] == "maint"
    assert "张伟" not in str(detail)


def test_what_was_read_and_written_back_is_taken(window: Window, booked: str) -> None:
    sent = _read(window, booked)
    assert valid(_put(window, sent), "Appointment") == sent
    sent["status"] = "arrived"
    told = valid(_put(window, sent, **{"If-Match": 'W/"1"'}), "Appointment")
    assert told["status"] == "arrived"


@pytest.mark.parametrize(
    "change",
    [
        {"start": "2026-12-01T00:00:00Z"},
        {"slot": []},
        {"participant": []},
        {"description": "x"},
        {"extension": []},
    ],
)
def test_nothing_but_the_status_can_be_changed(
    window: Window, booked: str, change: dict[str, Any]
) -> None:
    told = refused(_put(window, {**_read(window, booked), **change}))
    assert told == (422, "invalid", "FHIR_ELEMENT_READ_ONLY")


def test_a_version_that_is_no_more_is_refused(world: World, window: Window, booked: str) -> None:
    expected = (412, "conflict", "FHIR_VERSION_CONFLICT")
    for version in ('W/"2"', '"1"', "*"):
        assert refused(window.patch(booked, "arrived", **{"If-Match": version})) == expected
    assert _state(world) == ("BOOKED", "BOOKED")
    valid(window.patch(booked, "arrived", **{"If-Match": 'W/"1"'}), "Appointment")


def test_a_patch_tests_before_it_replaces(window: Window, booked: str) -> None:
    path = f"/Appointment/{fhir_id(booked)}"
    replace = {"op": "replace", "path": "/status", "value": "arrived"}
    wrong = [{"op": "test", "path": "/status", "value": "pending"}, replace]
    assert refused(window.send("PATCH", path, wrong, media=PATCH))[2] == "FHIR_VERSION_CONFLICT"
    right = [{"op": "test", "path": "/status", "value": "booked"}, replace]
    told = valid(window.send("PATCH", path, right, media=PATCH), "Appointment")
    assert told["status"] == "arrived"


@pytest.mark.parametrize(
    "patch",
    [
        [],
        {},
        [{"op": "remove", "path": "/status"}],
        [{"op": "replace", "path": "/start", "value": "x"}],
        [{"op": "replace", "path": "/status", "value": "gone"}],
        [{"op": "test", "path": "/status", "value": "booked"}] * 6,
    ],
)
def test_a_patch_of_anything_else_is_refused(window: Window, booked: str, patch: Any) -> None:
    path = f"/Appointment/{fhir_id(booked)}"
    told = refused(window.send("PATCH", path, patch, media=PATCH))
    assert told == (422, "invalid", "INVALID_FIELD")


def test_another_hospitals_appointment_is_unknown(
    world: World, window: Window, booked: str
) -> None:
    other = other_window(world)
    expected = (404, "not-found", "FHIR_RESOURCE_UNKNOWN")
    assert refused(other.patch(booked, "cancelled")) == expected
    assert refused(_put(other, _read(window, booked))) == expected
    assert _state(world) == ("BOOKED", "BOOKED")


def test_an_id_that_is_not_the_addresss_is_refused(window: Window, booked: str) -> None:
    sent = {**_read(window, booked), "id": "apt-1"}
    told = window.send("PUT", f"/Appointment/{fhir_id(booked)}", sent)
    assert refused(told) == (422, "invalid", "INVALID_FIELD")
