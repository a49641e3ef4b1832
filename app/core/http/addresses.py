"""How many requests one network address may make."""

from __future__ import annotations

from app.core.fields import FieldCipher
from app.core.limits import RateLimits


class AddressLimits:
    """Counts the requests of an address under a keyed hash of it."""

    def __init__(self, *, limits: RateLimits, cipher: FieldCipher) -> None:
        """Take the counters and the hash."""
        self._limits = limits
        self._cipher = cipher

    def hit(self, address: str, *, rate: str = "address") -> None:
        """Count one request.

        Args:
            address: whose.
            rate: the rate that bounds it.

        Raises:
            DomainError: TOO_MANY_REQUESTS.
        """
        self._limits.hit(rate, self.pseudonym(address))

    def pseudonym(self, address: str) -> str:
        """What an address is counted under: addresses are personal data."""
        return self._cipher.index("address", address).hex()[:32]
