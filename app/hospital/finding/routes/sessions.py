"""/v1/clinic-sessions: doctors' half-days, and what is still free of them."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import public
from app.core.http.replies import reply
from app.core.http.services import service
from app.hospital.finding.routes.asking import near, page
from app.hospital.finding.schemas import (
    ClinicSessionPath,
    ClinicSessionReply,
    ClinicSessionsQuery,
    ClinicSessionsReply,
)
from app.hospital.finding.service.sessions import SessionFinding, SessionWish

blueprint = APIBlueprint(
    "clinic_sessions", __name__, url_prefix="/v1/clinic-sessions", abp_tags=[Tag(name="hospitals")]
)


@blueprint.get("", summary="Find sessions", responses={200: ClinicSessionsReply})
@public
def find(query: ClinicSessionsQuery) -> Response:
    """The earliest first; of each day the nearest first where `near` is given.

    The counts are those of the moment. What is told is no promise: a hold is.
    """
    wish = SessionWish(
        q=query.q,
        hospital=query.hospital,
        department=query.department,
        practitioner=query.practitioner,
        first=query.day_from,
        last=query.day_to,
        half_day=query.half_day,
        fee_class=query.fee_class,
        near=near(query),
    )
    return reply(
        ClinicSessionsReply.model_validate(service(SessionFinding).page(wish, page(query)))
    )


@blueprint.get("/<id>", summary="One session", responses={200: ClinicSessionReply})
@public
def read(path: ClinicSessionPath) -> Response:
    """With the times at which places are free."""
    finding = service(SessionFinding)
    found = finding.one(path.id)
    windows = [asdict(one) for one in finding.windows(found)]
    return reply(ClinicSessionReply.model_validate({**asdict(found), "windows": windows}))
