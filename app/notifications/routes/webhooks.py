"""/v1/partners/webhooks: where a partner is called."""

from __future__ import annotations

from datetime import timedelta

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
    SecretBody,
    SecretReply,
    WebhookBody,
    WebhookEventsBody,
    WebhookMadeReply,
    WebhookPath,
    WebhookReply,
    WebhooksReply,
)
from app.notifications.service.endpoints import WebhookEndpoints
from app.notifications.service.signing_secrets import WebhookSecrets

SCOPE = "webhooks"
blueprint = APIBlueprint(
    "webhooks", __name__, url_prefix="/v1/partners/webhooks", abp_tags=[Tag(name="partners")]
)


@blueprint.post("", summary="Register a webhook", responses={201: WebhookMadeReply})
@terminal(scope=SCOPE)
@idempotent()
def add(body: WebhookBody) -> Response:
    """Have the partner called at an address; tells the secret, the first call is a signed ping."""
    partner = caller(Terminal)
    made = service(WebhookEndpoints).add(
        partner.merchant_id, body.url, events=body.events, scopes=partner.scope
    )
    members = _webhook(made.endpoint).model_dump()
    location = f"/v1/partners/webhooks/{made.endpoint.id}"
    return reply(WebhookMadeReply(**members, secret=made.secret), 201, {"Location": location})


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


@blueprint.put("/<id>/events", summary="Choose its events", responses={200: WebhookReply})
@terminal(scope=SCOPE)
@idempotent()
def choose(path: WebhookPath, body: WebhookEventsBody) -> Response:
    """Have a webhook called for other events from now on."""
    partner = caller(Terminal)
    found = service(WebhookEndpoints).choose(
        partner.merchant_id, path.id, events=body.events, scopes=partner.scope
    )
    return reply(_webhook(found))


@blueprint.post("/<id>/secret", summary="Replace its secret", responses={200: SecretReply})
@terminal(scope=SCOPE)
@idempotent()
def rotate(path: WebhookPath, body: SecretBody) -> Response:
    """Sign with a new secret, told this once; the one before signs too for a while."""
    made = service(WebhookSecrets).rotate(
        caller(Terminal).merchant_id, path.id, overlap=timedelta(hours=body.overlap_hours)
    )
    return reply(SecretReply(secret=made.secret, earlier_until=made.earlier_until))


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
        events=row.events,
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
