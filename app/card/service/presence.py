"""The presence token: a terminal's proof that a card's holder stood before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.core.access.principals import Terminal
from app.core.fields import FieldCipher
from app.core.jose import base64url
from app.core.jose.tokens import sign_token
from app.core.keys.provider import SigningRing

PRESENCE_TYPE: Final = "presence+jwt"
_USE: Final = "merchant-alias"


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceTokens:
    """Makes presence tokens."""

    issuer: str
    ring: SigningRing
    """The signing ring "presence"."""
    cipher: FieldCipher
    life: timedelta

    def expiry(self, now: datetime) -> datetime:
        """When a token made now ends, in whole seconds as the token says it."""
        return now.replace(microsecond=0) + self.life

    def make(
        self,
        *,
        presentation_id: str,
        person_id: str,
        terminal: Terminal,
        purpose: str,
        now: datetime,
        limits: Mapping[str, object] | None = None,
    ) -> str:
        """Sign a token (JWT, ES256) for one terminal and nobody else.

        Its `sub` is an alias of the person at this merchant: the tills of one merchant recognise
        the person, two merchants that compare notes do not.

        Args:
            presentation_id: becomes the `jti`.
            person_id: who was present.
            terminal: the audience.
            purpose: what the code was for.
            now: the present moment.
            limits: further claims that bound what may be done: `mandate_id`, `amount_cap`.
        """
        claims: dict[str, object] = {
            **(limits or {}),
            "iss": self.issuer,
            "aud": terminal.terminal_id,
            "sub": self.alias(person_id=person_id, merchant_id=terminal.merchant_id),
            "jti": presentation_id,
            "iat": int(now.timestamp()),
            "exp": int(self.expiry(now).timestamp()),
            "purpose": purpose,
        }
        return sign_token(claims, typ=PRESENCE_TYPE, key=self.ring.active)

    def alias(self, *, person_id: str, merchant_id: str) -> str:
        """The pairwise name of a person at a merchant; 43 characters."""
        return base64url.encode(self.cipher.index(_USE, f"{merchant_id}\n{person_id}"))
