"""What anybody may read: metadata of issuer and server, keys, types."""

from __future__ import annotations

from typing import Final

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import public
from app.core.http.services import service
from app.credentials.routes.replies import published
from app.credentials.schemas.wallets import CredentialTypePath
from app.credentials.service.metadata import SERVER_PATH, IssuerMetadata

_TAG: Final = Tag(name="openid4vci")
blueprint = APIBlueprint("credential_metadata", __name__, abp_tags=[_TAG])


@blueprint.get("/.well-known/openid-credential-issuer", summary="Credential issuer metadata")
@public
def issuer() -> Response:
    """Which credentials there are, and where they are had (OpenID4VCI 1.0, 12.2)."""
    return published(service(IssuerMetadata).credential_issuer())


@blueprint.get(
    f"/.well-known/oauth-authorization-server{SERVER_PATH}",
    summary="OAuth metadata for wallets",
)
@public
def server() -> Response:
    """Where wallets redeem codes (RFC 8414 §3: a path of the issuer follows the well-known)."""
    return published(service(IssuerMetadata).authorization_server())


@blueprint.get("/.well-known/jwt-vc-issuer", summary="Keys of credentials")
@public
def keys() -> Response:
    """Every key a credential may have been signed with (SD-JWT VC)."""
    return published(service(IssuerMetadata).jwt_vc_issuer())


@blueprint.get("/v1/credential-types/<code>", summary="What a type of credential means")
@public
def type_metadata(path: CredentialTypePath) -> Response:
    """Type metadata at the type's own URI, the credential's `vct` (SD-JWT VC)."""
    return published(service(IssuerMetadata).type_metadata(path.code))
