"""Addresses in settings, each sort with what it must not have."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator

_SCHEMES: Final = frozenset({"http", "https"})
_THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def _plain_origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        msg = "must be an http or https address"
        raise ValueError(msg)
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
        msg = "must have no path, query, fragment or credentials"
        raise ValueError(msg)
    return value.rstrip("/")


def _listed(value: str) -> str:
    for one in value.split(",") if value else ():
        parts = urlsplit(one.strip())
        if parts.scheme not in _SCHEMES or not parts.hostname or parts.username:
            msg = "must be an http or https address without credentials"
            raise ValueError(msg)
    return value


def _by_tls(value: str) -> str:
    parts = urlsplit(value)
    inside = parts.scheme == "http" and parts.hostname in _THIS_MACHINE
    if not inside and (parts.scheme != "https" or not parts.hostname):
        msg = "must be an https address, or http on this machine"
        raise ValueError(msg)
    if parts.username or parts.fragment:
        msg = "must have no credentials or fragment"
        raise ValueError(msg)
    return value


Origin = Annotated[str, AfterValidator(_plain_origin)]
"""Scheme, host and port alone."""
Addresses = Annotated[str, AfterValidator(_listed)]
"""One address, or several separated by commas."""
SafeAddress = Annotated[str, AfterValidator(_by_tls)]
"""Whoever could change the answers of such an address on their way could say that something was
paid: https, or on this machine."""
SafeOrigin = Annotated[Origin, AfterValidator(_by_tls)]
"""Both."""
