"""Paying the fee of a held place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog

from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.statements import Tx, rows
from app.hospital.errors import (
    APPOINTMENT_EXPIRED,
    APPOINTMENT_FREE,
    APPOINTMENT_MOVED_ON,
    APPOINTMENT_NOT_PAID,
)
from app.hospital.ports import Fees, Payment, Rules, Standing
from app.hospital.service.booking.acting import ActingPeople
from app.hospital.service.booking.holding import LONGEST_HOLD
from app.hospital.service.claiming.extending import extend
from app.hospital.service.fees.following import FeeFollowing
from app.hospital.service.fees.rows import Fee, begin, read_fee
from app.hospital.states import CLAIMING, AppointmentState

_TRIES: Final = 2
"""What somebody's insurance pays may move between the quote and its settlement: once more, then."""
_NOTHING: Final = frozenset({Standing.NONE, Standing.FAILED, Standing.RETURNED})
_LOCK: Final = """
SELECT state, deadline, fee, hospital_id FROM appointments WHERE id = %(id)s FOR UPDATE
"""
log = structlog.get_logger("hospital")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What came of asking to pay."""

    appointment_id: str
    """An equal place's, where the hold had expired when the money came."""
    payment: Payment | None
    """None: it had been paid before."""


class Paying:
    """Pays fees."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        people: ActingPeople,
        rules: Rules,
        fees: Fees,
        following: FeeFollowing,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._people = people
        self._rules = rules
        self._fees = fees
        self._following = following

    def pay(self, citizen: Citizen, appointment_id: str) -> Paid:
        """Pay a fee, or tell how its payment stands. Called outside of transactions.

        1. The caller may act for the patient.
        2. The place is held, in time; beginning to pay moves the deadline, once.
        3. One payment is under way at a time, and has a name of its own: asked for again, from
           whichever device, it is the same payment.
        4. What became of it is written down; an answer that is lost is found by `FeeFollowing`.

        Raises:
            DomainError: APPOINTMENT_UNKNOWN, MANDATE_…; APPOINTMENT_FREE, APPOINTMENT_EXPIRED,
                APPOINTMENT_MOVED_ON; what card and settlement refuse; APPOINTMENT_NOT_PAID.
        """
        for _ in range(_TRIES):
            begun = self._begun(citizen, appointment_id)  # 1-3
            if begun is None:
                return Paid(appointment_id=appointment_id, payment=None)
            fee, mandate_id = begun
            payment = self._asked(citizen, fee, mandate_id)
            self._following.heard(fee, payment)  # 4
            if payment.standing not in _NOTHING:
                return Paid(appointment_id=self._whose(fee), payment=payment)
        raise APPOINTMENT_NOT_PAID()

    def _begun(self, citizen: Citizen, appointment_id: str) -> tuple[Fee, str | None] | None:
        with self._database.direct() as tx:
            acting = self._people.of(tx, citizen, appointment_id)  # 1
            if not self._payable(tx, appointment_id, acting.actor):  # 2
                return None
            fee = read_fee(tx, begin(tx, appointment_id, self._clock.now()))  # 3
        return fee, acting.mandate_id

    def _payable(self, tx: Tx, appointment_id: str, actor: str) -> bool:
        """Whether a held place waits to be paid; False: it was paid."""
        now = self._clock.now()
        ((state, deadline, fee, hospital_id),) = rows(tx, _LOCK, {"id": appointment_id})
        if fee == 0:
            raise APPOINTMENT_FREE()
        if state == AppointmentState.EXPIRED:
            raise APPOINTMENT_EXPIRED()
        if state != AppointmentState.PENDING_PAYMENT:
            if state in CLAIMING and state != AppointmentState.OFFERED:
                return False
            raise APPOINTMENT_MOVED_ON()
        if deadline <= now:
            raise APPOINTMENT_EXPIRED()
        policy = self._rules.for_hospital(hospital_id)
        extend(tx, appointment_id, by=min(policy.payment, LONGEST_HOLD), actor=actor, now=now)
        return True

    def _asked(self, citizen: Citizen, fee: Fee, mandate_id: str | None) -> Payment:
        try:
            return self._fees.pay(citizen, fee.bill, mandate_id=mandate_id)
        except DomainError:
            self._after(fee)
            raise

    def _after(self, fee: Fee) -> None:
        """A refusal may be final under the payment's name; then the next try needs another."""
        try:
            self._following.follow(fee.bill.fee_id)
        except DomainError as refused:
            log.warning("fee_unknown", fee=fee.bill.fee_id, code=refused.kind.code)

    def _whose(self, fee: Fee) -> str:
        with self._database.direct() as tx:
            return read_fee(tx, fee.bill.fee_id).appointment_id
