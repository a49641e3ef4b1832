"""Which addresses we call for others: public ones, and those alone.

A partner chooses the address, so without these checks it could have us call what only we can
reach (server-side request forgery).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from app.core.errors import DomainError
from app.notifications.errors import WEBHOOK_URL_REFUSED
from app.notifications.ports import Resolve, Target

_VISIBLE: Final = re.compile(r"[!-~]{1,500}", re.ASCII)
_NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.ASCII)
_USUAL_PORTS: Final = {"https": 443, "http": 80}
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Judges addresses.

    1. Visible ASCII, at most 500 characters.
    2. https; http only where the inside may be called.
    3. A host and perhaps a port; no user, no password, no fragment.
    4. The host has addresses, and each is a public one: not loopback, private, link-local,
       shared, multicast or reserved, nor an IPv6 form of such. Asked anew at each call, and what
       was judged is what is connected to.
    """

    resolve: Resolve
    inside: bool = False
    """Whether http and addresses that are not public are called too: in development only."""

    def target(self, url: str) -> Target:
        """Where a call to this address goes, now.

        Raises:
            DomainError: WEBHOOK_URL_REFUSED with pointer `/url`.
        """
        if _VISIBLE.fullmatch(url) is None:  # 1
            raise _refused()
        parts, port = _split(url)
        host = parts.hostname or ""
        if parts.scheme != "https" and not (self.inside and parts.scheme == "http"):  # 2
            raise _refused()
        if "@" in parts.netloc or "#" in url or not _is_host(host):  # 3
            raise _refused()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(
            url=url,
            secure=parts.scheme == "https",
            host=host,
            port=port or _USUAL_PORTS[parts.scheme],
            path=path,
            address=self._address(host, port or _USUAL_PORTS[parts.scheme]),
        )

    def _address(self, host: str, port: int) -> str:
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError):
            raise _refused() from None
        if not found or not (self.inside or all(is_public(one) for one in found)):  # 4
            raise _refused()
        return found[0]


def is_public(address: str) -> bool:
    """Whether an address is of the public internet."""
    try:
        one = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv6Address):
        if one.ipv4_mapped is not None:
            return is_public(str(one.ipv4_mapped))
        # These lead to an IPv4 address that the text does not show.
        if one.sixtofour is not None or one.teredo is not None or one in _NAT64:
            return False
    return one.is_global and not one.is_multicast and not one.is_reserved


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused() from None
    if port == 0:
        raise _refused()
    return parts, port


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _NAME.fullmatch(host) is not None
    return True


def _refused() -> DomainError:
    return WEBHOOK_URL_REFUSED(pointer="/url")
