"""/v1/waitlist-entries: waiting for a place (候补)."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.hospital.waitlist.routes.replies import entry_reply
from app.hospital.waitlist.schemas import (
    WaitlistBody,
    WaitlistPageReply,
    WaitlistPath,
    WaitlistQuery,
    WaitlistReply,
)
from app.hospital.waitlist.service.answering import WaitlistAnswering
from app.hospital.waitlist.service.entering import WaitlistEntering, Wish
from app.hospital.waitlist.service.reading import WaitlistReading

blueprint = APIBlueprint(
    "waitlist", __name__, url_prefix="/v1/waitlist-entries", abp_tags=[Tag(name="appointments")]
)


@blueprint.post("", summary="Wait for a place", responses={201: WaitlistReply})
@citizen()
@idempotent()
def enter(body: WaitlistBody) -> Response:
    """Places that are given up go to whoever entered first, before anybody else can take them."""
    wish = Wish(
        hospital_id=body.hospital_id,
        department_id=body.department_id,
        practitioner_id=body.practitioner_id,
        session_id=body.session_id,
        from_day=body.from_day,
        to_day=body.to_day,
        half_days=body.half_days,
        most_fee=body.most_fee,
        automatic=body.mode == "automatic",
        mandates=[one.mandate_id for one in body.people],
    )
    return _told(service(WaitlistEntering).enter(caller(Citizen), wish), 201)


@blueprint.get("", summary="My waitlist entries", responses={200: WaitlistPageReply})
@citizen()
def page(query: WaitlistQuery) -> Response:
    """Newest first."""
    found = service(WaitlistReading).page(caller(Citizen), before=query.cursor, limit=query.limit)
    items = [entry_reply(one) for one in found.items]
    return reply(WaitlistPageReply(items=items, next=found.next))


@blueprint.get("/<id>", summary="One waitlist entry", responses={200: WaitlistReply})
@citizen()
def read(path: WaitlistPath) -> Response:
    """How many come first, what is offered, and why it was passed over."""
    return _told(path.id)


@blueprint.post("/<id>/acceptance", summary="Take the place", responses={200: WaitlistReply})
@citizen()
@idempotent()
def accept(path: WaitlistPath) -> Response:
    """Before the deadline. What costs nothing is booked; what does is held until it is paid for."""
    service(WaitlistAnswering).accept(caller(Citizen), path.id)
    return _told(path.id)


@blueprint.post("/<id>/refusal", summary="Do without the place", responses={200: WaitlistReply})
@citizen()
@idempotent()
def decline(path: WaitlistPath) -> Response:
    """It goes to the next. The entry ends."""
    service(WaitlistAnswering).decline(caller(Citizen), path.id)
    return _told(path.id)


@blueprint.post("/<id>/withdrawal", summary="Wait no longer", responses={200: WaitlistReply})
@citizen()
@idempotent()
def withdraw(path: WaitlistPath) -> Response:
    """An offer has to be declined instead."""
    service(WaitlistAnswering).withdraw(caller(Citizen), path.id)
    return _told(path.id)


def _told(entry_id: str, status: int = 200) -> Response:
    return reply(entry_reply(service(WaitlistReading).one(caller(Citizen), entry_id)), status)
