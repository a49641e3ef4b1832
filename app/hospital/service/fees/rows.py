"""Fees as rows. Locks: places, then appointments, then their fees."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.core.ids import new_id
from app.core.statements import Tx, changed, row, rows
from app.hospital.ports import Bill
from app.hospital.states import FEE_MOVES, FEE_STANDING, FeeState, sources
from app.outbox.service.posting import post_in

FEE_DUE: Final = "appointment.fee"
"""Topic of the outbox: somebody has to see how `payload.fee` stands, or give it back."""
_STANDING: Final = [state.value for state in FEE_STANDING]
_OF: Final = """
SELECT id FROM appointment_fees WHERE appointment_id = %(appointment)s AND state = ANY(%(states)s)
"""
_BEGIN: Final = """
INSERT INTO appointment_fees
  (id, appointment_id, hospital_id, item_code, amount, state, created_at, state_changed_at)
SELECT %(id)s, a.id, a.hospital_id, s.item_code, a.fee, 'BEGUN', %(now)s, %(now)s
FROM appointments AS a JOIN clinic_sessions AS s ON s.id = a.session_id
WHERE a.id = %(appointment)s
ON CONFLICT DO NOTHING
"""
_READ: Final = """
SELECT f.id, f.hospital_id, f.item_code, f.amount, f.appointment_id, f.state, f.settlement_id,
  a.state
FROM appointment_fees AS f JOIN appointments AS a ON a.id = f.appointment_id WHERE f.id = %(id)s
"""
_MOVE: Final = """
UPDATE appointment_fees SET state = %(state)s, state_changed_at = %(now)s,
  settlement_id = coalesce(%(settlement)s, settlement_id),
  appointment_id = coalesce(%(appointment)s, appointment_id)
WHERE id = %(id)s AND state = ANY(%(sources)s)
"""
_OWE: Final = """
UPDATE appointment_fees SET state = 'RETURNING', state_changed_at = %(now)s
WHERE appointment_id = %(appointment)s AND state = 'PAID'
"""
_CARRY: Final = """
UPDATE appointment_fees SET appointment_id = %(new)s
WHERE appointment_id = %(old)s AND state = 'PAID'
"""
_PAID: Final = """
SELECT coalesce(sum(amount), 0) FROM appointment_fees
WHERE appointment_id = %(appointment)s AND state = 'PAID'
"""
_LAST: Final = """
SELECT id FROM appointment_fees WHERE appointment_id = %(appointment)s
  AND state IN ('BEGUN', 'HELD', 'RETURNING')
"""
_DUE: Final = """
SELECT id FROM appointment_fees
WHERE state IN ('BEGUN', 'HELD', 'RETURNING') AND state_changed_at <= %(before)s
ORDER BY state_changed_at LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee, and how its appointment stands."""

    bill: Bill
    appointment_id: str
    state: FeeState
    settlement_id: str | None
    appointment_state: str


def begin(tx: Tx, appointment_id: str, now: datetime) -> str:
    """The fee of an appointment that is standing, made where there is none; its id."""
    values = {"id": new_id("fee", now), "appointment": appointment_id, "now": now}
    changed(tx, _BEGIN, values)
    found = row(tx, _OF, {"appointment": appointment_id, "states": _STANDING})
    return str(found[0]) if found else str(values["id"])


def standing(tx: Tx, appointment_id: str) -> str | None:
    """The fee of an appointment that is begun, held or paid; None: there is none."""
    found = row(tx, _OF, {"appointment": appointment_id, "states": _STANDING})
    return None if found is None else str(found[0])


def read_fee(tx: Tx, fee_id: str) -> Fee:
    """One fee."""
    ((_, hospital, item_code, amount, appointment, state, settlement, stands),) = rows(
        tx, _READ, {"id": fee_id}
    )
    return Fee(
        bill=Bill(fee_id=fee_id, hospital_id=hospital, item_code=item_code, amount=amount),
        appointment_id=appointment,
        state=FeeState(state),
        settlement_id=settlement,
        appointment_state=stands,
    )


def move_fee(
    tx: Tx,
    fee_id: str,
    to: FeeState,
    now: datetime,
    *,
    only_from: Collection[FeeState] | None = None,
    settlement_id: str | None = None,
    appointment_id: str | None = None,
) -> bool:
    """Move a fee, if the table of moves allows it from where it is now.

    Args:
        tx: the transaction; the appointment's row is locked before.
        fee_id: which.
        to: where to.
        now: the present moment.
        only_from: narrows the sources the table of moves allows.
        settlement_id: what paid it, where that is new.
        appointment_id: whose it is from now on, where that is new.
    """
    allowed = sources(FEE_MOVES, to)
    values = {
        "id": fee_id,
        "state": to.value,
        "sources": [one.value for one in allowed if only_from is None or one in only_from],
        "settlement": settlement_id,
        "appointment": appointment_id,
        "now": now,
    }
    return changed(tx, _MOVE, values) == 1


def owe_back(tx: Tx, appointment_id: str, now: datetime) -> None:
    """Have an appointment's fee given back, in the transaction that ends the appointment.

    What is paid goes back; what is still being paid goes back as soon as it was. For whoever ends
    an appointment without the patient having had what they paid for.
    """
    changed(tx, _OWE, {"appointment": appointment_id, "now": now})
    look_into(tx, appointment_id, now)


def look_into(tx: Tx, appointment_id: str, now: datetime) -> None:
    """Have the open fees of an appointment looked into, once this transaction is committed."""
    for (fee_id,) in rows(tx, _LAST, {"appointment": appointment_id}):
        due(tx, fee_id, now)


def due(tx: Tx, fee_id: str, now: datetime) -> None:
    """Have one fee looked into."""
    post_in(tx, FEE_DUE, key=fee_id, payload={"fee": fee_id}, now=now)


def paid_for(tx: Tx, appointment_id: str) -> int:
    """Fen that were paid for an appointment and did not go back."""
    ((amount,),) = rows(tx, _PAID, {"appointment": appointment_id})
    return int(amount)


def carry(tx: Tx, old: str, new: str) -> None:
    """Hand what was paid for one appointment on to another that took its place."""
    changed(tx, _CARRY, {"old": old, "new": new})


def overdue(tx: Tx, *, before: datetime, most: int) -> Sequence[str]:
    """Fees that nothing has happened to since a moment, oldest first."""
    return [str(one) for (one,) in rows(tx, _DUE, {"before": before, "most": most})]
