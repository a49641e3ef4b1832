"""What the partners' service needs of others."""

from __future__ import annotations

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
