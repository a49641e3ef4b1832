"""/fhir/R4/metadata: what the facade can do; and whatever it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import Response

from app.core.access.guards import public, terminal
from app.core.http.services import service
from app.hospital.fhir.errors import FHIR_NOT_SUPPORTED
from app.hospital.fhir.routes.speaking import CONTENT, MEDIA_TYPE, fhir_blueprint, resource
from app.hospital.fhir.service.base import FhirBase
from app.hospital.scopes import FHIR_SCOPE

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SINCE: Final = "2026-12-01"
_READ: Final = ("read", "search-type")
_SCHEDULE_BY: Final = (("date", "date"), ("actor", "token"), ("identifier", "token"))
_PAGING: Final = (("_count", "number"),)
_SECURITY: Final = (
    "OAuth client credentials with private_key_jwt; access tokens are bound by DPoP (RFC 9449). "
    f"Scope {FHIR_SCOPE}."
)
_OPERATIONS: Final = {
    "find": "Free places of the hospital's own channels",
    "hold": "Keep a place for the patient of a presence token",
    "book": "Book a place for the patient of a presence token, or what was held",
}
blueprint = fhir_blueprint("fhir_capability")


@blueprint.get("/metadata", summary="What the FHIR facade can do", responses=CONTENT)
@public
def metadata() -> Response:
    """The CapabilityStatement."""
    base = service(FhirBase).url
    return resource(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": _SINCE,
            "kind": "instance",
            "software": {"name": "Zero-Run"},
            "implementation": {"description": "A hospital's own data", "url": base},
            "fhirVersion": "4.0.1",
            "format": [MEDIA_TYPE],
            "patchFormat": ["application/json-patch+json"],
            "rest": [
                {
                    "mode": "server",
                    "security": {"description": _SECURITY},
                    "resource": [
                        _kind("Schedule", _SCHEDULE_BY),
                        _kind("Slot", (("schedule", "reference"), ("status", "token"))),
                        _appointment(base),
                    ],
                }
            ],
        }
    )


@terminal(scope=FHIR_SCOPE)
def nothing(rest: str) -> Response:
    """Whatever else is asked for: no type, operation or method of ours."""
    del rest
    raise FHIR_NOT_SUPPORTED()


blueprint.add_url_rule("/<path:rest>", view_func=nothing, methods=list(_METHODS))


def _kind(name: str, parameters: Sequence[tuple[str, str]], *more: str) -> dict[str, Any]:
    return {
        "type": name,
        "interaction": [{"code": code} for code in (*_READ, *more)],
        "searchParam": [{"name": one, "type": of} for one, of in (*parameters, *_PAGING)],
    }


def _appointment(base: str) -> dict[str, Any]:
    parameters = (("date", "date"), ("status", "token"), ("actor", "token"))
    return {
        **_kind("Appointment", parameters, "update", "patch"),
        "versioning": "versioned-update",
        "updateCreate": False,
        "operation": [
            {
                "name": name,
                "definition": f"{base}/OperationDefinition/Appointment-{name}",
                "documentation": words,
            }
            for name, words in _OPERATIONS.items()
        ],
    }
