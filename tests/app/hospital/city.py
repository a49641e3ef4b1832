"""The city's rules of booking, for tests that need a policy and no rule book."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Final

from app.hospital.policy import BookingPolicy

CITY: Final = BookingPolicy(
    version="2026-12",
    window_days=14,
    releases_at=time(7, 0),
    hold=timedelta(minutes=10),
    payment=timedelta(minutes=5),
    hold_again_after=timedelta(minutes=30),
    offer=timedelta(minutes=30),
    offer_same_day=timedelta(minutes=5),
    most_waiting=3,
    cancel_expert_until=time(15, 0),
    cancel_ordinary_before=timedelta(minutes=30),
    refunds_late=True,
    check_in_before=timedelta(hours=2),
    closes_after=timedelta(minutes=30),
    no_shows=3,
    no_show_within=timedelta(days=90),
    no_show_restricts=timedelta(days=90),
    late_cancels=3,
    late_cancel_within=timedelta(days=30),
    late_cancel_restricts=timedelta(days=30),
    replan_days=3,
    replan_notice=timedelta(hours=2),
)
"""As in `app/hospital/conduct/data/rules/2026-12.toml`, which a test compares."""


class CityRules:
    """Of every hospital."""

    def for_hospital(self, hospital_id: str) -> BookingPolicy:
        """The city's."""
        assert hospital_id
        return CITY
