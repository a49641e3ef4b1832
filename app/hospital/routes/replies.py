"""Appointments as replies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.hospital.schemas import (
    AppointmentDetailReply,
    AppointmentReply,
    AttendanceReply,
    EventReply,
)
from app.hospital.service.reading import Event, Seen


def appointment_reply(seen: Seen) -> AppointmentReply:
    """An appointment."""
    return AppointmentReply(**_members(seen))


def detail_reply(seen: Seen, events: Sequence[Event]) -> AppointmentDetailReply:
    """An appointment with its events."""
    told = [
        EventReply(
            sequence=one.sequence, kind=one.kind, at=one.at, actor=one.actor, detail=one.detail
        )
        for one in events
    ]
    return AppointmentDetailReply(**_members(seen), events=told)


def attendance_reply(seen: Seen) -> AttendanceReply:
    """What a desk needs: who the person is, it has from the code."""
    return AttendanceReply(
        id=seen.id,
        status=seen.state,  # type: ignore[arg-type]
        session_id=seen.session_id,
        department_id=seen.department_id,
        practitioner_id=seen.practitioner_id,
        department=seen.department,
        practitioner=seen.practitioner,
        number=seen.number,
        starts_at=seen.starts_at,
        ends_at=seen.ends_at,
    )


def _members(seen: Seen) -> dict[str, Any]:
    named = {"status": "state", "fee_status": "fee_state", "changed_at": "state_changed_at"}
    return {name: getattr(seen, named.get(name, name)) for name in AppointmentReply.model_fields}
