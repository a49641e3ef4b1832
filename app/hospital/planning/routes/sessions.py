"""/v1/hospital/sessions and /v1/hospital/plans: a hospital looks at its sessions and plans them."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.http.languages import preferred_language
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.hospital.planning.schemas import (
    NotPlannedReply,
    PlanBody,
    PlannedSessionPath,
    PlannedSessionReply,
    PlannedSessionsQuery,
    PlannedSessionsReply,
    PlanReply,
    SessionRecordReply,
    SubstitutionBody,
)
from app.hospital.planning.service.sessions.reading import SessionReading, SessionView
from app.hospital.planning.service.sessions.steps import SessionSteps
from app.hospital.planning.service.turns import BulkTurns
from app.hospital.planning.service.weekly.planning import PlanReport, WeeklyPlanning
from app.hospital.scopes import DESK_SCOPE, SCHEDULE_SCOPE
from app.hospital.service.directory import HospitalDirectory

blueprint = APIBlueprint(
    "hospital_sessions",
    __name__,
    url_prefix="/v1/hospital",
    abp_tags=[Tag(name="hospital schedule")],
)


@blueprint.get("/sessions", summary="The sessions of a day", responses={200: PlannedSessionsReply})
@terminal(scope=DESK_SCOPE)
def page(query: PlannedSessionsQuery) -> Response:
    """With the counts of each channel as they are now."""
    found = service(SessionReading).page(
        _hospital(),
        query.day,
        department=query.department,
        after=query.cursor,
        limit=query.limit,
    )
    return reply(PlannedSessionsReply(items=[_reply(one) for one in found.items], next=found.next))


@blueprint.get(
    "/sessions/<id>/record",
    summary="A session as a line of a file",
    responses={200: SessionRecordReply},
)
@terminal(scope=SCHEDULE_SCOPE)
def record(path: PlannedSessionPath) -> Response:
    """By our id or the hospital's own. Sent as it is, it changes nothing.

    With a larger pool it adds places; with another id and day it is another session.
    """
    found = service(SessionReading).record(_hospital(), path.id)
    return reply(SessionRecordReply(record=found))


@blueprint.post(
    "/sessions/<id>/publication", summary="Publish a draft", responses={200: PlannedSessionReply}
)
@terminal(scope=SCHEDULE_SCOPE)
@idempotent()
def publish(path: PlannedSessionPath) -> Response:
    """By our id or the hospital's own. What is published stays so: it can only be called off."""
    hospital_id = _hospital()
    return _told(hospital_id, service(SessionSteps).publish(hospital_id, path.id))


@blueprint.post(
    "/sessions/<id>/substitution", summary="Another doctor", responses={200: PlannedSessionReply}
)
@terminal(scope=SCHEDULE_SCOPE)
@idempotent()
def substitute(path: PlannedSessionPath, body: SubstitutionBody) -> Response:
    """Only while nobody has a place: people chose their doctor. Otherwise call the session off."""
    hospital_id = _hospital()
    done = service(SessionSteps).substitute(hospital_id, path.id, body.practitioner)
    return _told(hospital_id, done)


@blueprint.post("/plans", summary="Plan the days ahead", responses={200: PlanReply})
@terminal(scope=SCHEDULE_SCOPE)
def plan(body: PlanBody) -> Response:
    """From the weekly templates, heeding holidays; it is done once a day without being asked."""
    hospital_id = _hospital()
    service(BulkTurns).take(hospital_id)
    return reply(_plan(service(WeeklyPlanning).plan(hospital_id, days=body.days)))


def _hospital() -> str:
    return service(HospitalDirectory).of(caller(Terminal))


def _told(hospital_id: str, session_id: str) -> Response:
    return reply(_reply(service(SessionReading).one(hospital_id, session_id)))


def _reply(view: SessionView) -> PlannedSessionReply:
    said = asdict(view)
    said["status"] = said.pop("state")
    return PlannedSessionReply.model_validate(said)


def _plan(report: PlanReport) -> PlanReply:
    chinese = preferred_language() == "zh-CN"
    return PlanReply(
        first=report.first,
        last=report.last,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        next_day=report.next_day,
        refused=[
            NotPlannedReply(
                template=one.template,
                day=one.day,
                code=one.kind.code,
                detail=one.kind.zh if chinese else one.kind.en,
            )
            for one in report.refused
        ],
    )
