"""GET /v1/me/notices: what I was told."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.notifications.schemas import NoticeItem, NoticesReply, PageQuery
from app.notifications.service.notices import Notices

blueprint = APIBlueprint("notices", __name__, url_prefix="/v1/me", abp_tags=[Tag(name="me")])


@blueprint.get("/notices", summary="What I was told", responses={200: NoticesReply})
@citizen()
def notices(query: PageQuery) -> Response:
    """What happened to the caller's certificates without their doing, newest first."""
    page = service(Notices).of_person(
        caller(Citizen).person_id, before=query.cursor, limit=query.limit
    )
    items = [
        NoticeItem(id=n.id, at=n.at, kind=n.kind, about=n.about, zh=n.zh, en=n.en)
        for n in page.items
    ]
    return reply(NoticesReply(items=items, next=page.next))
