"""The grants of the token endpoint (RFC 6749 §4 to §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.database import Database
from app.core.errors import DomainError, ErrorKind
from app.identity import errors
from app.identity.models.token import TokenFamily
from app.identity.ports import ClientAuthenticator
from app.identity.service.access_tokens import AccessTokens, CitizenGrant, TerminalGrant
from app.identity.service.clients import CITIZEN_CLIENTS
from app.identity.service.codes import CodeRedeemer, CodeReused
from app.identity.service.families import SignedIn, TokenFamilies

FACE_GRANT: Final = "urn:zero-run:params:oauth:grant-type:face-verification"
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedTokens:
    """What a grant yields."""

    access_token: str
    expires_in: int
    """Seconds."""
    scope: frozenset[str]
    refresh_token: str | None = None


def refusal(kind: ErrorKind, error: str) -> DomainError:
    """A refusal in OAuth's own words (RFC 6749 §5.2) beside the problem's."""
    return kind(members={"error": error, "error_description": kind.en})


class TokenEndpoint:
    """Exchanges what a client holds for tokens."""

    def __init__(
        self,
        *,
        database: Database,
        codes: CodeRedeemer,
        families: TokenFamilies,
        tokens: AccessTokens,
        clients: ClientAuthenticator,
        accesses: AccessLog,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._codes = codes
        self._families = families
        self._tokens = tokens
        self._clients = clients
        self._accesses = accesses

    def grant(self, form: Mapping[str, str], *, thumbprint: str) -> IssuedTokens:
        """Serve one token request.

        Args:
            form: the request's parameters.
            thumbprint: of the key the sender proved to hold; tokens are bound to it.

        Raises:
            DomainError: with OAuth's `error` among its members.
        """
        kind = form.get("grant_type", "")
        if not kind:
            raise refusal(errors.INVALID_REQUEST, "invalid_request")
        if kind == FACE_GRANT:
            return self._by_code(form, thumbprint)
        if kind == "refresh_token":
            return self._by_refresh_token(form, thumbprint)
        if kind == "client_credentials":
            return self._by_assertion(form, thumbprint)
        raise refusal(errors.UNSUPPORTED_GRANT_TYPE, "unsupported_grant_type")

    def _by_code(self, form: Mapping[str, str], thumbprint: str) -> IssuedTokens:
        client_id, code = _citizen_client(form), _needed(form, "code")
        with self._database.transaction():
            verified = self._codes.redeem(code, thumbprint)
            if verified is not None and not isinstance(verified, CodeReused):
                signed_in = self._families.start(
                    verified, client_id=client_id, thumbprint=thumbprint
                )
                self._note(signed_in.family)
                return self._issued(signed_in)
        if isinstance(verified, CodeReused):
            self._families.revoke_of_verification(verified.verification_id)
        raise refusal(errors.INVALID_GRANT, "invalid_grant")

    def _by_refresh_token(self, form: Mapping[str, str], thumbprint: str) -> IssuedTokens:
        client_id, token = _citizen_client(form), _needed(form, "refresh_token")
        signed_in = self._families.rotate(token, client_id=client_id, thumbprint=thumbprint)
        if signed_in is None:
            raise refusal(errors.INVALID_GRANT, "invalid_grant")
        return self._issued(signed_in)

    def _by_assertion(self, form: Mapping[str, str], thumbprint: str) -> IssuedTokens:
        if _needed(form, "client_assertion_type") != ASSERTION_TYPE:
            raise refusal(errors.INVALID_REQUEST, "invalid_request")
        client = self._clients.authenticate(
            _needed(form, "client_assertion"), client_id=form.get("client_id")
        )
        asked = frozenset(form.get("scope", "").split()) or client.scopes
        if not asked <= client.scopes:
            raise refusal(errors.INVALID_SCOPE, "invalid_scope")
        grant = TerminalGrant(client_id=client.client_id, thumbprint=thumbprint, scope=asked)
        return IssuedTokens(
            access_token=self._tokens.for_terminal(grant), expires_in=self._seconds, scope=asked
        )

    def _issued(self, signed_in: SignedIn) -> IssuedTokens:
        family = signed_in.family
        scope = CITIZEN_CLIENTS[family.client_id].scope
        grant = CitizenGrant(
            subject=family.subject,
            client_id=family.client_id,
            family_id=family.id,
            level=family.level,
            authenticated_at=family.authenticated_at,
            receipt_digest=family.receipt_digest,
            thumbprint=family.thumbprint,
            scope=scope,
        )
        return IssuedTokens(
            access_token=self._tokens.for_citizen(grant),
            expires_in=self._seconds,
            scope=scope,
            refresh_token=signed_in.refresh_token,
        )

    def _note(self, family: TokenFamily) -> None:
        self._accesses.record(
            person_id=family.person_id,
            actor=Actor(kind="self", id=family.thumbprint, name="本人 self"),
            action=actions.TOKEN_ISSUED,
            purpose=family.client_id,
        )

    @property
    def _seconds(self) -> int:
        return int(self._tokens.lifetime.total_seconds())


def _needed(form: Mapping[str, str], name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise refusal(errors.INVALID_REQUEST, "invalid_request")
    return value


def _citizen_client(form: Mapping[str, str]) -> str:
    client_id = _needed(form, "client_id")
    if client_id not in CITIZEN_CLIENTS:
        raise refusal(errors.CLIENT_UNKNOWN, "invalid_client")
    return client_id
