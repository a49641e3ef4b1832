"""Which calls are handed over, and what becomes of the others."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog

from app.core.errors import INTERNAL, DomainError
from app.core.hands.hand import Answer, Answering, Call, HandGone, HandLost, OwnHand
from app.core.hands.line import Line
from app.core.http.bodies import JSON_LIMIT_BYTES
from app.core.http.hooks import REFUSAL

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_TEXTS: Final = frozenset(
    {
        "REQUEST_METHOD",
        "SCRIPT_NAME",
        "PATH_INFO",
        "QUERY_STRING",
        "CONTENT_TYPE",
        "CONTENT_LENGTH",
        "REMOTE_ADDR",
        "SERVER_NAME",
        "SERVER_PORT",
        "SERVER_PROTOCOL",
        "wsgi.url_scheme",
    }
)
"""What a hand is told beside the headers (PEP 3333); a server's environment holds more."""
_MOST_DIGITS: Final = 9
log = structlog.get_logger("hands")


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """A kind of call that is handed over."""

    head_start_s: float
    """How much earlier than others it counts as having come."""
    unless: bytes | None = None
    """A word in the body that keeps it here: such a call may wait for somebody outside."""


class HandingOver:
    """A WSGI application before another one.

    1. An urgent call with a body of known, small length goes to a hand. Hands are given out by a
       line that knows urgency, room and ageing; one call at a time each.
    2. What does not get one in time is refused with BUSY, as any refusal is.
    3. Where a hand ended before it had the call, it is answered here; where it ended over it, the
       answer is INTERNAL: nobody knows what has been done. Either way this process does that
       hand's part from now on.
    4. All else is answered here, by `elsewise` threads at most at once: the memory of uploads is
       bounded by them.
    """

    def __init__(
        self,
        inside: WSGIApplication,
        *,
        hands: Sequence[Answering],
        urgent: Mapping[tuple[str, str], Urgent],
        room: int,
        patience_s: float,
        elsewise: int,
    ) -> None:
        """Stand before an application.

        Args:
            inside: the application of this process, which can answer everything.
            hands: who answers urgent calls; one at least.
            urgent: by method and path.
            room: calls that may wait for a hand.
            patience_s: how long.
            elsewise: other calls under way at once.
        """
        self._inside = inside
        self._urgent = urgent
        self._line: Line[Answering] = Line(hands, room=room, patience_s=patience_s)
        self._elsewise = threading.BoundedSemaphore(elsewise)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        urgent = self._urgent.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        length = _length(environ)
        if urgent is None or length is None or length > JSON_LIMIT_BYTES:  # 1
            return self._elsewhere(environ, start_response)
        body: bytes = environ["wsgi.input"].read(length)
        if urgent.unless is not None and urgent.unless in body:
            return self._elsewhere(_with_body(environ, body), start_response)
        try:
            answer = self._answer(environ, body, urgent)
        except DomainError as refused:  # 2, 3
            environ[REFUSAL] = refused
            return self._inside(_with_body(environ, body), start_response)
        start_response(answer.status, answer.headers)
        return [answer.body]

    def _elsewhere(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        with self._elsewise:  # 4
            return self._inside(environ, start_response)

    def _answer(self, environ: Mapping[str, Any], body: bytes, urgent: Urgent) -> Answer:
        call = Call(environ=_texts(environ), body=body)
        hand: Answering = self._line.take(head_start_s=urgent.head_start_s)
        try:
            return hand.answer(call)
        except HandGone:  # 3
            hand = self._instead_of(hand)
            return hand.answer(call)
        except HandLost:
            hand = self._instead_of(hand)
            raise INTERNAL() from None
        finally:
            self._line.give_back(hand)

    def _instead_of(self, hand: Answering) -> Answering:
        log.error("hand_lost")
        hand.end()
        return OwnHand(self._inside)


def _length(environ: Mapping[str, Any]) -> int | None:
    """Of the body; None where it is not told, or not by a number that anybody would send."""
    told = environ.get("CONTENT_LENGTH", "")
    return int(told) if told.isdecimal() and len(told) <= _MOST_DIGITS else None


def _texts(environ: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value for name, value in environ.items() if name in _TEXTS or name.startswith("HTTP_")
    }


def _with_body(environ: WSGIEnvironment, body: bytes) -> WSGIEnvironment:
    environ["wsgi.input"] = io.BytesIO(body)
    return environ
