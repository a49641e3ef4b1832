"""/v1/card: what a citizen does with their card."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.card.schemas import CardReply, CodeBody, CodeReply
from app.card.service.binding import CardBinding
from app.card.service.holding import CardHolding
from app.card.service.showing import CodeShowing
from app.card.service.views import CardView
from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent

FRESH: Final = timedelta(minutes=5)
"""How recent a face verification must be to bind or unfreeze a card."""
_REPEATABLE: Final = timedelta(seconds=60)
blueprint = APIBlueprint("card", __name__, url_prefix="/v1/card", abp_tags=[Tag(name="card")])


@blueprint.post("", summary="Bind my card to this phone", responses={201: CardReply})
@citizen(level="L1", max_age=FRESH)
@idempotent()
def bind() -> Response:
    """Make the card where there is none. 200 instead of 201 where this phone already had it."""
    card = service(CardBinding).bind(caller(Citizen))
    return reply(_card(card), 201 if card.is_new else 200)


@blueprint.get("", summary="My card", responses={200: CardReply})
@citizen()
def read() -> Response:
    """The card, and whether it is bound to this phone."""
    return reply(_card(service(CardHolding).read(caller(Citizen))))


@blueprint.post("/codes", summary="A new code to show", responses={201: CodeReply})
@citizen()
@idempotent(keep=_REPEATABLE)
def show(body: CodeBody) -> Response:
    """A code for one purpose, for one use within a minute. It ends the one before.

    With `mandate_id` it is of the card of whoever gave the caller that family mandate.
    """
    shown = service(CodeShowing).show(
        caller(Citizen), purpose=body.purpose, mandate_id=body.mandate_id
    )
    return reply(
        CodeReply(
            code=shown.code,
            expires_at=shown.expires_at,
            refresh_after_s=shown.refresh_after_s,
            qr_svg=shown.qr_svg,
            code128_svg=shown.code128_svg,
        ),
        201,
    )


@blueprint.post("/freeze", summary="Stop my card at once", responses={200: CardReply})
@citizen()
@idempotent()
def freeze() -> Response:
    """Codes already shown stop working in the same moment."""
    return reply(_card(service(CardHolding).freeze(caller(Citizen))))


@blueprint.post("/unfreeze", summary="Let my card work again", responses={200: CardReply})
@citizen(level="L1", max_age=FRESH)
@idempotent()
def unfreeze() -> Response:
    """Needs a fresh face, so that a thief with the phone cannot."""
    return reply(_card(service(CardHolding).unfreeze(caller(Citizen))))


@blueprint.post("/report-loss", summary="Report my card lost", responses={200: CardReply})
@citizen()
@idempotent()
def report_loss() -> Response:
    """Ends the card on every phone. Binding again makes a new card."""
    return reply(_card(service(CardHolding).report_loss(caller(Citizen))))


def _card(card: CardView) -> CardReply:
    return CardReply(
        id=card.id,
        scheme=card.scheme,
        status=card.state.value,
        created_at=card.created_at,
        on_this_device=card.on_this_device.value if card.on_this_device else None,
    )
