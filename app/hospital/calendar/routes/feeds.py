"""/v1/calendar-feed: my appointments in my phone's calendar; and the calendar itself."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen, public_by
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.hospital.calendar.schemas import (
    CalendarBody,
    CalendarLinkReply,
    CalendarPath,
    CalendarReply,
)
from app.hospital.calendar.service.feeds import PATH, CalendarFeeds
from app.hospital.calendar.service.serving import CalendarServing

_TYPE: Final = "text/calendar"
_FILE: Final[Any] = {200: {"description": "The calendar", "content": {_TYPE: {}}}}
blueprint = APIBlueprint(
    "calendar_feed", __name__, url_prefix="/v1/calendar-feed", abp_tags=[Tag(name="appointments")]
)
served = APIBlueprint("calendars", __name__, url_prefix=PATH, abp_tags=[Tag(name="appointments")])


@blueprint.post("", summary="Link my calendar", responses={201: CalendarLinkReply})
@citizen()
@idempotent()
def make(body: CalendarBody) -> Response:
    """A secret link for a calendar to subscribe to. The link before stops working."""
    made = service(CalendarFeeds).make(caller(Citizen), shows=body.shows)
    shown = CalendarLinkReply(url=made.url, shows=body.shows, created_at=made.created_at)
    return reply(shown, 201)


@blueprint.get("", summary="My calendar's link", responses={200: CalendarReply})
@citizen()
def read() -> Response:
    """Whether there is one, what it shows, and when it was last read; not the link itself."""
    feed = service(CalendarFeeds).read(caller(Citizen))
    return reply(
        CalendarReply(
            shows=feed.shows,  # type: ignore[arg-type]
            created_at=feed.created_at,
            last_read_at=feed.last_read_at,
        )
    )


@blueprint.delete("", summary="End my calendar's link", responses={204: None})
@citizen()
def end() -> Response:
    """At once. What a calendar has fetched, it has."""
    service(CalendarFeeds).end(caller(Citizen))
    return Response(status=204)


@served.get("/<secret>.ics", summary="A calendar", responses=_FILE)
@public_by(rate="calendar")
def serve(path: CalendarPath) -> Response:
    """For whoever has the link; nobody's name or number is in it."""
    response = Response(
        service(CalendarServing).file(path.secret), 200, content_type=f"{_TYPE}; charset=utf-8"
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    response.make_conditional(request)
    return response
