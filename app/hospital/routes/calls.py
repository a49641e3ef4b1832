"""/v1/hospital: a desk sees today's sessions and their lines, and calls people in."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.hospital.schemas import (
    AppointmentPath,
    CallBody,
    DaySessionPath,
    DaySessionReply,
    DaySessionsQuery,
    DaySessionsReply,
    InLineReply,
    LineQuery,
    SessionLineReply,
)
from app.hospital.scopes import DESK_SCOPE
from app.hospital.service.calling import Calling
from app.hospital.service.waiting_room import DaySession, InLine, WaitingRoom

blueprint = APIBlueprint(
    "hospital_calls", __name__, url_prefix="/v1/hospital", abp_tags=[Tag(name="hospital")]
)


@blueprint.get(
    "/sessions/today", summary="Today's sessions at a glance", responses={200: DaySessionsReply}
)
@terminal(scope=DESK_SCOPE)
def sessions(query: DaySessionsQuery) -> Response:
    """In the order of their beginnings; what is a draft is not among them."""
    found = service(WaitingRoom).sessions(caller(Terminal), after=query.cursor, limit=query.limit)
    items = [_session(one) for one in found.items]
    return reply(DaySessionsReply(items=items, next=found.next))


@blueprint.get(
    "/sessions/<id>/appointments",
    summary="The line of a session",
    responses={200: SessionLineReply},
)
@terminal(scope=DESK_SCOPE)
def line(path: DaySessionPath, query: LineQuery) -> Response:
    """Called now, waiting in the order of calling, expected, done. Names are masked.

    The order moves, so there are no further pages: `more` tells that there are others behind.
    """
    found = service(WaitingRoom).line(caller(Terminal), path.id, limit=query.limit)
    return reply(SessionLineReply(items=[_in_line(one) for one in found.items], more=found.more))


@blueprint.post("/sessions/<id>/calls", summary="Call the next", responses={200: InLineReply})
@terminal(scope=DESK_SCOPE)
@idempotent()
def call(path: DaySessionPath, body: CallBody) -> Response:
    """Of two desks at once each calls somebody else. A key for each time somebody presses."""
    return _told(service(Calling).next(caller(Terminal), path.id, body.room))


@blueprint.post("/appointments/<id>/calls", summary="Call again", responses={200: InLineReply})
@terminal(scope=DESK_SCOPE)
@idempotent()
def again(path: AppointmentPath, body: CallBody) -> Response:
    """Whoever is called now, perhaps into another room; `calls` counts."""
    return _told(service(Calling).again(caller(Terminal), path.id, body.room))


@blueprint.post(
    "/appointments/<id>/passing-over", summary="They did not come", responses={200: InLineReply}
)
@terminal(scope=DESK_SCOPE)
@idempotent()
def pass_over(path: AppointmentPath) -> Response:
    """They wait again, behind the next three."""
    return _told(service(Calling).pass_over(caller(Terminal), path.id))


def _told(appointment_id: str) -> Response:
    return reply(_in_line(service(WaitingRoom).acted(appointment_id)))


def _session(one: DaySession) -> DaySessionReply:
    said = asdict(one)
    said["status"] = said.pop("state")
    return DaySessionReply.model_validate(said)


def _in_line(one: InLine) -> InLineReply:
    said = asdict(one)
    said["status"] = said.pop("state")
    return InLineReply.model_validate(said)
