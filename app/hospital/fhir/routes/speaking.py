"""FHIR on the wire: the media type, and every refusal as an OperationOutcome."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.http.problems import MEDIA_TYPE as PROBLEM

MEDIA_TYPE: Final = "application/fhir+json"
ERRORS: Final = "urn:zero-run:errors"
"""System of the codes in `OperationOutcome.issue.details`: those of docs/errors.md."""
CONTENT: Final[Any] = {200: {"description": "FHIR R4", "content": {MEDIA_TYPE: {}}}}
"""What the documentation says of an answer, as the library takes it."""
_ISSUES: Final[Mapping[int, str]] = {
    400: "structure",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    412: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "invalid",
    429: "throttled",
    503: "transient",
}
"""`OperationOutcome.issue.code` (R4, IssueType) by HTTP status."""
_INDEX: Final = re.compile(r"/([0-9]+)(?=/|$)")


def fhir_blueprint(name: str) -> APIBlueprint:
    """A blueprint of the facade; whatever is refused there is refused in FHIR's words."""
    made = APIBlueprint(name, __name__, url_prefix="/fhir/R4", abp_tags=[Tag(name="fhir")])
    made.after_request(_in_fhirs_words)
    return made


def resource(
    body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Serialise a resource."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = Response(text + "\n", status, content_type=MEDIA_TYPE)
    response.headers.update(dict(headers or {}))
    return response


def _in_fhirs_words(response: Response) -> Response:
    if response.mimetype != PROBLEM:
        return response
    outcome = _outcome(json.loads(response.get_data()))
    response.set_data(json.dumps(outcome, ensure_ascii=False, separators=(",", ":")) + "\n")
    response.content_type = MEDIA_TYPE
    return response


def _outcome(problem: Mapping[str, Any]) -> dict[str, Any]:
    issue: dict[str, Any] = {
        "severity": "error",
        "code": _ISSUES.get(problem["status"], "exception"),
        "details": {
            "coding": [{"system": ERRORS, "code": problem["code"]}],
            "text": problem["detail"],
        },
        "diagnostics": f"request {problem['request_id']}",
    }
    expression = _INDEX.sub(r"[\1]", problem.get("pointer") or "").strip("/").replace("/", ".")
    if expression:
        issue["expression"] = [expression]
    return {"resourceType": "OperationOutcome", "issue": [issue]}
