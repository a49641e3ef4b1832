"""/v1/enrolments: a page in a browser registers its key; /v1/operator/enrolments: its codes."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import operator, phone
from app.core.access.principals import Operator, Phone, caller
from app.core.http.callers import caller_address
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.partners.enrolment_models import KeyEnrolment
from app.partners.enrolment_schemas import (
    EnrolledReply,
    EnrolmentBody,
    EnrolmentReply,
    EnrolmentsReply,
    MadeEnrolmentReply,
    RedemptionBody,
)
from app.partners.schemas import PartnerPath, PartnersQuery
from app.partners.scopes import READ_SCOPE, WRITE_SCOPE
from app.partners.service.enrolling import LIFE, KeyEnrolments

_KEPT: Final = timedelta(hours=1)
blueprint = APIBlueprint(
    "key_enrolments", __name__, url_prefix="/v1/enrolments", abp_tags=[Tag(name="terminal")]
)
operators = APIBlueprint(
    "operator_enrolments",
    __name__,
    url_prefix="/v1/operator/enrolments",
    abp_tags=[Tag(name="operator")],
)


@blueprint.post("", summary="Register a key by a code", responses={201: EnrolledReply})
@phone
@idempotent(keep=_KEPT)
def redeem(body: RedemptionBody) -> Response:
    """Add the key of the request's proof to the client the code was made for, once.

    From then on it logs in as that client (`client_credentials`, `private_key_jwt`).
    """
    enrolled = service(KeyEnrolments).redeem(
        body.code,
        body.jwk.model_dump(exclude_none=True),
        proven=caller(Phone).thumbprint,
        address=caller_address(),
    )
    told = EnrolledReply(
        client_id=enrolled.client_id,
        kind=enrolled.kind.value,
        name=enrolled.name,
        scopes=list(enrolled.scopes),
    )
    return reply(told, 201)


@operators.post("", summary="Make a code for a key", responses={201: MadeEnrolmentReply})
@operator(scope=WRITE_SCOPE)
@idempotent(keep=LIFE)
def make(body: EnrolmentBody) -> Response:
    """A code for one more key of a client, good for a quarter of an hour and for one use."""
    by = caller(Operator)
    made = service(KeyEnrolments).make(body.client_id, by=by.operator_id, scopes=by.scope)
    told = MadeEnrolmentReply(
        id=made.id, client_id=made.client_id, code=made.code, expires_at=made.expires_at
    )
    return reply(told, 201)


@operators.get("", summary="All enrolments", responses={200: EnrolmentsReply})
@operator(scope=READ_SCOPE)
def page(query: PartnersQuery) -> Response:
    """Newest first: who made each, and which key came of it."""
    found = service(KeyEnrolments).page(before=query.cursor, limit=query.limit)
    return reply(EnrolmentsReply(items=[_told(one) for one in found.items], next=found.next))


@operators.post("/<id>/revocation", summary="End a code", responses={200: EnrolmentReply})
@operator(scope=WRITE_SCOPE)
@idempotent()
def revoke(path: PartnerPath) -> Response:
    """End a code that nobody has used."""
    by = caller(Operator).operator_id
    return reply(_told(service(KeyEnrolments).revoke(path.id, by=by)))


def _told(row: KeyEnrolment) -> EnrolmentReply:
    return EnrolmentReply(
        id=row.id,
        client_id=row.terminal_id or row.operator_id or "",
        made_at=row.made_at,
        made_by=row.made_by,
        expires_at=row.expires_at,
        used_at=row.used_at,
        kid=row.kid,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
    )
