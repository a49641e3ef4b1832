"""OpenAPI 3.1 at /openapi.json and its pages at /docs, without a request to another host."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, cast

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    render_template_string,
    send_from_directory,
)
from flask_openapi import OpenAPI

from app.core.access.guards import Guard, guard_of, public
from app.core.errors import NOT_FOUND
from app.core.http.problems import MEDIA_TYPE

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Zero-Run API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START: Final = (
    'SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true,'
    " validatorUrl: null, supportedSubmitMethods: []});\n"
)
_SWAGGER: Final = Path(str(files("flask_openapi_swagger"))) / "templates" / "swagger"
_ASSETS: Final = {
    "swagger-ui.css": "css/swagger-ui.css",
    "swagger-ui-bundle.js": "js/swagger-ui-bundle.js",
}
_DAY_S: Final = 86_400
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'"
)

blueprint = Blueprint("documentation", __name__)


@blueprint.get("/openapi.json")
@public
def specification() -> Response:
    """The contract of this API."""
    return jsonify(_completed(cast("OpenAPI", current_app).api_doc))


@blueprint.get("/docs")
@public
def page() -> Response:
    """The contract as a page for people."""
    response = Response(render_template_string(_PAGE), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _POLICY
    return response


@blueprint.get("/docs/start.js")
@public
def start() -> Response:
    """The line that starts the page, a file of its own so that no inline script is needed."""
    return Response(_START, content_type="text/javascript; charset=utf-8")


@blueprint.get("/docs/assets/<name>")
@public
def asset(name: str) -> Response:
    """A style sheet or script of the page."""
    if name not in _ASSETS:
        raise NOT_FOUND()
    return send_from_directory(_SWAGGER, _ASSETS[name], max_age=_DAY_S)


def _completed(specification: dict[str, Any]) -> dict[str, Any]:
    """Add what the library does not know: errors are problems, and who may call."""
    problem = {
        "description": "A problem with a stable code (RFC 9457)",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    guards = _guards()
    for path, operations in specification["paths"].items():
        for method, operation in operations.items():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = problem
            operation["security"] = _security(guards.get((path, method)))
    return specification


def _guards() -> dict[tuple[str, str], Guard]:
    found = {}
    for rule in current_app.url_map.iter_rules():
        guard = guard_of(current_app.view_functions[rule.endpoint])
        path = re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", rule.rule)
        for method in rule.methods or ():
            if guard is not None:
                found[path, method.lower()] = guard
    return found


def _security(guard: Guard | None) -> list[dict[str, list[str]]]:
    if guard is None or guard.admits == "public":
        return []
    if guard.admits == "phone":
        return [{"proof": []}]
    if guard.admits == "wallet":
        return [{"wallet": []}, {"proof": [], "token": []}]
    return [{"proof": [], "token": []}]
