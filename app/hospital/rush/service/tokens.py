"""The queue ticket as its holder carries it: signed, for one person and one release."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.core.fields import FieldCipher
from app.core.jose import base64url
from app.core.jose.errors import JoseRefused
from app.core.jose.tokens import TokenPolicy, sign_token, verify_token
from app.core.keys.provider import SigningRing
from app.hospital.rush.errors import QUEUE_TICKET_INVALID, QUEUE_TICKET_NOT_YOURS

TICKET_TYPE: Final = "queue-ticket+jwt"
PURPOSE: Final = "hold"
_USE: Final = "queue-ticket"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTokens:
    """Makes tokens of tickets, and believes only those."""

    issuer: str
    ring: SigningRing
    """The signing ring "queue-ticket"."""
    cipher: FieldCipher

    def make(
        self,
        *,
        ticket_id: str,
        release_id: str,
        person_id: str,
        rank: int | None,
        ends_at: datetime,
        now: datetime,
    ) -> str:
        """Sign a token (JWT, ES256).

        It proves that a ticket was given out, so that whoever has none is refused before any row is
        looked for. Whether it is its turn, and whether it was used, its row tells.

        Args:
            ticket_id: becomes the `jti`.
            release_id: the audience.
            person_id: whose it is; the token has an alias of them for this release alone.
            rank: in the line; None: not drawn yet.
            ends_at: when the release is over.
            now: the present moment.
        """
        claims: dict[str, object] = {
            "iss": self.issuer,
            "aud": release_id,
            "sub": self._alias(person_id, release_id),
            "jti": ticket_id,
            "iat": int(now.timestamp()),
            "exp": math.ceil(ends_at.timestamp()),
            "purpose": PURPOSE,
            **({} if rank is None else {"rank": rank}),
        }
        return sign_token(claims, typ=TICKET_TYPE, key=self.ring.active)

    def read(self, token: str, *, release_id: str, person_id: str, now: datetime) -> str:
        """The id of the ticket behind a token.

        1. It is ours, of this type, for this very release and purpose, and has not ended.
        2. It is this person's.

        Raises:
            DomainError: QUEUE_TICKET_INVALID or QUEUE_TICKET_NOT_YOURS.
        """
        policy = TokenPolicy(
            typ=TICKET_TYPE,
            algorithms=frozenset({"ES256"}),
            issuer=self.issuer,
            audience=release_id,
            required=frozenset({"sub", "jti", "iat", "purpose"}),
        )
        try:
            claims = verify_token(token, policy=policy, ring=self.ring, now=now).claims  # 1
        except JoseRefused:
            raise QUEUE_TICKET_INVALID() from None
        if claims["purpose"] != PURPOSE:
            raise QUEUE_TICKET_INVALID()
        own = self._alias(person_id, release_id)
        if not secrets.compare_digest(str(claims["sub"]).encode(), own.encode()):  # 2
            raise QUEUE_TICKET_NOT_YOURS()
        return str(claims["jti"])

    def _alias(self, person_id: str, release_id: str) -> str:
        return base64url.encode(self.cipher.index(_USE, f"{release_id}\n{person_id}"))
