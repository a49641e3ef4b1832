"""/v1/hospital/releases: a hospital releases its sessions."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.hospital.rush.routes.writing import hospital_reply
from app.hospital.rush.schemas import HospitalReleaseReply, ReleaseBody, ReleasePath
from app.hospital.rush.service.reading import ReleaseReading
from app.hospital.rush.service.releases import Releases, Terms
from app.hospital.rush.states import ReleaseMode
from app.hospital.scopes import SCHEDULE_SCOPE
from app.hospital.service.directory import HospitalDirectory

blueprint = APIBlueprint(
    "hospital_releases",
    __name__,
    url_prefix="/v1/hospital/releases",
    abp_tags=[Tag(name="hospital")],
)


@blueprint.post("", summary="Release sessions", responses={201: HospitalReleaseReply})
@terminal(scope=SCHEDULE_SCOPE)
@idempotent()
def make(body: ReleaseBody) -> Response:
    """From now on these sessions are booked with a ticket, until the release closes."""
    hospital_id = _hospital()
    return _reply(service(Releases).make(hospital_id, _terms(body)), hospital_id, 201)


@blueprint.get("/<id>", summary="How a release goes", responses={200: HospitalReleaseReply})
@terminal(scope=SCHEDULE_SCOPE)
def read(path: ReleasePath) -> Response:
    """With how many tickets were given out and used."""
    return _reply(path.id, _hospital(), 200)


@blueprint.post(
    "/<id>/withdrawal", summary="Withdraw a release", responses={200: HospitalReleaseReply}
)
@terminal(scope=SCHEDULE_SCOPE)
@idempotent()
def withdraw(path: ReleasePath) -> Response:
    """Before it opens. Its sessions are booked without a ticket then, and can be released anew."""
    hospital_id = _hospital()
    service(Releases).withdraw(hospital_id, path.id)
    return _reply(path.id, hospital_id, 200)


def _hospital() -> str:
    return service(HospitalDirectory).of(caller(Terminal))


def _reply(release_id: str, hospital_id: str, status: int) -> Response:
    reading = service(ReleaseReading)
    view = reading.one(release_id, hospital_id=hospital_id)
    return reply(hospital_reply(view, reading.progress(release_id)), status)


def _terms(body: ReleaseBody) -> Terms:
    mode = ReleaseMode(body.mode)
    last = body.opens_at if mode is ReleaseMode.LOTTERY else body.closes_at
    return Terms(
        name=body.name,
        mode=mode,
        session_ids=body.session_ids,
        tickets_from=body.tickets_from,
        tickets_until=body.tickets_until or last,
        opens_at=body.opens_at,
        closes_at=body.closes_at,
        admits_per_minute=body.admits_per_minute,
        admission_seconds=body.admission_seconds,
        most_tickets=body.most_tickets,
        public_source=body.public_source,
    )
