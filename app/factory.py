"""Builds the application from its settings; nothing happens at import."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import Any, Final

from flask_openapi import OpenAPI
from flask_openapi.models import Info, SecurityScheme
from werkzeug.middleware.proxy_fix import ProxyFix

from app.core.allocator import give_back_large_blocks
from app.core.collector import set_apart_what_stays
from app.core.hands.forking import fork_hands
from app.core.hands.hand import OwnHand
from app.core.hands.handing_over import HandingOver
from app.core.http import documentation
from app.core.http.bodies import MemoryRequest
from app.core.http.hooks import install_hooks
from app.core.http.problems import Problem, install_problem_handlers, refuse_invalid
from app.core.http.services import provide
from app.core.logs import configure_logs
from app.wiring.parts import Parts
from app.wiring.tills import AT_THE_COUNTER, wire_tills
from app.wiring.wire import wire
from app.wiring.wired import Wired
from config import Settings

_CLOSING: Final = "zero_run.closing"
_SECURITY: Final[dict[str, SecurityScheme | dict[str, Any]]] = {
    "proof": {
        "type": "apiKey",
        "name": "DPoP",
        "in": "header",
        "description": "A proof of possession of the device's key for this request (RFC 9449).",
    },
    "token": {
        "type": "http",
        "scheme": "dpop",
        "description": "`Authorization: DPoP <access token>`, bound to the key of the proof.",
    },
    "wallet": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of a redeemed credential offer, of a wallet without DPoP.",
    },
}
VERSION: Final = "0.1.0"
_MIB: Final = 1024 * 1024
_MAX_FORM_PARTS: Final = 70  # a step's 60 frames, its manifest and some slack
_MAX_FORM_TEXT: Final = 256 * 1024  # werkzeug's parser needs more than its 64 KiB buffer
_OWN_HANDS: Final = 3
"""Urgent calls at once in one process: more get into each other's way, which costs them a third."""
_ROOM: Final = 64
_PATIENCE_S: Final = 5.0
_ELSEWISE: Final = 8
"""A server has more threads than that (`launch.system.api_command`): the others are there for calls
that wait for a hand."""


def create_app(settings: Settings, *, parts: Parts | None = None) -> OpenAPI:
    """Make a WSGI application.

    Args:
        settings: all that the environment decides.
        parts: replacements for what touches the outside world, such as the clock; tests use it.
    """
    _prepare(settings)
    app = _assembled(settings, wire(settings, parts or Parts()))
    app.register_blueprint(documentation.blueprint)
    return app


def create_till_app(settings: Settings) -> OpenAPI:
    """Make a WSGI application that answers what tills ask at the counter, and nothing else."""
    _prepare(settings)
    return _assembled(settings, wire_tills(settings))


def create_server(settings: Settings, *, parts: Parts | None = None) -> OpenAPI:
    """Make the WSGI application of a serving process, with the processes it hands calls over to.

    They are made first: what is read by now is shared with them, what is opened later is not.
    Where there are none, urgent calls still go a few at a time and in their order.

    Args:
        settings: all that the environment decides.
        parts: as of `create_app`.
    """
    set_apart_what_stays()
    hands = fork_hands(settings.till_processes, lambda: _ready(create_till_app(settings)))
    app = _ready(create_app(settings, parts=parts))
    for hand in hands:
        _closing(app).callback(hand.let_go)
    inside = app.wsgi_app
    app.wsgi_app = HandingOver(  # type: ignore[method-assign]
        inside,
        hands=hands or [OwnHand(inside)] * _OWN_HANDS,
        urgent=AT_THE_COUNTER,
        room=_ROOM,
        patience_s=_PATIENCE_S,
        elsewise=_ELSEWISE,
    )
    return app


def close(app: OpenAPI) -> None:
    """Close what the application opened: connections and worker processes."""
    _closing(app).close()


def _closing(app: OpenAPI) -> ExitStack:
    found: ExitStack = app.extensions[_CLOSING]
    return found


def _prepare(settings: Settings) -> None:
    give_back_large_blocks()
    configure_logs(level=settings.log_level, stream=sys.stdout)


def _ready(app: OpenAPI) -> OpenAPI:
    set_apart_what_stays()
    return app


def _assembled(settings: Settings, wired: Wired) -> OpenAPI:
    app = _empty_app(settings)
    provide(app, wired.services)
    app.extensions[_CLOSING] = wired.closing
    for blueprint in wired.blueprints:
        app.register_api(blueprint)
    install_problem_handlers(app)
    install_hooks(app, gate=wired.gate, addresses=wired.addresses)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def _empty_app(settings: Settings) -> OpenAPI:
    app = OpenAPI(
        "app",
        info=Info(title="Zero-Run 一次都不跑", version=VERSION),
        security_schemes=_SECURITY,
        validation_error_callback=refuse_invalid,
        validation_error_model=Problem,
        doc_ui=False,
        static_folder=None,
        template_folder="core/http/templates",
    )
    app.openapi_version = "3.1.0"
    app.request_class = MemoryRequest
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_mib * _MIB
    app.config["MAX_FORM_PARTS"] = _MAX_FORM_PARTS
    app.config["MAX_FORM_MEMORY_SIZE"] = _MAX_FORM_TEXT
    return app
