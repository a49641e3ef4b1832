"""/fhir/R4/Appointment/{id}: one appointment, and the hospital telling what became of it.

In one blueprint: the contract takes a path with all its methods from one.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from flask import Response, request
from pydantic import ValidationError

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.errors import INVALID_FIELD
from app.core.http.problems import refuse_invalid
from app.core.http.services import service
from app.hospital.fhir.errors import FHIR_ELEMENT_READ_ONLY, FHIR_VERSION_CONFLICT
from app.hospital.fhir.routes.asking import hospital
from app.hospital.fhir.routes.reading import appointment_told
from app.hospital.fhir.routes.resources import appointment_resource
from app.hospital.fhir.routes.speaking import CONTENT, fhir_blueprint
from app.hospital.fhir.schemas import FhirAppointmentBody, FhirPath, Patch
from app.hospital.fhir.service.appointments import AppointmentReading
from app.hospital.fhir.service.ids import own_id
from app.hospital.fhir.service.updating import AppointmentUpdating, Change
from app.hospital.scopes import FHIR_SCOPE

_VERSION: Final = re.compile(r'W/"([1-9][0-9]{0,8})"')
_WRITABLE: Final = frozenset({"status", "cancelationReason", "meta", "text"})
_PATCH_CONTENT: Final[dict[str, Any]] = {
    "required": True,
    "content": {"application/json-patch+json": {"schema": {"type": "array"}}},
}
blueprint = fhir_blueprint("fhir_changing")


@blueprint.get("/Appointment/<id>", summary="Read an appointment", responses=CONTENT)
@terminal(scope=FHIR_SCOPE)
def read(path: FhirPath) -> Response:
    """One of them, with its version as ETag."""
    return appointment_told(own_id(path.id, "apt"))


@blueprint.put("/Appointment/<id>", summary="Set an appointment's status", responses=CONTENT)
@terminal(scope=FHIR_SCOPE)
def put(path: FhirPath, body: FhirAppointmentBody) -> Response:
    """The appointment as it was read, with another `status`. Nothing else can be changed.

    With `If-Match` only if it still has that version.
    """
    if body.id != path.id:
        raise INVALID_FIELD(pointer="/id")
    own = own_id(path.id, "apt")
    _require_unchanged(own, json.loads(request.get_data(cache=True)))
    reason = None if body.cancelationReason is None else body.cancelationReason.code
    return _changed(own, Change(status=body.status, version=_version(), reason=reason))


@blueprint.patch(
    "/Appointment/<id>",
    summary="Set an appointment's status",
    responses=CONTENT,
    request_body=_PATCH_CONTENT,
)
@terminal(scope=FHIR_SCOPE)
def patch(path: FhirPath) -> Response:
    """By JSON Patch: `replace` of `/status`, `add` of `/cancelationReason`, `test` of `/status`."""
    try:
        told = Patch.read()
    except ValidationError as invalid:
        return refuse_invalid(invalid)
    own = own_id(path.id, "apt")
    version = _version()
    if told.expected:
        version = _tested(own, told.expected, version)
    if told.status is None:
        return appointment_told(own)
    reason = None if told.reason is None else told.reason.code
    return _changed(own, Change(status=told.status, version=version, reason=reason))


def _changed(appointment_id: str | None, change: Change) -> Response:
    service(AppointmentUpdating).update(caller(Terminal), hospital(), appointment_id, change)
    return appointment_told(appointment_id)


def _tested(appointment_id: str | None, expected: tuple[str, ...], version: int | None) -> int:
    """The version in which the status is what the patch says it is.

    Raises:
        DomainError: FHIR_VERSION_CONFLICT.
    """
    found = service(AppointmentReading).one(caller(Terminal), hospital(), appointment_id)
    same = {appointment_resource(found)["status"]} == set(expected)
    if not same or version not in {None, found.sequence}:
        raise FHIR_VERSION_CONFLICT()
    return found.sequence


def _require_unchanged(appointment_id: str | None, sent: dict[str, Any]) -> None:
    """What was sent says of everything that is not for a hospital to change what we say."""
    found = service(AppointmentReading).one(caller(Terminal), hospital(), appointment_id)
    ours = appointment_resource(found)
    for name, value in sent.items():
        if name not in _WRITABLE and ours.get(name) != value:
            raise FHIR_ELEMENT_READ_ONLY(pointer=f"/{name}")


def _version() -> int | None:
    """The version of `If-Match`; None: none is asked for.

    Raises:
        DomainError: FHIR_VERSION_CONFLICT for one that cannot be.
    """
    told = request.headers.get("If-Match")
    if told is None:
        return None
    found = _VERSION.fullmatch(told)
    if found is None:
        raise FHIR_VERSION_CONFLICT()
    return int(found[1])
