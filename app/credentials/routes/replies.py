"""Answers in the words of OAuth and OpenID4VCI: wallets read `error`, not a problem's `code`."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec

from flask import Response, g, jsonify
from pydantic import ValidationError

from app.core.errors import DomainError, ErrorKind
from app.credentials.errors import IN_PROTOCOL

P = ParamSpec("P")
_MAX_AGE: Final = "public, max-age=300"


def in_protocol(
    malformed: ErrorKind,
) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Let a view's refusals leave as `{"error": …, "error_description": …}`, application/json.

    Our own `code` and the request's id stand beside them. What is refused before the view, by its
    guard, is a problem with a challenge like everywhere else.

    Args:
        malformed: what a body that cannot be read is called at this endpoint.
    """

    def decorate(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def told(*args: P.args, **kwargs: P.kwargs) -> Response:
            try:
                return view(*args, **kwargs)
            except ValidationError:
                return _error(malformed(), malformed)
            except DomainError as refusal:
                return _error(refusal, malformed)

        return told

    return decorate


def published(document: dict[str, object]) -> Response:
    """A public document that may be kept for a few minutes."""
    response = jsonify(document)
    response.headers["Cache-Control"] = _MAX_AGE
    return response


def _error(refusal: DomainError, malformed: ErrorKind) -> Response:
    kind = refusal.kind
    body: dict[str, Any] = {
        "error": IN_PROTOCOL.get(kind, IN_PROTOCOL[malformed]),
        "error_description": kind.en,  # RFC 6749 §5.2: ASCII
        "code": kind.code,
        "request_id": g.get("request_id", ""),
        **refusal.members,
    }
    response = Response(json.dumps(body) + "\n", kind.status, content_type="application/json")
    response.headers.update(refusal.headers)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response
