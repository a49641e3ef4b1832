"""The events partners are told, and the scope a client needs to have a webhook called for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from app.notifications.errors import WEBHOOK_EVENT_NOT_ALLOWED, WEBHOOK_EVENT_UNKNOWN

_TYPES: Final[Mapping[str, Sequence[str]]] = {
    "certificates.follow": (
        "certificate.confirmed",
        "certificate.revoked",
        "certificate.superseded",
        "certificate.suspended",
        "certificate.valid",
    ),
    "hospital.fhir": (
        "appointment.arrived",
        "appointment.booked",
        "appointment.cancelled_hospital",
        "appointment.cancelled_patient",
        "appointment.changed",
        "appointment.declined",
        "appointment.excused",
        "appointment.expired",
        "appointment.fulfilled",
        "appointment.noshow",
        "appointment.offered",
        "appointment.pending_payment",
        "appointment.rescheduled",
    ),
    "settlement": (
        "reconciliation.difference",
        "settlement.refunded",
        "settlement.reversed",
        "settlement.settled",
        "settlement.voided",
    ),
}
EVENT_SCOPES: Final[Mapping[str, str]] = {
    event: scope for scope, events in _TYPES.items() for event in events
}
"""Scope by type. A type that is not here cannot be posted."""
_ALL_OF_GROUP: Final = ".*"


def chosen(asked: Collection[str] | None, *, scopes: Collection[str]) -> list[str]:
    """What a webhook is called for: types, or whole groups such as `certificate.*`.

    1. Each is known. 2. The client's scopes allow each. 3. There is at least one.

    Args:
        asked: by the partner; None: every group the scopes allow.
        scopes: of the client that asks.

    Raises:
        DomainError: WEBHOOK_EVENT_UNKNOWN, WEBHOOK_EVENT_NOT_ALLOWED.
    """
    if asked is None:
        asked = {_group(event) for event, scope in EVENT_SCOPES.items() if scope in scopes}
    for one in asked:
        meant = [event for event in EVENT_SCOPES if includes([one], event)]
        if not meant:  # 1
            raise WEBHOOK_EVENT_UNKNOWN(pointer="/events")
        if not {EVENT_SCOPES[event] for event in meant} <= set(scopes):  # 2
            raise WEBHOOK_EVENT_NOT_ALLOWED(pointer="/events")
    if not asked:  # 3
        raise WEBHOOK_EVENT_NOT_ALLOWED(pointer="/events")
    return sorted(set(asked))


def includes(chosen_events: Collection[str], event: str) -> bool:
    """Whether a webhook with this choice is called for a type."""
    return event in chosen_events or _group(event) in chosen_events


def _group(event: str) -> str:
    return event.partition(".")[0] + _ALL_OF_GROUP
