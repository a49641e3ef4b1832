"""The checks that tokens, proofs and assertions have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from app.core.jose import base64url
from app.core.jose.compact import CompactJws
from app.core.jose.errors import JoseRefused, Reason
from app.core.jose.jwk import COORDINATE_BYTES, SUPPORTED_ALGORITHMS

# RFC 7515 §4.1.2–4.1.11, RFC 7797: a key brought along, a place to fetch one from, an extension
# that changes what is signed. The sender chooses none of these.
_UNTRUSTED: Final = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64"})
_ES256: Final = ec.ECDSA(SHA256())


def require_type(header: Mapping[str, object], typ: str) -> None:
    """`typ` is there and exactly this, so one kind of token never passes for another (RFC 8725).

    Raises:
        JoseRefused: TYPE; always, where `typ` is empty.
    """
    if not typ or header.get("typ") != typ:
        raise JoseRefused(Reason.TYPE)


def require_algorithm(header: Mapping[str, object], allowed: frozenset[str]) -> str:
    """`alg` is one the policy allows and this system supports.

    Raises:
        JoseRefused: ALGORITHM; always, where nothing is allowed.
    """
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in allowed & SUPPORTED_ALGORITHMS:
        raise JoseRefused(Reason.ALGORITHM)
    return algorithm


def refuse_untrusted(
    header: Mapping[str, object], *, allowed: frozenset[str] = frozenset()
) -> None:
    """The header neither brings a key, nor says where to get one, nor demands an extension.

    Args:
        header: not yet believed.
        allowed: members the kind of token needs all the same.

    Raises:
        JoseRefused: HEADER_MEMBER.
    """
    if (_UNTRUSTED - allowed) & header.keys():
        raise JoseRefused(Reason.HEADER_MEMBER)


def require_signature(jws: CompactJws, *, key: ec.EllipticCurvePublicKey, algorithm: str) -> None:
    """The text was signed by `key`. The caller still owes the checks of header and claims.

    1. `algorithm` is ES256, the only one there is (RFC 7518 §3.4), and the key on P-256.
    2. The signature is r and s of 32 bytes each, in their one spelling.
    3. It is the key's, of header and payload as they were received.

    Raises:
        JoseRefused: ALGORITHM or KEY by 1, SIGNATURE otherwise.
    """
    if algorithm != "ES256":  # 1
        raise JoseRefused(Reason.ALGORITHM)
    if not isinstance(key.curve, ec.SECP256R1):
        raise JoseRefused(Reason.KEY)
    signed, _, signature = jws.text.rpartition(".")
    raw = base64url.decode(signature, reason=Reason.SIGNATURE)  # 2
    if len(raw) != 2 * COORDINATE_BYTES:
        raise JoseRefused(Reason.SIGNATURE)
    r, s = raw[:COORDINATE_BYTES], raw[COORDINATE_BYTES:]
    der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    try:
        key.verify(der, signed.encode("ascii"), _ES256)  # 3
    except InvalidSignature:
        raise JoseRefused(Reason.SIGNATURE) from None
