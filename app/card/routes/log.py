"""GET /v1/card/log: everything that was done with my card."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.audit.routes import access_item
from app.audit.schemas import Accesses, AccessesQuery
from app.audit.service import AccessDictionary, AccessLog, Span
from app.card.service.acts import CARD_ACTS
from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service

blueprint = APIBlueprint("card_log", __name__, url_prefix="/v1/card", abp_tags=[Tag(name="card")])


@blueprint.get("/log", summary="What was done with my card", responses={200: Accesses})
@citizen()
def log(query: AccessesQuery) -> Response:
    """Binding, freezes, losses, codes, who read or uploaded one; newest first, as in /accesses.

    Reading it adds nothing to it.
    """
    page = service(AccessLog).of_person(
        caller(Citizen).person_id,
        before=query.cursor,
        limit=query.limit,
        span=Span(since=query.since, until=query.until),
        actions=CARD_ACTS,
    )
    words = service(AccessDictionary).words
    return reply(Accesses(items=[access_item(one, words) for one in page.events], next=page.next))
