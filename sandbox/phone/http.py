"""Calls to the API over HTTP, each with a proof of possession and a stopwatch."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self
from urllib.parse import urlencode

import urllib3

from sandbox.phone.dpop import Prover

Part = tuple[str, str | tuple[str, bytes, str]]
"""A multipart field: name, then text or (file name, bytes, media type)."""

_CONNECT_S = 3.0
_NOT_SENT = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
_WANTS_NONCE = (400, 401)  # RFC 9449: section 8 for the token endpoint, section 9 elsewhere
_FIRST_REFUSAL = 300  # a redirect is no answer either


class Refused(Exception):  # noqa: N818 -- the server's answer, not a fault of this program
    """The server answered with an error; ``code`` is the problem's stable code."""

    def __init__(
        self,
        *,
        status: int,
        code: str,
        detail: str = "",
        action: str = "",
        members: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Keep what the problem said; ``action`` is what a cashier is told to do."""
        super().__init__(f"{status} {code}: {detail}" if detail else f"{status} {code}")
        self.status = status
        self.code = code
        self.detail = detail
        self.action = action
        self.members = members


class UnreachableError(Exception):
    """No answer: nothing listens there, or it took too long.

    ``sent``: the request may have arrived and taken effect all the same.
    """

    def __init__(self, base_url: str = "", *, sent: bool = True) -> None:
        """Keep whether it left this machine; who does not know says that it did."""
        super().__init__(base_url)
        self.sent = sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One call as the caller felt it: from the first byte sent to the last received."""

    call: str
    status: int
    ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A success."""

    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object; ``ValueError`` if it is none."""
        value = json.loads(self.body)
        if not isinstance(value, dict):
            message = "the server's answer is not a JSON object"
            raise ValueError(message)  # noqa: TRY004 -- bad data from outside
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A request's body, encoded."""

    media_type: str
    data: bytes

    @classmethod
    def json(cls, value: Any) -> Self:  # noqa: ANN401 -- any JSON value
        """Encode a JSON value."""
        return cls(media_type="application/json", data=json.dumps(value).encode())

    @classmethod
    def form(cls, fields: dict[str, str]) -> Self:
        """Encode a form, as OAuth wants it."""
        data = urlencode(fields).encode()
        return cls(media_type="application/x-www-form-urlencoded", data=data)

    @classmethod
    def multipart(cls, parts: Sequence[Part]) -> Self:
        """Encode fields and files, in their order."""
        data, media_type = urllib3.encode_multipart_formdata(list(parts))
        return cls(media_type=media_type, data=data)


class Http:
    """One device's connection to one server. Never follows a redirect, never retries a write."""

    def __init__(
        self,
        *,
        base_url: str,
        prover: Prover,
        clock: Callable[[], float],
        language: str = "en",
        patience_s: float = 30.0,
    ) -> None:
        """Take a monotonic clock in seconds, for the timings, and how long an answer may take."""
        self.base_url = base_url.rstrip("/")
        self.prover = prover
        self.timings: list[Timing] = []
        self._clock = clock
        self._language = language
        timeout = urllib3.Timeout(connect=_CONNECT_S, read=patience_s)
        self._pool = urllib3.PoolManager(retries=False, timeout=timeout)

    def now(self) -> float:
        """Return the stopwatch's time, seconds."""
        return self._clock()

    def __enter__(self) -> Self:
        """Return itself; the connections close with the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.reconnect()

    def reconnect(self) -> None:
        """Drop the connections: the next call makes a new one."""
        self._pool.clear()

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Body | None = None,
        token: str | None = None,
        once: bool | str = False,
    ) -> Reply:
        """Send one request; ``once`` adds an Idempotency-Key, a new one or this one.

        A server that asks for its nonce (RFC 9449, section 8) is answered once.

        Raises:
            Refused: the server said no.
            UnreachableError: there was no answer.
        """
        headers = {"Accept-Language": self._language}
        if body is not None:
            headers["Content-Type"] = body.media_type
        if once:
            headers["Idempotency-Key"] = secrets.token_urlsafe(24) if once is True else once
        data = None if body is None else body.data
        answer = self._send(method, path, headers=headers, data=data, token=token)
        nonce = _wanted_nonce(answer)
        if nonce is not None:
            answer = self._send(method, path, headers=headers, data=data, token=token, nonce=nonce)
        if answer.status >= _FIRST_REFUSAL:
            raise _refusal(answer)
        return Reply(status=answer.status, body=answer.data)

    def _send(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str],
        data: bytes | None,
        token: str | None,
        nonce: str | None = None,
    ) -> urllib3.BaseHTTPResponse:
        url = self.base_url + path
        proof = self.prover.proof(method, url, access_token=token, nonce=nonce)
        headers = headers | {"DPoP": proof}
        if token is not None:
            headers["Authorization"] = f"DPoP {token}"
        start = self._clock()
        try:
            answer = self._pool.request(method, url, body=data, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            sent = not isinstance(error, _NOT_SENT)
            raise UnreachableError(self.base_url, sent=sent) from error
        ms = (self._clock() - start) * 1000
        self.timings.append(Timing(call=f"{method} {path}", status=answer.status, ms=ms))
        return answer


def _wanted_nonce(answer: urllib3.BaseHTTPResponse) -> str | None:
    """Return the nonce the server insists on; the token endpoint says so in the body."""
    told = answer.headers.get("WWW-Authenticate", "") + answer.data.decode(errors="replace")
    if answer.status in _WANTS_NONCE and "use_dpop_nonce" in told:
        return answer.headers.get("DPoP-Nonce")
    return None


def _refusal(answer: urllib3.BaseHTTPResponse) -> Refused:
    """Read a problem (RFC 9457) or an OAuth error (RFC 6749, section 5.2)."""
    try:
        problem = json.loads(answer.data)
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        problem = {}
    code = problem.get("code") or problem.get("error") or f"HTTP_{answer.status}"
    detail = problem.get("detail") or problem.get("error_description") or ""
    action = problem.get("action", "")
    return Refused(
        status=answer.status,
        code=str(code),
        detail=str(detail),
        action=str(action),
        members=problem,
    )
