"""POST /v1/payments/notifications: what the payment provider tells without being asked."""

from __future__ import annotations

from typing import Final

from flask import Response, request
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import public_by
from app.core.errors import TOO_LARGE
from app.core.http.bodies import json_bytes
from app.core.http.replies import reply
from app.core.http.services import service
from app.settlement.payments.schemas import PaymentNoticeReply
from app.settlement.payments.service.receiving import PaymentNotices
from app.settlement.payments.service.signatures import NoticeHeaders

MOST_BYTES: Final = 8 * 1024
RATE: Final = "payment_notices"
blueprint = APIBlueprint(
    "payments", __name__, url_prefix="/v1/payments", abp_tags=[Tag(name="payments")]
)


@blueprint.post(
    "/notifications", summary="For the payment provider", responses={200: PaymentNoticeReply}
)
@public_by(rate=RATE)
def notification() -> Response:
    """Take a notification signed by the payment provider (Standard Webhooks, `v1a`).

    Nobody signs in: the signature over `webhook-id`, `webhook-timestamp` and the body is what
    proves the sender. Anything but 200 asks the provider to send it again.
    """
    if (request.content_length or 0) > MOST_BYTES:  # refused before it is read
        raise TOO_LARGE()
    body = json_bytes()
    if len(body) > MOST_BYTES:
        raise TOO_LARGE()
    headers = NoticeHeaders(
        ids=request.headers.getlist("webhook-id"),
        timestamps=request.headers.getlist("webhook-timestamp"),
        signatures=request.headers.getlist("webhook-signature"),
    )
    taken = service(PaymentNotices).receive(headers, body)
    return reply(PaymentNoticeReply(outcome="taken" if taken else "repeated"))
