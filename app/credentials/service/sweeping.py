"""Forgetting what time has ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, exists

from app.core.clock import Clock
from app.core.database import Database
from app.credentials.models import (
    CredentialOffer,
    IssuedCredential,
    PresentationRequest,
    SpentNonce,
)

_KEPT: Final = timedelta(days=1)
"""So that who comes late is told what happened."""


class CredentialSweep:
    """Housekeeping. Nothing depends on its being on time: every use case looks at the clock."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def sweep(self) -> int:
        """Delete what is over: nonces, requests, offers, credentials.

        An offer stays as long as a credential that came of it.

        Returns:
            How many rows were deleted.
        """
        now = self._clock.now()
        before = now - _KEPT
        nonce, asked, held = SpentNonce, PresentationRequest, IssuedCredential
        offer = CredentialOffer
        used = exists().where(held.offer_id == offer.id)
        with self._database.separate() as tx:
            ended = (
                delete(nonce).where(nonce.expires_at <= now).returning(nonce.nonce_hash),
                delete(asked).where(asked.expires_at <= before).returning(asked.id),
                delete(held).where(held.expires_at <= before).returning(held.id),
                delete(offer).where(offer.expires_at <= before, ~used).returning(offer.id),
            )
            return sum(len(tx.scalars(statement).all()) for statement in ended)
