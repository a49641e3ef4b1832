"""/v1/hospitals, /v1/departments, /v1/practitioners: what anybody may look for."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import public
from app.core.http.replies import reply
from app.core.http.services import service
from app.hospital.finding.routes.asking import near, page
from app.hospital.finding.schemas import (
    DepartmentsQuery,
    DepartmentsReply,
    HospitalsQuery,
    HospitalsReply,
    PractitionersQuery,
    PractitionersReply,
)
from app.hospital.finding.service.places import PlaceFinding

blueprint = APIBlueprint(
    "hospital_finding", __name__, url_prefix="/v1", abp_tags=[Tag(name="hospitals")]
)


@blueprint.get("/hospitals", summary="Find hospitals", responses={200: HospitalsReply})
@public
def hospitals(query: HospitalsQuery) -> Response:
    """By name or pinyin initials; the nearest first where `near` is given."""
    found = service(PlaceFinding).hospitals(q=query.q, near=near(query), page=page(query))
    return reply(HospitalsReply.model_validate(found))


@blueprint.get("/departments", summary="Find departments", responses={200: DepartmentsReply})
@public
def departments(query: DepartmentsQuery) -> Response:
    """Likewise, of one hospital or of all."""
    found = service(PlaceFinding).departments(
        q=query.q, hospital=query.hospital, near=near(query), page=page(query)
    )
    return reply(DepartmentsReply.model_validate(found))


@blueprint.get("/practitioners", summary="Find doctors", responses={200: PractitionersReply})
@public
def practitioners(query: PractitionersQuery) -> Response:
    """By name or pinyin initials, hospital, or department."""
    found = service(PlaceFinding).practitioners(
        q=query.q, hospital=query.hospital, department=query.department, page=page(query)
    )
    return reply(PractitionersReply.model_validate(found))
