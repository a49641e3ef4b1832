"""What anybody may have to check our certificates without asking us: certificates and keys."""

import base64
import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from certificates.base64url import encode
from certificates.check_certificate import certified_check_key
from certificates.check_token import key_id
from certificates.departments import Department
from certificates.keys import KeyProvider
from certificates.rings import Ring

_COORDINATE: Final = 32


def signers_pem(keys: KeyProvider, departments: Iterable[Department]) -> bytes:
    """Return every signing certificate of the departments, rotated ones included, and the CA's.

    Returns:
        PEM, the issuing CA first, then by department, oldest first.
    """
    prefixes = sorted({one.code.replace("_", "-") for one in departments})
    rings = [Ring(keys=keys, prefix=prefix).members() for prefix in prefixes]
    issuing = keys.document("issuing")
    found = [*([] if issuing is None else [issuing]), *(der for ring in rings for der in ring)]
    return b"".join(
        x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)
        for der in found
    )


def check_key_set(chains: Iterable[Sequence[x509.Certificate]]) -> dict[str, Any]:
    """Return the keys of check tokens as a JWK set (RFC 7517), each with its chain (`x5c`).

    Args:
        chains: of each P-256 key its certificate and those above it, without the root.

    Returns:
        `kid` is the token's, in hex.
    """
    return {"keys": [_jwk(chain) for chain in chains]}


def check_keys(
    chains: Iterable[Sequence[x509.Certificate]],
) -> dict[bytes, ec.EllipticCurvePublicKey]:
    """Return the keys of chains of our own, by their names in tokens."""
    keys = [_p256(chain) for chain in chains]
    return {key_id(key): key for key in keys}


def read_check_keys(
    text: bytes, *, roots: Sequence[x509.Certificate], now: dt.datetime
) -> dict[bytes, ec.EllipticCurvePublicKey]:
    """Read what `check_key_set` gave, from whoever hands it over: the root alone is trusted.

    The names of keys are taken from the keys themselves, the keys from their certificates.

    Raises:
        ValueError: not a JWK set with certificates.
    """
    try:
        chains = [[_certificate(one) for one in jwk["x5c"]] for jwk in json.loads(text)["keys"]]
    except (KeyError, TypeError, AttributeError, RecursionError) as foreign:
        msg = "not a set of keys"
        raise ValueError(msg) from foreign
    found = [certified_check_key(chain, roots=roots, now=now) for chain in chains]
    return {key_id(key): key for key in found if key is not None}


def _certificate(text: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(base64.b64decode(text, validate=True))


def _jwk(chain: Sequence[x509.Certificate]) -> dict[str, Any]:
    key = _p256(chain)
    numbers = key.public_numbers()
    ders = [one.public_bytes(serialization.Encoding.DER) for one in chain]
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": encode(numbers.x.to_bytes(_COORDINATE)),
        "y": encode(numbers.y.to_bytes(_COORDINATE)),
        "kid": key_id(key).hex(),
        "use": "sig",
        "alg": "ES256",
        "x5c": [base64.b64encode(der).decode() for der in ders],
    }


def _p256(chain: Sequence[x509.Certificate]) -> ec.EllipticCurvePublicKey:
    key = chain[0].public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        msg = "check tokens are signed with P-256"
        raise TypeError(msg)
    return key
