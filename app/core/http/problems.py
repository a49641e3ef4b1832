"""Errors on the wire: RFC 9457 problem details with a stable code, in the reader's language.

There is one handler for the errors we raise, one for what Flask raises, and one for what nobody
foresaw. None of them shows a class name, a traceback, a value or a score.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

import structlog
from flask import Flask, Response, current_app, g, request
from pydantic import BaseModel, ValidationError
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException

from app.core import errors
from app.core.access.guards import guard_of
from app.core.cashier import Action, general_action
from app.core.errors import DomainError, ErrorKind
from app.core.http.languages import preferred_language

MEDIA_TYPE: Final = "application/problem+json"
_OUTAGE_RETRY_S: Final = 2
_TERMINALS: Final = ("/v1/terminal/", "/chs/")
_BY_STATUS: Final[dict[int, ErrorKind]] = {
    400: errors.BAD_REQUEST,
    401: errors.UNAUTHENTICATED,
    403: errors.FORBIDDEN,
    404: errors.NOT_FOUND,
    405: errors.METHOD_NOT_ALLOWED,
    413: errors.TOO_LARGE,
    415: errors.UNSUPPORTED_MEDIA_TYPE,
    422: errors.INVALID_FIELD,
    429: errors.TOO_MANY_REQUESTS,
}
log = structlog.get_logger("http")


class Problem(BaseModel):
    """Problem details (RFC 9457). Branch on `code`; `title` and `detail` are for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    pointer: str | None = None
    retry_after: int | None = None
    action: Action | None = None
    """What a cashier does next; always there where the caller is a terminal."""


def problem_response(refusal: DomainError) -> Response:
    """Write a refusal as problem+json, with its challenge and Retry-After headers."""
    text = json.dumps(problem_members(refusal), ensure_ascii=False, separators=(",", ":"))
    response = Response(text + "\n", refusal.kind.status, content_type=MEDIA_TYPE)
    response.headers["Content-Language"] = preferred_language()
    response.headers.update(refusal.headers)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def problem_members(refusal: DomainError) -> dict[str, object]:
    """The members of a problem, in the reader's language."""
    language, kind = preferred_language(), refusal.kind
    return {
        "type": f"urn:zero-run:problem:{kind.code.lower().replace('_', '-')}",
        "title": kind.zh if language == "zh-CN" else kind.en,
        "status": kind.status,
        "detail": kind.zh if language == "zh-CN" else kind.en,
        "code": kind.code,
        "request_id": g.get("request_id", ""),
        **({"pointer": refusal.pointer} if refusal.pointer is not None else {}),
        **({"retry_after": refusal.retry_after} if refusal.retry_after is not None else {}),
        **({"action": general_action(kind).value} if _is_before_a_cashier() else {}),
        **refusal.members,
    }


def _is_before_a_cashier() -> bool:
    """Whether the route is a terminal's, or there is none and a terminal's was meant."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return request.path.startswith(_TERMINALS)
    guard = guard_of(view)
    return guard is not None and guard.admits == "terminal"


def refuse_invalid(invalid: ValidationError) -> Response:
    """Translate pydantic's refusal of a request: 400 for broken JSON, else 422 with pointers.

    Raises:
        DomainError: always; the return type is what flask-openapi asks of its callback.
    """
    found = invalid.errors(include_input=False, include_url=False, include_context=False)
    if any(e["type"] == "json_invalid" for e in found):
        raise errors.BAD_JSON()
    listed = [{"pointer": _pointer(e["loc"]), "rule": e["type"]} for e in found[:20]]
    pointer = str(listed[0]["pointer"]) if listed else None
    raise errors.INVALID_FIELD(pointer=pointer, members={"errors": listed})


def _pointer(location: Iterable[int | str]) -> str:
    """A JSON pointer (RFC 6901 §3); the empty one is the whole body."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in location)


def _from_werkzeug(raised: HTTPException) -> Response:
    if raised.code is None or raised.code < 400:  # noqa: PLR2004 - a redirect is no error
        return Response(status=raised.code or 200, headers=dict(raised.get_headers()))
    kind = _BY_STATUS.get(raised.code)
    if kind is None:
        kind = errors.INTERNAL if raised.code >= 500 else errors.BAD_REQUEST  # noqa: PLR2004
    allowed = getattr(raised, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
    return problem_response(kind(headers=headers))


def _from_redis(raised: RedisError) -> Response:
    log.error("redis_failed", error=type(raised).__name__)
    return problem_response(errors.UNAVAILABLE(retry_after=_OUTAGE_RETRY_S))


def _unforeseen(raised: Exception) -> Response:
    # The traceback goes to the operator's log with local values left out: they may be personal.
    log.error("unforeseen", error=type(raised).__name__, where=_innermost(raised))
    return problem_response(errors.INTERNAL())


def _innermost(raised: BaseException) -> str:
    trace = raised.__traceback__
    where = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        where = f"{code.co_name}:{trace.tb_lineno} < {where}"[:400]
        trace = trace.tb_next
    return where


def install_problem_handlers(app: Flask) -> None:
    """Make every error of the application leave as problem+json."""
    app.register_error_handler(DomainError, problem_response)
    app.register_error_handler(HTTPException, _from_werkzeug)
    app.register_error_handler(RedisError, _from_redis)
    app.register_error_handler(Exception, _unforeseen)
