"""What others must know to believe our tokens."""

from __future__ import annotations

from flask import Response, jsonify
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import public
from app.core.http.services import service
from app.identity.service.discovery import Discovery

blueprint = APIBlueprint(
    "well_known", __name__, url_prefix="/.well-known", abp_tags=[Tag(name="oauth")]
)
_MAX_AGE = "public, max-age=300"


@blueprint.get("/jwks.json", summary="Keys of our signatures")
@public
def jwks() -> Response:
    """The public keys of tokens and receipts (RFC 7517), the next ones included."""
    return _cacheable(jsonify(service(Discovery).jwks()))


@blueprint.get("/oauth-authorization-server", summary="OAuth metadata")
@public
def metadata() -> Response:
    """Where and how tokens are had (RFC 8414)."""
    return _cacheable(jsonify(service(Discovery).metadata()))


def _cacheable(response: Response) -> Response:
    response.headers["Cache-Control"] = _MAX_AGE
    return response
