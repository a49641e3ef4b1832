"""What slips need of others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from app.core.statements import Tx


class Agents(Protocol):
    """Who acts for whom; the family service implements it, through wiring."""

    def held_by(self, tx: Tx, agent_id: str) -> Collection[str]:
        """The mandates by which somebody may deal with others' appointments now."""
        ...


class Patients(Protocol):
    """What patients are called; the identity service implements it, through wiring."""

    def masked_name(self, person_id: str) -> str:
        """A name fit to be seen by whoever finds the paper."""
        ...


class SlipPrinter(Protocol):
    """Lays slips out; the documents' workshop is the real one."""

    def slip(
        self,
        facts: Mapping[str, str],
        *,
        number: int,
        window: tuple[datetime, datetime],
        code: str,
        made_at: datetime,
    ) -> bytes:
        """A PDF.

        Args:
            facts: patient, hospital, place, department, doctor, fee, appointment.
            number: in the queue.
            window: from and until when to come.
            code: what the QR holds.
            made_at: the present moment.

        Raises:
            DomainError: BUSY; CERTIFICATE_NOT_MADE.
        """
        ...
