"""The Authorization header of a request that brings a bound token (RFC 9449 §7.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.core.jose.compact import MAX_BYTES
from app.core.jose.errors import JoseRefused, Reason

_TOKEN68: Final = re.compile(r"[A-Za-z0-9\-._~+/]+=*", re.ASCII)


def read_bound_token(headers: Sequence[str]) -> str:
    """The access token of a request.

    1. One Authorization header.
    2. Of the scheme DPoP, in any case of letters (RFC 9110 §11.1): a bound token sent as Bearer
       would go unproven, so Bearer is refused by name (RFC 9449 §7.2).
    3. Not longer than a token may be, and one token68.

    The caller still owes the token's own checks and the proof's.

    Args:
        headers: every Authorization header of the request.

    Raises:
        JoseRefused: HEADER_COUNT, SCHEME, TOO_LARGE or MALFORMED.
    """
    if len(headers) != 1:  # 1
        raise JoseRefused(Reason.HEADER_COUNT)
    scheme, _, token = headers[0].partition(" ")
    if scheme.lower() != "dpop":  # 2
        raise JoseRefused(Reason.SCHEME)
    if len(token) > MAX_BYTES:  # 3
        raise JoseRefused(Reason.TOO_LARGE)
    if _TOKEN68.fullmatch(token) is None:
        raise JoseRefused(Reason.MALFORMED)
    return token
