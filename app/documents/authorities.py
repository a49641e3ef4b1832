"""Timestamps, OCSP and revocation lists over HTTP: asked at the settings' addresses and no others.

Addresses in documents and certificates are never followed: who could write one there could make us
call whatever this machine reaches.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError

_OK: Final = 200
_CHUNK: Final = 64 * 1024
_LONGEST_ANSWER: Final = 64 * 1024
"""Bytes of a timestamp or a status; usual ones have 1 to 4 KB."""
_LONGEST_LIST: Final = 10_000_000
_ANY: Final = "application/octet-stream"


class AuthoritySilent(OSError):  # noqa: N818 - reads as what happened
    """A service did not answer as it should."""

    def __init__(self, *, reason: str) -> None:
        """Keep the reason, a word of ours."""
        super().__init__(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityAddresses:
    """Where the services are: http or https."""

    tsa: str
    ocsp: str
    crls: tuple[str, ...]


class HttpAuthorities:
    """Asks the services. Thread-safe; connections are kept and shared.

    Security checks:
        1. the address is a setting; a redirect is not followed;
        2. connecting, sending and reading end within the time, however slowly bytes come;
        3. the status is 200, the media type the protocol's, and nothing is compressed;
        4. an answer longer than the limit is not read to its end.
    """

    def __init__(
        self,
        addresses: AuthorityAddresses,
        *,
        seconds: float = 5.0,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare the pool; nothing is connected yet.

        Args:
            addresses: of the services.
            seconds: for one question, from connecting to the last byte.
            timer: monotonic seconds.
        """
        self._addresses = addresses
        self._seconds = seconds
        self._timer = timer
        self._pool = PoolManager(maxsize=2, retries=False)

    def timestamp(self, request: bytes) -> bytes:
        """The answer to a TimeStampReq (RFC 3161, 3.4).

        Raises:
            AuthoritySilent: there was none.
        """
        return self._posted(self._addresses.tsa, request, "application/timestamp-", "query")

    def status(self, request: bytes) -> bytes:
        """The answer to an OCSPRequest (RFC 6960, A.1).

        Raises:
            AuthoritySilent: there was none.
        """
        return self._posted(self._addresses.ocsp, request, "application/ocsp-", "request")

    def lists(self) -> Sequence[bytes]:
        """Every revocation list (RFC 5280, 4.2.1.13).

        Raises:
            AuthoritySilent: one could not be fetched.
        """
        accepted = frozenset({"application/pkix-crl", _ANY})
        return [
            self._asked("GET", address, None, {}, accepted=accepted, limit=_LONGEST_LIST)
            for address in self._addresses.crls
        ]

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def _posted(self, address: str, request: bytes, family: str, kind: str) -> bytes:
        answers = {"query": "reply", "request": "response"}
        return self._asked(
            "POST",
            address,
            request,
            {"Content-Type": family + kind},
            accepted=frozenset({family + answers[kind]}),
            limit=_LONGEST_ANSWER,
        )

    def _asked(
        self,
        method: str,
        address: str,
        body: bytes | None,
        headers: dict[str, str],
        *,
        accepted: frozenset[str],
        limit: int,
    ) -> bytes:
        deadline = self._timer() + self._seconds
        try:
            response = self._pool.request(
                method,
                address,
                body=body,
                headers={**headers, "Accept-Encoding": "identity"},
                timeout=Timeout(total=self._seconds),  # 2
                redirect=False,  # 1
                preload_content=False,
                decode_content=False,
            )
            return self._whole(response, deadline, accepted=accepted, limit=limit)
        except HTTPError as failed:
            raise AuthoritySilent(reason=type(failed).__name__) from None

    def _whole(
        self,
        response: BaseHTTPResponse,
        deadline: float,
        *,
        accepted: frozenset[str],
        limit: int,
    ) -> bytes:
        """Read an answer; a connection whose answer was not read to its end is closed."""
        complete = False
        try:
            _expect(response, accepted)  # 3
            body = bytearray()
            while chunk := response.read1(_CHUNK):
                body += chunk
                if len(body) > limit:  # 4
                    raise AuthoritySilent(reason="too long")
                if self._timer() > deadline:  # 2
                    raise AuthoritySilent(reason="too slow")
            complete = True
            return bytes(body)
        finally:
            if complete:
                response.release_conn()
            else:
                response.close()


def _expect(response: BaseHTTPResponse, accepted: frozenset[str]) -> None:
    media_type = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if response.status != _OK or "Content-Encoding" in response.headers:
        raise AuthoritySilent(reason="refused")
    if media_type not in accepted:
        raise AuthoritySilent(reason="another media type")
