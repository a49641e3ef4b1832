"""/v1/certificates/{id}/credential and …/credential-offers: the holder's side."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen
from app.core.access.keys import proven_key
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.credentials.records import Asker
from app.credentials.schemas.holder import (
    CredentialOfferBody,
    CredentialOfferReply,
    CredentialSource,
    HoldersCredentialBody,
    HoldersCredentialReply,
)
from app.credentials.service.issuing import CredentialIssuing
from app.credentials.service.metadata import FORMAT, IssuerMetadata
from app.credentials.service.offers import LASTS, CredentialOffers

blueprint = APIBlueprint(
    "credentials", __name__, url_prefix="/v1/certificates", abp_tags=[Tag(name="credentials")]
)


@blueprint.post(
    "/<id>/credential",
    summary="A certificate as SD-JWT VC",
    responses={201: HoldersCredentialReply},
)
@citizen()
@idempotent()
def issue(path: CredentialSource, body: HoldersCredentialBody) -> Response:
    """The certificate as a credential bound to the calling phone's key, or to another."""
    asker = _asker()
    made = service(CredentialIssuing).for_holder(
        asker, path.id, jwk=proven_key(asker.device), proof=body.proof
    )
    return reply(
        HoldersCredentialReply(
            id=made.id,
            format=FORMAT,
            vct=made.vct,
            credential=made.credential,
            key=made.thumbprint,
            expires_at=made.expires_at,
        ),
        201,
    )


@blueprint.post(
    "/<id>/credential-offers",
    summary="Offer the credential to a wallet",
    responses={201: CredentialOfferReply},
)
@citizen()
@idempotent(keep=LASTS)  # the answer holds secrets of an offer that then is over
def offer(path: CredentialSource, body: CredentialOfferBody) -> Response:
    """An offer any wallet can redeem once within ten minutes (OpenID4VCI 1.0)."""
    made = service(CredentialOffers).make(_asker(), path.id, with_tx_code=body.tx_code)
    metadata = service(IssuerMetadata)
    return reply(
        CredentialOfferReply(
            id=made.id,
            credential_offer=metadata.link_by_value(made.terms),
            credential_offer_uri=metadata.link_by_reference(made.reference),
            tx_code=made.tx_code,
            expires_at=made.expires_at,
        ),
        201,
    )


def _asker() -> Asker:
    known = caller(Citizen)
    return Asker(person_id=known.person_id, level=known.level, device=known.thumbprint)
