"""Family mandates as hospitals ask for them: for registration, at a merchant of that kind."""

from __future__ import annotations

from typing import Final

from app.core.statements import Tx, composing
from app.family.service.using import HeldMandate, MandateUse
from app.hospital.service.booking.acting import PURPOSE
from app.identity.service.persons import Persons
from app.wiring.family import build_mandate_use, build_persons
from app.wiring.infrastructure import Infrastructure

_KIND: Final = "hospital"


class HospitalMandates:
    """Implements `Mandates` and `Agents` of the parts of booking."""

    def __init__(self, use: MandateUse) -> None:
        """Take the family's side."""
        self._use = use

    def hold(
        self, tx: Tx, *, mandate_id: str, agent_id: str, purpose: str = PURPOSE
    ) -> HeldMandate:
        """Hold a mandate: nobody can revoke it before the transaction ends."""
        with composing(tx) as session:
            return self._use.hold(
                session,
                mandate_id=mandate_id,
                agent_id=agent_id,
                purpose=purpose,
                merchant_kind=_KIND,
            )

    def represent(self, tx: Tx, *, mandate_id: str, agent_id: str) -> HeldMandate:
        """Hold it, and say in both people's logs that somebody acts for the other."""
        with composing(tx) as session:
            return self._use.represent(
                session,
                mandate_id=mandate_id,
                agent_id=agent_id,
                purpose=PURPOSE,
                merchant_kind=_KIND,
            )

    def held_by(self, tx: Tx, agent_id: str) -> frozenset[str]:
        """The mandates by which somebody may act for others now."""
        with composing(tx) as session:
            return self._use.held_by(session, agent_id, purpose=PURPOSE, merchant_kind=_KIND)


def build_mandates(shared: Infrastructure, persons: Persons | None = None) -> HospitalMandates:
    """Mandates, for every part of booking."""
    return HospitalMandates(build_mandate_use(shared, persons or build_persons(shared)))
