"""One process that answers calls, seen from both of its ends."""

from __future__ import annotations

import io
import socket
import struct
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any, Final, Protocol

from app.core.hands.frames import receive, send

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_TIMEVAL: Final = "ll"


class HandGone(Exception):  # noqa: N818 - reads as what happened
    """The process ended before it was given the call: nothing has been done."""


class HandLost(Exception):  # noqa: N818 - reads as what happened
    """The process ended, or did not answer in time: nobody knows what has been done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request."""

    environ: Mapping[str, str] = field(repr=False)
    """The texts of its WSGI environment (PEP 3333)."""
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of it."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes = field(repr=False)


class Answering(Protocol):
    """Somebody who answers calls, one at a time: whoever uses it has taken it from the line."""

    def answer(self, call: Call) -> Answer:
        """Have a call answered.

        Raises:
            HandGone: it was not given away; this one cannot be used any more.
            HandLost: it was; this one cannot be used any more.
        """
        ...

    def end(self) -> None:
        """Have nothing more to do with it, at once."""
        ...


class Hand:
    """A process, from the caller's end (`Answering`)."""

    def __init__(
        self, connection: socket.socket, process: BaseProcess, *, patience_s: float
    ) -> None:
        """Take the connection, the process at its other end, and how long it may take."""
        self.process = process
        self._connection = connection
        seconds = struct.pack(_TIMEVAL, int(patience_s), int(patience_s % 1 * 1e6))
        # Counted by the kernel: Python's own timeout would ask it twice for each answer.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, seconds)

    def answer(self, call: Call) -> Answer:
        """Have a call answered over there.

        Raises:
            HandGone: it had ended before.
            HandLost: it ended over the call, or did not answer in time.
        """
        try:
            send(self._connection, dict(call.environ), call.body)
        except OSError:
            raise HandGone from None
        try:
            got = receive(self._connection)
        except (OSError, EOFError, ValueError):
            got = None
        if got is None:
            raise HandLost
        (status, headers), body = got
        return Answer(status=status, headers=[(name, value) for name, value in headers], body=body)

    def end(self) -> None:
        """End the process at once."""
        self._connection.close()
        self.process.kill()

    def let_go(self) -> None:
        """Hang up: the process ends when it has nothing more to do."""
        self._connection.close()


class OwnHand:
    """This process itself (`Answering`)."""

    def __init__(self, application: WSGIApplication) -> None:
        """Take its application."""
        self._application = application

    def answer(self, call: Call) -> Answer:
        """Answer a call here."""
        return answer_of(self._application, call)

    def end(self) -> None:
        """Nothing: it goes on."""


def work(connection: socket.socket, application: WSGIApplication) -> None:
    """Answer calls until the other side hangs up."""
    while (got := receive(connection)) is not None:
        answer = answer_of(application, Call(environ=got[0], body=got[1]))
        send(connection, [answer.status, answer.headers], answer.body)


def answer_of(application: WSGIApplication, call: Call) -> Answer:
    """Ask a WSGI application in this process."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> Any:  # noqa: ANN401 - PEP 3333's
        begun[:] = [(status, headers)]

    environ: dict[str, Any] = {
        **call.environ,
        "wsgi.version": (1, 0),
        "wsgi.input": io.BytesIO(call.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    pieces: Iterable[bytes] = application(environ, start_response)
    try:
        body = b"".join(pieces)
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
    ((status, headers),) = begun
    return Answer(status=status, headers=headers, body=body)
