"""What anybody may ask: check a certificate, which types there are, whose root to trust."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, jsonify, request
from flask_openapi import APIBlueprint, Tag
from pydantic import ValidationError

from app.core.access.guards import public
from app.core.errors import UNSUPPORTED_MEDIA_TYPE
from app.core.http.callers import caller_address
from app.core.http.problems import refuse_invalid
from app.core.http.replies import reply
from app.core.http.services import service
from app.documents.making import Workshop
from app.documents.routes.replies import check_reply, titles_reply
from app.documents.routes.uploads import pdf_body
from app.documents.schemas.certificates import TypeReply, TypesReply
from app.documents.schemas.checks import CheckBody, CheckReply
from app.documents.service.checks import CertificateChecks, CheckResult
from app.documents.service.offering import CertificateOffer, OfferedType

_CHECK_CONTENT: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        "application/pdf": {"schema": {"type": "string", "format": "binary"}},
        "application/json": {"schema": CheckBody.model_json_schema()},
    },
}
_PEM: Final = "application/pem-certificate-chain"
blueprint = APIBlueprint("certificate_checks", __name__, abp_tags=[Tag(name="public")])


@blueprint.post(
    "/v1/certificate-checks",
    summary="Check a certificate",
    responses={200: CheckReply},
    request_body=_CHECK_CONTENT,
)
@public
def check() -> Response:
    """Judge a PDF (`application/pdf`) or an id with its check code (`application/json`)."""
    try:
        return reply(check_reply(_checked()))
    except ValidationError as invalid:
        return refuse_invalid(invalid)


@blueprint.get(
    "/v1/certificate-types", summary="Types of certificates", responses={200: TypesReply}
)
@public
def types() -> Response:
    """Every certificate that can be had, and which data are asked for it."""
    items = [_type(offered) for offered in service(CertificateOffer).types()]
    return reply(TypesReply(items=items))


@blueprint.get(
    "/.well-known/certificate-root.pem",
    summary="Root certificate",
    responses={200: {"description": "PEM", "content": {_PEM: {}}}},
)
@public
def root() -> Response:
    """The root under which all certificates are signed, for PDF readers."""
    return _kept(Response(service(Workshop).root_pem, 200, content_type=_PEM))


@blueprint.get(
    "/.well-known/certificate-signers.pem",
    summary="Certificates of the signers",
    responses={200: {"description": "PEM", "content": {_PEM: {}}}},
)
@public
def signers() -> Response:
    """The departments' signing certificates, those rotated out included, and their CA's."""
    return _kept(Response(service(Workshop).signers_pem(), 200, content_type=_PEM))


@blueprint.get("/.well-known/certificate-check-keys.json", summary="Keys of QR codes")
@public
def check_keys() -> Response:
    """The public keys of the tokens in QR codes (RFC 7517), to check one offline."""
    return _kept(jsonify(service(Workshop).check_key_set()))


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _type(offered: OfferedType) -> TypeReply:
    kind = offered.kind
    return TypeReply(
        code=kind.code,
        titles=titles_reply(kind.titles),
        legal_basis=titles_reply(kind.legal_basis),
        level=kind.level,
        validity_days=kind.validity_days,
        sources={source: list(fields) for source, fields in kind.needs.items()},
        source_names={source: titles_reply(names) for source, names in kind.sources.items()},
        available=offered.available,
    )


def _checked() -> CheckResult:
    checks, address = service(CertificateChecks), caller_address()
    if request.mimetype == "application/pdf":
        return checks.file(pdf_body(), address=address)
    if request.mimetype != "application/json":
        raise UNSUPPORTED_MEDIA_TYPE()
    body = CheckBody.model_validate(None)  # reads the request itself
    return checks.code(body.id, body.code, address=address, token=body.token)
