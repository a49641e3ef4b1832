"""/v1/operator/cards: what an office does with a card."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.audit.service import Actor
from app.card.offline_schemas import CancelBody, CancelledReply
from app.card.service.cancelling import CANCEL_SCOPE, OFFICE, CardCancelling
from app.card.states import CancelReason
from app.core.access.guards import operator
from app.core.access.principals import Operator, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent

blueprint = APIBlueprint(
    "operator_cards", __name__, url_prefix="/v1/operator/cards", abp_tags=[Tag(name="operator")]
)


@blueprint.post("/cancellations", summary="Cancel a card", responses={201: CancelledReply})
@operator(scope=CANCEL_SCOPE)
@idempotent()
def cancel(body: CancelBody) -> Response:
    """For good: after a death or a move. The holder reads it in the log."""
    by = Actor(kind="staff", id=caller(Operator).operator_id, name=OFFICE)
    card_id = service(CardCancelling).cancel(
        body.citizen_number, reason=CancelReason(body.reason), by=by
    )
    return reply(CancelledReply(card_id=card_id, status="CANCELLED"), 201)
