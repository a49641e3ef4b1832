"""Builds the application from its settings; nothing happens at import."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import Any, Final

from flask_openapi import OpenAPI
from flask_openapi.models import Info, SecurityScheme
from werkzeug.middleware.proxy_fix import ProxyFix

from app.core.allocator import give_back_large_blocks
from app.core.http import documentation
from app.core.http.bodies import MemoryRequest
from app.core.http.hooks import install_hooks
from app.core.http.problems import Problem, install_problem_handlers, refuse_invalid
from app.core.http.services import provide
from app.core.logs import configure_logs
from app.wiring import wire
from app.wiring.parts import Parts
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


def create_app(settings: Settings, *, parts: Parts | None = None) -> OpenAPI:
    """Make a WSGI application.

    Args:
        settings: all that the environment decides.
        parts: replacements for what touches the outside world, such as the clock; tests use it.
    """
    give_back_large_blocks()
    configure_logs(level=settings.log_level, stream=sys.stdout)
    app = _empty_app(settings)
    wired = wire(settings, parts or Parts())
    provide(app, wired.services)
    app.extensions[_CLOSING] = wired.closing
    app.register_blueprint(documentation.blueprint)
    for blueprint in wired.blueprints:
        app.register_api(blueprint)
    install_problem_handlers(app)
    install_hooks(app, gate=wired.gate, addresses=wired.addresses)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def close(app: OpenAPI) -> None:
    """Close what the application opened: connections and worker processes."""
    closing: ExitStack = app.extensions[_CLOSING]
    closing.close()


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
