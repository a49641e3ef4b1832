"""/v1/family/mandates: who may use whose card (亲情账户)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.family.routes.replies import mandate_reply
from app.family.schemas import (
    AgreementPath,
    AgreementsQuery,
    ChildMandateBody,
    MandateBody,
    MandateReply,
    MandatesReply,
    MandateTerms,
)
from app.family.service.answering import FamilyAnswering
from app.family.service.children import Child, ChildMandates
from app.family.service.offering import FamilyOffering, Terms
from app.family.service.reading import FamilyReading
from app.family.states import AgreementKind

FRESH: Final = timedelta(minutes=5)
"""How recent a face verification must be to offer or accept."""
_KIND: Final = AgreementKind.MANDATE
blueprint = APIBlueprint(
    "family_mandates", __name__, url_prefix="/v1/family/mandates", abp_tags=[Tag(name="family")]
)


@blueprint.post("", summary="Let somebody use my card", responses={201: MandateReply})
@citizen(level="L1", max_age=FRESH)
@idempotent()
def offer(body: MandateBody) -> Response:
    """Offer a mandate; it counts once the agent accepts with their own face, within seven days."""
    terms = replace(_terms(body), citizen_number=body.citizen_number, name=body.name)
    return reply(mandate_reply(service(FamilyOffering).offer(caller(Citizen), terms)), 201)


@blueprint.post("/children", summary="Use my child's card", responses={201: MandateReply})
@citizen(level="L1", max_age=FRESH)
@idempotent()
def make_for_child(body: ChildMandateBody) -> Response:
    """For a child under sixteen whose birth record names the caller as a parent. Counts at once."""
    child = Child(citizen_number=body.child.citizen_number, name=body.child.name)
    made = service(ChildMandates).make(caller(Citizen), child, _terms(body))
    return reply(mandate_reply(made), 201)


@blueprint.get("", summary="My mandates", responses={200: MandatesReply})
@citizen()
def page(query: AgreementsQuery) -> Response:
    """Those I gave, those I have, and those offered to me, newest first."""
    found = service(FamilyReading).page(
        caller(Citizen), kind=_KIND, before=query.cursor, limit=query.limit
    )
    return reply(MandatesReply(items=[mandate_reply(one) for one in found.items], next=found.next))


@blueprint.get("/<id>", summary="One mandate", responses={200: MandateReply})
@citizen()
def read(path: AgreementPath) -> Response:
    """One of those."""
    return reply(mandate_reply(service(FamilyReading).one(caller(Citizen), path.id, kind=_KIND)))


@blueprint.post("/<id>/acceptance", summary="Accept a mandate", responses={200: MandateReply})
@citizen(level="L1", max_age=FRESH)
@idempotent()
def accept(path: AgreementPath) -> Response:
    """By the agent, with a fresh face on their own phone."""
    moved = service(FamilyAnswering).accept(caller(Citizen), path.id, kind=_KIND)
    return reply(mandate_reply(moved))


@blueprint.post("/<id>/refusal", summary="Decline a mandate", responses={200: MandateReply})
@citizen()
@idempotent()
def decline(path: AgreementPath) -> Response:
    """By the agent."""
    moved = service(FamilyAnswering).decline(caller(Citizen), path.id, kind=_KIND)
    return reply(mandate_reply(moved))


@blueprint.post("/<id>/revocation", summary="End a mandate at once", responses={200: MandateReply})
@citizen()
@idempotent()
def revoke(path: AgreementPath) -> Response:
    """By either. Codes already shown stop working in the same moment."""
    moved = service(FamilyAnswering).revoke(caller(Citizen), path.id, kind=_KIND)
    return reply(mandate_reply(moved))


def _terms(body: MandateTerms) -> Terms:
    return Terms(
        kind=_KIND,
        purposes=body.purposes,
        merchant_kinds=body.merchant_kinds,
        purchase_limit=body.purchase_limit,
        yearly_limit=body.yearly_limit,
        expires_at=body.expires_at,
    )
