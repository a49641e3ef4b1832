"""One HTTP call to a partner: bounded, nothing followed, nothing believed."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as HttpTimeout

from app.notifications.ports import Sent, Target

_SECONDS: Final = 5.0
_GOOD: Final = range(200, 300)
_MOVED: Final = range(300, 400)
_BUSY: Final = frozenset({429, 503})
_SECONDS_TEXT: Final = re.compile(r"[0-9]{1,6}", re.ASCII)
_AGENT: Final = "zero-run-webhooks/1"


def resolved(host: str, port: int) -> list[str]:
    """The network addresses of a host.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class HttpCaller:
    """Calls the address that was judged, under the name the partner gave.

    1. The connection goes to that address: the name is not looked up again.
    2. TLS is checked against the name, with the system's authorities or those given.
    3. No redirect is followed, no proxy asked, no answer's body read. Of its headers only
       `Retry-After` in seconds counts (RFC 9110, 10.2.3), where the receiver is busy.
    4. All of it takes five seconds at most.
    """

    def __init__(
        self, *, timer: Callable[[], float] = time.monotonic, authorities: Path | None = None
    ) -> None:
        """Take the ports.

        Args:
            timer: monotonic seconds.
            authorities: PEM file of those trusted for TLS; None: the system's.
        """
        self._timer = timer
        self._authorities = None if authorities is None else str(authorities)

    def post(self, target: Target, *, headers: Mapping[str, str], body: bytes) -> Sent:
        """Send a body; never raises for what the receiver does."""
        started, wait = self._timer(), None
        try:
            status, wait = self._answer(target, headers, body)
            failure = _failure_of(status)
        except NewConnectionError:  # urllib3 counts it among the timeouts
            status, failure = None, "unreachable"
        except HttpTimeout:
            status, failure = None, "timed_out"
        except SSLError:
            status, failure = None, "tls_refused"
        except (HTTPError, OSError, UnicodeError):
            status, failure = None, "unreachable"
        latency_ms = max(0, round((self._timer() - started) * 1000))
        return Sent(status=status, failure=failure, latency_ms=latency_ms, retry_after=wait)

    def _answer(
        self, target: Target, headers: Mapping[str, str], body: bytes
    ) -> tuple[int | None, int | None]:
        with pool_to(target, self._authorities) as pool:  # 1, 2
            response = pool.urlopen(
                "POST",
                target.path,
                body=body,
                headers={**headers, "Host": target.authority, "User-Agent": _AGENT},
                redirect=False,  # 3
                retries=False,
                timeout=Timeout(total=_SECONDS),  # 4
                preload_content=False,
                decode_content=False,
            )
            status, wait = response.status, response.headers.get("Retry-After", "")
            response.close()
            asked = status in _BUSY and _SECONDS_TEXT.fullmatch(wait) is not None
            return status, int(wait) if asked else None


def pool_to(target: Target, authorities: str | None) -> HTTPConnectionPool:
    """One connection to the address that was judged, its TLS checked against the name.

    Args:
        target: as it was judged.
        authorities: PEM file of those trusted for TLS; None: the system's.
    """
    if not target.secure:
        return HTTPConnectionPool(target.address, target.port, maxsize=1)
    return HTTPSConnectionPool(
        target.address,
        target.port,
        maxsize=1,
        server_hostname=target.host,
        assert_hostname=target.host,
        cert_reqs="CERT_REQUIRED",
        ca_certs=authorities,
    )


def _failure_of(status: int | None) -> str | None:
    if status in _GOOD:
        return None
    return "redirected" if status in _MOVED else "refused"
