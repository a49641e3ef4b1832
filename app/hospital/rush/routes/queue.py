"""/v1/queue-tickets: standing in line for a release."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.hospital.rush.routes.writing import ticket_reply
from app.hospital.rush.schemas import TicketBody, TicketPath, TicketReply
from app.hospital.rush.service.queueing import Queueing

blueprint = APIBlueprint(
    "queue_tickets", __name__, url_prefix="/v1/queue-tickets", abp_tags=[Tag(name="booking")]
)


@blueprint.post("", summary="Stand in line", responses={200: TicketReply})
@citizen()
def join(body: TicketBody) -> Response:
    """Take a ticket of a release, or be told the one you have: one a person, whatever device.

    Asking again gives the same ticket and rank, so it needs no `Idempotency-Key`.
    """
    return reply(ticket_reply(service(Queueing).join(caller(Citizen), body.release_id)))


@blueprint.get("/<id>", summary="How my ticket stands", responses={200: TicketReply})
@citizen()
def read(path: TicketPath) -> Response:
    """Look again after `poll_after_seconds`."""
    return reply(ticket_reply(service(Queueing).read(caller(Citizen), path.id)))
