"""What both people's logs say of an agreement, and the message that tells the other."""

from __future__ import annotations

from typing import Final

from app.audit import actions
from app.audit.service import SYSTEM, AccessLog, Actor
from app.core.clock import Clock
from app.family.models import FamilyAgreement
from app.family.ports import Persons
from app.family.service.views import AgreementViews
from app.outbox.service.posting import Outbox

CHANGED: Final = "family.changed"
"""Topic of the outbox: `payload.agreement` took the state `payload.state` by `payload.by`."""


class FamilyNotes:
    """Writes into the transaction under way."""

    def __init__(
        self,
        *,
        accesses: AccessLog,
        outbox: Outbox,
        persons: Persons,
        views: AgreementViews,
        clock: Clock,
    ) -> None:
        """Take the ports."""
        self._accesses = accesses
        self._outbox = outbox
        self._persons = persons
        self._views = views
        self._clock = clock

    def changed(self, row: FamilyAgreement, *, by: str, action: str) -> None:
        """Note a change of state by one of the two, and have the other told."""
        self.both(row, by=by, action=action, purpose=f"family:{row.kind}")
        payload = {
            "agreement": row.id,
            "state": row.state.value,
            "by": by,
            "at": self._clock.now().isoformat(),
        }
        self._outbox.post(CHANGED, key=row.id, payload=payload)

    def both(self, row: FamilyAgreement, *, by: str, action: str, purpose: str) -> None:
        """Add a row to the log of each: of who acts, and of the other where they are known."""
        self._accesses.record(
            person_id=by,
            actor=Actor(kind="self", id=row.id, name="本人"),
            action=action,
            purpose=purpose,
        )
        another = self.counterpart(row, by)
        if another is not None:
            self._accesses.record(
                person_id=another, actor=self.actor(row, by), action=action, purpose=purpose
            )

    def given_back(self, row: FamilyAgreement) -> None:
        """Note in both logs that a refund gave back what was used."""
        for person_id in (row.grantor_id, row.other_id):
            if person_id is not None:
                self._accesses.record(
                    person_id=person_id,
                    actor=SYSTEM,
                    action=actions.FAMILY_GIVEN_BACK,
                    purpose=f"family:{row.kind}",
                )

    def actor(self, row: FamilyAgreement, person_id: str) -> Actor:
        """One of the two, as the other's log names them."""
        return Actor(kind="family", id=row.id, name=self._persons.masked(person_id).name)

    def counterpart(self, row: FamilyAgreement, person_id: str) -> str | None:
        """The other of the two; None where nobody of the named number and name is known yet."""
        if person_id != row.grantor_id:
            return row.grantor_id
        if row.other_id is not None:
            return row.other_id
        known = self._persons.known(row.other_hash)
        return known if known is not None and self._views.concerns(row, known) else None
