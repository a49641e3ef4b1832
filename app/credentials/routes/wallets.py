"""OpenID4VCI 1.0, pre-authorized code flow: offer, token, nonce, credential, notification."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, jsonify, request
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import public, wallet
from app.core.access.principals import Wallet, caller
from app.core.access.wallets import WalletGate
from app.core.http.replies import reply
from app.core.http.services import service
from app.credentials import errors
from app.credentials.routes.replies import in_protocol
from app.credentials.schemas.wallets import (
    CredentialEntry,
    CredentialRequest,
    CredentialResponse,
    NonceReply,
    NotificationRequest,
    OfferPath,
    WalletToken,
    WalletTokenForm,
)
from app.credentials.service.issuing import CredentialIssuing
from app.credentials.service.metadata import SERVER_PATH, IssuerMetadata
from app.credentials.service.nonces import ProofNonces
from app.credentials.service.notifications import CredentialNotifications
from app.credentials.service.offers import CredentialOffers
from app.credentials.service.redeeming import OfferRedeeming

_TAG: Final = Tag(name="openid4vci")
blueprint = APIBlueprint("openid4vci", __name__, url_prefix=SERVER_PATH, abp_tags=[_TAG])
offers = APIBlueprint("credential_offers", __name__, abp_tags=[_TAG])


def _json(model: type[Any]) -> dict[str, Any]:
    schema = model.model_json_schema()
    return {"required": True, "content": {"application/json": {"schema": schema}}}


@offers.get(
    "/v1/credential-offers/<reference>",
    summary="A credential offer",
    responses={200: {"description": "The offer (OpenID4VCI 1.0, 4.1.1)"}},
)
@public
def read(path: OfferPath) -> Response:
    """The offer behind a reference; who knows the reference may redeem it."""
    return jsonify(service(IssuerMetadata).offer(service(CredentialOffers).read(path.reference)))


@blueprint.post("/token", summary="Redeem a pre-authorized code", responses={200: WalletToken})
@public
@in_protocol(errors.TOKEN_REQUEST_INVALID)
def token(form: WalletTokenForm) -> Response:
    """A token for one credential, bound to a key where the request brings a DPoP proof."""
    _require_plain_form()
    given = {
        "grant_type": form.grant_type,
        "pre-authorized_code": form.code,
        "tx_code": form.tx_code,
    }
    redeemed = service(OfferRedeeming).redeem(
        {name: value for name, value in given.items() if value},
        thumbprint=service(WalletGate).key_at_token_endpoint(),
    )
    return reply(
        WalletToken(
            access_token=redeemed.access_token,
            token_type="DPoP" if redeemed.bound else "Bearer",
            expires_in=redeemed.expires_in,
        ),
        headers={"Pragma": "no-cache"},
    )


@blueprint.post("/nonce", summary="A nonce for key proofs", responses={200: NonceReply})
@public
def nonce() -> Response:
    """A nonce that counts once within five minutes; the answer is never kept by a cache."""
    fresh = NonceReply(c_nonce=service(ProofNonces).new())
    return reply(fresh, headers={"Cache-Control": "no-store"})


@blueprint.post(
    "/credential",
    summary="Fetch the offered credential",
    responses={200: CredentialResponse},
    request_body=_json(CredentialRequest),
)
@wallet
@in_protocol(errors.REQUEST_INVALID)
def credential() -> Response:
    """One credential for each proof of a key, up to ten; an offer is answered once.

    1. The body is one JSON object of the right types. 2. It names one configuration. 3. It asks
    for no encryption. 4. It brings proofs, of the one type there is.
    """
    body = CredentialRequest.model_validate(None)  # 1, reads the request itself
    configuration = _configuration(body)  # 2
    if body.credential_response_encryption is not None:  # 3
        raise errors.ENCRYPTION_UNSUPPORTED()
    made = service(CredentialIssuing).for_wallet(
        caller(Wallet), configuration=configuration, proofs=_proofs(body)
    )
    entries = [CredentialEntry(credential=one) for one in made.credentials]
    return reply(CredentialResponse(credentials=entries, notification_id=made.notification_id))


@blueprint.post(
    "/notification",
    summary="What became of the credentials",
    responses={204: {"description": "Noted"}},
    request_body=_json(NotificationRequest),
)
@wallet
@in_protocol(errors.NOTIFICATION_INVALID)
def notification() -> Response:
    """Accepted, failed or deleted; the same once more changes nothing."""
    body = NotificationRequest.model_validate(None)
    service(CredentialNotifications).note(caller(Wallet), body.notification_id, body.event)
    return Response(status=204)


def _configuration(body: CredentialRequest) -> str:
    if (body.credential_configuration_id is None) == (body.credential_identifier is None):
        raise errors.REQUEST_INVALID()
    if body.credential_configuration_id is None:
        raise errors.IDENTIFIER_UNKNOWN()
    return body.credential_configuration_id


def _proofs(body: CredentialRequest) -> list[str]:
    if body.proofs is None or body.proofs.keys() != {"jwt"}:  # 4
        raise errors.PROOF_INVALID()
    found = body.proofs["jwt"]
    if not all(isinstance(one, str) for one in found):
        raise errors.PROOF_INVALID()
    return found


def _require_plain_form() -> None:
    if request.mimetype != "application/x-www-form-urlencoded":
        raise errors.TOKEN_REQUEST_INVALID()
    if any(len(values) > 1 for _, values in request.form.lists()):  # RFC 6749 §3.2
        raise errors.TOKEN_REQUEST_INVALID()
