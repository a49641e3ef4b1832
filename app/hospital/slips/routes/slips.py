"""Slips of appointments: printed by patients, read at the hospital's desk."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen, terminal
from app.core.access.principals import Citizen, Terminal, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.hospital.scopes import DESK_SCOPE
from app.hospital.service.directory import HospitalDirectory
from app.hospital.slips.schemas import SlipBody, SlipPath, SlipReply
from app.hospital.slips.service.desk import SlipDesk
from app.hospital.slips.service.printing import SlipPrinting

_PDF: Final = "application/pdf"
_FILE: Final[Any] = {200: {"description": "The PDF", "content": {_PDF: {}}}}
blueprint = APIBlueprint(
    "appointment_slips",
    __name__,
    url_prefix="/v1/appointments",
    abp_tags=[Tag(name="appointments")],
)
desk = APIBlueprint(
    "slip_desk", __name__, url_prefix="/v1/hospital/slips", abp_tags=[Tag(name="hospital")]
)


@blueprint.get("/<id>/slip.pdf", summary="Slip to print", responses=_FILE)
@citizen()
def slip(path: SlipPath) -> Response:
    """With a QR for the desk. It proves nothing by itself: people check in with their card."""
    response = Response(
        service(SlipPrinting).slip(caller(Citizen), path.id), 200, content_type=_PDF
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{path.id}.pdf"'
    return response


@desk.post("", summary="Read a slip", responses={200: SlipReply})
@terminal(scope=DESK_SCOPE)
def read(body: SlipBody) -> Response:
    """The appointment as it stands now, and whether the slip still says how things are."""
    hospital_id = service(HospitalDirectory).of(caller(Terminal))
    found = service(SlipDesk).read(caller(Terminal), hospital_id, body.code)
    return reply(SlipReply(**asdict(found)))
