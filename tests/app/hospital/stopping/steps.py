"""What the tests of called-off sessions do again and again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState
from tests.app.device import Device
from tests.app.hospital.people import patient
from tests.app.world import World

STOPS = "/v1/hospital/stops"
LIVE = ("OFFERED", "PENDING_PAYMENT", "BOOKED", "ARRIVED")


def booked(
    world: World,
    session: str,
    *,
    person: str | None = None,
    state: AppointmentState = AppointmentState.BOOKED,
    **changes: Any,
) -> str:
    """An appointment in a session; its id."""
    now = world.clock.now()
    first = AppointmentState.BOOKED if state is AppointmentState.ARRIVED else state
    wanted: dict[str, Any] = {
        "person_id": person or patient(world),
        "session_id": session,
        "state": first,
        "deadline": None if first is AppointmentState.BOOKED else now,
        **changes,
    }
    with world.database.direct() as tx:
        claimed = claim(tx, Wanted(**wanted), now)
        assert claimed is not None
        if state is not first:
            move(tx, claimed.appointment_id, Move(state=state, actor="hospital"), now)
    return claimed.appointment_id


def stopped(his: Device, **body: Any) -> Any:
    """The sessions of a call that went well."""
    answer = his.post(STOPS, {"reason": "doctor_away", **body})
    assert answer.status_code == 200, answer.text
    return answer.json["sessions"]


def appointments(world: World) -> dict[str, str]:
    """States by id."""
    with world.database.separate() as tx:
        found = tx.execute(text("SELECT id, state FROM appointments"))
        return {one.id: one.state for one in found}


def units(world: World, session: str) -> list[str]:
    query = text("SELECT state FROM slot_units WHERE session_id = :session ORDER BY number")
    with world.database.separate() as tx:
        return list(tx.scalars(query, {"session": session}))


def row(world: World, table: str, key: str) -> dict[str, Any]:
    with world.database.separate() as tx:
        query = text(f"SELECT * FROM {table} WHERE id = :key")  # noqa: S608 - a test's own words
        return dict(tx.execute(query, {"key": key}).mappings().one())
