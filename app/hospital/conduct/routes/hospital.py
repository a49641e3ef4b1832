"""/v1/hospital/conduct-appeals: a hospital decides appeals about its own appointments."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.audit.service import Actor
from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.hospital.conduct.routes.replies import appeals_reply
from app.hospital.conduct.schemas import (
    AppealDecidedReply,
    AppealDecisionBody,
    AppealsReply,
    ConductPointPath,
    ConductQuery,
)
from app.hospital.conduct.service.appeals import Appeals, Office
from app.hospital.scopes import DESK_SCOPE
from app.hospital.service.directory import HospitalDirectory

blueprint = APIBlueprint(
    "hospital_conduct",
    __name__,
    url_prefix="/v1/hospital/conduct-appeals",
    abp_tags=[Tag(name="hospital")],
)


@blueprint.get("", summary="Open appeals", responses={200: AppealsReply})
@terminal(scope=DESK_SCOPE)
def appeals(query: ConductQuery) -> Response:
    """Those about this hospital. Each person's log says that it was read."""
    found = service(Appeals).open(_office(), after=query.cursor, limit=query.limit)
    return reply(appeals_reply(found))


@blueprint.post("/<id>/decision", summary="Decide an appeal", responses={200: AppealDecidedReply})
@terminal(scope=DESK_SCOPE)
@idempotent()
def decide(path: ConductPointPath, body: AppealDecisionBody) -> Response:
    """Once. A no-show that is revoked is excused."""
    service(Appeals).decide(_office(), path.id, granted=body.granted, decision=body.reason)
    return reply(AppealDecidedReply(id=path.id, status="REVOKED" if body.granted else "UPHELD"))


def _office() -> Office:
    who = caller(Terminal)
    return Office(
        actor=Actor(kind="terminal", id=who.terminal_id, name=who.merchant_name),
        hospital_id=service(HospitalDirectory).of(who),
    )
