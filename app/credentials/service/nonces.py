"""Nonces of key proofs: known by a keyed hash they carry, counted once by the database."""

from __future__ import annotations

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.dialects.postgresql import insert

from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.jose import base64url
from app.core.jose.errors import JoseRefused
from app.credentials.errors import NONCE_INVALID
from app.credentials.models import SpentNonce

LASTS: Final = timedelta(minutes=5)
_USE: Final = "key-proof-nonce"
_SPENT_USE: Final = "key-proof-nonce-spent"
_RANDOM_BYTES: Final = 16
_TIME_BYTES: Final = 8
_BODY_BYTES: Final = _RANDOM_BYTES + _TIME_BYTES
_MAC_BYTES: Final = 32


class ProofNonces:
    """Makes nonces and spends them.

    Making one stores nothing: anybody may ask for as many as they like (OpenID4VCI 1.0, 7), and
    nobody can fill a table by it. What is stored is that one was spent, by a wallet that was let
    in, and only for as long as the nonce would still count.
    """

    def __init__(self, *, database: Database, cipher: FieldCipher, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._cipher = cipher
        self._clock = clock

    def new(self) -> str:
        """A nonce that counts once within `LASTS`."""
        expires = int((self._clock.now() + LASTS).timestamp())
        body = expires.to_bytes(_TIME_BYTES, "big") + secrets.token_bytes(_RANDOM_BYTES)
        return base64url.encode(body + self._mac(body))

    def require_living(self, nonce: str) -> None:
        """Refuse a nonce that is not ours or is over; it is not spent by this.

        1. It is in its one spelling and of full length.
        2. Its keyed hash is ours, compared in constant time.
        3. Its time is not over.

        Raises:
            DomainError: KEY_PROOF_NONCE_INVALID.
        """
        if self._expiry(nonce) <= self._clock.now():  # 1, 2, 3
            raise NONCE_INVALID()

    def spend(self, nonce: str) -> None:
        """Use a nonce up in the transaction under way: one insert decides, however many race.

        Raises:
            DomainError: KEY_PROOF_NONCE_INVALID, where it is not living or was spent.
        """
        self.require_living(nonce)
        statement = (
            insert(SpentNonce)
            .values(
                nonce_hash=self._cipher.index(_SPENT_USE, nonce), expires_at=self._expiry(nonce)
            )
            .on_conflict_do_nothing()
            .returning(SpentNonce.nonce_hash)
        )
        with self._database.transaction() as tx:
            if tx.scalar(statement) is None:
                raise NONCE_INVALID()

    def _expiry(self, nonce: str) -> datetime:
        try:
            raw = base64url.decode(nonce)  # 1
        except JoseRefused:
            raise NONCE_INVALID() from None
        body, mac = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
        if len(raw) != _BODY_BYTES + _MAC_BYTES or not hmac.compare_digest(mac, self._mac(body)):
            raise NONCE_INVALID()  # 1, 2
        return datetime.fromtimestamp(int.from_bytes(body[:_TIME_BYTES], "big"), UTC)

    def _mac(self, body: bytes) -> bytes:
        return self._cipher.index(_USE, body.hex())
