"""What a hospital's window books for people who stand before it, from the hospital's own channels.

Who they are is told by their card's code: the presence token of a terminal that read it. The
operations are repeatable by nature: the same person has one live appointment in a session.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.statements import Tx, row, rows
from app.hospital.errors import SESSION_FULL, SESSION_NOT_OPEN
from app.hospital.fhir.errors import (
    FHIR_HOLD_AGAIN,
    FHIR_HOLD_OVER,
    FHIR_PRESENCE_PURPOSE,
    FHIR_RESOURCE_UNKNOWN,
    FHIR_SLOT_BUSY,
)
from app.hospital.fhir.ports import Mandates, Presence, Presences, Rules
from app.hospital.fhir.service.appointments import PURPOSE
from app.hospital.fhir.service.targets import Target, target_of
from app.hospital.fhir.service.wishes import Made, Wish
from app.hospital.service.claiming.claims import Claimed, Wanted, claim
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import LIVE, AppointmentState

_A: Final = AppointmentState
_HELD: Final = frozenset({_A.PENDING_PAYMENT})
_KEPT: Final = frozenset({_A.BOOKED, _A.ARRIVED})
_LIVE: Final = [state.value for state in LIVE]
_THEIRS: Final = """
SELECT id, state FROM appointments WHERE person_id = %(person)s AND session_id = %(session)s
  AND source = 'hospital' AND state = ANY(%(live)s)
  AND (%(unit)s::varchar IS NULL OR unit_id = %(unit)s)
"""
_EXPIRED: Final = """
SELECT max(state_changed_at) FROM appointments
WHERE person_id = %(person)s AND session_id = %(session)s AND state = 'EXPIRED'
"""
_HOLD: Final = """
SELECT state, source, person_id FROM appointments
WHERE id = %(id)s AND hospital_id = %(hospital)s
"""


class WindowBooking:
    """Holds and books."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: AccessLog,
        presences: Presences,
        mandates: Mandates,
        rules: Rules,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._presences = presences
        self._mandates = mandates
        self._rules = rules

    def hold(self, terminal: Terminal, hospital_id: str, wish: Wish) -> Made:
        """Keep a place for somebody who has yet to pay at the window; checks as of `book`.

        7. A hold of this person here has not just expired.

        Raises:
            DomainError: as `book`, or FHIR_HOLD_AGAIN.
        """
        return self._make(terminal, hospital_id, wish, _A.PENDING_PAYMENT)

    def book(self, terminal: Terminal, hospital_id: str, wish: Wish) -> Made:
        """Book a place; the window has taken the fee, or there is none.

        1. The place or session is this hospital's.
        2. It is sold by one of the hospital's own channels, never by the public's.
        3. The person stood before this very terminal, with a code for registration.
        4. Whoever has it already is given the same: a request that is repeated changes nothing.
        5. Card and mandate are good until the transaction ends.
        6. The place was free: one conditional update. The person's quotas are kept.

        Raises:
            DomainError: FHIR_RESOURCE_UNKNOWN, FHIR_CHANNEL_NOT_YOURS, what `Presences.verify`
                refuses, FHIR_PRESENCE_PURPOSE, SESSION_NOT_OPEN, SESSION_FULL, FHIR_SLOT_BUSY or
                a quota's.
        """
        made = self._make(terminal, hospital_id, wish, _A.BOOKED)
        # What was there already may be a hold of theirs.
        return made if made.new else self.confirm(terminal, hospital_id, made.appointment_id)

    def confirm(self, terminal: Terminal, hospital_id: str, appointment_id: str | None) -> Made:
        """Book what was held at this hospital's window, while the hold lasts.

        Raises:
            DomainError: FHIR_RESOURCE_UNKNOWN, or FHIR_HOLD_OVER.
        """
        now = self._clock.now()
        with self._database.direct() as tx:
            found = row(tx, _HOLD, {"id": appointment_id, "hospital": hospital_id})
            if found is None or appointment_id is None:
                raise FHIR_RESOURCE_UNKNOWN()
            state, source, person = found
            if source != "hospital":
                raise FHIR_HOLD_OVER()
            if state in _KEPT:
                return Made(appointment_id=appointment_id, new=False)
            step = Move(state=_A.BOOKED, actor="hospital", only_from=_HELD, in_time=now)
            if move(tx, appointment_id, step, now) is None:
                raise FHIR_HOLD_OVER()
            self._note(terminal, person)
        return Made(appointment_id=appointment_id, new=False)

    def _make(
        self, terminal: Terminal, hospital_id: str, wish: Wish, state: AppointmentState
    ) -> Made:
        target = target_of(self._database, hospital_id, wish)  # 1, 2
        present = self._presences.verify(wish.presence, terminal)  # 3
        if present.purpose != PURPOSE:
            raise FHIR_PRESENCE_PURPOSE()
        theirs = self._theirs(present, target)  # 4
        if theirs is not None:
            return theirs
        try:
            return self._taken(terminal, hospital_id, target, present, state)
        except DomainError:
            # The same request, sent twice at once: the other one was first.
            theirs = self._theirs(present, target)
            if theirs is None:
                raise
            return theirs

    def _theirs(self, present: Presence, target: Target) -> Made | None:
        values = {
            "person": present.person_id,
            "session": target.session_id,
            "unit": target.unit_id,
            "live": _LIVE,
        }
        found = self._database.look(_THEIRS, values)
        return Made(appointment_id=found[0][0], new=False) if found else None

    def _taken(
        self,
        terminal: Terminal,
        hospital_id: str,
        target: Target,
        present: Presence,
        state: AppointmentState,
    ) -> Made:
        now = self._clock.now()
        with self._database.direct() as tx:
            self._require_good(tx, present)  # 5
            deadline = None
            if state is _A.PENDING_PAYMENT:
                deadline = self._deadline(tx, hospital_id, target, present, now=now)
            wanted = Wanted(
                person_id=present.person_id,
                session_id=target.session_id,
                state=state,
                deadline=deadline,
                channel=target.channel,
                source="hospital",
                actor="hospital",
                unit_id=target.unit_id,
                agent_id=present.agent_id,
                mandate_id=present.mandate_id,
                detail={"terminal": terminal.terminal_id},
            )
            claimed = _or_refuse(claim(tx, wanted, now), target)  # 6
            self._note(terminal, present.person_id)
        return Made(appointment_id=claimed.appointment_id, new=True)

    def _require_good(self, tx: Tx, present: Presence) -> None:
        self._presences.require_usable(tx, present.presentation_id)
        if present.mandate_id is not None and present.agent_id is not None:
            self._mandates.hold(
                tx, mandate_id=present.mandate_id, agent_id=present.agent_id, purpose=PURPOSE
            )

    def _deadline(
        self,
        tx: Tx,
        hospital_id: str,
        target: Target,
        present: Presence,
        *,
        now: datetime,
    ) -> datetime:
        policy = self._rules.for_hospital(hospital_id)
        values = {"person": present.person_id, "session": target.session_id}
        ((expired,),) = rows(tx, _EXPIRED, values)
        if expired is not None and now - expired < policy.hold_again_after:  # 7
            raise FHIR_HOLD_AGAIN()
        return now + policy.hold

    def _note(self, terminal: Terminal, person_id: str) -> None:
        self._accesses.record(
            person_id=person_id,
            actor=Actor(kind="terminal", id=terminal.terminal_id, name=terminal.merchant_name),
            action=actions.APPOINTMENT_MADE,
            purpose=PURPOSE,
            fields=("appointment",),
        )


def _or_refuse(claimed: Claimed | None, target: Target) -> Claimed:
    if claimed is not None:
        return claimed
    if not target.published:
        raise SESSION_NOT_OPEN()
    raise SESSION_FULL() if target.unit_id is None else FHIR_SLOT_BUSY()
