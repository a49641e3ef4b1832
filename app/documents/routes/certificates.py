"""/v1/certificates: issue, list, read, download."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.documents.records import Holder
from app.documents.routes.replies import certificate_members
from app.documents.schemas.certificates import (
    CertificatePath,
    CertificateReply,
    CertificatesQuery,
    CertificatesReply,
    CheckLinkReply,
    IssueBody,
    IssuedReply,
)
from app.documents.service.holdings import CertificateHoldings
from app.documents.service.issuing import CertificateIssuing

blueprint = APIBlueprint(
    "certificates", __name__, url_prefix="/v1/certificates", abp_tags=[Tag(name="certificates")]
)


@blueprint.post("", summary="Issue a certificate", responses={201: IssuedReply})
@citizen()
@idempotent()
def issue(body: IssueBody) -> Response:
    """Issue a certificate of the caller; a valid one of the same type is superseded."""
    issued = service(CertificateIssuing).issue(_holder(), body.type)
    return reply(
        IssuedReply(
            **certificate_members(issued.view),
            check_code=issued.check_code,
            check_url=issued.check_url,
        ),
        201,
        {"Location": f"/v1/certificates/{issued.view.id}"},
    )


@blueprint.get("", summary="My certificates", responses={200: CertificatesReply})
@citizen()
def page(query: CertificatesQuery) -> Response:
    """The caller's certificates in all versions, newest first."""
    found = service(CertificateHoldings).page(_holder(), before=query.cursor, limit=query.limit)
    items = [CertificateReply(**certificate_members(view)) for view in found.items]
    return reply(CertificatesReply(items=items, next=found.next))


@blueprint.get("/<id>", summary="One of my certificates", responses={200: CertificateReply})
@citizen()
def read(path: CertificatePath) -> Response:
    """One certificate of the caller; another's is as unknown as one that never was."""
    view = service(CertificateHoldings).get(_holder(), path.id)
    return reply(CertificateReply(**certificate_members(view)))


@blueprint.get(
    "/<id>/pdf",
    summary="Download the signed file",
    responses={200: {"description": "The PDF", "content": {"application/pdf": {}}}},
)
@citizen()
def download(path: CertificatePath) -> Response:
    """The signed PDF: as it was issued, and as soon as that is done, with a trusted time.

    The upgraded file begins with the issued one, byte for byte; both stay valid.
    """
    found = service(CertificateHoldings).pdf(_holder(), path.id)
    response = Response(found.data, 200, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
    return response


@blueprint.get(
    "/<id>/check-link", summary="Have a certificate checked", responses={200: CheckLinkReply}
)
@citizen()
def check_link(path: CertificatePath) -> Response:
    """The address in the certificate's QR, to be shown to whoever is to check it."""
    return reply(
        CheckLinkReply(check_url=service(CertificateHoldings).check_url(_holder(), path.id))
    )


def _holder() -> Holder:
    known = caller(Citizen)
    return Holder(person_id=known.person_id, level=known.level, device=known.thumbprint)
