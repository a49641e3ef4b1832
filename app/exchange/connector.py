"""REST over HTTP: one POST, one JSON answer, nothing followed and nothing believed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
)
from urllib3.exceptions import TimeoutError as HttpTimeout

from app.exchange.contracts.contract import Contract
from app.exchange.errors import ExchangeFailed, Failure

_CHUNK: Final = 64 * 1024
_OK: Final = 200
_STATUSES: Final = {
    401: Failure.NOT_AUTHENTICATED,
    403: Failure.NOT_AUTHENTICATED,
    429: Failure.OVERLOADED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """Waits before the second try; tests pass one that does not."""

    sleep: Callable[[float], None]
    randbelow: Callable[[int], int]
    longest_ms: int = 80

    def wait(self) -> None:
        """Wait for a random time, so that many callers do not come back together."""
        self.sleep(self.randbelow(self.longest_ms + 1) / 1000)


class RestConnector:
    """Asks one department. Thread-safe; connections are kept and shared."""

    def __init__(
        self,
        *,
        contract: Contract,
        base_url: str,
        token: str,
        timeout_ms: int,
        pauses: Pauses,
        connections: int = 8,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare the pool; nothing is connected yet.

        Args:
            contract: what is asked and how large an answer may be.
            base_url: of the department; its address never comes from a request.
            token: service token; it is sent and kept nowhere else.
            timeout_ms: for both tries together, from connecting to the last byte.
            pauses: between a broken connection and the second try.
            connections: how many are kept open.
            timer: monotonic seconds.
        """
        self._url = base_url + contract.terms.path
        self._limit = contract.answer_limit
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }
        self._seconds = timeout_ms / 1000
        self._pauses = pauses
        self._timer = timer
        self._pool = PoolManager(maxsize=connections, retries=False)

    def ask(self, request: bytes) -> bytes:
        """Send a request; once more if the connection failed, for a read may be repeated.

        Raises:
            ExchangeFailed: no usable answer within the time.
        """
        deadline = self._timer() + self._seconds
        try:
            return self._once(request, deadline)
        except ExchangeFailed as failed:
            if failed.failure is not Failure.UNREACHABLE:
                raise
        self._pauses.wait()
        return self._once(request, deadline)

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def _once(self, request: bytes, deadline: float) -> bytes:
        left = deadline - self._timer()
        if left <= 0:
            raise ExchangeFailed(Failure.TIMED_OUT)
        try:
            response = self._pool.request(
                "POST",
                self._url,
                body=request,
                headers=self._headers,
                timeout=Timeout(total=left),
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            return self._body(response, deadline)
        except (NewConnectionError, ConnectTimeoutError, ProtocolError):
            raise ExchangeFailed(Failure.UNREACHABLE) from None
        except HttpTimeout:
            raise ExchangeFailed(Failure.TIMED_OUT) from None
        except HTTPError:
            raise ExchangeFailed(Failure.UNREACHABLE) from None

    def _body(self, response: BaseHTTPResponse, deadline: float) -> bytes:
        """Read an answer within its time and size.

        A connection whose answer was not read to its end is closed, never reused.
        """
        complete = False
        try:
            _require_json(response)
            body = self._bounded(response, deadline)
            complete = True
            return body
        finally:
            if complete:
                response.release_conn()
            else:
                response.close()

    def _bounded(self, response: BaseHTTPResponse, deadline: float) -> bytes:
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > self._limit:
                raise ExchangeFailed(Failure.TOO_LARGE)
            if self._timer() > deadline:
                raise ExchangeFailed(Failure.TIMED_OUT)
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
