"""A hospital is told of each event of its appointments once, in order, with its number."""

from __future__ import annotations

from typing import Any

from app.hospital.fhir.service.ids import fhir_id
from app.hospital.service.claiming.journal import announce
from app.hospital.states import AppointmentState
from app.notifications.service.event_types import EVENT_SCOPES
from tests.app.family.steps import relative
from tests.app.hospital.fhir.steps import Window, other_window
from tests.app.notifications.partners import told
from tests.app.world import World


def _feed(window: Window) -> list[dict[str, Any]]:
    answer = window.terminal.get("/v1/partners/events?limit=100")
    assert answer.status_code == 200, answer.text
    return list(answer.json["items"])


def _tell(world: World) -> None:
    while told(world):
        pass


def test_each_event_is_told_once_with_both_numbers(world: World, window: Window) -> None:
    who = relative(world, "张伟")
    made = window.booked(who, window.clinic.session(days=0, hour=23))
    for status in ("arrived", "fulfilled"):
        assert window.patch(made, status).status_code == 200
    _tell(world)
    events = _feed(window)
    assert [one["sequence"] for one in events] == [1, 2, 3]
    assert [one["type"] for one in events] == [
        "appointment.booked",
        "appointment.arrived",
        "appointment.fulfilled",
    ]
    assert [one["data"]["sequence"] for one in events] == [1, 2, 3]
    assert {one["data"]["reference"] for one in events} == {f"Appointment/{fhir_id(made)}"}
    assert who.person_id(world) not in str(events)


def test_each_hospital_is_told_of_its_own(world: World, window: Window) -> None:
    other = other_window(world)
    who = relative(world, "张伟")
    window.booked(who, window.clinic.session(hour=9))
    window.booked(relative(world, "李娜"), window.clinic.session(hour=14))
    theirs = other.booked(who, other.clinic.session(hour=14))
    _tell(world)
    assert [one["data"]["appointment"] for one in _feed(other)] == [theirs]
    assert len(_feed(window)) == 2


def test_every_state_has_an_event() -> None:
    types = {f"appointment.{state.value.lower()}" for state in AppointmentState}
    told_of = {one for one, scope in EVENT_SCOPES.items() if scope == "hospital.fhir"}
    assert told_of == types | {"appointment.changed"}


def test_what_changes_no_state_is_told_too(world: World, window: Window) -> None:
    made = window.held(relative(world, "张伟"), window.clinic.session())
    with world.database.direct() as tx:
        announce(tx, made, sequence=2, kind="extended", at=world.clock.now())
    _tell(world)
    last = _feed(window)[-1]
    assert (last["type"], last["data"]["kind"]) == ("appointment.changed", "extended")
