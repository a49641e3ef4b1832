"""/fhir/R4: Schedule, Slot and Appointment, searched and read."""

from __future__ import annotations

from typing import Final

from flask import Response

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.http.services import service
from app.hospital.fhir.routes.asking import address, asked, codes, hospital, page, span, token
from app.hospital.fhir.routes.resources import (
    appointment_resource,
    bundle,
    schedule_resource,
    slot_resource,
)
from app.hospital.fhir.routes.speaking import CONTENT, fhir_blueprint, resource
from app.hospital.fhir.schemas import AppointmentSearch, FhirPath, ScheduleSearch, SlotSearch
from app.hospital.fhir.service.appointments import AppointmentReading, Wish
from app.hospital.fhir.service.ids import own_id
from app.hospital.fhir.service.schedules import ScheduleReading
from app.hospital.fhir.service.views import AppointmentView
from app.hospital.scopes import FHIR_SCOPE

_SCHEDULE: Final = "ses"
_SLOT: Final = "unt"
_APPOINTMENT: Final = "apt"
blueprint = fhir_blueprint("fhir_reading")


@blueprint.get("/Schedule", summary="Search sessions", responses=CONTENT)
@terminal(scope=FHIR_SCOPE)
def schedules(query: ScheduleSearch) -> Response:
    """By days, and by doctor; or by the hospital's own id."""
    reading, own, identifier = service(ScheduleReading), hospital(), token(query.identifier)
    if identifier is not None:
        found = reading.identified(own, identifier)
    else:
        found = reading.schedules(
            own, span=span(query.date), actor=token(query.actor), page=page(query, _SCHEDULE)
        )
    return resource(bundle(found, schedule_resource, address=address("Schedule"), asked=asked()))


@blueprint.get("/Schedule/<id>", summary="Read a session", responses=CONTENT)
@terminal(scope=FHIR_SCOPE)
def schedule(path: FhirPath) -> Response:
    """A doctor's half-day."""
    found = service(ScheduleReading).schedule(hospital(), own_id(path.id, _SCHEDULE))
    return resource(schedule_resource(found))


@blueprint.get("/Slot", summary="Search the places of a session", responses=CONTENT)
@terminal(scope=FHIR_SCOPE)
def slots(query: SlotSearch) -> Response:
    """In the order of their numbers."""
    found = service(ScheduleReading).slots(
        hospital(),
        own_id(query.schedule, _SCHEDULE),
        status=codes(query.status),
        page=page(query, _SLOT),
    )
    return resource(bundle(found, slot_resource, address=address("Slot"), asked=asked()))


@blueprint.get("/Slot/<id>", summary="Read a place", responses=CONTENT)
@terminal(scope=FHIR_SCOPE)
def slot(path: FhirPath) -> Response:
    """A numbered place with its window."""
    return resource(
        slot_resource(service(ScheduleReading).slot(hospital(), own_id(path.id, _SLOT)))
    )


@blueprint.get("/Appointment", summary="Search appointments", responses=CONTENT)
@terminal(scope=FHIR_SCOPE)
def appointments(query: AppointmentSearch) -> Response:
    """Of some days. Each patient's log says that the hospital looked."""
    wish = Wish(span=span(query.date), status=codes(query.status), actor=token(query.actor))
    found = service(AppointmentReading).page(
        caller(Terminal), hospital(), wish, page(query, _APPOINTMENT)
    )
    return resource(
        bundle(found, appointment_resource, address=address("Appointment"), asked=asked())
    )


def appointment_told(appointment_id: str | None, status: int = 200) -> Response:
    """An appointment as it is now."""
    found = service(AppointmentReading).one(caller(Terminal), hospital(), appointment_id)
    headers = {"ETag": etag(found), "Location": f"{address('Appointment')}/{_fhir(found)}"}
    return resource(appointment_resource(found), status, headers)


def etag(view: AppointmentView) -> str:
    """The version of an appointment (R4, http, versioning)."""
    return f'W/"{view.sequence}"'


def _fhir(view: AppointmentView) -> str:
    return str(appointment_resource(view)["id"])
