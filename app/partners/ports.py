"""What the partners' service needs of others."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from app.core.jose.client_assertion import AuthenticatedClient


class AssertionChecker(Protocol):
    """Checks a `private_key_jwt` assertion (RFC 7523) against the registered keys."""

    def check(self, assertion: str, *, client_id: str | None = None) -> AuthenticatedClient:
        """Check an assertion.

        Raises:
            JoseRefused: with the reason of the first check that failed.
        """
        ...


class Failure(StrEnum):
    """Why an address gave no keys; stable names, which operators read."""

    ADDRESS_REFUSED = "address_refused"
    """It leads to where we ask nobody, or to nowhere."""
    UNREACHABLE = "unreachable"
    TLS_REFUSED = "tls_refused"
    TIMED_OUT = "timed_out"
    REDIRECTED = "redirected"
    REFUSED = "refused"
    """Another status than 200."""
    NOT_JSON = "not_json"
    TOO_LARGE = "too_large"
    KEYS_INVALID = "keys_invalid"
    """No set of one to five public P-256 keys."""


class KeysNotFetched(Exception):  # noqa: N818 - reads as what happened
    """An address gave no usable answer."""

    def __init__(self, failure: Failure) -> None:
        """Keep why."""
        super().__init__(failure.value)
        self.failure = failure


class KeyAddresses(Protocol):
    """Judges and asks the addresses at which merchants publish keys."""

    def require(self, uri: str) -> None:
        """See to it that an address is one we ask.

        Raises:
            DomainError: TERMINAL_ADDRESS_REFUSED with pointer `/jwks_uri`.
        """
        ...

    def fetch(self, uri: str) -> bytes:
        """What is published there now; bounded in time and size.

        Raises:
            KeysNotFetched: nothing usable came back.
        """
        ...
