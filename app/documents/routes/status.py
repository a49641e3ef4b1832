"""GET /v1/status-lists/{id}: where certificates stand, for anybody, by the thousand."""

from __future__ import annotations

from flask import Response, request
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import public
from app.core.http.services import service
from app.documents.schemas.certificates import CertificatePath
from app.documents.service.status_lists import TTL, TYP, StatusLists

_MEDIA_TYPE = f"application/{TYP}"
blueprint = APIBlueprint("status_lists", __name__, abp_tags=[Tag(name="public")])


@blueprint.get(
    "/v1/status-lists/<id>",
    summary="Status list",
    responses={200: {"description": "Token Status List", "content": {_MEDIA_TYPE: {}}}},
)
@public
def status_list(path: CertificatePath) -> Response:
    """A signed Token Status List; who fetches it does not say which certificate they look at."""
    found = service(StatusLists).published(path.id)
    response = Response(found.token, 200, content_type=_MEDIA_TYPE)
    response.headers["Cache-Control"] = f"public, max-age={int(TTL.total_seconds())}"
    # Checkers in a browser read it too (the draft, 8.1).
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(found.etag, weak=True)
    response.make_conditional(request)
    return response
