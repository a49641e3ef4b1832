"""/v1/operator: appeals are decided, outages recorded."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.audit.service import Actor
from app.core.access.guards import operator
from app.core.access.principals import Operator, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.hospital.conduct.routes.replies import appeals_reply, outage_reply
from app.hospital.conduct.schemas import (
    AppealDecidedReply,
    AppealDecisionBody,
    AppealsReply,
    BookingOutageBody,
    BookingOutageReply,
    BookingOutagesReply,
    ConductPointPath,
    ConductQuery,
)
from app.hospital.conduct.scopes import DECIDE_SCOPE, READ_SCOPE
from app.hospital.conduct.service.appeals import Appeals, Office
from app.hospital.conduct.service.outages import Outage, Outages

blueprint = APIBlueprint(
    "operator_conduct", __name__, url_prefix="/v1/operator", abp_tags=[Tag(name="operator")]
)


@blueprint.get("/conduct-appeals", summary="Open appeals", responses={200: AppealsReply})
@operator(scope=READ_SCOPE)
def appeals(query: ConductQuery) -> Response:
    """The oldest point first. Each person's log says that it was read."""
    found = service(Appeals).open(_office(), after=query.cursor, limit=query.limit)
    return reply(appeals_reply(found))


@blueprint.post(
    "/conduct-appeals/<id>/decision",
    summary="Decide an appeal",
    responses={200: AppealDecidedReply},
)
@operator(scope=DECIDE_SCOPE)
@idempotent()
def decide(path: ConductPointPath, body: AppealDecisionBody) -> Response:
    """Once. A no-show that is revoked is excused."""
    service(Appeals).decide(_office(), path.id, granted=body.granted, decision=body.reason)
    return reply(AppealDecidedReply(id=path.id, status="REVOKED" if body.granted else "UPHELD"))


@blueprint.post("/booking-outages", summary="Record an outage", responses={201: BookingOutageReply})
@operator(scope=DECIDE_SCOPE)
@idempotent()
def record(body: BookingOutageBody) -> Response:
    """Nobody gets a point for it, and those there are are forgiven."""
    outage = Outage(
        hospital_id=body.hospital_id,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        reason=body.reason,
    )
    return reply(outage_reply(service(Outages).record(caller(Operator), outage)), 201)


@blueprint.get("/booking-outages", summary="Outages", responses={200: BookingOutagesReply})
@operator(scope=READ_SCOPE)
def outages(query: ConductQuery) -> Response:
    """Newest first."""
    found = service(Outages).page(before=query.cursor, limit=query.limit)
    return reply(
        BookingOutagesReply(items=[outage_reply(one) for one in found.items], next=found.next)
    )


def _office() -> Office:
    who = caller(Operator)
    return Office(actor=Actor(kind="staff", id=who.operator_id, name=who.name), hospital_id=None)
