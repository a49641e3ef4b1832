"""The reference face of the person somebody says they are, from the population registry.

Unknown number, wrong name, deceased, minor and no usable photograph must not be told apart by the
caller: in each case the registry is asked, a photograph is enrolled (a decoy where there is none
to use), and the session goes on without a template, to end NOT_VERIFIED.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from app.core.clock import Clock
from app.identity.ports import FacePort, PopulationRegistry, RegistryPerson
from app.identity.service.seals import Standing

AGE_ALONE: Final = 14
"""Below this a guardian has to verify (measures for face recognition, in force 1 June 2025)."""
_CIVIL_TIME: Final = ZoneInfo("Asia/Shanghai")
log = structlog.get_logger("identity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a session compares with."""

    standing: Standing
    template: bytes | None
    """Only when ENROLLED."""


class References:
    """Asks the registry and enrols its photograph."""

    def __init__(self, *, registry: PopulationRegistry, faces: FacePort, clock: Clock) -> None:
        """Take the ports."""
        self._registry = registry
        self._faces = faces
        self._clock = clock

    def of(self, *, citizen_number: str, name: str, case_id: str) -> Reference:
        """Find and enrol the reference of a person; the same work whatever is found.

        Raises:
            DomainError: UNAVAILABLE, UPSTREAM_FAILED or BUSY.
        """
        found = self._registry.find(citizen_number=citizen_number, name=name, case_id=case_id)
        standing = self._standing(citizen_number, found)
        usable = found is not None and standing is Standing.ENROLLED
        template = self._faces.enrol(found.photo if found is not None and usable else None)
        if usable and template is None:
            log.warning("reference_unusable")
            standing = Standing.NO_REFERENCE
        return Reference(standing=standing, template=template if usable else None)

    def _standing(self, citizen_number: str, found: RegistryPerson | None) -> Standing:
        today = self._clock.now().astimezone(_CIVIL_TIME).date()
        if found is None:
            return Standing.UNKNOWN
        if not found.alive:
            return Standing.DECEASED
        if age_on(today, citizen_number) < AGE_ALONE:
            return Standing.MINOR
        return Standing.NO_REFERENCE if found.photo is None else Standing.ENROLLED


def age_on(day: date, citizen_number: str) -> int:
    """Completed years on a day, by the birth date in the number (GB 11643 §4.1, digits 7 to 14)."""
    born = date.fromisoformat(citizen_number[6:14])
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
