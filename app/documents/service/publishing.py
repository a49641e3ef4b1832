"""What readers need who check offline: certificates of signers, and which were revoked."""

from __future__ import annotations

from app.core.clock import Clock
from app.documents.ports import AuthorityDesk


class AuthorityPublications:
    """Hands out the public documents of those who certify the departments; nothing is personal."""

    def __init__(self, *, desk: AuthorityDesk, clock: Clock) -> None:
        """Take the ports."""
        self._desk = desk
        self._clock = clock

    def issuing_certificate(self) -> bytes:
        """The issuing authority's certificate (DER)."""
        return self._desk.issuing_der()

    def issued(self) -> bytes:
        """Every certificate it ever made (PEM)."""
        return self._desk.issued_pem()

    def issuing_list(self) -> bytes:
        """The list of those it revoked, as it stands now (DER)."""
        return self._desk.issuing_list(now=self._clock.now())

    def root_list(self) -> bytes:
        """The list of what the root revoked (DER)."""
        return self._desk.root_list(now=self._clock.now())
