"""Asking the addresses at which merchants publish keys: public ones, bounded, nothing followed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from urllib3 import Timeout
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as HttpTimeout
from urllib3.response import BaseHTTPResponse

from app.core.errors import DomainError
from app.notifications.calling import pool_to
from app.notifications.ports import Target
from app.notifications.service.addresses import Addresses
from app.partners.errors import TERMINAL_ADDRESS_REFUSED
from app.partners.ports import Failure, KeysNotFetched

SECONDS: Final = 5.0
"""Of one fetch, from connecting to the last byte."""
MOST_BYTES: Final = 16 * 1024
_CHUNK: Final = 4096
_OK: Final = 200
_MOVED: Final = range(300, 400)
_MEDIA_TYPES: Final = frozenset({"application/json", "application/jwk-set+json"})
_AGENT: Final = "zero-run-keys/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpKeyAddresses:
    """Asks one address.

    1. It is judged anew each time: https, of the public internet; what was judged is what is
       connected to, so that a second look-up cannot lead elsewhere.
    2. TLS is checked against the name; no proxy is asked.
    3. No redirect is followed.
    4. It takes so long at most, from connecting to the last byte.
    5. The answer is 200, JSON by its type, not packed, and of a bounded size.
    """

    addresses: Addresses
    authorities: Path | None = None
    """PEM file of those trusted for TLS; None: the system's."""
    seconds: float = SECONDS
    timer: Callable[[], float] = time.monotonic

    def require(self, uri: str) -> None:
        """See to it that an address is one we ask.

        Raises:
            DomainError: TERMINAL_ADDRESS_REFUSED with pointer `/jwks_uri`.
        """
        try:
            self.addresses.target(uri)
        except DomainError:
            raise TERMINAL_ADDRESS_REFUSED(pointer="/jwks_uri") from None

    def fetch(self, uri: str) -> bytes:
        """What is published there now.

        Raises:
            KeysNotFetched: nothing usable came back.
        """
        try:
            target = self.addresses.target(uri)  # 1
        except DomainError:
            raise KeysNotFetched(Failure.ADDRESS_REFUSED) from None
        try:
            return self._answer(target)
        except NewConnectionError:  # urllib3 counts it among the timeouts
            raise KeysNotFetched(Failure.UNREACHABLE) from None
        except HttpTimeout:
            raise KeysNotFetched(Failure.TIMED_OUT) from None
        except SSLError:
            raise KeysNotFetched(Failure.TLS_REFUSED) from None
        except (HTTPError, OSError, UnicodeError):
            raise KeysNotFetched(Failure.UNREACHABLE) from None

    def _answer(self, target: Target) -> bytes:
        deadline = self.timer() + self.seconds
        authorities = None if self.authorities is None else str(self.authorities)
        with pool_to(target, authorities) as pool:  # 2
            response = pool.urlopen(
                "GET",
                target.path,
                headers={
                    "Host": target.authority,
                    "User-Agent": _AGENT,
                    "Accept": ", ".join(sorted(_MEDIA_TYPES)),
                    "Accept-Encoding": "identity",
                },
                redirect=False,  # 3
                retries=False,
                timeout=Timeout(total=self.seconds),  # 4
                preload_content=False,
                decode_content=False,
            )
            try:
                _require_json(response)
                return self._bounded(response, deadline)
            finally:
                response.close()

    def _bounded(self, response: BaseHTTPResponse, deadline: float) -> bytes:
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > MOST_BYTES:  # 5
                raise KeysNotFetched(Failure.TOO_LARGE)
            if self.timer() > deadline:  # 4
                raise KeysNotFetched(Failure.TIMED_OUT)
        return bytes(body)


def _require_json(response: BaseHTTPResponse) -> None:
    if response.status in _MOVED:
        raise KeysNotFetched(Failure.REDIRECTED)
    if response.status != _OK:
        raise KeysNotFetched(Failure.REFUSED)
    media_type = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if media_type not in _MEDIA_TYPES or "Content-Encoding" in response.headers:
        raise KeysNotFetched(Failure.NOT_JSON)
