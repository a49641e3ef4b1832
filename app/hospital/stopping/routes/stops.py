"""/v1/hospital/stops: sessions that are called off (停诊)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.hospital.scopes import SCHEDULE_SCOPE
from app.hospital.service.directory import HospitalDirectory
from app.hospital.stopping.schemas import (
    StopBody,
    StopOutcomeReply,
    StopPath,
    StoppedReply,
    StopReply,
    StopsReply,
)
from app.hospital.stopping.service.ordering import SessionsMeant
from app.hospital.stopping.service.outcomes import Stopped
from app.hospital.stopping.service.previewing import StopPreview
from app.hospital.stopping.service.reading import StopReading
from app.hospital.stopping.service.stopping import ClinicStopping, Order

blueprint = APIBlueprint(
    "hospital_stops", __name__, url_prefix="/v1/hospital/stops", abp_tags=[Tag(name="hospital")]
)


@blueprint.post("", summary="Call sessions off", responses={200: StopsReply})
@terminal(scope=SCHEDULE_SCOPE)
def stop(body: StopBody) -> Response:
    """Each session in one transaction, once for ever: a repeat tells what became of it.

    Where an answer was lost, send the same again: what was done is told, the rest is done.
    """
    hospital_id = service(HospitalDirectory).of(caller(Terminal))
    session_ids = _meant(hospital_id, body)
    if body.dry_run:
        found = service(StopPreview).preview(session_ids)
    else:
        order = Order(
            hospital_id=hospital_id,
            terminal_id=caller(Terminal).terminal_id,
            reason=body.reason,
            session_ids=session_ids,
        )
        found = [service(ClinicStopping).stop(order, one) for one in session_ids]
    sessions = [StoppedReply(**_numbers(one)) for one in found]
    return reply(StopsReply(dry_run=body.dry_run, sessions=sessions))


@blueprint.get("/<id>", summary="What became of each appointment", responses={200: StopReply})
@terminal(scope=SCHEDULE_SCOPE)
def read(path: StopPath) -> Response:
    """By the ids of appointments; it names nobody."""
    hospital_id = service(HospitalDirectory).of(caller(Terminal))
    told = service(StopReading).one(hospital_id, path.id)
    outcomes = [StopOutcomeReply(**asdict(one)) for one in told.outcomes]
    return reply(StopReply(**_numbers(told.stopped), outcomes=outcomes))


def _meant(hospital_id: str, body: StopBody) -> list[str]:
    if body.session_ids is not None:
        return service(SessionsMeant).named(hospital_id, body.session_ids)
    return service(SessionsMeant).of_doctor(hospital_id, body.doctor or "", body.days or [])


def _numbers(stopped: Stopped) -> dict[str, Any]:
    members = asdict(stopped)
    return {"status": members.pop("state"), **members}
