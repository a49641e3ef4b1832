"""/v1/me/consents and /v1/me/biometrics: what I agreed to for my face, and its deletion."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.identity.schemas.own_faces import (
    BiometricsDeletedReply,
    ConsentReply,
    ConsentsQuery,
    ConsentsReply,
    ConsentWordsReply,
)
from app.identity.service.own_faces import OwnConsent, OwnFaces

blueprint = APIBlueprint("own_faces", __name__, url_prefix="/v1/me", abp_tags=[Tag(name="me")])


@blueprint.get("/consents", summary="What I agreed to", responses={200: ConsentsReply})
@citizen()
def consents(query: ConsentsQuery) -> Response:
    """The caller's consents to verifying their face, newest first."""
    who = caller(Citizen)
    page = service(OwnFaces).consents(
        who.person_id, device=who.thumbprint, before=query.cursor, limit=query.limit
    )
    return reply(ConsentsReply(items=[_consent(one) for one in page.items], next=page.next))


@blueprint.delete(
    "/biometrics", summary="Delete my face data", responses={200: BiometricsDeletedReply}
)
@citizen()
def delete_biometrics() -> Response:
    """End verifications under way and delete what was made of the caller's face; repeatable.

    Who is signed in stays signed in, and may verify their face again after a new consent.
    """
    who = caller(Citizen)
    done = service(OwnFaces).delete(who.person_id, device=who.thumbprint)
    return reply(
        BiometricsDeletedReply(
            sessions_ended=done.sessions_ended,
            judgements_deleted=done.judgements_deleted,
            hashes_until=done.hashes_until,
        )
    )


def _consent(one: OwnConsent) -> ConsentReply:
    text = one.text
    return ConsentReply(
        id=one.id,
        accepted_at=one.accepted_at,
        purpose=one.purpose,
        text_version=one.text_version,
        text=None if text is None else ConsentWordsReply(zh=text.zh, en=text.en),
        outcome=one.state,
        this_device=one.this_device,
    )
