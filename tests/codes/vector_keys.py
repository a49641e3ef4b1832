"""Keys of what the pages' code is compared with, and signatures that are the same each time."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ISSUER: Final = ec.derive_private_key(20_261_130, ec.SECP256R1())
STRANGER: Final = ec.derive_private_key(424_242, ec.SECP256R1())
"""Published, too, but signs what it must not."""
UNPUBLISHED: Final = ec.derive_private_key(31_337, ec.SECP256R1())
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve's group (SEC 2 §2.4.2)."""
_ES256: Final = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


def signed(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """r and s of 32 bytes each; deterministic (RFC 6979)."""
    r, s = decode_dss_signature(key.sign(message, _ES256))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
