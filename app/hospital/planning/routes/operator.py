"""/v1/operator/hospitals: hospitals put on the list, stopped and let book again."""

from __future__ import annotations

from typing import Final

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import operator
from app.core.access.principals import Operator, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.hospital.models.places import Hospital
from app.hospital.planning.schemas import (
    HospitalBody,
    HospitalPath,
    HospitalReply,
    ListedHospitalsQuery,
    ListedHospitalsReply,
)
from app.hospital.planning.service.onboarding import HospitalOnboarding

READ_SCOPE: Final = "partners.read"
WRITE_SCOPE: Final = "partners.write"
"""Hospitals are partners: whoever may add a merchant may add a hospital."""
blueprint = APIBlueprint(
    "operator_hospitals",
    __name__,
    url_prefix="/v1/operator/hospitals",
    abp_tags=[Tag(name="operator")],
)


@blueprint.post("", summary="Add a hospital", responses={201: HospitalReply})
@operator(scope=WRITE_SCOPE)
@idempotent()
def add(body: HospitalBody) -> Response:
    """With a new merchant of the kind hospital, or one that is there already.

    It can do nothing before its merchant has a terminal, and nobody sees it before it has sent its
    departments and sessions.
    """
    hospital_id = service(HospitalOnboarding).add(
        name=body.name,
        region=body.region,
        merchant_id=body.merchant_id,
        by=caller(Operator).operator_id,
    )
    return _told(hospital_id, status=201)


@blueprint.get("", summary="All hospitals", responses={200: ListedHospitalsReply})
@operator(scope=READ_SCOPE)
def page(query: ListedHospitalsQuery) -> Response:
    """Newest first."""
    found = service(HospitalOnboarding).page(before=query.cursor, limit=query.limit)
    return reply(ListedHospitalsReply(items=[_reply(one) for one in found.items], next=found.next))


@blueprint.get("/<id>", summary="One hospital", responses={200: HospitalReply})
@operator(scope=READ_SCOPE)
def read(path: HospitalPath) -> Response:
    """One hospital."""
    return _told(path.id)


@blueprint.post("/<id>/suspension", summary="Stop bookings", responses={200: HospitalReply})
@operator(scope=WRITE_SCOPE)
@idempotent()
def suspend(path: HospitalPath) -> Response:
    """Nobody can book with it any more; what is booked stands, and its terminals still work."""
    service(HospitalOnboarding).suspend(path.id, by=caller(Operator).operator_id)
    return _told(path.id)


@blueprint.post("/<id>/resumption", summary="Let people book", responses={200: HospitalReply})
@operator(scope=WRITE_SCOPE)
@idempotent()
def resume(path: HospitalPath) -> Response:
    """Let people book with it again."""
    service(HospitalOnboarding).resume(path.id, by=caller(Operator).operator_id)
    return _told(path.id)


def _told(hospital_id: str, status: int = 200) -> Response:
    return reply(_reply(service(HospitalOnboarding).read(hospital_id)), status)


def _reply(row: Hospital) -> HospitalReply:
    return HospitalReply(
        id=row.id,
        merchant_id=row.merchant_id,
        name=row.name,
        initials=row.initials,
        region=row.region,
        status=row.state.value,
        created_at=row.created_at,
        status_changed_at=row.state_changed_at,
    )
