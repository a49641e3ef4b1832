"""Who acts: the patient, or somebody of the family for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.audit.service import AccessLog, Actor
from app.core.access.principals import Citizen
from app.core.statements import Tx, row
from app.hospital.errors import APPOINTMENT_UNKNOWN
from app.hospital.ports import Mandates

PURPOSE: Final = "01101"
"""Registration at a hospital."""
_OWNERS: Final = "SELECT person_id, agent_id, mandate_id FROM appointments WHERE id = %(id)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Somebody who acts for a patient, perhaps for themselves."""

    person_id: str
    """The patient."""
    by: Actor
    """As the patient's log names who acts."""
    agent_id: str | None = None
    mandate_id: str | None = None

    @property
    def actor(self) -> str:
        """As an appointment's events name them."""
        return "patient" if self.agent_id is None else "agent"


class ActingPeople:
    """Tells for whom a caller may act."""

    def __init__(self, *, mandates: Mandates, accesses: AccessLog) -> None:
        """Take the ports."""
        self._mandates = mandates
        self._accesses = accesses

    def for_new(self, tx: Tx, citizen: Citizen, mandate_id: str | None) -> Acting:
        """The patient of a new appointment: the caller, or who gave them the mandate.

        Raises:
            DomainError: what `Mandates.represent` refuses.
        """
        if mandate_id is None:
            own = Actor(kind="self", id=citizen.thumbprint, name="本人")
            return Acting(person_id=citizen.person_id, by=own)
        found = self._mandates.represent(tx, mandate_id=mandate_id, agent_id=citizen.person_id)
        return Acting(
            person_id=found.principal_id,
            by=Actor(kind="family", id=mandate_id, name=found.agent_name),
            agent_id=citizen.person_id,
            mandate_id=mandate_id,
        )

    def of(self, tx: Tx, citizen: Citizen, appointment_id: str) -> Acting:
        """The patient of an appointment the caller may act on.

        1. It is their own, or they made it for somebody else.
        2. In the latter case the mandate still stands, and does until the transaction ends.

        Raises:
            DomainError: APPOINTMENT_UNKNOWN, or what `Mandates.represent` refuses.
        """
        person_id, agent_id, mandate_id = row(tx, _OWNERS, {"id": appointment_id}) or (None,) * 3
        if person_id is not None and person_id == citizen.person_id:  # 1
            return self.for_new(tx, citizen, None)
        if agent_id is None or agent_id != citizen.person_id:  # 1
            raise APPOINTMENT_UNKNOWN()
        return self.for_new(tx, citizen, mandate_id)  # 2

    def note(self, acting: Acting, action: str) -> None:
        """Write an act into the patient's log, in the transaction under way."""
        self._accesses.record(
            person_id=acting.person_id,
            actor=acting.by,
            action=action,
            purpose=PURPOSE,
            fields=("appointment",),
        )
