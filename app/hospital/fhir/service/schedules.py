"""A hospital reads its sessions and their places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from app.core.database import Database
from app.core.statements import Row
from app.hospital.fhir.errors import FHIR_RESOURCE_UNKNOWN
from app.hospital.fhir.service.dates import Span
from app.hospital.fhir.service.mapping import unit_states_of
from app.hospital.fhir.service.rows import SCHEDULE, SLOT, schedule_of, slot_of
from app.hospital.fhir.service.views import Found, ScheduleView, SlotView

T = TypeVar("T")
_SCHEDULES: Final = f"""{SCHEDULE}
WHERE s.hospital_id = %(hospital)s AND s.day BETWEEN %(first)s AND %(last)s
  AND s.starts_at < %(until)s AND s.ends_at > %(since)s
  AND (%(actor)s::varchar IS NULL OR p.external_id = %(actor)s)
  AND (%(cursor)s::varchar IS NULL OR (s.day, s.starts_at, s.id) > (
    SELECT day, starts_at, id FROM clinic_sessions WHERE id = %(cursor)s))
ORDER BY s.day, s.starts_at, s.id LIMIT %(limit)s
"""  # noqa: S608 - our own words
_BY_IDENTIFIER: Final = (
    SCHEDULE + "WHERE s.hospital_id = %(hospital)s AND s.external_id = %(identifier)s"
)
_SCHEDULE: Final = SCHEDULE + "WHERE s.hospital_id = %(hospital)s AND s.id = %(id)s"
_SLOTS: Final = f"""{SLOT}
WHERE s.hospital_id = %(hospital)s AND s.id = %(schedule)s
  AND (%(states)s::varchar[] IS NULL OR u.state = ANY(%(states)s))
  AND (%(cursor)s::varchar IS NULL
    OR u.number > (SELECT number FROM slot_units WHERE id = %(cursor)s))
ORDER BY u.number LIMIT %(limit)s
"""  # noqa: S608 - our own words
_SLOT: Final = SLOT + "WHERE s.hospital_id = %(hospital)s AND u.id = %(id)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which page."""

    cursor: str | None
    """The last id of the page before."""
    limit: int


class ScheduleReading:
    """Reads sessions and places; each hospital its own alone."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def schedules(
        self, hospital_id: str, *, span: Span, actor: str | None, page: Page
    ) -> Found[ScheduleView]:
        """The sessions of some days, the earliest first.

        Args:
            hospital_id: whose.
            span: what they overlap with.
            actor: the hospital's own id of a doctor; None: all.
            page: which page.
        """
        values = {
            "hospital": hospital_id,
            "first": span.first,
            "last": span.last,
            "since": span.since,
            "until": span.until,
            "actor": actor,
            "cursor": page.cursor,
            "limit": page.limit + 1,
        }
        found = self._database.look(_SCHEDULES, values)
        return paged(found, page, schedule_of, lambda one: one.place.session_id)

    def identified(self, hospital_id: str, identifier: str) -> Found[ScheduleView]:
        """The session that the hospital calls so; there is one at most."""
        values = {"hospital": hospital_id, "identifier": identifier}
        found = self._database.look(_BY_IDENTIFIER, values)
        return Found(items=[schedule_of(row) for row in found], next=None)

    def schedule(self, hospital_id: str, session_id: str | None) -> ScheduleView:
        """One session.

        Raises:
            DomainError: FHIR_RESOURCE_UNKNOWN, the same for another hospital's.
        """
        found = self._database.look(_SCHEDULE, {"hospital": hospital_id, "id": session_id})
        if not found:
            raise FHIR_RESOURCE_UNKNOWN()
        return schedule_of(found[0])

    def slots(
        self, hospital_id: str, session_id: str | None, *, status: Sequence[str], page: Page
    ) -> Found[SlotView]:
        """The places of a session in the order of their numbers.

        Args:
            hospital_id: whose.
            session_id: of which session.
            status: in FHIR's words; none: all.
            page: which page.
        """
        states = [state.value for one in status for state in unit_states_of(one)]
        values = {
            "hospital": hospital_id,
            "schedule": session_id,
            "states": states if status else None,
            "cursor": page.cursor,
            "limit": page.limit + 1,
        }
        return paged(self._database.look(_SLOTS, values), page, slot_of, lambda one: one.id)

    def slot(self, hospital_id: str, unit_id: str | None) -> SlotView:
        """One place.

        Raises:
            DomainError: FHIR_RESOURCE_UNKNOWN, the same for another hospital's.
        """
        found = self._database.look(_SLOT, {"hospital": hospital_id, "id": unit_id})
        if not found:
            raise FHIR_RESOURCE_UNKNOWN()
        return slot_of(found[0])


def paged(
    found: Sequence[Row], page: Page, view: Callable[[Row], T], own: Callable[[T], str]
) -> Found[T]:
    """A page, of one row more than it has."""
    items = [view(row) for row in found[: page.limit]]
    return Found(items=items, next=own(items[-1]) if len(found) > page.limit else None)
