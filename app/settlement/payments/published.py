"""The provider's published keys (JWKS, RFC 7517; Ed25519, RFC 8037): fetched, kept, renewed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Annotated, Final, Literal

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core.errors import UNAVAILABLE
from app.core.jose import base64url
from app.core.jose.errors import JoseRefused
from app.settlement.payments.errors import Doubt, Doubted

FRESH_S: Final = 600.0
"""So long keys are good before they are fetched anew."""
LONGEST_S: Final = 24 * 3600.0
"""So long they are good while none can be fetched: a key that was withdrawn counts no longer."""
RENEW_S: Final = 30.0
"""From one fetch to the next at least, however many signatures do not fit."""
MOST_KEYS: Final = 8
_KEY_BYTES: Final = 32
_RETRY_AFTER_S: Final = 30
log = structlog.get_logger("payments")


class _Key(BaseModel):
    # A private member, or one that nobody agreed on, is a fault of the provider's.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str = Field(max_length=64)
    kid: str = Field(default="", max_length=100)
    use: Literal["sig"] = "sig"
    alg: Literal["EdDSA", "Ed25519"] = "EdDSA"


class _KeySet(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    keys: Annotated[list[_Key], Field(min_length=1, max_length=MOST_KEYS)]


def read_keys(body: bytes) -> tuple[Ed25519PublicKey, ...]:
    """Read a key set: 1 to 8 public Ed25519 keys for signatures, and nothing else.

    Raises:
        Doubted: MISSHAPEN.
    """
    try:
        listed = _KeySet.model_validate_json(body).keys
        points = [base64url.decode(one.x) for one in listed]
        return tuple(Ed25519PublicKey.from_public_bytes(point) for point in points)
    except (ValidationError, JoseRefused, ValueError):
        raise Doubted(Doubt.MISSHAPEN) from None


class PublishedKeys:
    """Keeps the keys. Thread-safe: one fetches, the others go on with what is there."""

    def __init__(
        self, fetch: Callable[[], bytes], *, timer: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the ports.

        Args:
            fetch: the key set as it is published now; raises Doubted.
            timer: monotonic seconds.
        """
        self._fetch = fetch
        self._timer = timer
        self._lock = threading.Lock()
        self._keys: tuple[Ed25519PublicKey, ...] = ()
        self._fetched_at: float | None = None
        self._tried_at: float | None = None

    def current(self) -> Sequence[Ed25519PublicKey]:
        """Those known by now, fetched where they are none or old.

        Raises:
            DomainError: UNAVAILABLE.
        """
        if self._age(self._fetched_at) > FRESH_S:
            self._renew()
        return self._good()

    def renewed(self) -> Sequence[Ed25519PublicKey]:
        """Fetched anew, unless that was tried a moment ago.

        Raises:
            DomainError: UNAVAILABLE.
        """
        self._renew()
        return self._good()

    def _renew(self) -> None:
        # Whoever has keys does not wait for the one who fetches; whoever has none must.
        if not self._lock.acquire(blocking=not self._keys):
            return
        try:
            if self._age(self._tried_at) < RENEW_S:
                return
            self._tried_at = self._timer()
            self._keys = read_keys(self._fetch())
            self._fetched_at = self._timer()
        except Doubted as doubted:
            log.warning("payment_keys_not_fetched", error=doubted.doubt.value)
        finally:
            self._lock.release()

    def _good(self) -> tuple[Ed25519PublicKey, ...]:
        if self._age(self._fetched_at) > LONGEST_S:
            raise UNAVAILABLE(retry_after=_RETRY_AFTER_S)
        return self._keys

    def _age(self, since: float | None) -> float:
        return float("inf") if since is None else self._timer() - since
