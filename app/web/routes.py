"""/m/, /terminal/, /desk/, /ops/ and the files they are made of; for anybody: they hold no data."""

from __future__ import annotations

from typing import Final

from flask import Response, redirect, request
from flask_openapi import APIBlueprint
from werkzeug.wrappers import Response as Redirect

from app.core.access.guards import public
from app.core.errors import NOT_FOUND
from app.core.http.services import service
from app.web.pages import Pages, StoredFile
from app.web.policy import PERMISSIONS, PLAIN, READING_CODES, WORKING
from app.web.schemas import BuiltFilePath

_FOR_EVER: Final = "public, max-age=31536000, immutable"
"""A file's name changes with what it holds."""
_ASK_AGAIN: Final = "no-cache"
blueprint = APIBlueprint("web", __name__, doc_ui=False)


@blueprint.get("/m/")
@blueprint.get("/m/<path:screen>")
@public
def citizen() -> Response:
    """The citizen's pages; which screen an address means is theirs to know."""
    return _page("m.html", PLAIN)


@blueprint.get("/m/sw.js")
@public
def service_worker() -> Response:
    """What shows the card without a network; below /m/, since it serves nothing else."""
    return _worker("sw.js")


@blueprint.get("/m/app.webmanifest")
@public
def manifest() -> Response:
    """Name and pictures for the home screen of a phone."""
    return _sent(_found("app.webmanifest"), kept=_ASK_AGAIN)


@blueprint.get("/terminal/")
@public
def till() -> Response:
    """The cashier's page."""
    return _page("terminal.html", READING_CODES)


@blueprint.get("/terminal/sw.js")
@public
def till_worker() -> Response:
    """What opens the till without a network; below /terminal/, since it serves nothing else."""
    return _worker("till-sw.js")


@blueprint.get("/desk/")
@public
def desk() -> Response:
    """The hospital desk's page."""
    return _page("desk.html", READING_CODES)


@blueprint.get("/ops/")
@public
def operations() -> Response:
    """The operators' page."""
    return _page("ops.html", PLAIN)


@blueprint.get("/web/<path:name>")
@public
def part(path: BuiltFilePath) -> Response:
    """Scripts, styles, pictures."""
    name = path.name
    if name.endswith(".html"):
        raise NOT_FOUND()
    kept = _FOR_EVER if name.startswith("assets/") else _ASK_AGAIN
    return _sent(_found(name), kept=kept)


@blueprint.get("/")
@public
def front() -> Redirect:
    """Somebody typed the host's name alone."""
    return redirect("/m/", code=302)


def _page(name: str, policy: str) -> Response:
    response = _sent(_found(name), kept=_ASK_AGAIN)
    response.headers["Content-Security-Policy"] = policy
    response.headers["Permissions-Policy"] = PERMISSIONS
    return response


def _worker(name: str) -> Response:
    response = _sent(_found(name), kept=_ASK_AGAIN)
    response.headers["Content-Security-Policy"] = WORKING
    return response


def _found(name: str) -> StoredFile:
    found = service(Pages).get(name)
    if found is None:
        raise NOT_FOUND()
    return found


def _sent(file: StoredFile, *, kept: str) -> Response:
    packed = file.packed if "gzip" in request.headers.get("Accept-Encoding", "") else None
    response = Response(packed or file.plain, 200, content_type=file.content_type)
    if packed is not None:
        response.headers["Content-Encoding"] = "gzip"
    if file.packed is not None:
        response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = kept
    response.set_etag(file.etag, weak=True)
    response.make_conditional(request)
    return response
