"""/v1/terminal: what a partner's terminal does with a card's code."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.card.schemas import DecodeBody, DecodeReply, HolderReply
from app.card.service.decoding import CodeDecoding
from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.http.replies import reply
from app.core.http.services import service

blueprint = APIBlueprint(
    "terminal", __name__, url_prefix="/v1/terminal", abp_tags=[Tag(name="terminal")]
)


@blueprint.post("/decode", summary="Read a card's code", responses={200: DecodeReply})
@terminal(scope="card.decode")
def decode(body: DecodeBody) -> Response:
    """Uses the code up. Every refusal carries `action`: what the cashier does next."""
    decoded = service(CodeDecoding).decode(caller(Terminal), code=body.code, purpose=body.purpose)
    return reply(
        DecodeReply(
            holder=HolderReply(name=decoded.name, citizen_number=decoded.citizen_number),
            presence_token=decoded.presence_token,
            expires_at=decoded.expires_at,
            shown_by=decoded.shown_by,
            amount_cap=decoded.amount_cap,
        )
    )
