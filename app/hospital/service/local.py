"""Days and hours as the rules mean them: in China."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from app.hospital.policy import BookingPolicy

CHINA: Final = timezone(timedelta(hours=8))
"""It has no summer time."""
_ORDINARY: Final = "ordinary"
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def today(now: datetime) -> date:
    """The day in China."""
    return now.astimezone(CHINA).date()


def last_day(policy: BookingPolicy, now: datetime) -> date:
    """The last day that can be booked now: a new one opens each morning."""
    local = now.astimezone(CHINA)
    opened = policy.window_days if local.time() >= policy.releases_at else policy.window_days - 1
    return local.date() + timedelta(days=opened - 1)


def free_until(
    policy: BookingPolicy, *, fee_class: str, day: date, starts_at: datetime, put_there: bool
) -> datetime:
    """Until when cancelling an appointment costs nothing.

    Args:
        policy: the hospital's rules.
        fee_class: of the session.
        day: of the session, in China.
        starts_at: of the place's window.
        put_there: whether the hospital chose the time, since it called the patient's session off.
            Then it is free until the window begins: a stop never leaves anybody worse off.
    """
    if put_there:
        return starts_at
    if fee_class == _ORDINARY:
        return _earlier(starts_at, policy.cancel_ordinary_before)
    before = day - timedelta(days=1)
    return datetime.combine(before, policy.cancel_expert_until, tzinfo=CHINA).astimezone(UTC)


def _earlier(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment - by
    except OverflowError:
        return _NEVER
