"""/v1/operator/webhooks: which webhooks fail, and what they missed sent again."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import operator
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.notifications.schemas import (
    FailingWebhookItem,
    FailingWebhooksReply,
    ReplayTimeReply,
    WebhookPath,
)
from app.notifications.service.dead_letters import DeadLetters
from app.notifications.service.failing_webhooks import (
    READ_SCOPE,
    REPLAY_SCOPE,
    FailingWebhook,
    FailingWebhooks,
)

blueprint = APIBlueprint(
    "operator_webhooks",
    __name__,
    url_prefix="/v1/operator/webhooks",
    abp_tags=[Tag(name="operator")],
)


@blueprint.get("", summary="Webhooks that fail", responses={200: FailingWebhooksReply})
@operator(scope=READ_SCOPE)
def failing() -> Response:
    """Of all partners: those that fail, are disabled, or have dead letters; a hundred at most."""
    found = service(FailingWebhooks).most()
    return reply(FailingWebhooksReply(items=[_item(one) for one in found]))


@blueprint.post("/<id>/replay", summary="Send what it missed", responses={200: ReplayTimeReply})
@operator(scope=REPLAY_SCOPE)
@idempotent()
def replay(path: WebhookPath) -> Response:
    """Call it again for up to 500 dead letters, the earliest first; a disabled one is refused."""
    partner = service(FailingWebhooks).partner_of(path.id)
    done = service(DeadLetters).replay_time(partner, path.id, since=None, until=None)
    return reply(ReplayTimeReply(replayed=done.count, more=done.more))


def _item(one: FailingWebhook) -> FailingWebhookItem:
    return FailingWebhookItem.model_validate(
        {
            "id": one.id,
            "merchant_id": one.merchant_id,
            "state": one.state,
            "failures": one.failures,
            "failing_since": one.failing_since,
            "letters": one.letters,
            "oldest_died_at": one.oldest_died_at,
        }
    )
