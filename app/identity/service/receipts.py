"""The signed receipt of a verification: what was asked and how it ended; no face, name or score.

A compact JWS. Whoever is shown one can have it checked (`receipt_checks`), or verify it with the
published keys.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.core.clock import Clock
from app.core.errors import NOT_FOUND
from app.core.jose import base64url
from app.core.jose.tokens import sign_token
from app.core.keys.provider import SigningRing
from app.identity.errors import VERIFICATION_EXPIRED, VERIFICATION_NOT_ENDED
from app.identity.models.verification import VerificationSession
from app.identity.ports import FacePort
from app.identity.service.consents import Consents
from app.identity.service.seals import SessionSeals
from app.identity.service.sessions import Sessions

TYPE: Final = "verification-receipt+jwt"
LASTS: Final = timedelta(days=3 * 365)
"""The ordinary period of limitation (Civil Code, article 188); keys stay published as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a session ended."""

    state: str
    """PASSED or FAILED."""
    chain: bytes
    """State of the frame chain after the last accepted frame."""
    level: str | None = None
    retry_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A signed receipt."""

    text: str
    """Compact JWS."""

    @property
    def digest(self) -> str:
        """base64url SHA-256 of the text: what an access token names it by (`vrf`)."""
        return base64url.encode(hashlib.sha256(self.text.encode("ascii")).digest())


def audience(issuer: str) -> str:
    """Whom receipts are for: whoever asks the public check."""
    return f"{issuer}/verification-receipts"


def challenge_digest(steps: Sequence[Mapping[str, object]]) -> str:
    """The digest of all a phone was told to do, which it can recompute.

    base64url SHA-256 of a JSON list of the steps as they were revealed: members sorted by name, no
    blanks, UTF-8.
    """
    told = json.dumps(list(steps), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return base64url.encode(hashlib.sha256(told.encode()).digest())


class Receipts:
    """Makes receipts, and hands them to the device whose session it was."""

    def __init__(
        self,
        *,
        issuer: str,
        ring: SigningRing,
        clock: Clock,
        faces: FacePort,
        sessions: Sessions,
        consents: Consents,
        seals: SessionSeals,
    ) -> None:
        """Take the ring to sign with, the issuer to name, and the ports."""
        self._issuer = issuer
        self._ring = ring
        self._clock = clock
        self._faces = faces
        self._sessions = sessions
        self._consents = consents
        self._seals = seals

    def issue(self, session: VerificationSession, ending: Ending) -> Receipt:
        """Sign the receipt of a live session that ends now. Storing it is up to the caller."""
        now = self._clock.now()
        claims = {
            "iss": self._issuer,
            "aud": audience(self._issuer),
            "jti": session.id,
            "iat": _seconds(now),
            "exp": _seconds(now + LASTS),
            "started_at": _seconds(session.created_at),
            "ended_at": _seconds(now),
            "outcome": ending.state,
            **({} if ending.level is None else {"level": ending.level}),
            **({} if ending.retry_code is None else {"retry_code": ending.retry_code}),
            "purpose": session.purpose,
            "consent": self._consents.text_version_of(session.consent_id),
            **self._asked(session),
            **self._judged_by(ending),
        }
        return Receipt(text=sign_token(claims, typ=TYPE, key=self._ring.active))

    def of(self, session_id: str, thumbprint: str) -> Receipt:
        """The receipt of an ended session of this device.

        Raises:
            DomainError: NOT_FOUND for another's session too, VERIFICATION_NOT_ENDED, or
                VERIFICATION_EXPIRED: a session that was given up has none.
        """
        session = self._sessions.find(session_id)
        if session is None or session.thumbprint != thumbprint:
            raise NOT_FOUND()
        if session.state == "EXPIRED" or self._is_over(session):
            raise VERIFICATION_EXPIRED()
        if session.ended_at is None:
            raise VERIFICATION_NOT_ENDED()
        text = self._seals.receipt(session)
        if text is None:
            raise NOT_FOUND()
        return Receipt(text=text)

    def _is_over(self, session: VerificationSession) -> bool:
        return session.ended_at is None and session.expires_at <= self._clock.now()

    def _asked(self, session: VerificationSession) -> dict[str, object]:
        challenge = self._seals.challenge(session)
        # What was never revealed stays secret, in a receipt too.
        steps = [self._faces.reveal(challenge, n).public for n in range(session.step + 1)]
        return {
            "variant": session.variant,
            "steps": [step["kind"] for step in steps],
            "challenge": challenge_digest(steps),
        }

    def _judged_by(self, ending: Ending) -> dict[str, object]:
        head, by = self._faces.head(ending.chain), self._faces.provenance()
        return {
            "frames": {"count": head.frames, "head": base64url.encode(head.digest)},
            "policy": by.policy,
            "models": dict(by.models),
        }


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
