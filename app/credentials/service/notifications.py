"""What a wallet says became of the credentials it fetched (OpenID4VCI 1.0, 11)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import or_, select, update

from app.core.access.principals import Wallet
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.credentials.errors import NOTIFICATION_INVALID, NOTIFICATION_UNKNOWN
from app.credentials.models import ACCEPTED, DELETED, FAILURE, CredentialOffer
from app.credentials.service import hashes

EVENTS: Final = frozenset({ACCEPTED, FAILURE, DELETED})


class CredentialNotifications:
    """Writes the last event down."""

    def __init__(self, *, database: Database, cipher: FieldCipher, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._cipher = cipher
        self._clock = clock

    def note(self, wallet: Wallet, notification_id: str, event: str) -> None:
        """Note an event; the same once more changes nothing.

        1. The event is one of the three. 2. The id is of the answer this very token fetched.
        3. The event may follow the one before: the first may be any, and only the deletion of what
        was accepted comes later; one update decides.

        Raises:
            DomainError: CREDENTIAL_NOTIFICATION_INVALID or CREDENTIAL_NOTIFICATION_UNKNOWN.
        """
        if event not in EVENTS:  # 1
            raise NOTIFICATION_INVALID()
        offer = CredentialOffer
        mine = (
            offer.id == wallet.offer_id,
            offer.notification_hash == self._cipher.index(hashes.NOTIFICATION_USE, notification_id),
        )
        before = offer.event.is_(None)
        follows = or_(before, offer.event == ACCEPTED) if event == DELETED else before  # 3
        statement = (
            update(offer)
            .where(*mine, follows)
            .values(event=event, event_at=self._clock.now())
            .returning(offer.id)
            .execution_options(synchronize_session=False)
        )
        with self._database.transaction() as tx:
            if tx.scalar(statement) is not None:
                return
            row = tx.execute(select(offer.id, offer.event).where(*mine)).one_or_none()
        if row is None:  # 2
            raise NOTIFICATION_UNKNOWN()
        if row.event != event:
            raise NOTIFICATION_INVALID()
