"""What people answer to offers, and withdrawal."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import Tx, row, rows
from app.hospital.ports import Conduct, Rules
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState
from app.hospital.waitlist.errors import (
    WAITLIST_ENTRY_UNKNOWN,
    WAITLIST_MOVED_ON,
    WAITLIST_OFFER_OVER,
)
from app.hospital.waitlist.ports import Mandates
from app.hospital.waitlist.service.moves import move_entry
from app.hospital.waitlist.service.succession import WaitlistSuccession
from app.hospital.waitlist.states import EntryState

_ENTRY: Final = """
SELECT state, hospital_id FROM waitlist_entries WHERE id = %(id)s AND person_id = %(person)s
"""
# In the order in which everybody locks several places.
_OFFERED: Final = """
SELECT a.id, a.unit_id, a.session_id, a.person_id, a.mandate_id, a.fee
FROM waitlist_places p JOIN appointments a ON a.id = p.appointment_id
WHERE p.entry_id = %(entry)s AND a.state = 'OFFERED' ORDER BY a.unit_id
"""
_MEMBERS: Final = "SELECT count(*) FROM waitlist_members WHERE entry_id = %(entry)s"
_OFFER: Final = frozenset({AppointmentState.OFFERED})


class WaitlistAnswering:
    """Accepts and declines offers, withdraws entries."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        rules: Rules,
        conduct: Conduct,
        mandates: Mandates,
        succession: WaitlistSuccession,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._rules = rules
        self._conduct = conduct
        self._mandates = mandates
        self._succession = succession

    def accept(self, citizen: Citizen, entry_id: str) -> None:
        """Take the places that are offered: all of the entry's, or none.

        1. The caller made the entry. Accepting once more changes nothing.
        2. They may still book for everybody in it, and nobody of them is restricted.
        3. There is a place for each, still offered, and its deadline has not passed.

        What costs nothing is booked; what does is held until it is paid for, as every hold is.

        Raises:
            DomainError: WAITLIST_ENTRY_UNKNOWN, WAITLIST_OFFER_OVER, or why one of them may not
                book.
        """
        now = self._clock.now()
        with self._database.direct() as tx:
            state, hospital_id = self._own(tx, citizen, entry_id)  # 1
            if state is EntryState.BOOKED:
                return
            offered = rows(tx, _OFFERED, {"entry": entry_id})
            if [(len(offered),)] != rows(tx, _MEMBERS, {"entry": entry_id}):  # 3
                raise WAITLIST_OFFER_OVER()
            hold = now + self._rules.for_hospital(hospital_id).hold
            for appointment_id, _, _, person_id, mandate_id, fee in offered:
                if mandate_id is not None:  # 2
                    self._mandates.hold(tx, mandate_id=mandate_id, agent_id=citizen.person_id)
                self._conduct.may_book(tx, person_id, hospital_id, now)  # 2
                if move(tx, appointment_id, _taking(fee, hold, now), now) is None:  # 3
                    raise WAITLIST_OFFER_OVER()
            if not move_entry(tx, entry_id, EntryState.BOOKED, now, by="patient"):
                raise WAITLIST_OFFER_OVER()

    def decline(self, citizen: Citizen, entry_id: str) -> None:
        """Do without the places that are offered; each goes to the next. The entry ends.

        Declining once more changes nothing.

        Raises:
            DomainError: WAITLIST_ENTRY_UNKNOWN or WAITLIST_OFFER_OVER.
        """
        now = self._clock.now()
        with self._database.direct() as tx:
            state, _ = self._own(tx, citizen, entry_id)
            if state is EntryState.DECLINED:
                return
            offered = rows(tx, _OFFERED, {"entry": entry_id})
            step = Move(state=AppointmentState.DECLINED, actor="patient", only_from=_OFFER)
            given_up = [one for one in offered if move(tx, one[0], step, now) is not None]
            if not move_entry(tx, entry_id, EntryState.DECLINED, now, by="patient"):
                raise WAITLIST_OFFER_OVER()
            for _, unit_id, session_id, *_ in given_up:
                self._succession.vacated(tx, unit_id, session_id, now)

    def withdraw(self, citizen: Citizen, entry_id: str) -> None:
        """Wait no longer. An offer has to be declined instead. Withdrawing twice changes nothing.

        Raises:
            DomainError: WAITLIST_ENTRY_UNKNOWN or WAITLIST_MOVED_ON.
        """
        now = self._clock.now()
        with self._database.direct() as tx:
            state, _ = self._own(tx, citizen, entry_id)
            if state is EntryState.WITHDRAWN:
                return
            if not move_entry(tx, entry_id, EntryState.WITHDRAWN, now, by="patient"):
                raise WAITLIST_MOVED_ON()

    def _own(self, tx: Tx, citizen: Citizen, entry_id: str) -> tuple[EntryState, str]:
        found = row(tx, _ENTRY, {"id": entry_id, "person": citizen.person_id})
        if found is None:
            raise WAITLIST_ENTRY_UNKNOWN()
        return EntryState(found[0]), found[1]


def _taking(fee: int, hold: datetime, now: datetime) -> Move:
    """The step of an appointment whose offer is accepted."""
    if fee == 0:
        state, deadline = AppointmentState.BOOKED, None
    else:
        state, deadline = AppointmentState.PENDING_PAYMENT, hold
    return Move(state=state, actor="patient", only_from=_OFFER, in_time=now, deadline=deadline)
