"""Claims a key, and keeps the response in the transaction that does the work."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import IDEMPOTENCY_IN_PROGRESS, IDEMPOTENCY_KEY_REUSED
from app.core.fields import FieldCipher, Place
from app.core.idempotency.models import IdempotencyKey

# Longer than any request may take, so that a claim is only taken over from a dead process.
CLAIM_LASTS: Final = timedelta(seconds=60)
# One statement decides: a new row, or one whose time is over, or one whose worker died.
_CLAIM: Final = """
INSERT INTO idempotency_keys AS kept (owner, key, fingerprint, claim, claimed_until, expires_at)
VALUES (%(owner)s, %(key)s, %(fingerprint)s, %(claim)s, %(until)s, %(expires)s)
ON CONFLICT (owner, key) DO UPDATE SET
  fingerprint = excluded.fingerprint, claim = excluded.claim,
  claimed_until = excluded.claimed_until, expires_at = excluded.expires_at, status = NULL,
  headers = NULL, response = NULL
WHERE kept.expires_at <= %(now)s OR (kept.status IS NULL AND kept.claimed_until <= %(now)s
  AND kept.fingerprint = excluded.fingerprint)
RETURNING kept.claim
"""
_GIVEN: Final = """
SELECT fingerprint, status, headers, response FROM idempotency_keys
WHERE owner = %(owner)s AND key = %(key)s
"""
_OF_CLAIM: Final = """
owner = %(owner)s AND key = %(key)s AND claim = %(claim)s AND status IS NULL RETURNING key
"""
_KEEP: Final = f"""
UPDATE idempotency_keys SET status = %(status)s, headers = %(headers)s, response = %(response)s
WHERE {_OF_CLAIM}
"""  # noqa: S608 - our own words
_RELEASE: Final = f"DELETE FROM idempotency_keys WHERE {_OF_CLAIM}"  # noqa: S608 - our own words


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
        values = {
            "owner": owner,
            "key": key,
            "fingerprint": fingerprint,
            "claim": claim.token,
            "now": now,
            "until": now + CLAIM_LASTS,
            "expires": now + keep,
        }
        with self._database.apart():
            if self._database.look(_CLAIM, values):
                return claim
            return self._given(owner=owner, key=key, fingerprint=fingerprint)

    def _given(self, *, owner: str, key: str, fingerprint: bytes) -> KeptResponse:
        found = self._database.look(_GIVEN, {"owner": owner, "key": key})
        if not found:  # released by a failed request between the two statements
            raise IDEMPOTENCY_IN_PROGRESS(retry_after=1)
        ((first, status, headers, response),) = found
        if not secrets.compare_digest(bytes(first), fingerprint):
            raise IDEMPOTENCY_KEY_REUSED()
        if status is None or response is None:
            raise IDEMPOTENCY_IN_PROGRESS(retry_after=1)
        body = self._cipher.open(bytes(response), _place(owner, key))
        return KeptResponse(status=status, headers=json.loads(headers or "{}"), body=body)

    def keep(self, claim: Claim, response: KeptResponse) -> None:
        """Store the response in the transaction under way, or by itself where there is none.

        Raises:
            DomainError: IDEMPOTENCY_IN_PROGRESS when another request took the claim over, which
                rolls the work back: it is done once, by the other.
        """
        values = {
            **_claimed(claim),
            "status": response.status,
            "headers": json.dumps(response.headers),
            "response": self._cipher.seal(response.body, _place(claim.owner, claim.key)),
        }
        if not self._database.look(_KEEP, values):
            raise IDEMPOTENCY_IN_PROGRESS(retry_after=1)

    def release(self, claim: Claim) -> None:
        """Give the key back: nothing was done, the caller may try again."""
        with self._database.apart():
            self._database.look(_RELEASE, _claimed(claim))

    def sweep(self) -> int:
        """Delete keys whose time is over; returns how many."""
        with self._database.separate() as tx:
            over = delete(IdempotencyKey).where(IdempotencyKey.expires_at <= self._clock.now())
            return len(tx.scalars(over.returning(IdempotencyKey.key)).all())


def _claimed(claim: Claim) -> dict[str, object]:
    return {"owner": claim.owner, "key": claim.key, "claim": claim.token}


def _place(owner: str, key: str) -> Place:
    return Place("idempotency_keys", "response", f"{owner}\n{key}")
