"""Free places of a hospital's own channels, as its window is offered them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.core.clock import Clock
from app.core.database import Database
from app.hospital.fhir.errors import FHIR_CHANNEL_NOT_YOURS
from app.hospital.fhir.service.rows import SLOT, slot_of
from app.hospital.fhir.service.targets import PUBLIC
from app.hospital.fhir.service.views import SlotView
from app.hospital.fhir.service.wishes import Search

_PROPOSED: Final = (
    SLOT
    + """
WHERE s.hospital_id = %(hospital)s AND s.day BETWEEN %(first)s AND %(last)s
  AND s.state = 'PUBLISHED' AND u.state = 'FREE' AND u.ends_at > %(now)s
  AND u.starts_at < %(until)s AND u.ends_at > %(since)s AND pool.channel = %(channel)s
  AND (%(practitioner)s::varchar IS NULL OR p.external_id = %(practitioner)s)
  AND (%(department)s::varchar IS NULL OR d.external_id = %(department)s)
ORDER BY u.starts_at, s.id, u.number LIMIT %(limit)s
"""
)


class WindowProposals:
    """Finds; what is proposed is kept for nobody."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def find(self, hospital_id: str, search: Search) -> Sequence[SlotView]:
        """Free places of one of the hospital's own channels, the earliest first.

        Raises:
            DomainError: FHIR_CHANNEL_NOT_YOURS.
        """
        if search.channel == PUBLIC:
            raise FHIR_CHANNEL_NOT_YOURS()
        values = {
            "hospital": hospital_id,
            "first": search.span.first,
            "last": search.span.last,
            "since": search.span.since,
            "until": search.span.until,
            "now": self._clock.now(),
            "channel": search.channel,
            "practitioner": search.practitioner,
            "department": search.department,
            "limit": search.limit,
        }
        return [slot_of(one) for one in self._database.look(_PROPOSED, values)]
