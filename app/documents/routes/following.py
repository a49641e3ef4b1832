"""/v1/certificate-checks/subscriptions: partners hear of what they checked."""

from __future__ import annotations

from datetime import timedelta

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.http.callers import caller_address
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.documents.schemas.certificates import CertificatePath
from app.documents.schemas.following import (
    FollowBody,
    FollowingReply,
    FollowingsQuery,
    FollowingsReply,
)
from app.documents.service.following import CertificateFollowing, Following

SCOPE = "certificates.follow"
blueprint = APIBlueprint(
    "certificate_following",
    __name__,
    url_prefix="/v1/certificate-checks/subscriptions",
    abp_tags=[Tag(name="partners")],
)


@blueprint.post("", summary="Follow a certificate", responses={201: FollowingReply})
@terminal(scope=SCOPE)
@idempotent()
def follow(body: FollowBody) -> Response:
    """Check a certificate and hear by webhook when its state changes; repeating renews."""
    found = service(CertificateFollowing).follow(
        caller(Terminal),
        reference=body.id,
        code=body.code,
        lasts=timedelta(days=body.days),
        address=caller_address(),
    )
    return reply(_following(found), 201)


@blueprint.get("", summary="What I follow", responses={200: FollowingsReply})
@terminal(scope=SCOPE)
def page(query: FollowingsQuery) -> Response:
    """The calling partner's subscriptions with the certificates' present states."""
    found = service(CertificateFollowing).page(
        caller(Terminal).merchant_id, before=query.cursor, limit=query.limit
    )
    return reply(FollowingsReply(items=[_following(one) for one in found.items], next=found.next))


@blueprint.delete("/<id>", summary="Follow no more", responses={204: None})
@terminal(scope=SCOPE)
def end(path: CertificatePath) -> Response:
    """End a subscription."""
    service(CertificateFollowing).end(caller(Terminal).merchant_id, path.id)
    return Response(status=204)


def _following(one: Following) -> FollowingReply:
    return FollowingReply(
        id=one.id, certificate=one.certificate, status=one.state, expires_at=one.expires_at
    )
