"""/v1/terminal: quote, settle, look up, give back.

Writes carry the merchant's own `msgid`, which is remembered for ever, instead of an
Idempotency-Key, which is for a day.
"""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.errors import DomainError
from app.core.http.replies import reply
from app.core.http.services import service
from app.settlement.benefits.basket import Standing
from app.settlement.routes.refusing import tell_cashier
from app.settlement.routes.writing import (
    made_reply,
    quote_reply,
    refund_reply,
    settlement_reply,
    what_if_reply,
)
from app.settlement.schemas.asked import (
    LineBody,
    MessagePath,
    MessageQuery,
    QuoteBody,
    RefundBody,
    ReversalBody,
    SettleBody,
    SettlementPath,
    WhatIfBody,
)
from app.settlement.schemas.told import (
    MessageReply,
    QuoteReply,
    RefundReply,
    SettlementReply,
    WhatIfReply,
)
from app.settlement.scopes import SCOPE
from app.settlement.service.looking_up import LookingUp
from app.settlement.service.purchase.messages import Done
from app.settlement.service.quoting.pricing import Wanted
from app.settlement.service.quoting.quotes import Quoting
from app.settlement.service.reading import PurchaseReading
from app.settlement.service.returning.parts import Units
from app.settlement.service.returning.refunds import Refunding
from app.settlement.service.settling.settling import Order, Settling

blueprint = APIBlueprint(
    "settlement", __name__, url_prefix="/v1/terminal", abp_tags=[Tag(name="settlement")]
)
blueprint.register_error_handler(DomainError, tell_cashier)


@blueprint.post("/quotes", summary="What a purchase would cost", responses={201: QuoteReply})
@terminal(scope=SCOPE)
def quote(body: QuoteBody) -> Response:
    """Nothing is reserved. Settle it within five minutes, as long as nothing has moved."""
    made = service(Quoting).quote(
        caller(Terminal), token=body.presence_token, wanted=_wanted(body.lines)
    )
    return reply(quote_reply(made), 201)


@blueprint.post("/quotes/what-if", summary="Suppose somebody", responses={200: WhatIfReply})
@terminal(scope=SCOPE)
def what_if(body: WhatIfBody) -> Response:
    """Arithmetic about nobody: no card, no record, no effect."""
    standing = Standing(
        deductible_left=body.standing.deductible_left,
        cap_left=body.standing.cap_left,
        account=body.standing.account,
        mutual=body.standing.mutual,
        beyond=body.standing.beyond,
    )
    content = service(Quoting).what_if(
        region=body.region,
        scheme=body.scheme,
        purpose=body.purpose,
        age=body.age,
        standing=standing,
        wanted=_wanted(body.lines),
    )
    return reply(what_if_reply(content))


@blueprint.get("/quotes/<id>", summary="A quote again", responses={200: QuoteReply})
@terminal(scope=SCOPE)
def read_quote(path: SettlementPath) -> Response:
    """Such as the fresh one that QUOTE_STALE named."""
    return reply(quote_reply(service(PurchaseReading).quote(caller(Terminal), path.id)))


@blueprint.post(
    "/settlements",
    summary="Settle a quote",
    responses={201: SettlementReply, 202: SettlementReply},
)
@terminal(scope=SCOPE)
def settle(body: SettleBody) -> Response:
    """201: done. 202: held until the person has paid the cash part; look it up until it ends."""
    order = Order(
        quote_id=body.quote_id, msgid=body.msgid, cash=body.cash, mandate_id=body.mandate_id
    )
    done = service(Settling).settle(caller(Terminal), order)
    made = done.made or service(PurchaseReading).made(caller(Terminal), done.settlement_id)
    return reply(made_reply(made), 202 if made.held else 201, _replayed(done))


@blueprint.get("/settlements/<id>", summary="A settlement", responses={200: SettlementReply})
@terminal(scope=SCOPE)
def read(path: SettlementPath) -> Response:
    """As it stands now."""
    purchase = service(PurchaseReading).of_merchant(caller(Terminal), path.id)
    return reply(settlement_reply(purchase))


@blueprint.get(
    "/settlements/by-msgid/<msgid>",
    summary="What became of a message",
    responses={200: MessageReply},
)
@terminal(scope=SCOPE)
def by_msgid(path: MessagePath, query: MessageQuery) -> Response:
    """Where an answer was lost. `fence=1` makes sure that a late arrival can never take effect."""
    found = service(LookingUp).message(caller(Terminal), path.msgid, fence=query.fence == "1")
    return reply(
        MessageReply(
            msgid=path.msgid,
            status=found.status,
            fenced=found.fenced,
            kind=found.kind,  # type: ignore[arg-type]
            code=found.code,
            settlement_id=found.settlement_id,
            settlement_status=found.settlement_status,  # type: ignore[arg-type]
            refund_id=found.refund_id,
        )
    )


@blueprint.post(
    "/settlements/<id>/refunds", summary="Give units back", responses={201: RefundReply}
)
@terminal(scope=SCOPE)
def refund(path: SettlementPath, body: RefundBody) -> Response:
    """Each payer gets their part of each line. The year is computed anew."""
    units = [Units(n=one.n, quantity=one.quantity) for one in body.lines]
    done = service(Refunding).refund(caller(Terminal), path.id, msgid=body.msgid, lines=units)
    return _refunded(done)


@blueprint.post("/settlements/<id>/reversal", summary="Give all back", responses={201: RefundReply})
@terminal(scope=SCOPE)
def reverse(path: SettlementPath, body: ReversalBody) -> Response:
    """All that is left, whenever it was bought; its own year is computed anew."""
    return _refunded(service(Refunding).reverse(caller(Terminal), path.id, msgid=body.msgid))


def _refunded(done: Done) -> Response:
    made = service(PurchaseReading).refund(str(done.refund_id))
    return reply(refund_reply(made), 201, _replayed(done))


def _replayed(done: Done) -> dict[str, str]:
    return {"Idempotent-Replayed": "true"} if done.replayed else {}


def _wanted(lines: list[LineBody]) -> list[Wanted]:
    return [
        Wanted(
            code=line.code,
            barcode=line.barcode,
            quantity=line.quantity,
            unit_price=line.unit_price_fen,
        )
        for line in lines
    ]
