"""/v1/operator/queue: what waits to be told, what was given up, and that tried again."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import operator
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.outbox.schemas import GivenUpReply, QueuedMessagePath, QueueReply, RetriedReply
from app.outbox.service.letters import READ_SCOPE, RETRY_SCOPE, OutboxKeeper

blueprint = APIBlueprint(
    "operator_queue", __name__, url_prefix="/v1/operator/queue", abp_tags=[Tag(name="operator")]
)


@blueprint.get("", summary="How the outbox stands", responses={200: QueueReply})
@operator(scope=READ_SCOPE)
def queue() -> Response:
    """What waits, how late the dispatcher is, and what was given up."""
    state = service(OutboxKeeper).state()
    items = [
        GivenUpReply(
            id=one.id,
            topic=one.topic,
            attempts=one.attempts,
            failure=one.failure,
            dead_at=one.dead_at,
        )
        for one in state.letters
    ]
    return reply(
        QueueReply(
            waiting=state.waiting,
            overdue_seconds=state.overdue_seconds,
            dead=state.dead,
            items=items,
        )
    )


@blueprint.post("/<id>/retry", summary="Try a message again", responses={200: RetriedReply})
@operator(scope=RETRY_SCOPE)
@idempotent()
def retry(path: QueuedMessagePath) -> Response:
    """Have a message that was given up tried again from the beginning."""
    service(OutboxKeeper).revive(path.id)
    return reply(RetriedReply(id=path.id))
