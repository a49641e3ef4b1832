"""Calendars of appointments."""

from __future__ import annotations

import secrets

from app.hospital.calendar.service.feeds import CalendarFeeds
from app.hospital.calendar.service.serving import CalendarServing
from app.wiring.hospital.mandates import build_mandates
from app.wiring.infrastructure import Infrastructure


def build_calendar(shared: Infrastructure) -> dict[type, object]:
    """Links, and what they lead to."""
    database, clock, public_url = shared.database, shared.clock, shared.settings.public_url
    return {
        CalendarFeeds: CalendarFeeds(
            database=database,
            clock=clock,
            public_url=public_url,
            randomness=secrets.token_bytes,
        ),
        CalendarServing: CalendarServing(
            database=database,
            clock=clock,
            limits=shared.limits,
            agents=build_mandates(shared),
            public_url=public_url,
        ),
    }
