"""/v1/partners/events: a partner asks what it is to know, instead of being called."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.notifications.feed_models import PartnerEvent
from app.notifications.schemas import EventItem, EventsQuery, EventsReply
from app.notifications.service.delivering import written
from app.notifications.service.feed import EventFeed

SCOPE = "events.read"
blueprint = APIBlueprint(
    "partner_events", __name__, url_prefix="/v1/partners/events", abp_tags=[Tag(name="partners")]
)


@blueprint.get("", summary="What I am to know", responses={200: EventsReply})
@terminal(scope=SCOPE)
def page(query: EventsQuery) -> Response:
    """All events of the calling partner in order, kept for ninety days."""
    found = service(EventFeed).page(
        caller(Terminal).merchant_id, after=query.after, limit=query.limit
    )
    items = [_event(one) for one in found.items]
    return reply(EventsReply(items=items, next=found.next, more=found.more))


def _event(one: PartnerEvent) -> EventItem:
    return EventItem(
        sequence=one.sequence,
        id=one.id,
        type=one.type,
        timestamp=written(one.at),
        data=one.data,
    )
