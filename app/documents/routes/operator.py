"""/v1/operator/certificates: how one stands, and suspended, valid again, revoked by hand."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.audit.service import Actor
from app.core.access.guards import operator
from app.core.access.principals import Operator, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.documents.models import REVOKED, SUSPENDED, VALID
from app.documents.routes.replies import certificate_members
from app.documents.schemas.certificates import CertificatePath
from app.documents.schemas.overseeing import (
    CertificateStepReply,
    MovedReply,
    OverseenReply,
    ResumptionBody,
    RevocationBody,
    SuspensionBody,
)
from app.documents.service.overseeing import (
    READ_SCOPE,
    REVOKE_SCOPE,
    SUSPEND_SCOPE,
    CertificateOversight,
    OverseenCertificate,
)
from app.documents.service.standing import CertificateStanding, staff

blueprint = APIBlueprint(
    "operator_certificates",
    __name__,
    url_prefix="/v1/operator/certificates",
    abp_tags=[Tag(name="operator")],
)


@blueprint.get("/<id>", summary="How a certificate stands", responses={200: OverseenReply})
@operator(scope=READ_SCOPE)
def read(path: CertificatePath) -> Response:
    """Its status, why, and every change; nothing of its holder, who sees that it was looked at."""
    return reply(_overseen(service(CertificateOversight).read(path.id, by=_staff())))


@blueprint.post("/<id>/suspension", summary="Suspend a certificate", responses={200: MovedReply})
@operator(scope=SUSPEND_SCOPE)
@idempotent()
def suspend(path: CertificatePath, body: SuspensionBody) -> Response:
    """It is not to be relied on for now; holder and followers are told."""
    return _moved(path.id, to=SUSPENDED, reason=body.reason)


@blueprint.post(
    "/<id>/resumption", summary="End a certificate's suspension", responses={200: MovedReply}
)
@operator(scope=SUSPEND_SCOPE)
@idempotent()
def resume(path: CertificatePath, body: ResumptionBody) -> Response:
    """It is valid again; holder and followers are told."""
    return _moved(path.id, to=VALID, reason=body.reason)


@blueprint.post("/<id>/revocation", summary="Revoke a certificate", responses={200: MovedReply})
@operator(scope=REVOKE_SCOPE)
@idempotent()
def revoke(path: CertificatePath, body: RevocationBody) -> Response:
    """It is not to be relied on, ever; holder and followers are told."""
    return _moved(path.id, to=REVOKED, reason=body.reason)


def _moved(certificate_id: str, *, to: str, reason: str) -> Response:
    service(CertificateStanding).move(certificate_id, to=to, reason=reason, by=_staff())
    return reply(MovedReply(id=certificate_id, status=to, reason=reason))


def _staff() -> Actor:
    return staff(caller(Operator).operator_id)


def _overseen(found: OverseenCertificate) -> OverseenReply:
    members = certificate_members(found.view)
    for name in ("signature_level", "archived_at"):
        del members[name]
    steps = [
        CertificateStepReply(at=one.at, status=one.status, reason=one.reason, by=one.by)
        for one in found.steps
    ]
    return OverseenReply(**members, reason=found.reason, history=steps)
