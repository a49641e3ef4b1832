"""/v1/operator/hospitals/releases: operators close lotteries and draw them."""

from __future__ import annotations

from typing import Final

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import operator
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.hospital.rush.routes.writing import draw_reply
from app.hospital.rush.schemas import DrawBody, DrawReply, ReleasePath
from app.hospital.rush.service.drawing import Drawing
from app.hospital.rush.service.reading import ReleaseReading

DRAW_SCOPE: Final = "hospital.draw"
blueprint = APIBlueprint(
    "operator_releases",
    __name__,
    url_prefix="/v1/operator/hospitals/releases",
    abp_tags=[Tag(name="operator")],
)


@blueprint.post("/<id>/closing", summary="Count a lottery's entries", responses={200: DrawReply})
@operator(scope=DRAW_SCOPE)
@idempotent()
def close(path: ReleasePath) -> Response:
    """After its last moment, and before the public number is drawn elsewhere."""
    service(Drawing).close(path.id)
    return _reply(path.id)


@blueprint.post("/<id>/draw", summary="Draw a lottery", responses={200: DrawReply})
@operator(scope=DRAW_SCOPE)
@idempotent()
def draw(path: ReleasePath, body: DrawBody) -> Response:
    """With the public number that was named beforehand. It cannot be drawn again."""
    service(Drawing).draw(path.id, body.public_value)
    return _reply(path.id)


def _reply(release_id: str) -> Response:
    return reply(draw_reply(service(ReleaseReading).lottery(release_id)))
