"""The token endpoint and its neighbours: form-encoded, proven by DPoP."""

from __future__ import annotations

from flask import Response, request
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import phone, phone_at_token_endpoint
from app.core.access.principals import Phone, caller
from app.core.access.tokens import TokenClaims
from app.core.errors import UNSUPPORTED_MEDIA_TYPE
from app.core.http.replies import reply
from app.core.http.services import service
from app.identity.errors import INVALID_REQUEST
from app.identity.schemas.tokens import Introspection, TokenForm, TokenQuestion, Tokens
from app.identity.service.grants import ASSERTION_TYPE, TokenEndpoint, refusal
from app.identity.service.introspection import Asker, TokenDesk

blueprint = APIBlueprint("oauth", __name__, url_prefix="/oauth", abp_tags=[Tag(name="oauth")])


@blueprint.post("/token", summary="Exchange a grant for tokens", responses={200: Tokens})
@phone_at_token_endpoint
def token(form: TokenForm) -> Response:
    """Tokens bound to the key that the request's DPoP proof shows."""
    _require_plain_form()
    issued = service(TokenEndpoint).grant(form.given(), thumbprint=caller(Phone).thumbprint)
    return reply(
        Tokens(
            access_token=issued.access_token,
            token_type="DPoP",  # noqa: S106 - the name of a scheme
            expires_in=issued.expires_in,
            refresh_token=issued.refresh_token,
            scope=" ".join(sorted(issued.scope)),
        ),
        headers={"Pragma": "no-cache"},
    )


@blueprint.post("/introspect", summary="Is a token good?", responses={200: Introspection})
@phone
def introspect(form: TokenQuestion) -> Response:
    """A device may ask about its own token, a partner (client assertion) about any."""
    _require_plain_form()
    _require_token(form)
    asker = Asker(thumbprint=caller(Phone).thumbprint, is_partner=_is_partner(form))
    claims = service(TokenDesk).introspect(form.token, asker)
    return reply(Introspection(active=False) if claims is None else _told(claims))


@blueprint.post("/revoke", summary="Sign out")
@phone
def revoke(form: TokenQuestion) -> Response:
    """End the family of a token of the asking device. 200 whatever it was (RFC 7009 §2.2)."""
    _require_plain_form()
    _require_token(form)
    service(TokenDesk).revoke(form.token, thumbprint=caller(Phone).thumbprint)
    return Response(status=200)


def _require_plain_form() -> None:
    if request.mimetype != "application/x-www-form-urlencoded":
        raise UNSUPPORTED_MEDIA_TYPE()
    if any(len(values) > 1 for _, values in request.form.lists()):  # RFC 6749 §3.2
        raise refusal(INVALID_REQUEST, "invalid_request")


def _require_token(form: TokenQuestion) -> None:
    if not form.token:
        raise refusal(INVALID_REQUEST, "invalid_request")


def _is_partner(form: TokenQuestion) -> bool:
    if not form.client_assertion:
        return False
    if form.client_assertion_type != ASSERTION_TYPE:
        raise refusal(INVALID_REQUEST, "invalid_request")
    service(TokenDesk).require_partner(form.client_assertion)
    return True


def _told(claims: TokenClaims) -> Introspection:
    citizen = claims.kind == "citizen"
    return Introspection(
        active=True,
        sub=claims.subject,
        client_id=claims.client_id,
        scope=" ".join(sorted(claims.scope)),
        acr=f"face:{claims.level}" if citizen else None,
        auth_time=int(claims.authenticated_at.timestamp()) if citizen else None,
        exp=int(claims.expires_at.timestamp()),
        token_type="DPoP",  # noqa: S106 - the name of a scheme
        cnf={"jkt": claims.thumbprint},
        vrf=claims.receipt_digest or None,
    )
