"""Tells a hospital of its appointments: handles the outbox's `appointment.changed`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.core.database import Database
from app.core.statements import Tx, rows
from app.hospital.fhir.service.ids import fhir_id
from app.notifications.ports import WebhookEvent
from app.notifications.service.event_types import EVENT_SCOPES
from app.notifications.service.posting import PartnerEvents
from app.outbox.ports import Message, Postponed

_OTHER: Final = "appointment.changed"
_MERCHANTS: Final = """
SELECT a.id, h.merchant_id, a.session_id, a.unit_id
FROM appointments a JOIN hospitals h ON h.id = a.hospital_id WHERE a.id = ANY(%(ids)s)
"""


class AppointmentAnnouncing:
    """Announces each event to the hospital's feed, in the transaction that marks it as handled.

    One event of an appointment is one event of the feed, with the appointment's own number: a gap
    shows. What is told is opaque: the hospital reads the appointment for the rest.
    """

    def __init__(self, *, database: Database, events: PartnerEvents) -> None:
        """Take the ports."""
        self._database = database
        self._events = events

    def __call__(self, message: Message, /) -> Postponed | None:
        """Announce one event."""
        with self._database.direct() as tx:
            self.together(tx, [message])
        return None

    def together(self, tx: Tx, messages: Sequence[Message], /) -> None:
        """Announce many, in the order of posting."""
        ids = [message.payload["appointment"] for message in messages]
        found = {row[0]: row for row in rows(tx, _MERCHANTS, {"ids": ids})}
        for message in messages:
            appointment_id, merchant_id, session_id, unit_id = found[message.payload["appointment"]]
            event = _event(message, session_id=session_id, unit_id=unit_id)
            self._events.post(tx, merchant_id, event, about=appointment_id)


def _event(message: Message, *, session_id: str, unit_id: str) -> WebhookEvent:
    payload = message.payload
    named = f"appointment.{payload['kind']}"
    return WebhookEvent(
        type=named if named in EVENT_SCOPES else _OTHER,
        data={
            "appointment": payload["appointment"],
            "reference": f"Appointment/{fhir_id(payload['appointment'])}",
            "sequence": payload["sequence"],
            "kind": payload["kind"],
            "at": payload["at"],
            "session": session_id,
            "slot": unit_id,
        },
    )
