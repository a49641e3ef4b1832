"""A person's quotas: the database keeps them, and this says which one was meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

from psycopg.errors import ExclusionViolation, UniqueViolation

from app.core.errors import ErrorKind
from app.hospital.errors import (
    APPOINTMENT_OVERLAPS,
    APPOINTMENT_REPLACED,
    APPOINTMENT_SAME_DEPARTMENT_DAY,
    APPOINTMENT_SAME_DOCTOR_DAY,
)

_BY_CONSTRAINT: Final[Mapping[str, ErrorKind]] = MappingProxyType(
    {
        "uq_appointments_person_department_day": APPOINTMENT_SAME_DEPARTMENT_DAY,
        "uq_appointments_person_practitioner_day": APPOINTMENT_SAME_DOCTOR_DAY,
        "ex_appointments_person_time": APPOINTMENT_OVERLAPS,
        "uq_appointments_replaces": APPOINTMENT_REPLACED,
    }
)
QUOTAS: Final = tuple(_BY_CONSTRAINT.values())
"""What `quotas_kept` refuses with: for those who try several places, each under a savepoint."""


@contextmanager
def quotas_kept() -> Iterator[None]:
    """Turn the refusal of an index into the quota it stands for.

    The transaction is over then: whatever it did is undone.

    Raises:
        DomainError: APPOINTMENT_SAME_DEPARTMENT_DAY, APPOINTMENT_SAME_DOCTOR_DAY,
            APPOINTMENT_OVERLAPS or APPOINTMENT_REPLACED.
    """
    try:
        yield
    except (UniqueViolation, ExclusionViolation) as refused:
        kind = _BY_CONSTRAINT.get(refused.diag.constraint_name or "")
        if kind is None:
            raise
        raise kind() from refused
