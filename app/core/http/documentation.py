"""OpenAPI 3.1 at /openapi.json and its pages at /docs, without a request to another host."""

from __future__ import annotations

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

from app.core.access.guards import public
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
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'"
)

blueprint = Blueprint("documentation", __name__)


def _assets() -> Path:
    root = Path(str(files("flask_openapi_swagger")))
    return next(root.rglob("swagger-ui-bundle.js")).parent


@blueprint.get("/openapi.json")
@public
def specification() -> Response:
    """The contract of this API."""
    return jsonify(_with_problems(cast("OpenAPI", current_app).api_doc))


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
    return send_from_directory(_assets(), name, max_age=86400)


def _with_problems(specification: dict[str, Any]) -> dict[str, Any]:
    """Say that every error is a problem: the library describes refusals as lists of its own."""
    problem = {
        "description": "A problem with a stable code (RFC 9457)",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in specification["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = problem
    return specification
