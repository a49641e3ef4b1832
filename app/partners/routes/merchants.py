"""/v1/operator/merchants: partners put on the list, stopped and let in again."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import operator
from app.core.access.principals import Operator, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.partners.models import MerchantKind
from app.partners.routes.replies import change_reply, merchant_reply
from app.partners.schemas import (
    MerchantBody,
    MerchantReply,
    MerchantsReply,
    PartnerChangesReply,
    PartnerPath,
    PartnersQuery,
)
from app.partners.scopes import READ_SCOPE, WRITE_SCOPE
from app.partners.service.changes import PartnerChanges
from app.partners.service.directory import PartnerDirectory
from app.partners.service.onboarding import Onboarding
from app.partners.service.standing import PartnerStanding

blueprint = APIBlueprint(
    "operator_merchants",
    __name__,
    url_prefix="/v1/operator/merchants",
    abp_tags=[Tag(name="operator")],
)


@blueprint.post("", summary="Add a merchant", responses={201: MerchantReply})
@operator(scope=WRITE_SCOPE)
@idempotent()
def add(body: MerchantBody) -> Response:
    """A pharmacy, hospital, clinic or office. It can do nothing before it has a terminal."""
    merchant_id = service(Onboarding).add_merchant(
        name=body.name,
        kind=MerchantKind(body.kind),
        region=body.region,
        by=caller(Operator).operator_id,
    )
    return _told(merchant_id, status=201)


@blueprint.get("", summary="All merchants", responses={200: MerchantsReply})
@operator(scope=READ_SCOPE)
def page(query: PartnersQuery) -> Response:
    """Newest first."""
    found = service(PartnerDirectory).merchants(before=query.cursor, limit=query.limit)
    return reply(
        MerchantsReply(items=[merchant_reply(one) for one in found.items], next=found.next)
    )


@blueprint.get("/<id>", summary="One merchant", responses={200: MerchantReply})
@operator(scope=READ_SCOPE)
def read(path: PartnerPath) -> Response:
    """One merchant."""
    return _told(path.id)


@blueprint.get(
    "/<id>/changes", summary="What was done to a merchant", responses={200: PartnerChangesReply}
)
@operator(scope=READ_SCOPE)
def changes(path: PartnerPath, query: PartnersQuery) -> Response:
    """Everything that was done to it and its terminals, and by whom, newest first."""
    service(PartnerDirectory).merchant(path.id)
    found = service(PartnerChanges).of_merchant(path.id, before=query.cursor, limit=query.limit)
    return reply(
        PartnerChangesReply(items=[change_reply(one) for one in found.items], next=found.next)
    )


@blueprint.post("/<id>/suspension", summary="Stop a merchant", responses={200: MerchantReply})
@operator(scope=WRITE_SCOPE)
@idempotent()
def suspend(path: PartnerPath) -> Response:
    """Stop all its terminals at once, with the tokens they hold."""
    service(PartnerStanding).suspend_merchant(path.id, by=caller(Operator).operator_id)
    return _told(path.id)


@blueprint.post("/<id>/resumption", summary="Let a merchant in", responses={200: MerchantReply})
@operator(scope=WRITE_SCOPE)
@idempotent()
def resume(path: PartnerPath) -> Response:
    """Let its terminals in again, but for those that were suspended one by one."""
    service(PartnerStanding).resume_merchant(path.id, by=caller(Operator).operator_id)
    return _told(path.id)


def _told(merchant_id: str, status: int = 200) -> Response:
    return reply(merchant_reply(service(PartnerDirectory).merchant(merchant_id)), status)
