"""/v1/hospital: what a hospital's desks and kiosks do for people who came."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.hospital.routes.replies import attendance_reply
from app.hospital.schemas import AppointmentPath, AttendanceReply, CheckInBody
from app.hospital.scopes import DESK_SCOPE
from app.hospital.service.attending import Attending
from app.hospital.service.reading import AppointmentReading

blueprint = APIBlueprint(
    "hospital_desk", __name__, url_prefix="/v1/hospital", abp_tags=[Tag(name="hospital")]
)


@blueprint.post("/check-ins", summary="Check somebody in", responses={200: AttendanceReply})
@terminal(scope=DESK_SCOPE)
def check_in(body: CheckInBody) -> Response:
    """By the code of their card for the purpose 01101. The code is used up whatever comes of it."""
    return _told(service(Attending).check_in(caller(Terminal), body.code))


@blueprint.post(
    "/appointments/<id>/service",
    summary="The doctor has seen them",
    responses={200: AttendanceReply},
)
@terminal(scope=DESK_SCOPE)
def serve(path: AppointmentPath) -> Response:
    """After the check-in. A second time changes nothing."""
    service(Attending).serve(caller(Terminal), path.id)
    return _told(path.id)


def _told(appointment_id: str) -> Response:
    return reply(attendance_reply(service(AppointmentReading).acted(appointment_id)))
