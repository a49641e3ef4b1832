"""Personal fields at rest: sealed one by one, and found again by a keyed hash.

A sealed value is `0x01 ‖ len(kid) ‖ kid ‖ nonce(12) ‖ AES-256-GCM(plain)` whose associated data is
its place (table, column, row). A value copied to another row or column does not open. NIST SP
800-38D §8.2.2: nonces are 96 random bits, so a key must seal fewer than 2^32 values; rotate it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION: Final = 1
_NONCE_BYTES: Final = 12


class FieldUnreadable(Exception):  # noqa: N818 - reads as what happened
    """A sealed value does not open: damaged, moved, or sealed under a key that is gone."""


class SecretKey(Protocol):
    """A secret of a ring."""

    @property
    def kid(self) -> str:
        """Its name within the ring."""
        ...

    @property
    def material(self) -> bytes:
        """32 bytes."""
        ...


class SecretRing(Protocol):
    """The keys of one use: one seals, all open."""

    @property
    def active(self) -> SecretKey:
        """The key to seal with."""
        ...

    def find(self, kid: str) -> SecretKey | None:
        """The key of this name, if the ring still has it."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lives; part of what is authenticated."""

    table: str
    column: str
    row: str

    def associated_data(self) -> bytes:
        """Unambiguous bytes: each part with its length before it."""
        parts = (self.table, self.column, self.row)
        return b"".join(len(p.encode()).to_bytes(2, "big") + p.encode() for p in parts)


class FieldCipher:
    """Seals and opens single fields."""

    def __init__(self, *, fields: SecretRing, index: SecretRing) -> None:
        """Take the ring that seals and the ring that indexes."""
        self._fields = fields
        self._index = index

    def seal(self, plain: bytes | str, place: Place) -> bytes:
        """Encrypt a value for its place, under the ring's active key."""
        key = self._fields.active
        kid, nonce = key.kid.encode(), secrets.token_bytes(_NONCE_BYTES)
        data = plain.encode() if isinstance(plain, str) else plain
        sealed = AESGCM(key.material).encrypt(nonce, data, place.associated_data())
        return bytes([_VERSION, len(kid)]) + kid + nonce + sealed

    def open(self, sealed: bytes, place: Place) -> bytes:
        """Decrypt a value from its place.

        Raises:
            FieldUnreadable: damaged, of another place, or its key is gone.
        """
        if len(sealed) < 2 or sealed[0] != _VERSION:  # noqa: PLR2004 - version and length bytes
            raise FieldUnreadable
        end = 2 + sealed[1]
        key = self._fields.find(sealed[2:end].decode("ascii", "replace"))
        if key is None:
            raise FieldUnreadable
        nonce, body = sealed[end : end + _NONCE_BYTES], sealed[end + _NONCE_BYTES :]
        try:
            return AESGCM(key.material).decrypt(nonce, body, place.associated_data())
        except (InvalidTag, ValueError) as damaged:
            raise FieldUnreadable from damaged

    def open_text(self, sealed: bytes, place: Place) -> str:
        """Decrypt a text from its place.

        Raises:
            FieldUnreadable: as `open`.
        """
        return self.open(sealed, place).decode()

    def is_current(self, sealed: bytes) -> bool:
        """Whether the value is sealed under the active key; if not, it is due for rotation."""
        kid = self._fields.active.kid.encode()
        return sealed[:2] == bytes([_VERSION, len(kid)]) and sealed[2 : 2 + len(kid)] == kid

    def index(self, use: str, value: str) -> bytes:
        """A keyed hash to look a value up by, 32 bytes.

        Args:
            use: what the value is, such as "citizen-number"; hashes of other uses do not compare.
            value: the plain value, normalised by the caller.
        """
        message = use.encode() + b"\x00" + value.encode()
        return hmac.new(self._index.active.material, message, hashlib.sha256).digest()
