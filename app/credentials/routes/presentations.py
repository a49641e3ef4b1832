"""/v1/presentations: ask a holder to show a credential, have the answer judged."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import public
from app.core.http.callers import caller_address
from app.core.http.replies import reply
from app.core.http.services import service
from app.credentials.schemas.presentations import (
    PresentationAsk,
    PresentationAsked,
    PresentationBody,
    PresentationPart,
    PresentationReply,
)
from app.credentials.service.presentations import PresentationChecks

blueprint = APIBlueprint(
    "presentations", __name__, url_prefix="/v1/presentations", abp_tags=[Tag(name="public")]
)


@blueprint.post("/requests", summary="Ask for a presentation", responses={201: PresentationAsked})
@public
def ask(body: PresentationAsk) -> Response:
    """A nonce for one presentation to this audience, within ten minutes."""
    asked = service(PresentationChecks).ask(
        audience=body.audience, types=body.types, address=caller_address()
    )
    return reply(
        PresentationAsked(
            id=asked.id,
            nonce=asked.nonce,
            audience=asked.audience,
            vcts=list(asked.vcts),
            expires_at=asked.expires_at,
        ),
        201,
    )


@blueprint.post("/check", summary="Check a presentation", responses={200: PresentationReply})
@public
def check(body: PresentationBody) -> Response:
    """Judge what a holder showed; a request is answered once, whatever comes of it."""
    found = service(PresentationChecks).check(
        body.request, body.presentation, address=caller_address()
    )
    parts = {
        name: PresentationPart(ok=part.ok, code=part.code) for name, part in found.parts.items()
    }
    return reply(
        PresentationReply(
            valid=found.valid,
            parts=parts,
            type=found.type_code,
            claims=None if found.claims is None else dict(found.claims),
            expires_at=found.expires_at,
        )
    )
