"""Disclosures: claims a holder may show or keep back (RFC 9901, section 4.2)."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from certificates.base64url import decode, encode
from certificates.credentials.refusals import Part, refused

_SALT_BYTES = 16
_RESERVED = frozenset({"_sd", "...", "_sd_alg"})
_PARTS = 3
_LONGEST = 64 * 1024
"""A portrait may be among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """One claim as it travels beside the signed part."""

    name: str
    value: Any
    text: str
    """Base64url of the JSON array of salt, name and value, exactly as signed."""

    @property
    def digest(self) -> str:
        """What the signed part holds in its place."""
        return encode(hashlib.sha256(self.text.encode()).digest())


def disclose(claims: Mapping[str, Any], *, randomness: Callable[[int], bytes]) -> list[Disclosure]:
    """Make a disclosure of each claim, every one with a salt of its own.

    Args:
        claims: by name.
        randomness: `secrets.token_bytes`.

    Raises:
        ValueError: a name that the format keeps for itself.
    """
    if _RESERVED & claims.keys():
        msg = "the name is the format's own"
        raise ValueError(msg)
    made = []
    for name, value in claims.items():
        array = [encode(randomness(_SALT_BYTES)), name, value]
        text = encode(json.dumps(array, ensure_ascii=False).encode())
        made.append(Disclosure(name=name, value=value, text=text))
    return made


def read_disclosure(text: str) -> Disclosure:
    """Read a disclosure of anybody.

    Raises:
        CertificateError: CREDENTIAL_INVALID.
    """
    try:
        array = json.loads(decoded(text).decode("utf-8"), object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        raise refused(Part.ENCODING) from None
    if not isinstance(array, list) or len(array) != _PARTS:
        raise refused(Part.DISCLOSURE)
    salt, name, value = array
    if not isinstance(salt, str) or not isinstance(name, str) or name in _RESERVED:
        raise refused(Part.DISCLOSURE)
    return Disclosure(name=name, value=value, text=text)


def decoded(text: str) -> bytes:
    """Read base64url of bounded length.

    Raises:
        CertificateError: CREDENTIAL_INVALID.
    """
    if len(text) > _LONGEST:
        raise refused(Part.ENCODING)
    try:
        return decode(text)
    except ValueError:
        raise refused(Part.ENCODING) from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        msg = "member given twice"
        raise ValueError(msg)
    return members
