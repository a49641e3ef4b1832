"""/v1/releases and their draws, for anybody."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import public
from app.core.http.replies import reply
from app.core.http.services import service
from app.hospital.rush.routes.writing import draw_reply, release_reply
from app.hospital.rush.schemas import (
    DrawReply,
    EntriesQuery,
    EntriesReply,
    EntryReply,
    ReleasedSessionPath,
    ReleasePath,
    ReleaseReply,
)
from app.hospital.rush.service.reading import ReleaseReading

blueprint = APIBlueprint("releases", __name__, url_prefix="/v1", abp_tags=[Tag(name="booking")])


@blueprint.get("/releases/<id>", summary="A release", responses={200: ReleaseReply})
@public
def release(path: ReleasePath) -> Response:
    """Which sessions open together, when, and in what order people are let in."""
    return reply(release_reply(service(ReleaseReading).one(path.id)))


@blueprint.get(
    "/clinic-sessions/<id>/release",
    summary="The release of a session",
    responses={200: ReleaseReply},
)
@public
def release_of_session(path: ReleasedSessionPath) -> Response:
    """404 where the session is booked without a ticket."""
    return reply(release_reply(service(ReleaseReading).of_session(path.id)))


@blueprint.get(
    "/releases/<id>/draw", summary="What a lottery is drawn with", responses={200: DrawReply}
)
@public
def draw(path: ReleasePath) -> Response:
    """The commitment at once, the entries' digest once closed, the seed once drawn."""
    return reply(draw_reply(service(ReleaseReading).lottery(path.id)))


@blueprint.get(
    "/releases/<id>/draw/tickets", summary="A lottery's tickets", responses={200: EntriesReply}
)
@public
def entries(path: ReleasePath, query: EntriesQuery) -> Response:
    """Their ids, once entries are closed, and their ranks once it is drawn; no person."""
    page = service(ReleaseReading).entries(path.id, after=query.cursor, limit=query.limit)
    items = [EntryReply(ticket_id=one.ticket_id, rank=one.rank) for one in page.items]
    return reply(EntriesReply(items=items, next=page.next))
