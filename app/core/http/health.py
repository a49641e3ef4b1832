"""/health/live and /health/ready, for supervisors and load balancers."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import public
from app.core.health import Health
from app.core.http.replies import Reply, reply
from app.core.http.services import service

blueprint = APIBlueprint("health", __name__, url_prefix="/health", abp_tags=[Tag(name="health")])


class Live(Reply):
    """The process answers."""

    status: str


class Ready(Reply):
    """Whether requests can be served, and what is missing if not."""

    status: str
    failing: list[str]


@blueprint.get("/live", summary="The process answers", responses={200: Live})
@public
def live() -> Response:
    """200 as long as the process can answer at all."""
    return reply(Live(status="ok"))


@blueprint.get("/ready", summary="Requests can be served", responses={200: Ready, 503: Ready})
@public
def ready() -> Response:
    """200 when every dependency answers, otherwise 503 and the names of those that do not."""
    failing = service(Health).failing()
    body = Ready(status="unavailable" if failing else "ok", failing=failing)
    return reply(body, 503 if failing else 200)
