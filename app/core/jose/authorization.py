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
    scheme, token = _read(headers)  # 1
    if scheme != "dpop":  # 2
        raise JoseRefused(Reason.SCHEME)
    return _required(token)  # 3


def read_bearer_token(headers: Sequence[str]) -> tuple[str, str]:
    """The scheme, `bearer` or `dpop`, and the token of a request that may bring either.

    1. One Authorization header.
    2. Of the scheme Bearer or DPoP, in any case of letters.
    3. Not longer than a token may be, and one token68.

    The caller still owes what `read_bound_token` owes, and that the scheme is the token's.

    Raises:
        JoseRefused: HEADER_COUNT, SCHEME, TOO_LARGE or MALFORMED.
    """
    scheme, token = _read(headers)  # 1
    if scheme not in ("bearer", "dpop"):  # 2
        raise JoseRefused(Reason.SCHEME)
    return scheme, _required(token)  # 3


def _read(headers: Sequence[str]) -> tuple[str, str]:
    if len(headers) != 1:
        raise JoseRefused(Reason.HEADER_COUNT)
    scheme, _, token = headers[0].partition(" ")
    return scheme.lower(), token


def _required(token: str) -> str:
    if len(token) > MAX_BYTES:
        raise JoseRefused(Reason.TOO_LARGE)
    if _TOKEN68.fullmatch(token) is None:
        raise JoseRefused(Reason.MALFORMED)
    return token
