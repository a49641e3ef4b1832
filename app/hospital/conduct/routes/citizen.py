"""/v1/conduct: how I have kept my appointments."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.hospital.conduct.routes.replies import conduct_reply
from app.hospital.conduct.schemas import AppealBody, ConductPointPath, ConductQuery, ConductReply
from app.hospital.conduct.service.appeals import Appeals
from app.hospital.conduct.service.reading import ConductReading

blueprint = APIBlueprint("conduct", __name__, url_prefix="/v1", abp_tags=[Tag(name="appointments")])


@blueprint.get("/conduct", summary="How I kept my appointments", responses={200: ConductReply})
@citizen()
def read(query: ConductQuery) -> Response:
    """Every point with its reason, date and expiry, and whether I am kept from booking."""
    return _told(query)


@blueprint.post(
    "/conduct-points/<id>/appeal",
    summary="Say that a point is wrong",
    responses={200: ConductReply},
)
@citizen()
@idempotent()
def appeal(path: ConductPointPath, body: AppealBody) -> Response:
    """Once a point. It counts until somebody has decided."""
    service(Appeals).appeal(caller(Citizen), path.id, body.text)
    return _told(ConductQuery())


def _told(query: ConductQuery) -> Response:
    found = service(ConductReading).of(caller(Citizen), before=query.cursor, limit=query.limit)
    return reply(conduct_reply(found))
