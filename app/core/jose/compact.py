"""A JWS in compact serialisation (RFC 7515 §7.1), taken apart but not yet believed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.core.jose import base64url, members
from app.core.jose.errors import JoseRefused, Reason

MAX_BYTES: Final = 8192
"""A token of ours has under 1 KiB, and servers cap a header field at about 8 KiB."""

_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactJws:
    """Three parts whose form is right. Neither header nor claims are to be trusted yet."""

    text: str = field(repr=False)
    """As it was received."""
    header: Mapping[str, object] = field(repr=False)

    def claims(self) -> Mapping[str, object]:
        """The payload's members, read only when asked: after the signature wherever possible.

        Raises:
            JoseRefused: MALFORMED or DUPLICATE_MEMBER.
        """
        return members.read_object(base64url.decode(self.text.split(".")[1]))


def parse_compact(text: str, *, max_bytes: int = MAX_BYTES) -> CompactJws:
    """Take a compact JWS apart.

    1. Not longer than `max_bytes`, before anything is decoded.
    2. Exactly three parts, none empty, nothing but base64url: no JSON serialisation, no detached
       or unsigned form, no list joined by commas.
    3. A header that is one JSON object without a repeated member.

    Raises:
        JoseRefused: TOO_LARGE, MALFORMED or DUPLICATE_MEMBER.
    """
    if len(text) > max_bytes:  # 1
        raise JoseRefused(Reason.TOO_LARGE)
    if _SHAPE.fullmatch(text) is None:  # 2
        raise JoseRefused(Reason.MALFORMED)
    header = members.read_object(base64url.decode(text.split(".", maxsplit=1)[0]))  # 3
    return CompactJws(text=text, header=header)
