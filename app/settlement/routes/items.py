"""/v1/terminal/items: what may be sold, looked up at the till."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import terminal
from app.core.errors import DomainError
from app.core.http.replies import reply
from app.core.http.services import service
from app.settlement.benefits.item import Item
from app.settlement.routes.refusing import tell_cashier
from app.settlement.schemas.items import ItemReply, ItemsQuery, ItemsReply, NamesReply
from app.settlement.scopes import SCOPE
from app.settlement.service.finding import ItemFinding

blueprint = APIBlueprint(
    "catalogue_items", __name__, url_prefix="/v1/terminal", abp_tags=[Tag(name="settlement")]
)
blueprint.register_error_handler(DomainError, tell_cashier)


@blueprint.get("/items", summary="Look items up", responses={200: ItemsReply})
@terminal(scope=SCOPE)
def items(query: ItemsQuery) -> Response:
    """By a part of the name, the initials of its pinyin, or a barcode; as they are today."""
    finding = service(ItemFinding)
    if query.barcode is not None:
        return reply(ItemsReply(items=[_item(finding.of_barcode(query.barcode))]))
    found = finding.named(query.q or "", most=query.limit)
    return reply(ItemsReply(items=[_item(one) for one in found]))


def _item(one: Item) -> ItemReply:
    return ItemReply(
        code=one.code,
        barcode=one.barcode,
        names=NamesReply(zh=one.names.zh, en=one.names.en),
        initials=one.initials,
        kind=one.kind.value,
        specification=one.specification,
        unit=one.unit,
        category=one.category.value,
        limit_fen=one.limit,
        prescription=one.prescription,
    )
