"""The address a proof was made for, in the one form in which two addresses can be compared."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urlsplit

from app.core.jose.errors import JoseRefused, Reason

# Checked before `urlsplit`, which silently drops line breaks and tabs (RFC 3986 §2).
_ALLOWED: Final = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+", re.ASCII)
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9\-._~]", re.ASCII)
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
MAX_LENGTH: Final = 2048


@lru_cache(maxsize=512)
def normal_target(uri: str) -> str:
    """The `htu` of an address: normalised, without query and fragment.

    RFC 9449 §4.3 asks for syntax- and scheme-based normalisation (RFC 3986 §6.2.2–6.2.3): scheme
    and host in lower case, escapes in upper case and only where needed, dot segments removed, the
    default port and an empty path made equal to none and `/`.

    Raises:
        JoseRefused: TARGET, where this is no absolute http or https address, or names a user.
    """
    if len(uri) > MAX_LENGTH or _ALLOWED.fullmatch(uri) is None:
        raise JoseRefused(Reason.TARGET)
    try:
        parts = urlsplit(uri)
        authority = _authority(parts)
    except ValueError:
        raise JoseRefused(Reason.TARGET) from None
    return f"{parts.scheme}://{authority}{_path(parts.path)}"


def _authority(parts: SplitResult) -> str:
    host, port = parts.hostname, parts.port
    if parts.scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc:
        raise ValueError
    name = f"[{host}]" if ":" in host else _unescape(host).lower()
    return name if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{name}:{port}"


def _path(path: str) -> str:
    kept: list[str] = []
    segments = _unescape(path).split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _unescape(text: str) -> str:
    return _ESCAPE.sub(_smallest, text)


def _smallest(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if _UNRESERVED.fullmatch(character) else escape[0].upper()
