"""/v1/family/mutual-aid: whose account pays for whom (家庭共济)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.family.routes.replies import mutual_aid_reply
from app.family.schemas import (
    AgreementPath,
    AgreementsQuery,
    MutualAidBody,
    MutualAidReply,
    MutualAidsReply,
)
from app.family.service.answering import FamilyAnswering
from app.family.service.offering import FamilyOffering, Terms
from app.family.service.reading import FamilyReading
from app.family.states import AgreementKind

FRESH: Final = timedelta(minutes=5)
"""How recent a face verification must be to offer or accept."""
_KIND: Final = AgreementKind.MUTUAL_AID
blueprint = APIBlueprint(
    "family_mutual_aid", __name__, url_prefix="/v1/family/mutual-aid", abp_tags=[Tag(name="family")]
)


@blueprint.post("", summary="Let my account pay for somebody", responses={201: MutualAidReply})
@citizen(level="L1", max_age=FRESH)
@idempotent()
def offer(body: MutualAidBody) -> Response:
    """Offer mutual aid; it counts once the beneficiary accepts, within seven days."""
    terms = Terms(
        kind=_KIND,
        citizen_number=body.citizen_number,
        name=body.name,
        yearly_limit=body.yearly_limit,
        expires_at=body.expires_at,
    )
    return reply(mutual_aid_reply(service(FamilyOffering).offer(caller(Citizen), terms)), 201)


@blueprint.get("", summary="My mutual aid", responses={200: MutualAidsReply})
@citizen()
def page(query: AgreementsQuery) -> Response:
    """What I pay, what is paid for me, and what is offered to me, newest first."""
    found = service(FamilyReading).page(
        caller(Citizen), kind=_KIND, before=query.cursor, limit=query.limit
    )
    items = [mutual_aid_reply(one) for one in found.items]
    return reply(MutualAidsReply(items=items, next=found.next))


@blueprint.get("/<id>", summary="One mutual aid agreement", responses={200: MutualAidReply})
@citizen()
def read(path: AgreementPath) -> Response:
    """One of those."""
    found = service(FamilyReading).one(caller(Citizen), path.id, kind=_KIND)
    return reply(mutual_aid_reply(found))


@blueprint.post("/<id>/acceptance", summary="Accept mutual aid", responses={200: MutualAidReply})
@citizen(level="L1", max_age=FRESH)
@idempotent()
def accept(path: AgreementPath) -> Response:
    """By the beneficiary, with a fresh face on their own phone."""
    moved = service(FamilyAnswering).accept(caller(Citizen), path.id, kind=_KIND)
    return reply(mutual_aid_reply(moved))


@blueprint.post("/<id>/refusal", summary="Decline mutual aid", responses={200: MutualAidReply})
@citizen()
@idempotent()
def decline(path: AgreementPath) -> Response:
    """By the beneficiary."""
    moved = service(FamilyAnswering).decline(caller(Citizen), path.id, kind=_KIND)
    return reply(mutual_aid_reply(moved))


@blueprint.post(
    "/<id>/revocation", summary="End mutual aid at once", responses={200: MutualAidReply}
)
@citizen()
@idempotent()
def revoke(path: AgreementPath) -> Response:
    """By either; the next purchase is not paid by it."""
    moved = service(FamilyAnswering).revoke(caller(Citizen), path.id, kind=_KIND)
    return reply(mutual_aid_reply(moved))
