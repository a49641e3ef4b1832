"""What time ends at hospitals, for the operator's command."""

from __future__ import annotations

from typing import Final

from app.wiring.hospital.appointments import build_appointment_sweep
from app.wiring.hospital.conduct import build_conduct_sweep
from app.wiring.hospital.planning import build_giving_back, build_weekly_planning
from app.wiring.hospital.rush import build_lottery_closing, build_ticket_forgetting
from app.wiring.hospital.waitlist import build_waitlist_sweep
from app.wiring.infrastructure import Infrastructure

_PLANNED: Final = 1
"""Hospitals a sweep plans for: it comes every minute, and others wait for their turn in it."""


def swept_hospitals(shared: Infrastructure) -> dict[str, int]:
    """End what is over, give back what was not sold, plan what is due; how many of each."""
    return {
        "conduct_points": build_conduct_sweep(shared).sweep(),
        "waitlist": build_waitlist_sweep(shared).sweep(),
        **build_appointment_sweep(shared).sweep(),
        "lotteries_closed": build_lottery_closing(shared).sweep(),
        "queue_tickets": build_ticket_forgetting(shared).sweep(),
        "places_given_back": build_giving_back(shared).sweep(),
        "hospitals_planned": build_weekly_planning(shared).plan_due(most=_PLANNED),
    }
