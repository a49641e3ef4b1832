"""What tills fetch while they have a network: the issuer's keys and the list of revocations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from app.card.offline_models import CardRevocation, RevocationHead
from app.core.clock import Clock
from app.core.database import Database
from app.core.keys.provider import SigningRing
from codes.keys import key_id
from codes.revocations import PIECE, Piece, publish


class OfflinePublishing:
    """Publishes keys and revocations. Neither names a person or a card."""

    def __init__(self, *, database: Database, clock: Clock, ring: SigningRing) -> None:
        """Take the ports; the ring is "card"."""
        self._database = database
        self._clock = clock
        self._ring = ring

    def keys(self) -> Mapping[str, Sequence[Mapping[str, str]]]:
        """The keys that sign credentials and revocations (RFC 7517), the next one included."""
        return self._ring.public_jwks()

    def revocations(self, since: int) -> bytes:
        """The next signed piece of the list.

        Args:
            since: number up to which the caller knows the list; 0: nothing. A number that was
                never given out is answered from the beginning.

        Returns:
            `codes.revocations`' COSE_Sign1; at most 10,000 aliases. Expired ones are left out.
        """
        now = self._clock.now()  # before the look: what the piece says was whole at this time
        with self._database.transaction() as tx:
            head = tx.scalar(select(RevocationHead.number)) or 0
            since = since if since <= head else 0
            rows = tx.execute(
                select(CardRevocation.number, CardRevocation.alias)
                .where(
                    CardRevocation.number > since,
                    CardRevocation.number <= head,
                    CardRevocation.expires_at > now,
                )
                .order_by(CardRevocation.number)
                .limit(PIECE)
            ).all()
        upto = rows[-1][0] if len(rows) == PIECE else head
        # Sorted: as they were revoked, those of one card would stand side by side.
        aliases = sorted(row[1] for row in rows)
        piece = Piece(since=since, upto=upto, head=head, at=now, aliases=aliases)
        key = self._ring.active
        return publish(piece, signer=key.sign, key_id=key_id(key.public))
