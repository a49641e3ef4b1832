"""/v1/partners/webhooks/{id}/dead-letters: what a webhook was not told."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.notifications.schemas import (
    LetterItem,
    LetterPath,
    LettersQuery,
    LettersReply,
    ReplayReply,
    ReplayTimeBody,
    ReplayTimeReply,
    WebhookPath,
)
from app.notifications.service.dead_letters import DeadLetters, Letter
from app.notifications.service.delivering import written

SCOPE = "webhooks"
blueprint = APIBlueprint(
    "dead_letters",
    __name__,
    url_prefix="/v1/partners/webhooks/<id>/dead-letters",
    abp_tags=[Tag(name="partners")],
)


@blueprint.get("", summary="What was given up", responses={200: LettersReply})
@terminal(scope=SCOPE)
def page(path: WebhookPath, query: LettersQuery) -> Response:
    """Events of the last thirty days that the webhook was not told, newest first."""
    found = service(DeadLetters).page(
        caller(Terminal).merchant_id, path.id, before=query.cursor, limit=query.limit
    )
    return reply(LettersReply(items=[_letter(one) for one in found.items], next=found.next))


@blueprint.post("/<event>/replay", summary="Send one again", responses={200: ReplayReply})
@terminal(scope=SCOPE)
@idempotent()
def replay(path: LetterPath) -> Response:
    """Call the webhook again, with the same id and body; once, however often this is asked."""
    sent = service(DeadLetters).replay(caller(Terminal).merchant_id, path.id, path.event)
    return reply(ReplayReply(event=path.event, replayed_at=sent))


@blueprint.post("/replay", summary="Send those of a time again", responses={200: ReplayTimeReply})
@terminal(scope=SCOPE)
@idempotent()
def replay_time(path: WebhookPath, body: ReplayTimeBody) -> Response:
    """Call the webhook again for up to 500 events of a time, the earliest first."""
    done = service(DeadLetters).replay_time(
        caller(Terminal).merchant_id, path.id, since=body.since, until=body.until
    )
    return reply(ReplayTimeReply(replayed=done.count, more=done.more))


def _letter(one: Letter) -> LetterItem:
    return LetterItem(
        event=one.event.id,
        sequence=one.event.sequence,
        type=one.event.type,
        timestamp=written(one.event.at),
        died_at=one.died_at,
        reason=one.reason,
        attempts=one.attempts,
    )
