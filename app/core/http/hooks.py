"""What happens around every request: an id, the guard, limits, headers, one log line."""

from __future__ import annotations

import re
import secrets
import time
from typing import Final, Protocol

import structlog
from flask import Flask, Response, current_app, g, request

from app.core.access.guards import Guard, guard_of
from app.core.access.principals import Nobody, Principal
from app.core.errors import FORBIDDEN
from app.core.http.callers import caller_address

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
REFUSAL: Final = "zero_run.refusal"
"""Where in the WSGI environment a refusal stands that was made before the application was asked;
no header can reach it."""
log = structlog.get_logger("http")


class Gate(Protocol):
    """Proves who calls, as the route's guard demands."""

    def admit(self, guard: Guard) -> Principal:
        """Return the proven caller of the current request or raise the refusal."""
        ...


class AddressLimit(Protocol):
    """Counts the requests of one network address."""

    def hit(self, address: str, *, rate: str = "address") -> None:
        """Count one request by a rate or raise TOO_MANY_REQUESTS."""
        ...


def install_hooks(app: Flask, *, gate: Gate, addresses: AddressLimit) -> None:
    """Put the hooks around every request of the application."""

    def enter() -> None:
        g.started = time.monotonic()
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(12)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        refused = request.environ.get(REFUSAL)
        if refused is not None:
            raise refused

    def guard() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        named = guard_of(view)
        if not request.path.startswith("/health/"):
            addresses.hit(caller_address(), rate=named.rate if named else "address")
        if view is None:
            return  # nothing is there: 404 or 405 follows
        if named is None:
            raise FORBIDDEN()  # deny by default: a route without a guard admits nobody
        g.principal = gate.admit(named)

    app.before_request(enter)
    app.before_request(guard)
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = g.get("request_id", "")
    log.info(
        "request",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else "",
        status=response.status_code,
        ms=round((time.monotonic() - g.get("started", time.monotonic())) * 1000, 1),
        caller=type(g.get("principal", Nobody())).__name__.lower(),
    )
    return response
