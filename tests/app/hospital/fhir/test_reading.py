"""A hospital reads its own data as FHIR."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.statements import changed
from app.hospital.fhir.service.ids import fhir_id
from app.hospital.states import AppointmentState, SessionState, UnitState
from tests.app.card.steps import accesses
from tests.app.family.steps import relative
from tests.app.hospital.fhir.steps import Window, other_window, refused, run, valid
from tests.app.hospital.planting import Clinic
from tests.app.world import World

ALL_DAYS = "date=ge2026-01-01&date=lt2026-01-31"


def _days(world: World, days: int = 20) -> str:
    first = world.clock.now().date()
    return f"date=ge{first}&date=le{first + timedelta(days=days)}"


def test_anybody_may_ask_what_the_facade_can_do(world: World) -> None:
    told = valid(world.client.get("/fhir/R4/metadata"), "CapabilityStatement")
    (rest,) = told["rest"]
    assert [one["type"] for one in rest["resource"]] == ["Schedule", "Slot", "Appointment"]
    operations = rest["resource"][2]["operation"]
    assert [one["name"] for one in operations] == ["find", "hold", "book"]
    assert told["fhirVersion"] == "4.0.1"


def test_sessions_are_found_by_day_and_doctor_page_by_page(
    world: World, clinic: Clinic, window: Window
) -> None:
    sessions = [clinic.session(days=n) for n in range(1, 6)]
    other = clinic.session(days=2, hour=14, practitioner_id=clinic.practitioner())
    found = window.all_of(f"/Schedule?{_days(world)}&_count=2", "Schedule")
    expected = [*sessions[:2], other, *sessions[2:]]
    assert [one["id"] for one in found] == [fhir_id(one) for one in expected]
    ((doctor,),) = run(
        world, "SELECT external_id FROM practitioners WHERE id = :id", id=clinic.practitioner_id
    )
    theirs = window.all_of(f"/Schedule?{_days(world)}&actor=urn:x|{doctor}", "Schedule")
    assert [one["id"] for one in theirs] == [fhir_id(one) for one in sessions]


def test_a_session_is_found_by_the_hospitals_own_id(clinic: Clinic, window: Window) -> None:
    session = clinic.session(external_id="HIS-4711")
    (found,) = window.all_of("/Schedule?identifier=HIS-4711", "Schedule")
    assert found["id"] == fhir_id(session)
    assert found["identifier"][0]["value"] == "HIS-4711"
    assert found["active"] is True
    assert window.all_of("/Schedule?identifier=HIS-4712", "Schedule") == []
    told = valid(window.get(f"/Schedule/{fhir_id(session)}"), "Schedule")
    assert told == found


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (UnitState.FREE, "free"),
        (UnitState.DRAFT, "busy-unavailable"),
        (UnitState.BLOCKED, "busy-unavailable"),
    ],
)
def test_a_place_without_an_owner_says_how_it_stands(
    world: World, clinic: Clinic, window: Window, state: UnitState, status: str
) -> None:
    draft = state is UnitState.DRAFT
    session = clinic.session(units=1, state=SessionState.DRAFT if draft else SessionState.PUBLISHED)
    if state is UnitState.BLOCKED:
        run(world, "UPDATE slot_units SET state = 'BLOCKED'")
    (slot,) = window.all_of(f"/Slot?schedule=Schedule/{fhir_id(session)}", "Slot")
    assert slot["status"] == status


def test_places_are_found_by_status_in_the_order_of_their_numbers(
    world: World, clinic: Clinic, window: Window
) -> None:
    session = clinic.session(units=5)
    window.booked(relative(world, "甲"), session)
    window.held(relative(world, "乙"), session)
    where = f"/Slot?schedule={fhir_id(session)}&_count=2"
    slots = window.all_of(where, "Slot")
    assert [one["status"] for one in slots] == ["busy", "busy-tentative", *["free"] * 3]
    numbers = [one["extension"][0]["valuePositiveInt"] for one in slots]
    assert numbers == [1, 2, 3, 4, 5]
    busy = window.all_of(f"{where}&status=busy,busy-tentative", "Slot")
    assert busy == slots[:2]
    assert valid(window.get(f"/Slot/{slots[0]['id']}"), "Slot") == slots[0]


def test_appointments_are_read_with_their_version_and_an_alias(
    world: World, clinic: Clinic, window: Window
) -> None:
    who = relative(world, "欧阳修")
    appointment = window.booked(who, clinic.session())
    answer = window.get(f"/Appointment/{fhir_id(appointment)}")
    told = valid(answer, "Appointment")
    assert (told["status"], told["meta"]["versionId"]) == ("booked", "1")
    assert answer.headers["ETag"] == 'W/"1"'
    actor = told["participant"][0]["actor"]
    assert actor["display"] == "欧*"
    assert who.number not in answer.text
    assert who.person_id(world) not in answer.text
    assert other_window(world).get(f"/Appointment/{fhir_id(appointment)}").status_code == 404


def test_a_patient_is_somebody_else_at_another_hospital(world: World, window: Window) -> None:
    who, other = relative(world, "张伟"), other_window(world)
    aliases = set()
    for hour, there in ((9, window), (14, other)):
        made = there.booked(who, there.clinic.session(hour=hour))
        told = valid(there.get(f"/Appointment/{fhir_id(made)}"), "Appointment")
        aliases.add(told["participant"][0]["actor"]["identifier"]["value"])
    assert len(aliases) == 2


def test_whoever_has_not_booked_yet_has_no_name(
    world: World, clinic: Clinic, window: Window
) -> None:
    held = window.held(relative(world, "张伟"), clinic.session())
    told = valid(window.get(f"/Appointment/{fhir_id(held)}"), "Appointment")
    assert told["status"] == "pending"
    assert "display" not in told["participant"][0]["actor"]
    assert told["participant"][0]["status"] == "needs-action"
    assert any(one["url"] == "urn:zero-run:fhir:deadline" for one in told["extension"])


@pytest.mark.parametrize(
    ("state", "status", "reason"),
    [
        (AppointmentState.CANCELLED_PATIENT, "cancelled", "pat"),
        (AppointmentState.CANCELLED_HOSPITAL, "cancelled", "prov"),
        (AppointmentState.NOSHOW, "noshow", None),
        (AppointmentState.ARRIVED, "arrived", None),
    ],
)
def test_every_state_has_its_word(
    world: World, window: Window, state: AppointmentState, status: str, reason: str | None
) -> None:
    appointment = window.booked(relative(world, "张伟"), window.clinic.session())
    units = {"ARRIVED": "CHECKED_IN", "NOSHOW": "BOOKED"}
    with world.database.direct() as tx:
        left = units.get(state, "FREE")
        changed(tx, "UPDATE slot_units SET state = %(s)s WHERE state = 'BOOKED'", {"s": left})
        changed(tx, "UPDATE appointments SET state = %(s)s", {"s": state.value})
    told = valid(window.get(f"/Appointment/{fhir_id(appointment)}"), "Appointment")
    assert told["status"] == status
    codes = [one["code"] for one in told.get("cancelationReason", {}).get("coding", ())]
    assert codes == ([] if reason is None else [reason, state.value])


def test_appointments_are_found_by_day_status_and_doctor(
    world: World, clinic: Clinic, window: Window
) -> None:
    booked = [
        window.booked(relative(world, name), clinic.session(days=day))
        for day, name in enumerate("甲乙丙", start=1)
    ]
    held = window.held(relative(world, "丁"), clinic.session(days=2, hour=14))
    days = _days(world)
    found = window.all_of(f"/Appointment?{days}&_count=1", "Appointment")
    assert {one["id"] for one in found} == {fhir_id(one) for one in [*booked, held]}
    pending = window.all_of(f"/Appointment?{days}&status=pending,noshow", "Appointment")
    assert [one["id"] for one in pending] == [fhir_id(held)]
    day = (world.clock.now() + timedelta(days=1)).date()
    assert len(window.all_of(f"/Appointment?date={day}", "Appointment")) == 1
    assert window.all_of(f"/Appointment?{days}&actor=nobody", "Appointment") == []
    assert other_window(world).all_of(f"/Appointment?{days}", "Appointment") == []


def test_each_look_is_in_the_patients_log(world: World, clinic: Clinic, window: Window) -> None:
    who = relative(world, "张伟")
    window.booked(who, clinic.session())
    window.all_of(f"/Appointment?{_days(world)}", "Appointment")
    (event,) = accesses(who.phone, "appointment.read")
    assert event["fields"] == ["appointment", "name"]
    assert event["purpose"] == "01101"


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("/Appointment", (422, "invalid", "FHIR_SEARCH_UNBOUNDED")),
        ("/Appointment?date=ge2026-01-01", (422, "invalid", "FHIR_SEARCH_UNBOUNDED")),
        ("/Appointment?date=2026-02-30", (422, "invalid", "FHIR_DATE_INVALID")),
        ("/Appointment?date=2026-02", (422, "invalid", "FHIR_DATE_INVALID")),
        ("/Appointment?date=2026-02-01T10:00", (422, "invalid", "FHIR_DATE_INVALID")),
        ("/Appointment?date=0001-01-01T00:00%2B14:00", (422, "invalid", "FHIR_DATE_INVALID")),
        (f"/Appointment?{ALL_DAYS}&status=lost", (422, "invalid", "INVALID_FIELD")),
        (f"/Appointment?{ALL_DAYS}&_count=51", (422, "invalid", "INVALID_FIELD")),
        (f"/Appointment?{ALL_DAYS}&patient=1", (422, "invalid", "INVALID_FIELD")),
        ("/Slot", (422, "invalid", "INVALID_FIELD")),
        ("/Slot/unt-1", (404, "not-found", "FHIR_RESOURCE_UNKNOWN")),
        ("/Slot/a_b", (422, "invalid", "INVALID_FIELD")),
        ("/Schedule/ses-" + "0" * 26, (404, "not-found", "FHIR_RESOURCE_UNKNOWN")),
        ("/Patient", (404, "not-found", "FHIR_NOT_SUPPORTED")),
        ("/Patient/1/$everything", (404, "not-found", "FHIR_NOT_SUPPORTED")),
    ],
)
def test_a_refusal_is_an_operation_outcome(
    window: Window, path: str, refusal: tuple[int, str, str]
) -> None:
    assert refused(window.get(path)) == refusal


def test_nobody_reads_without_a_token_or_the_scope(world: World, clinic: Clinic) -> None:
    assert clinic.hospital_id
    assert refused(world.client.get("/fhir/R4/Slot/x"))[:2] == (401, "login")
    till = world.terminal(merchant="市第一人民医院", scopes=frozenset({"card.decode"}))
    assert refused(till.get("/fhir/R4/Slot/x"))[:2] == (403, "forbidden")
    stranger = world.terminal(merchant="平安大药房", scopes=frozenset({"hospital.fhir"}))
    told = refused(stranger.get("/fhir/R4/Slot?schedule=x"))
    assert told == (403, "forbidden", "HOSPITAL_NOT_YOURS")


def test_nothing_can_be_deleted(window: Window, clinic: Clinic) -> None:
    session = clinic.session()
    answer = window.terminal.delete(f"/fhir/R4/Schedule/{fhir_id(session)}")
    assert refused(answer) == (404, "not-found", "FHIR_NOT_SUPPORTED")
