"""Following a fee to its end: whatever answer was lost, repeated or late, it is paid or it is back.

A payment and its appointment are different transactions, so either may be first. Every step here
is conditional and can be repeated; who comes second changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.statements import Tx, row
from app.hospital.ports import Fees, Payment, Standing
from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.service.claiming.moves import Move, move
from app.hospital.service.fees.rows import Fee, due, move_fee, read_fee
from app.hospital.states import FEE_OPEN, AppointmentState, FeeState
from app.outbox.ports import Message, Postponed

_PENDING: Final = frozenset({AppointmentState.PENDING_PAYMENT})
_ENDS: Final = {
    Standing.UNDER_WAY: FeeState.HELD,
    Standing.FAILED: FeeState.DROPPED,
    Standing.RETURNED: FeeState.RETURNED,
}
_EXPIRED: Final = """
SELECT person_id, session_id, consent, agent_id, mandate_id FROM appointments
WHERE id = %(id)s AND state = 'EXPIRED'
"""
log = structlog.get_logger("hospital")


class _Overtaken(Exception):  # noqa: N818 - reads as what happened
    """Somebody else took this step: undo what was begun."""


class FeeFollowing:
    """Follows fees; also the handler of the outbox's `appointment.fee`."""

    def __init__(self, *, database: Database, clock: Clock, fees: Fees) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._fees = fees

    def __call__(self, message: Message, /) -> Postponed | None:
        """Follow the fee of a message; what cannot be done now is tried again."""
        try:
            with self._database.apart():
                self.follow(str(message.payload["fee"]))
        except DomainError as refused:
            return Postponed(failure=refused.kind.code)
        return None

    def follow(self, fee_id: str) -> None:
        """See how a fee stands, and do what follows from it. Called outside of transactions.

        Raises:
            DomainError: nothing is known now, or it cannot go back now; call again later.
        """
        with self._database.direct() as tx:
            fee = read_fee(tx, fee_id)
        if fee.state is FeeState.RETURNING:
            self._give_back(fee)
        elif fee.state in FEE_OPEN:
            over = fee.appointment_state != AppointmentState.PENDING_PAYMENT
            self.heard(fee, self._fees.look(fee.bill, fence=over), over=over)
        elif fee.state is FeeState.PAID:
            self._look_again(fee)

    def heard(self, fee: Fee, payment: Payment, *, over: bool = False) -> None:
        """Do what follows from how a payment stands.

        Args:
            fee: which is neither paid nor given up, as far as the caller knows.
            payment: what is known.
            over: nothing can be paid any more where nothing was: the name is fenced.
        """
        if payment.standing is Standing.PAID:
            self._paid(fee, str(payment.settlement_id))
        elif payment.standing in _ENDS:
            self._move(fee, _ENDS[payment.standing], payment.settlement_id)
        elif over:
            self._move(fee, FeeState.DROPPED, None)

    def _paid(self, fee: Fee, settlement_id: str) -> None:
        """Money has come.

        1. The place is still held: it is booked, even if the deadline has just passed, for nobody
           has taken it away.
        2. The hold expired: an equal free place of the same session, at the same fee.
        3. Otherwise it goes back; unless somebody else heard of it first, and it is booked.
        """
        try:
            if self._booked(fee, settlement_id):  # 1
                return
            if self._booked_another(fee, settlement_id):  # 2
                return
        except _Overtaken:
            return
        now = self._clock.now()
        with self._database.direct() as tx:  # 3
            if move_fee(
                tx,
                fee.bill.fee_id,
                FeeState.RETURNING,
                now,
                only_from=FEE_OPEN,
                settlement_id=settlement_id,
            ):
                due(tx, fee.bill.fee_id, now)
                log.info("fee_goes_back", fee=fee.bill.fee_id)

    def _booked(self, fee: Fee, settlement_id: str) -> bool:
        now, fee_id = self._clock.now(), fee.bill.fee_id
        step = Move(
            state=AppointmentState.BOOKED,
            actor="system",
            only_from=_PENDING,
            detail={"fee": fee_id},
        )
        with self._database.direct() as tx:
            if move(tx, fee.appointment_id, step, now) is None:
                return False
            if not move_fee(tx, fee_id, FeeState.PAID, now, settlement_id=settlement_id):
                raise _Overtaken
        return True

    def _booked_another(self, fee: Fee, settlement_id: str) -> bool:
        now = self._clock.now()
        try:
            with self._database.direct() as tx:
                new = _equal_place(tx, fee, now)
                if new is None:
                    return False
                if not move_fee(
                    tx,
                    fee.bill.fee_id,
                    FeeState.PAID,
                    now,
                    settlement_id=settlement_id,
                    appointment_id=new,
                ):
                    raise _Overtaken
        except DomainError:  # the person has taken another place meanwhile
            return False
        return True

    def _give_back(self, fee: Fee) -> None:
        payment = self._fees.give_back(fee.bill, str(fee.settlement_id))
        if payment.standing is Standing.RETURNED:
            self._move(fee, FeeState.RETURNED, None)

    def _look_again(self, fee: Fee) -> None:
        """Whoever else may give it back: the hospital's own desk."""
        payment = self._fees.look(fee.bill, fence=False)
        if payment.standing is Standing.RETURNED:
            self._move(fee, FeeState.RETURNED, None)

    def _move(self, fee: Fee, to: FeeState, settlement_id: str | None) -> None:
        with self._database.direct() as tx:
            move_fee(tx, fee.bill.fee_id, to, self._clock.now(), settlement_id=settlement_id)


def _equal_place(tx: Tx, fee: Fee, now: datetime) -> str | None:
    """A free place of the same session and fee, for the person whose hold expired; its id.

    Raises:
        DomainError: a quota of the person forbids it.
    """
    found = row(tx, _EXPIRED, {"id": fee.appointment_id})
    if found is None:
        return None
    person_id, session_id, consent, agent_id, mandate_id = found
    wanted = Wanted(
        person_id=person_id,
        session_id=session_id,
        state=AppointmentState.BOOKED,
        deadline=None,
        actor="system",
        consent=consent,
        opened=now,
        fee=fee.bill.amount,
        agent_id=agent_id,
        mandate_id=mandate_id,
        replaces=fee.appointment_id,
        detail={"fee": fee.bill.fee_id, "instead_of": fee.appointment_id},
    )
    claimed = claim(tx, wanted, now)
    return None if claimed is None else claimed.appointment_id
