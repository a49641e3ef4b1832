"""Token families: sign-in, rotation of refresh tokens, revocation."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import ColumnElement, exists, select, update

from app.core.access.tokens import TokenClaims
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.ids import new_id
from app.identity.models.token import RefreshToken, TokenFamily
from app.identity.service.codes import VerifiedPerson

_REFRESH_USE: Final = "refresh-token"
_SUBJECT_USE: Final = "pairwise-subject"
_REFRESH_BYTES: Final = 32
_PERSON_OF: Final = """
SELECT person_id FROM token_families
WHERE id = %(id)s AND state = 'ACTIVE' AND expires_at > %(now)s AND subject = %(subject)s
  AND client_id = %(client)s AND thumbprint = %(thumbprint)s
"""
log = structlog.get_logger("tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A living family and the refresh token that is good for it now."""

    family: TokenFamily
    refresh_token: str


class TokenFamilies:
    """Keeps families and their refresh tokens."""

    def __init__(
        self, *, database: Database, cipher: FieldCipher, clock: Clock, lifetime: timedelta
    ) -> None:
        """Take the ports and how long a family lives at most."""
        self._database = database
        self._cipher = cipher
        self._clock = clock
        self._lifetime = lifetime

    def start(self, verified: VerifiedPerson, *, client_id: str, thumbprint: str) -> SignedIn:
        """Sign a verified person in, in the transaction under way."""
        now = self._clock.now()
        family = TokenFamily(
            id=new_id("fam", now),
            person_id=verified.person_id,
            verification_id=verified.verification_id,
            receipt_digest=verified.receipt_digest,
            client_id=client_id,
            subject=self._pairwise(client_id, verified.person_id),
            thumbprint=thumbprint,
            level=verified.level,
            authenticated_at=verified.authenticated_at,
            state="ACTIVE",
            created_at=now,
            expires_at=now + self._lifetime,
        )
        with self._database.transaction() as tx:
            tx.add(family)
            tx.flush()
            return SignedIn(family=family, refresh_token=self._new_refresh_token(family.id))

    def rotate(self, token: str, *, client_id: str, thumbprint: str) -> SignedIn | None:
        """Exchange a refresh token for the next one; one update decides.

        1. The token is known and unused,
        2. its family is active and not over,
        3. of this client, and
        4. of this device: a refresh token without the phone's key is worth nothing.

        A token that was used before is in two hands: its whole family is revoked (RFC 9700
        §4.14.2), whoever asks. There is no grace for a repeat: a phone whose answer was lost
        verifies the face again.

        Returns:
            The family with its next token; None for everything else.
        """
        family, hashed, now = TokenFamily, self._hash(token), self._clock.now()
        living = exists().where(
            family.id == RefreshToken.family_id,
            family.state == "ACTIVE",  # 2
            family.expires_at > now,
            family.client_id == client_id,  # 3
            family.thumbprint == thumbprint,  # 4
        )
        take = (
            update(RefreshToken)
            .where(RefreshToken.token_hash == hashed, RefreshToken.used_at.is_(None), living)  # 1
            .values(used_at=now)
            .returning(RefreshToken.family_id)
        )
        with self._database.transaction() as tx:
            family_id = tx.scalar(take)
            if family_id is not None:
                found = tx.get_one(TokenFamily, family_id)
                return SignedIn(family=found, refresh_token=self._new_refresh_token(family_id))
        self._revoke_if_reused(hashed)
        return None

    def person_of(self, claims: TokenClaims) -> str | None:
        """The person behind an access token while its family lives.

        Asked at each request, so that a revocation takes effect at once. Every claim that came
        from the family must still agree with it.
        """
        values = {
            "id": claims.session_id,
            "now": self._clock.now(),
            "subject": claims.subject,
            "client": claims.client_id,
            "thumbprint": claims.thumbprint,
        }
        found = self._database.look(_PERSON_OF, values)
        return str(found[0][0]) if found else None

    def revoke_of_verification(self, verification_id: str) -> None:
        """End the family that came from a verification whose code turned up twice."""
        self._revoke(TokenFamily.verification_id == verification_id, "code_reused")

    def revoke_by_refresh_token(self, token: str, *, thumbprint: str) -> None:
        """End the family of a refresh token, asked by the device it belongs to (RFC 7009)."""
        family_ids = select(RefreshToken.family_id).where(
            RefreshToken.token_hash == self._hash(token)
        )
        mine = TokenFamily.id.in_(family_ids) & (TokenFamily.thumbprint == thumbprint)
        self._revoke(mine, "signed_out")

    def revoke(self, family_id: str, *, thumbprint: str) -> None:
        """End a family, asked by the device it belongs to (RFC 7009)."""
        mine = (TokenFamily.id == family_id) & (TokenFamily.thumbprint == thumbprint)
        self._revoke(mine, "signed_out")

    def _revoke_if_reused(self, hashed: bytes) -> None:
        used = select(RefreshToken.family_id).where(
            RefreshToken.token_hash == hashed, RefreshToken.used_at.is_not(None)
        )
        self._revoke(TokenFamily.id.in_(used), "refresh_token_reused")

    def _revoke(self, which: ColumnElement[bool], reason: str) -> None:
        # A transaction of its own: the revocation must outlive the refusal that follows.
        statement = (
            update(TokenFamily)
            .where(which, TokenFamily.state == "ACTIVE")
            .values(state="REVOKED", revoked_at=self._clock.now(), reason=reason)
            .returning(TokenFamily.id)
        )
        with self._database.separate() as tx:
            ended = tx.scalars(statement).all()
        if ended:
            log.warning("family_revoked", kind=reason, count=len(ended))

    def _new_refresh_token(self, family_id: str) -> str:
        token = secrets.token_urlsafe(_REFRESH_BYTES)
        with self._database.transaction() as tx:
            tx.add(
                RefreshToken(
                    token_hash=self._hash(token),
                    family_id=family_id,
                    issued_at=self._clock.now(),
                )
            )
            tx.flush()
        return token

    def _hash(self, token: str) -> bytes:
        return self._cipher.index(_REFRESH_USE, token)

    def _pairwise(self, client_id: str, person_id: str) -> str:
        digest = self._cipher.index(_SUBJECT_USE, f"{client_id}\n{person_id}")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
