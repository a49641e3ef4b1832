"""What the waitlist needs of others, besides `app.hospital.ports`."""

from __future__ import annotations

from typing import Protocol

from app.core.statements import Tx


class Mandate(Protocol):
    """A mandate that nobody can revoke before the transaction ends."""

    @property
    def principal_id(self) -> str:
        """Whom one may book for."""
        ...

    @property
    def agent_name(self) -> str:
        """Masked, as the principal's log names the agent."""
        ...


class Mandates(Protocol):
    """Mandates to book at hospitals; the family service implements it."""

    def hold(self, tx: Tx, *, mandate_id: str, agent_id: str) -> Mandate:
        """Hold a mandate for registration at hospitals.

        Raises:
            DomainError: it is not the agent's, has ended, or does not allow that.
        """
        ...
