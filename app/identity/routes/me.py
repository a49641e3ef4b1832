"""GET /v1/me: the signed-in person."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.identity.schemas.tokens import Me
from app.identity.service.profiles import Profiles

blueprint = APIBlueprint("me", __name__, url_prefix="/v1", abp_tags=[Tag(name="me")])


@blueprint.get("/me", summary="The signed-in person", responses={200: Me})
@citizen()
def me() -> Response:
    """Name and number, masked, and how the person was verified."""
    who = caller(Citizen)
    identity = service(Profiles).own(who.person_id, device=who.thumbprint)
    return reply(
        Me(
            name=identity.name,
            citizen_number=identity.citizen_number,
            level=who.level,
            authenticated_at=who.authenticated_at,
        )
    )
