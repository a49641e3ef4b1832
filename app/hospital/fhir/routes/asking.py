"""What every route of the facade asks first, and searches as the use cases take them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request

from app.core.access.principals import Terminal, caller
from app.core.http.services import service
from app.hospital.fhir.errors import FHIR_SEARCH_UNBOUNDED
from app.hospital.fhir.schemas import (
    AppointmentSearch,
    ScheduleSearch,
    SlotSearch,
)
from app.hospital.fhir.service.base import FhirBase
from app.hospital.fhir.service.dates import Span, span_of
from app.hospital.fhir.service.ids import own_id
from app.hospital.fhir.service.schedules import Page
from app.hospital.service.directory import HospitalDirectory


def hospital() -> str:
    """The hospital the calling terminal speaks for.

    Raises:
        DomainError: HOSPITAL_NOT_YOURS.
    """
    return service(HospitalDirectory).of(caller(Terminal))


def address(kind: str) -> str:
    """Where a type of resource is."""
    return f"{service(FhirBase).url}/{kind}"


def asked() -> Sequence[tuple[str, str]]:
    """The parameters of the search as they were sent."""
    return list(request.args.items(multi=True))


def page(query: ScheduleSearch | SlotSearch | AppointmentSearch, kind: str) -> Page:
    """Which page of resources whose ids begin so."""
    cursor = None if query.cursor is None else own_id(query.cursor, kind)
    return Page(cursor=cursor, limit=query.count)


def span(dates: Sequence[str]) -> Span:
    """The days of a search.

    Raises:
        DomainError: FHIR_DATE_INVALID or FHIR_SEARCH_UNBOUNDED.
    """
    if not dates:
        raise FHIR_SEARCH_UNBOUNDED(pointer="/date")
    return span_of(dates)


def token(text: str | None) -> str | None:
    """The value of a token parameter: what follows the system, if there is one."""
    return None if text is None else text.rpartition("|")[2]


def codes(text: str | None) -> Sequence[str]:
    """The alternatives of a parameter."""
    return () if text is None else text.split(",")
