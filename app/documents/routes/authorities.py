"""/v1/public/authorities: where certificates say that their revocation can be looked up."""

from __future__ import annotations

from typing import Final

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import public
from app.core.http.services import service
from app.documents.service.publishing import AuthorityPublications

_CRL: Final = "application/pkix-crl"
_DER: Final = "application/pkix-cert"
_PEM: Final = "application/pem-certificate-chain"
_LIST: Final = {"description": "CRL, DER", "content": {_CRL: {}}}
_CERTIFICATE: Final = {"description": "Certificate, DER", "content": {_DER: {}}}
_CERTIFICATES: Final = {"description": "Certificates, PEM", "content": {_PEM: {}}}
_MINUTE: Final = "public, max-age=60"
blueprint = APIBlueprint(
    "authorities", __name__, url_prefix="/v1/public/authorities", abp_tags=[Tag(name="public")]
)


@blueprint.get(
    "/issuing/crl",
    summary="Revoked signing certificates",
    responses={200: _LIST},
)
@public
def issuing_crl() -> Response:
    """The list of signing certificates that were revoked, with time and reason (RFC 5280)."""
    return _document(service(AuthorityPublications).issuing_list(), _CRL)


@blueprint.get(
    "/root/crl",
    summary="Revoked authorities",
    responses={200: _LIST},
)
@public
def root_crl() -> Response:
    """The list of authorities that the root revoked (RFC 5280)."""
    return _document(service(AuthorityPublications).root_list(), _CRL)


@blueprint.get(
    "/issuing/certificate",
    summary="The issuing authority",
    responses={200: _CERTIFICATE},
)
@public
def issuing_certificate() -> Response:
    """The certificate of the authority that certifies the departments."""
    return _document(service(AuthorityPublications).issuing_certificate(), _DER)


@blueprint.get(
    "/issuing/issued",
    summary="Signing certificates",
    responses={200: _CERTIFICATES},
)
@public
def issued() -> Response:
    """Every certificate the issuing authority made: of departments and of its own services."""
    return _document(service(AuthorityPublications).issued(), _PEM)


def _document(content: bytes, kind: str) -> Response:
    response = Response(content, 200, content_type=kind)
    response.headers["Cache-Control"] = _MINUTE
    return response
