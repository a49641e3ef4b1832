"""Days and hours as hospitals mean them: in China, whatever the machine's clock shows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.hospital.policy import BookingPolicy

CHINA: Final = ZoneInfo("Asia/Shanghai")


def moment(day: date, at: time) -> datetime:
    """The moment of a local time, in UTC."""
    return datetime.combine(day, at, tzinfo=CHINA).astimezone(UTC)


def day_of(now: datetime) -> date:
    """The local day of a moment."""
    return now.astimezone(CHINA).date()


def opening(day: date, policy: BookingPolicy) -> datetime | None:
    """From when a day can be booked: when it comes into the window, at the hour of release.

    Returns:
        The moment in UTC; None where the policy has no window: nothing is ever booked.
    """
    if policy.window_days < 1:
        return None
    return moment(day - timedelta(days=policy.window_days - 1), policy.releases_at)
