"""COSE_Sign1 (RFC 9052 §4.2), ES256 only, in one spelling.

What a signature is for stands in `external_aad`, which travels nowhere: a signature of one use is
none of another.
"""

from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from codes import cbor
from codes.errors import MalformedError
from codes.keys import KEY_ID_BYTES, SIGNATURE_BYTES, Signer, low, verifies

_ALGORITHM: Final = 1
_KEY_ID: Final = 4
_ES256: Final = -7
_PARTS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A structure whose form is right. Nothing in it is to be trusted before `is_by`."""

    key_id: bytes | None
    protected: bytes = field(repr=False)
    payload: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def is_by(self, key: ec.EllipticCurvePublicKey, *, use: str) -> bool:
        """Whether the signature is this key's, made for this use."""
        return verifies(key, self.signature, _to_be_signed(self.protected, self.payload, use))


def sign(payload: bytes, *, use: str, signer: Signer, key_id: bytes | None = None) -> bytes:
    """Sign a payload.

    Args:
        payload: what is signed.
        use: what for; the reader names the same.
        signer: signs with the key.
        key_id: 8 bytes that name the key, where the reader needs that.

    Returns:
        The untagged structure.
    """
    header: dict[int, cbor.Item] = {_ALGORITHM: _ES256}
    if key_id is not None:
        header[_KEY_ID] = key_id
    protected = cbor.encode(header)
    signature = low(signer(_to_be_signed(protected, payload, use)))
    return cbor.encode([protected, {}, payload, signature])


def read(data: bytes) -> Signed:
    """Take a structure apart.

    Raises:
        MalformedError: another form, algorithm or header.
    """
    parts = cbor.decode(data)
    if not isinstance(parts, list) or len(parts) != _PARTS or parts[1] != {}:
        raise MalformedError
    protected, _, payload, signature = parts
    if not isinstance(protected, bytes) or not isinstance(payload, bytes):
        raise MalformedError
    if not isinstance(signature, bytes) or len(signature) != SIGNATURE_BYTES:
        raise MalformedError
    return Signed(
        key_id=_read_header(protected), protected=protected, payload=payload, signature=signature
    )


def _read_header(protected: bytes) -> bytes | None:
    header = cbor.decode(protected)
    if not isinstance(header, dict) or header.pop(_ALGORITHM, None) != _ES256:
        raise MalformedError
    if not header:
        return None
    key_id = header.pop(_KEY_ID, None)
    if header or not isinstance(key_id, bytes) or len(key_id) != KEY_ID_BYTES:
        raise MalformedError
    return key_id


def _to_be_signed(protected: bytes, payload: bytes, use: str) -> bytes:
    return cbor.encode(["Signature1", protected, use.encode(), payload])
