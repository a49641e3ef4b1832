"""/v1/partners/webhooks: where a partner is called."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.notifications.models import WebhookDelivery, WebhookEndpoint
from app.notifications.schemas import (
    DeliveriesReply,
    DeliveryItem,
    PageQuery,
    WebhookBody,
    WebhookPath,
    WebhookReply,
    WebhooksReply,
)
from app.notifications.service.endpoints import WebhookEndpoints

SCOPE = "webhooks"
blueprint = APIBlueprint(
    "webhooks", __name__, url_prefix="/v1/partners/webhooks", abp_tags=[Tag(name="partners")]
)


@blueprint.post("", summary="Register a webhook", responses={201: WebhookReply})
@terminal(scope=SCOPE)
@idempotent()
def add(body: WebhookBody) -> Response:
    """Have the partner called at an address; the first call is a signed ping."""
    made = service(WebhookEndpoints).add(caller(Terminal).merchant_id, body.url)
    return reply(_webhook(made), 201, {"Location": f"/v1/partners/webhooks/{made.id}"})


@blueprint.get("", summary="My webhooks", responses={200: WebhooksReply})
@terminal(scope=SCOPE)
def all_of_partner() -> Response:
    """All webhooks of the calling partner, oldest first."""
    found = service(WebhookEndpoints).all(caller(Terminal).merchant_id)
    return reply(WebhooksReply(items=[_webhook(one) for one in found]))


@blueprint.delete("/<id>", summary="Remove a webhook", responses={204: None})
@terminal(scope=SCOPE)
def remove(path: WebhookPath) -> Response:
    """Call it no more; what was on its way is dropped."""
    service(WebhookEndpoints).remove(caller(Terminal).merchant_id, path.id)
    return Response(status=204)


@blueprint.post("/<id>/resume", summary="Use a webhook again", responses={200: WebhookReply})
@terminal(scope=SCOPE)
@idempotent()
def resume(path: WebhookPath) -> Response:
    """Call a webhook again that was disabled or pauses, beginning with a ping."""
    found = service(WebhookEndpoints).resume(caller(Terminal).merchant_id, path.id)
    return reply(_webhook(found))


@blueprint.get("/<id>/deliveries", summary="What was delivered", responses={200: DeliveriesReply})
@terminal(scope=SCOPE)
def deliveries(path: WebhookPath, query: PageQuery) -> Response:
    """Every attempt of the last thirty days, newest first."""
    page = service(WebhookEndpoints).deliveries(
        caller(Terminal).merchant_id, path.id, before=query.cursor, limit=query.limit
    )
    items = [_delivery(one) for one in page.items]
    return reply(DeliveriesReply(items=items, next=page.next))


def _webhook(row: WebhookEndpoint) -> WebhookReply:
    return WebhookReply(
        id=row.id,
        url=row.url,
        state=row.state.value,
        created_at=row.created_at,
        failing_since=row.failing_since,
        paused_until=row.paused_until,
    )


def _delivery(row: WebhookDelivery) -> DeliveryItem:
    return DeliveryItem(
        id=row.id,
        message_id=row.message_id,
        event=row.event,
        attempt=row.attempt,
        at=row.at,
        outcome=row.outcome,
        status=row.status,
        failure=row.failure,
        latency_ms=row.latency_ms,
    )
