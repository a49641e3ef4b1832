"""Whether the FHIR facade speaks FHIR: what it answers, by the models of `fhir.resources`.

Those of R4B (4.3.0), which has the same elements as R4 here; models of 4.0.1 are not maintained.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState
from app.identity.service.persons import PersonIdentity
from app.partners.service.onboarding import Onboarding
from app.wiring.family import build_persons
from bench.card.desk import Desk
from sandbox.hospital_his.client import SCOPES, Hospital
from sandbox.phone.dpop import Prover
from sandbox.phone.http import Http, Refused
from sandbox.phone.keys import DeviceKey
from sandbox.terminal.assertion import ClientAssertions

_A: Final = AppointmentState
_WAYS: Final[Mapping[AppointmentState, tuple[AppointmentState, ...]]] = {
    _A.OFFERED: (),
    _A.PENDING_PAYMENT: (),
    _A.BOOKED: (),
    _A.ARRIVED: (_A.ARRIVED,),
    _A.FULFILLED: (_A.ARRIVED, _A.FULFILLED),
    _A.CANCELLED_PATIENT: (_A.CANCELLED_PATIENT,),
    _A.CANCELLED_HOSPITAL: (_A.CANCELLED_HOSPITAL,),
    _A.DECLINED: (_A.DECLINED,),
    _A.EXPIRED: (_A.EXPIRED,),
    _A.RESCHEDULED: (_A.RESCHEDULED,),
    _A.NOSHOW: (_A.NOSHOW,),
    _A.EXCUSED: (_A.NOSHOW, _A.EXCUSED),
}
"""The moves to each state from where an appointment begins."""
_BEGINS: Final = {_A.OFFERED: _A.OFFERED, _A.DECLINED: _A.OFFERED}
_HELD: Final = frozenset({_A.PENDING_PAYMENT, _A.EXPIRED})
_REFUSED: Final = ("Patient", "Slot/unt-1", "Slot", "Appointment", "Appointment?date=soon")
_SESSIONS: Final = 5


def checked(desk: Desk, base_url: str, *, merchant_id: str, hospital_id: str) -> dict[str, Any]:
    """Have an appointment in every state, read all there is, and judge every resource.

    Args:
        desk: the services.
        base_url: of the running system.
        merchant_id: the hospital's merchant.
        hospital_id: a hospital with sessions that have free places of the public's.

    Returns:
        `fhir_ok` as "right/all", and `fhir` with how many of each type.
    """
    _appointments(desk, hospital_id)
    key, proof_key = DeviceKey.generate(), DeviceKey.generate()
    client_id = Onboarding(
        database=desk.database, clock=desk.clock, known_purposes=frozenset({"01101"})
    ).add_terminal(
        merchant_id=merchant_id,
        jwks=[key.public_jwk()],
        purposes=frozenset({"01101"}),
        scopes=frozenset(SCOPES.split()),
    )
    issuer = desk.shared.settings.public_url
    assertions = ClientAssertions(client_id=client_id, key=key, issuer=issuer, clock=time.time)
    prover = Prover(key=proof_key, clock=time.time)
    with Http(base_url=base_url, prover=prover, clock=time.perf_counter) as http:
        hospital = Hospital(http=http, assertions=assertions, token=None, keep=lambda _: None)
        resources = [one for told in _read(hospital, desk) for one in _parts(told)]
    kinds = sorted({str(one["resourceType"]) for one in resources})
    return {
        "fhir_ok": f"{sum(map(_is_right, resources))}/{len(resources)}",
        "fhir": {kind: sum(one["resourceType"] == kind for one in resources) for kind in kinds},
    }


def _appointments(desk: Desk, hospital_id: str) -> None:
    """One in each state, each of another person, in the hospital's first sessions."""
    query = "SELECT id FROM clinic_sessions WHERE hospital_id = %(id)s ORDER BY day, id LIMIT 12"
    found = [row[0] for row in desk.database.look(query, {"id": hospital_id})]
    persons, now = build_persons(desk.shared), desk.clock.now()
    for n, (state, ways) in enumerate(_WAYS.items()):
        identity = PersonIdentity(citizen_number=f"9999991990030{n:05d}", name="张明远")
        with desk.database.transaction():
            person = persons.find_or_create(identity).id
        begins = _BEGINS.get(state, _A.PENDING_PAYMENT if state in _HELD else _A.BOOKED)
        wanted = Wanted(
            person_id=person,
            session_id=found[n % len(found)],
            state=begins,
            deadline=None if begins is _A.BOOKED else now + timedelta(minutes=10),
        )
        with desk.database.direct() as tx:
            made = claim(tx, wanted, now)
            if made is None:
                raise RuntimeError(state)
            for way in ways:
                move(tx, made.appointment_id, Move(state=way, actor="system"), now)


def _read(hospital: Hospital, desk: Desk) -> Iterator[dict[str, Any]]:
    first = desk.clock.now().date()
    days = f"date=ge{first}&date=le{first + timedelta(days=20)}"
    yield hospital.read("metadata")
    sessions = hospital.read(f"Schedule?{days}&_count=50")
    yield sessions
    yield hospital.read(f"Appointment?{days}&_count=50")
    for entry in sessions["entry"][:_SESSIONS]:
        yield hospital.read(f"Slot?schedule=Schedule/{entry['resource']['id']}&_count=50")
    start = {"name": "start", "valueDate": first.isoformat()}
    yield hospital.operate("find", [start, {"name": "channel", "valueCode": "window"}])
    for path in _REFUSED:
        try:
            hospital.read(path)
        except Refused as refused:
            yield dict(refused.members)


def _parts(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [told, *(entry["resource"] for entry in told.get("entry", ()))]


def _is_right(resource: dict[str, Any]) -> bool:
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValidationError:
        return False
    return True
