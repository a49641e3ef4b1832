"""Reminders: posted when a place is booked, and looked at anew when they are due."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from app.core.statements import Tx
from app.hospital.service.notice_words import CHINA, SOON, TOMORROW
from app.outbox.service.posting import post_in

REMINDER: Final = "appointment.reminder"
"""Topic of the outbox: time to remind of `payload.appointment`, in the words of `payload.kind`.
Each reminder is a key of its own: an appointment's events never wait behind it."""
_EVENING: Final = time(18, 0)
"""Of the day before, in China."""
_BEFORE: Final = timedelta(hours=2)


def reminder_times(starts_at: datetime, now: datetime) -> list[tuple[str, datetime]]:
    """What to remind of and when; what would be due already is left out.

    Args:
        starts_at: of the place's window.
        now: when it was booked.
    """
    day_before = starts_at.astimezone(CHINA).date() - timedelta(days=1)
    evening = datetime.combine(day_before, _EVENING, tzinfo=CHINA)
    times = [(TOMORROW, evening), (SOON, starts_at - _BEFORE)]
    return [(kind, at) for kind, at in times if at > now]


def post_reminders(tx: Tx, appointment_id: str, *, starts_at: datetime, now: datetime) -> None:
    """Post the reminders of an appointment that has just been booked."""
    for kind, at in reminder_times(starts_at, now):
        payload = {"appointment": appointment_id, "kind": kind}
        key = f"{appointment_id}.{kind}"
        post_in(tx, REMINDER, key=key, payload=payload, now=now, after=at - now)
