"""REST over HTTP: one POST, one JSON answer, nothing followed and nothing believed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
)
from urllib3.exceptions import TimeoutError as HttpTimeout

from app.exchange.connectors.trying import Pauses, twice
from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.ports import Request

_CHUNK: Final = 64 * 1024
_OK: Final = 200
_STATUSES: Final = {
    401: Failure.NOT_AUTHENTICATED,
    403: Failure.NOT_AUTHENTICATED,
    429: Failure.OVERLOADED,
}


class RestConnector:
    """Asks one department. Thread-safe; connections are kept and shared."""

    def __init__(
        self,
        *,
        base_url: str,
        token: str,
        pauses: Pauses,
        connections: int = 8,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare the pool; nothing is connected yet.

        Args:
            base_url: of the department; its address never comes from a request.
            token: service token; it is sent and kept nowhere else.
            pauses: between a broken connection and the second try.
            connections: how many are kept open.
            timer: monotonic seconds.
        """
        self._base_url = base_url
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }
        self._pauses = pauses
        self._timer = timer
        self._pool = PoolManager(maxsize=connections, retries=False)

    def ask(self, request: Request) -> bytes:
        """Send a request; once more if the connection failed, for a read may be repeated.

        Its time is for both tries together, from connecting to the last byte.

        Raises:
            ExchangeFailed: no usable answer within the time.
        """
        deadline = self._timer() + request.timeout_s
        return twice(lambda: self._once(request, deadline), pauses=self._pauses)

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def _once(self, request: Request, deadline: float) -> bytes:
        left = deadline - self._timer()
        if left <= 0:
            raise ExchangeFailed(Failure.TIMED_OUT)
        try:
            response = self._pool.request(
                "POST",
                self._base_url + request.path,
                body=request.body,
                headers=self._headers,
                timeout=Timeout(total=left),
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            return self._body(response, deadline, request.answer_limit)
        except (NewConnectionError, ConnectTimeoutError, ProtocolError):
            raise ExchangeFailed(Failure.UNREACHABLE) from None
        except HttpTimeout:
            raise ExchangeFailed(Failure.TIMED_OUT) from None
        except HTTPError:
            raise ExchangeFailed(Failure.UNREACHABLE) from None

    def _body(self, response: BaseHTTPResponse, deadline: float, limit: int) -> bytes:
        """Read an answer within its time and size.

        A connection whose answer was not read to its end is closed, never reused.
        """
        complete = False
        try:
            _require_json(response)
            body = self._bounded(response, deadline, limit)
            complete = True
            return body
        finally:
            if complete:
                response.release_conn()
            else:
                response.close()

    def _bounded(self, response: BaseHTTPResponse, deadline: float, limit: int) -> bytes:
        body = bytearray()
        try:
            while chunk := response.read1(_CHUNK):
                body += chunk
                if len(body) > limit:
                    raise ExchangeFailed(Failure.TOO_LARGE)
                if self._timer() > deadline:
                    raise ExchangeFailed(Failure.TIMED_OUT)
        except ProtocolError:
            raise ExchangeFailed(Failure.UNREACHABLE, partial=True) from None
        if not body.lstrip().startswith((b"{", b"[")):  # a page of theirs, whatever it is called
            raise ExchangeFailed(Failure.NOT_JSON, answer=bytes(body))
        return bytes(body)


def _require_json(response: BaseHTTPResponse) -> None:
    if response.status != _OK:
        raise ExchangeFailed(_failure_of(response.status))
    media_type = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if media_type != "application/json" or "Content-Encoding" in response.headers:
        raise ExchangeFailed(Failure.NOT_JSON)


def _failure_of(status: int) -> Failure:
    named = _STATUSES.get(status)
    if named is not None:
        return named
    if 400 <= status < 500:  # noqa: PLR2004 - the class of client errors, RFC 9110 §15.5
        return Failure.REFUSED
    if status >= 500:  # noqa: PLR2004 - the class of server errors, RFC 9110 §15.6
        return Failure.OVERLOADED
    return Failure.UNEXPECTED_STATUS
