"""Which session or place a window means, and whether it may sell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.core.database import Database
from app.hospital.fhir.errors import FHIR_CHANNEL_NOT_YOURS, FHIR_RESOURCE_UNKNOWN
from app.hospital.fhir.service.wishes import Wish

PUBLIC: Final = "app"
_UNIT: Final = """
SELECT u.session_id, pool.channel, s.state FROM slot_units u
JOIN unit_pools pool ON pool.id = u.pool_id JOIN clinic_sessions s ON s.id = u.session_id
WHERE u.id = %(unit)s AND s.hospital_id = %(hospital)s
"""
_SESSION: Final = """
SELECT s.id, %(channel)s::varchar, s.state FROM clinic_sessions s
WHERE s.id = %(session)s AND s.hospital_id = %(hospital)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A session, or one place of it, and the channel that sells it."""

    session_id: str
    channel: str
    published: bool
    unit_id: str | None
    """None: the lowest number that is free."""


def target_of(database: Database, hospital_id: str, wish: Wish) -> Target:
    """What a window wants.

    1. The place or session is this hospital's.
    2. It is sold by one of the hospital's own channels, never by the public's.

    Raises:
        DomainError: FHIR_RESOURCE_UNKNOWN or FHIR_CHANNEL_NOT_YOURS.
    """
    statement = _SESSION if wish.unit_id is None else _UNIT
    values = {
        "hospital": hospital_id,
        "unit": wish.unit_id,
        "session": wish.session_id,
        "channel": wish.channel,
    }
    found = database.look(statement, values)
    if not found:  # 1
        raise FHIR_RESOURCE_UNKNOWN()
    session_id, channel, state = found[0]
    if channel == PUBLIC:  # 2
        raise FHIR_CHANNEL_NOT_YOURS()
    return Target(
        session_id=session_id,
        channel=channel,
        published=state == "PUBLISHED",
        unit_id=wish.unit_id,
    )
