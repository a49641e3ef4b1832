"""One HTTP call to the payment provider: bounded, nothing followed, nothing sent twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from threading import BoundedSemaphore
from typing import Final

from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
)
from urllib3.exceptions import TimeoutError as HttpTimeout

from app.settlement.payments.errors import Doubt, Doubted

SECONDS: Final = 5.0
_MOST_BYTES: Final = 16 * 1024
_CHUNK: Final = 4 * 1024
_PLACES: Final = 8
_WAIT_S: Final = 0.5
_OK: Final = 200
_MEDIA_TYPES: Final = frozenset({"application/json", "application/jwk-set+json"})
"""The second is of key sets (RFC 7517 §8.5.2)."""
_STATUSES: Final = {
    401: Doubt.NOT_AUTHENTICATED,
    403: Doubt.NOT_AUTHENTICATED,
    404: Doubt.NOT_THERE,
    409: Doubt.CONFLICT,
    429: Doubt.OVERLOADED,
}


class HttpProvider:
    """Calls one provider. Thread-safe; connections are kept and shared.

    1. So many calls are under way at most: a silent provider holds no more threads than that.
    2. A call is made once. Whether it may be made again is not for this class to say.
    3. It takes so long at most, from connecting to the last byte; no redirect is followed.
    4. An answer is 200, JSON by its type, and of a bounded size.
    """

    def __init__(
        self,
        *,
        base_url: str,
        token: str | None,
        seconds: float = SECONDS,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare the pool; nothing is connected yet.

        Args:
            base_url: of the provider; it never comes from a request.
            token: service token, sent and kept nowhere else; None: what is asked is public.
            seconds: of one call.
            timer: monotonic seconds.
        """
        self._base_url = base_url
        self._headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            **({} if token is None else {"Authorization": f"Bearer {token}"}),
        }
        self._seconds = seconds
        self._timer = timer
        self._places = BoundedSemaphore(_PLACES)
        self._pool = PoolManager(maxsize=_PLACES, retries=False)

    def get(self, path: str) -> bytes:
        """Ask; the answer's body.

        Raises:
            Doubted: nothing usable came back.
        """
        return self._placed("GET", path, None)

    def post(self, path: str, members: Mapping[str, object]) -> bytes:
        """Have something done; the answer's body.

        Raises:
            Doubted: nothing usable came back.
        """
        return self._placed("POST", path, json.dumps(dict(members)).encode())

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def _placed(self, method: str, path: str, body: bytes | None) -> bytes:
        if not self._places.acquire(timeout=_WAIT_S):  # 1
            raise Doubted(Doubt.CROWDED)
        try:
            return self._once(method, path, body)
        finally:
            self._places.release()

    def _once(self, method: str, path: str, body: bytes | None) -> bytes:
        deadline = self._timer() + self._seconds
        try:
            response = self._pool.request(
                method,
                self._base_url + path,
                body=body,
                headers=self._headers,
                timeout=Timeout(total=self._seconds),  # 3
                redirect=False,
                retries=False,  # 2
                preload_content=False,
                decode_content=False,
            )
            return self._body(response, deadline)
        except (NewConnectionError, ConnectTimeoutError):
            raise Doubted(Doubt.UNREACHABLE) from None
        except HttpTimeout:
            raise Doubted(Doubt.TIMED_OUT) from None
        except HTTPError:
            raise Doubted(Doubt.BROKEN_OFF) from None

    def _body(self, response: BaseHTTPResponse, deadline: float) -> bytes:
        """Read an answer; a connection whose answer was not read to its end is never reused."""
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
        try:
            while chunk := response.read1(_CHUNK):
                body += chunk
                if len(body) > _MOST_BYTES:  # 4
                    raise Doubted(Doubt.TOO_LARGE)
                if self._timer() > deadline:  # 3
                    raise Doubted(Doubt.TIMED_OUT)
        except ProtocolError:
            raise Doubted(Doubt.BROKEN_OFF) from None
        return bytes(body)


def _require_json(response: BaseHTTPResponse) -> None:
    if response.status != _OK:
        raise Doubted(_doubt_of(response.status))
    media_type = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if media_type not in _MEDIA_TYPES or "Content-Encoding" in response.headers:
        raise Doubted(Doubt.NOT_JSON)


def _doubt_of(status: int) -> Doubt:
    named = _STATUSES.get(status)
    if named is not None:
        return named
    if 400 <= status < 500:  # noqa: PLR2004 - the class of client errors, RFC 9110 §15.5
        return Doubt.REFUSED
    if status >= 500:  # noqa: PLR2004 - the class of server errors, RFC 9110 §15.6
        return Doubt.OVERLOADED
    return Doubt.UNEXPECTED_STATUS
