"""Who handles the messages about appointments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.core.database import Database
from app.core.statements import Tx
from app.hospital.service.claiming.journal import CHANGED
from app.hospital.service.reminders import REMINDER
from app.hospital.service.telling import AppointmentTelling
from app.notifications.service.notices import Notices
from app.outbox.ports import Message, Postponed, Together, Topic
from app.wiring.hospital.mandates import build_mandates
from app.wiring.infrastructure import Infrastructure


class EachOf:
    """Hands the messages of one topic to several, all in the transaction that marks them."""

    def __init__(self, database: Database, parts: Sequence[Together]) -> None:
        """Take who is told, in order; they only write into the database."""
        self._database = database
        self._parts = tuple(parts)

    def __call__(self, message: Message, /) -> Postponed | None:
        """One message to each."""
        with self._database.direct() as tx:
            self.together(tx, [message])
        return None

    def together(self, tx: Tx, messages: Sequence[Message], /) -> None:
        """All messages to each."""
        for part in self._parts:
            part(tx, messages)


def build_appointment_telling(shared: Infrastructure) -> AppointmentTelling:
    """What patients are told."""
    return AppointmentTelling(
        database=shared.database,
        clock=shared.clock,
        notices=Notices(database=shared.database, clock=shared.clock),
        agents=build_mandates(shared),
    )


def hospital_topics(
    shared: Infrastructure, *, also: Sequence[Together] = ()
) -> Mapping[str, Topic]:
    """The topics of appointments.

    Args:
        shared: what every service stands on.
        also: who else hears of each change, after the patient.
    """
    telling = build_appointment_telling(shared)
    each = EachOf(shared.database, [telling.changed, *also])
    return {
        CHANGED: Topic(handler=each, together=each.together),
        REMINDER: Topic(handler=telling),
    }
