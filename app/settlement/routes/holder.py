"""/v1/card/purchases: what a citizen bought with their card, explained."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.settlement.models.purchase import Settlement
from app.settlement.routes.writing import (
    adjustment_reply,
    lines_reply,
    refund_reply,
    rule_reply,
    split_reply,
    trace_reply,
)
from app.settlement.schemas.asked import PurchasesQuery, SettlementPath
from app.settlement.schemas.told import PurchaseItem, PurchaseReply, PurchasesReply
from app.settlement.service.reading import PurchaseReading

blueprint = APIBlueprint("purchases", __name__, url_prefix="/v1/card", abp_tags=[Tag(name="card")])


@blueprint.get("/purchases", summary="My purchases", responses={200: PurchasesReply})
@citizen()
def purchases(query: PurchasesQuery) -> Response:
    """Newest first."""
    page = service(PurchaseReading).page(caller(Citizen), before=query.cursor, limit=query.limit)
    return reply(PurchasesReply(items=[_item(one) for one in page.items], next=page.next))


@blueprint.get("/purchases/<id>", summary="One purchase", responses={200: PurchaseReply})
@citizen()
def purchase(path: SettlementPath) -> Response:
    """Every line, every number, what came back and what a recomputation changed."""
    found = service(PurchaseReading).of_holder(caller(Citizen), path.id)
    one = found.settlement
    return reply(
        PurchaseReply(
            id=one.id,
            at=one.created_at,
            merchant=one.merchant_name,
            status=one.state.value,
            split=split_reply(one),
            lines=lines_reply(found),
            rule=rule_reply(found.content),
            trace=trace_reply(found.content),
            refunds=[refund_reply(refund) for refund in found.refunds],
            adjustments=[adjustment_reply(change) for change in found.adjustments],
        )
    )


def _item(one: Settlement) -> PurchaseItem:
    return PurchaseItem(
        id=one.id,
        at=one.created_at,
        merchant=one.merchant_name,
        status=one.state.value,
        total=one.total,
        fund=one.fund,
        account=one.account,
        cash=one.cash,
        returned=one.returned_total,
    )
