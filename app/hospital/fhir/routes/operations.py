"""/fhir/R4/Appointment/$find, $hold, $book: what a window does for whoever stands before it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from flask import Response

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.errors import INVALID_FIELD
from app.core.http.services import service
from app.hospital.fhir.routes.asking import address, hospital
from app.hospital.fhir.routes.reading import appointment_told
from app.hospital.fhir.routes.resources import bundle, proposal_resource
from app.hospital.fhir.routes.speaking import CONTENT, fhir_blueprint, resource
from app.hospital.fhir.schemas import ParametersBody
from app.hospital.fhir.service.booking import WindowBooking
from app.hospital.fhir.service.dates import Span, span_of
from app.hospital.fhir.service.ids import own_id
from app.hospital.fhir.service.proposals import WindowProposals
from app.hospital.fhir.service.views import Found
from app.hospital.fhir.service.wishes import Made, Search, Wish
from app.hospital.models.planning import CHANNELS
from app.hospital.scopes import FHIR_SCOPE

_FIND: Final = frozenset({"start", "end", "practitioner", "department", "channel", "count"})
_MAKE: Final = frozenset({"slot", "schedule", "presence", "channel"})
_MOST: Final = 50
_COUNT: Final = re.compile(r"[1-9][0-9]?")
_FORTNIGHT: Final = timedelta(days=14)
_CREATED: Final[Any] = {201: CONTENT[200], **CONTENT}
blueprint = fhir_blueprint("fhir_operations")


@blueprint.post("/Appointment/$find", summary="Find free places", responses=CONTENT)
@terminal(scope=FHIR_SCOPE)
def find(body: ParametersBody) -> Response:
    """`start`, `end` (days or times), `practitioner`, `department` (own ids), `channel`, `count`.

    The answer is a Bundle of proposed appointments; nothing is kept.
    """
    told = _named(body, _FIND)
    search = Search(
        span=_span(told),
        channel=_channel(told),
        practitioner=told.get("practitioner"),
        department=told.get("department"),
        limit=_count(told),
    )
    found = service(WindowProposals).find(hospital(), search)
    page = Found(items=found, next=None)
    return resource(bundle(page, proposal_resource, address=address("Appointment/$find"), asked=()))


@blueprint.post("/Appointment/$hold", summary="Hold a place", responses=_CREATED)
@terminal(scope=FHIR_SCOPE)
def hold(body: ParametersBody) -> Response:
    """`slot` or `schedule`, and `presence`: the token of the patient's code (01101).

    201 with a pending Appointment; 200 where the person has one in this session already.
    """
    told = _named(body, _MAKE)
    return _made(service(WindowBooking).hold(caller(Terminal), hospital(), _wish(told)))


@blueprint.post("/Appointment/$book", summary="Book a place", responses=_CREATED)
@terminal(scope=FHIR_SCOPE)
def book(body: ParametersBody) -> Response:
    """As `$hold`, or `appointment`: what was held before. The window has taken the fee."""
    told = _named(body, _MAKE | {"appointment"})
    booking, own = service(WindowBooking), hospital()
    if "appointment" in told:
        held = own_id(told["appointment"], "apt")
        return _made(booking.confirm(caller(Terminal), own, held))
    return _made(booking.book(caller(Terminal), own, _wish(told)))


def _made(made: Made) -> Response:
    return appointment_told(made.appointment_id, 201 if made.new else 200)


def _named(body: ParametersBody, known: frozenset[str]) -> Mapping[str, str]:
    """The parameters by name: each is known, says something, and comes once."""
    told: dict[str, str] = {}
    for n, one in enumerate(body.parameter):
        text = one.text
        if one.name not in known or one.name in told or text is None:
            raise INVALID_FIELD(pointer=f"/parameter/{n}")
        told[one.name] = text
    return told


def _wish(told: Mapping[str, str]) -> Wish:
    """Exactly one of slot and schedule, and whoever it is for."""
    if "presence" not in told or ("slot" in told) == ("schedule" in told):
        raise INVALID_FIELD(pointer="/parameter")
    return Wish(
        presence=told["presence"],
        unit_id=own_id(told["slot"], "unt") or "" if "slot" in told else None,
        session_id=own_id(told["schedule"], "ses") if "schedule" in told else None,
        channel=_channel(told),
    )


def _channel(told: Mapping[str, str]) -> str:
    channel = told.get("channel", "window")
    if channel not in CHANNELS:
        raise INVALID_FIELD(pointer="/parameter")
    return channel


def _span(told: Mapping[str, str]) -> Span:
    """From start to end; without an end, a fortnight."""
    if "start" not in told:
        raise INVALID_FIELD(pointer="/parameter")
    if "end" in told:
        return span_of([f"ge{told['start']}", f"le{told['end']}"])
    since = span_of([told["start"]]).since
    return Span(since=since, until=since + _FORTNIGHT)


def _count(told: Mapping[str, str]) -> int:
    text = told.get("count", "20")
    if _COUNT.fullmatch(text) is None or int(text) > _MOST:
        raise INVALID_FIELD(pointer="/parameter")
    return int(text)
