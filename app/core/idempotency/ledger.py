"""Claims a key, and keeps the response in the transaction that does the work."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import IDEMPOTENCY_IN_PROGRESS, IDEMPOTENCY_KEY_REUSED
from app.core.fields import FieldCipher, Place
from app.core.idempotency.models import IdempotencyKey

# Longer than any request may take, so that a claim is only taken over from a dead process.
CLAIM_LASTS: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptResponse:
    """A response, to be repeated byte for byte."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to do the work of one key."""

    owner: str
    key: str
    token: str


class IdempotencyLedger:
    """Remembers what was answered to which key of which caller."""

    def __init__(self, *, database: Database, cipher: FieldCipher, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._cipher = cipher
        self._clock = clock

    def claim(
        self, *, owner: str, key: str, fingerprint: bytes, keep: timedelta
    ) -> Claim | KeptResponse:
        """Claim the key, or find the response that was already given.

        Raises:
            DomainError: IDEMPOTENCY_KEY_REUSED for another request under the same key,
                IDEMPOTENCY_IN_PROGRESS while the first one still runs.
        """
        now = self._clock.now()
        claim = Claim(owner=owner, key=key, token=secrets.token_hex(16))
        fresh = {
            "fingerprint": fingerprint,
            "claim": claim.token,
            "claimed_until": now + CLAIM_LASTS,
            "expires_at": now + keep,
            "status": None,
            "headers": None,
            "response": None,
        }
        # One statement decides: a new row, or one whose time is over, or one whose worker died.
        table = IdempotencyKey
        statement = (
            insert(table)
            .values(owner=owner, key=key, **fresh)
            .on_conflict_do_update(
                index_elements=[table.owner, table.key],
                set_=fresh,
                where=(table.expires_at <= now)
                | (
                    table.status.is_(None)
                    & (table.claimed_until <= now)
                    & (table.fingerprint == fingerprint)
                ),
            )
            .returning(table.claim)
        )
        with self._database.separate() as tx:
            if tx.execute(statement).scalar() is not None:
                return claim
            return self._given(tx, owner=owner, key=key, fingerprint=fingerprint)

    def _given(self, tx: Session, *, owner: str, key: str, fingerprint: bytes) -> KeptResponse:
        row = tx.get(IdempotencyKey, (owner, key))
        if row is None:  # released by a failed request between the two statements
            raise IDEMPOTENCY_IN_PROGRESS(retry_after=1)
        if not secrets.compare_digest(row.fingerprint, fingerprint):
            raise IDEMPOTENCY_KEY_REUSED()
        if row.status is None or row.response is None:
            raise IDEMPOTENCY_IN_PROGRESS(retry_after=1)
        body = self._cipher.open(row.response, _place(owner, key))
        return KeptResponse(status=row.status, headers=json.loads(row.headers or "{}"), body=body)

    def keep(self, claim: Claim, response: KeptResponse) -> None:
        """Store the response in the transaction under way.

        Raises:
            DomainError: IDEMPOTENCY_IN_PROGRESS when another request took the claim over, which
                rolls the work back: it is done once, by the other.
        """
        with self._database.transaction() as tx:
            kept = tx.execute(
                update(IdempotencyKey)
                .where(
                    IdempotencyKey.owner == claim.owner,
                    IdempotencyKey.key == claim.key,
                    IdempotencyKey.claim == claim.token,
                    IdempotencyKey.status.is_(None),
                )
                .values(
                    status=response.status,
                    headers=json.dumps(response.headers),
                    response=self._cipher.seal(response.body, _place(claim.owner, claim.key)),
                )
                .returning(IdempotencyKey.key)
            ).scalar()
            if kept is None:
                raise IDEMPOTENCY_IN_PROGRESS(retry_after=1)

    def release(self, claim: Claim) -> None:
        """Give the key back: nothing was done, the caller may try again."""
        with self._database.separate() as tx:
            tx.execute(
                delete(IdempotencyKey).where(
                    IdempotencyKey.owner == claim.owner,
                    IdempotencyKey.key == claim.key,
                    IdempotencyKey.claim == claim.token,
                    IdempotencyKey.status.is_(None),
                )
            )

    def sweep(self) -> int:
        """Delete keys whose time is over; returns how many."""
        with self._database.separate() as tx:
            over = delete(IdempotencyKey).where(IdempotencyKey.expires_at <= self._clock.now())
            return len(tx.scalars(over.returning(IdempotencyKey.key)).all())


def _place(owner: str, key: str) -> Place:
    return Place("idempotency_keys", "response", f"{owner}\n{key}")
