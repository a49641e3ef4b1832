"""GET /v1/me/accesses: who saw my data."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.audit.models import AccessEvent
from app.audit.schemas import Accesses, AccessesQuery, AccessItem
from app.audit.service import AccessLog
from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service

blueprint = APIBlueprint("accesses", __name__, url_prefix="/v1/me", abp_tags=[Tag(name="me")])


@blueprint.get("/accesses", summary="Who saw my data", responses={200: Accesses})
@citizen()
def accesses(query: AccessesQuery) -> Response:
    """Every look at the caller's data, newest first. Reading the log adds nothing to it."""
    page = service(AccessLog).of_person(
        caller(Citizen).person_id, before=query.cursor, limit=query.limit
    )
    return reply(Accesses(items=[_item(event) for event in page.events], next=page.next))


def _item(event: AccessEvent) -> AccessItem:
    return AccessItem(
        id=event.id,
        at=event.at,
        actor_kind=event.actor_kind,
        actor=event.actor,
        action=event.action,
        purpose=event.purpose,
        fields=list(event.fields),
    )
