"""Views as FHIR R4 resources.

What is the hospital's own is named by the hospital's own ids: references to doctors, departments
and campuses are logical (`Reference.identifier`), and nothing has to be looked up here. A patient
is an alias that no other hospital gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from app.hospital.fhir.service.ids import fhir_id
from app.hospital.fhir.service.mapping import (
    APPOINTMENT_STATUS,
    CANCELLATION_REASON,
    SLOT_STATUS,
)
from app.hospital.fhir.service.views import (
    AppointmentView,
    Found,
    Party,
    Place,
    ScheduleView,
    SlotView,
)
from app.hospital.states import SessionState

T = TypeVar("T")
Resource = dict[str, Any]
OURS: Final = "urn:zero-run"
"""Our identifier systems, code systems and extensions begin so."""
_REASONS: Final = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"


def schedule_resource(view: ScheduleView) -> Resource:
    """`Schedule`: a session."""
    place = view.place
    return {
        "resourceType": "Schedule",
        "id": fhir_id(place.session_id),
        "meta": {"lastUpdated": instant(view.changed_at)},
        "extension": [_fee(place)],
        "identifier": [_identifier(place, "session", place.external_id)],
        "active": view.state is SessionState.PUBLISHED,
        "serviceType": [_code("fee-class", place.fee_class)],
        "actor": [
            _reference("Practitioner", "practitioner", place, place.practitioner),
            _reference("HealthcareService", "department", place, place.department),
            _reference("Location", "campus", place, place.campus),
        ],
        "planningHorizon": {"start": instant(view.starts_at), "end": instant(view.ends_at)},
        "comment": view.state.value,
    }


def slot_resource(view: SlotView) -> Resource:
    """`Slot`: a numbered place."""
    place = view.place
    return {
        "resourceType": "Slot",
        "id": fhir_id(view.id),
        "meta": {"lastUpdated": instant(view.changed_at)},
        "extension": [_number(view.number)],
        "serviceCategory": [_code("channel", view.channel)],
        "serviceType": [_code("fee-class", place.fee_class)],
        "schedule": {"reference": f"Schedule/{fhir_id(place.session_id)}"},
        "status": SLOT_STATUS[view.state],
        "start": instant(view.starts_at),
        "end": instant(view.ends_at),
    }


def appointment_resource(view: AppointmentView) -> Resource:
    """`Appointment`; its version is the number of its last event."""
    pending = view.deadline is not None
    return {
        "resourceType": "Appointment",
        "id": fhir_id(view.id),
        "meta": {"versionId": str(view.sequence), "lastUpdated": instant(view.changed_at)},
        "extension": [
            _number(view.number),
            _fee(view.place),
            *([_deadline(view.deadline)] if view.deadline is not None else []),
        ],
        "identifier": [{"system": f"{OURS}:appointment", "value": view.id}],
        "status": APPOINTMENT_STATUS[view.state],
        **_reason(view),
        "serviceType": [_code("fee-class", view.place.fee_class)],
        "start": instant(view.starts_at),
        "end": instant(view.ends_at),
        "slot": [{"reference": f"Slot/{fhir_id(view.unit_id)}"}],
        "created": instant(view.created_at),
        "participant": [_patient(view, pending=pending), *_hosts(view.place)],
    }


def proposal_resource(view: SlotView) -> Resource:
    """An `Appointment` that could be made; it is kept nowhere, so it has no id."""
    return {
        "resourceType": "Appointment",
        "extension": [_number(view.number), _fee(view.place)],
        "status": "proposed",
        "serviceCategory": [_code("channel", view.channel)],
        "serviceType": [_code("fee-class", view.place.fee_class)],
        "start": instant(view.starts_at),
        "end": instant(view.ends_at),
        "slot": [{"reference": f"Slot/{fhir_id(view.id)}"}],
        "participant": _hosts(view.place),
    }


def bundle(
    found: Found[T],
    write: Callable[[T], Resource],
    *,
    address: str,
    asked: Iterable[tuple[str, str]],
) -> Resource:
    """A `Bundle` of what was found, with a link to the next page.

    Args:
        found: the page.
        write: makes a resource of an item.
        address: of the type that was searched, such as `https://…/fhir/R4/Slot`.
        asked: the parameters of the search.
    """
    kept = [(name, value) for name, value in asked if name != "_cursor"]
    links = [{"relation": "self", "url": _url(address, asked)}]
    if found.next is not None:
        links.append(
            {"relation": "next", "url": _url(address, [*kept, ("_cursor", fhir_id(found.next))])}
        )
    entries = [_entry(write(item), address) for item in found.items]
    told: Resource = {"resourceType": "Bundle", "type": "searchset", "link": links}
    return {**told, "entry": entries} if entries else told  # R4: an array is never empty


def instant(moment: datetime) -> str:
    """A FHIR instant, in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _entry(body: Resource, address: str) -> Resource:
    told: Resource = {"resource": body, "search": {"mode": "match"}}
    return {"fullUrl": f"{address}/{body['id']}", **told} if "id" in body else told


def _url(address: str, asked: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(asked))
    return f"{address}?{query}" if query else address


def _hosts(place: Place) -> list[Resource]:
    return [
        {
            "actor": _reference(kind, word, place, party),
            "required": "required",
            "status": "accepted",
        }
        for kind, word, party in (
            ("Practitioner", "practitioner", place.practitioner),
            ("HealthcareService", "department", place.department),
            ("Location", "campus", place.campus),
        )
    ]


def _patient(view: AppointmentView, *, pending: bool) -> Resource:
    actor: Resource = {
        "type": "Patient",
        "identifier": {"system": f"{OURS}:patient-alias", "value": view.alias},
    }
    if view.name is not None:
        actor["display"] = view.name
    status = "needs-action" if pending else "accepted"
    return {"actor": actor, "required": "required", "status": status}


def _reason(view: AppointmentView) -> Mapping[str, Any]:
    reason = CANCELLATION_REASON.get(view.state)
    if reason is None:
        return {}
    own = {"system": f"{OURS}:appointment-state", "code": view.state.value}
    return {"cancelationReason": {"coding": [{"system": _REASONS, "code": reason}, own]}}


def _reference(kind: str, word: str, place: Place, party: Party) -> Resource:
    return {
        "type": kind,
        "identifier": _identifier(place, word, party.external_id),
        "display": party.name,
    }


def _identifier(place: Place, word: str, value: str) -> Resource:
    return {"system": f"{OURS}:hospital:{place.hospital_id}:{word}", "value": value}


def _code(system: str, code: str) -> Resource:
    return {"coding": [{"system": f"{OURS}:{system}", "code": code}]}


def _number(number: int) -> Resource:
    return {"url": f"{OURS}:fhir:queue-number", "valuePositiveInt": number}


def _deadline(deadline: datetime) -> Resource:
    return {"url": f"{OURS}:fhir:deadline", "valueInstant": instant(deadline)}


def _fee(place: Place) -> Resource:
    money = {"value": place.fee / 100, "currency": "CNY"}
    return {"url": f"{OURS}:fhir:fee", "valueMoney": money}
