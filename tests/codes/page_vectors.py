"""Writes what the pages' own code for offline codes must make, byte for byte: made by `codes`.

``python -m tests.codes.page_vectors`` writes it anew. Signatures are deterministic (RFC 6979), so
that the file changes only when the format does.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from codes import base45, cbor, credential, presentation
from codes.keys import base64url, key_id, low, point_of
from tests.codes.check_vectors import checks, jwks, no_base45, no_cbor, pieces
from tests.codes.vector_keys import ISSUER, signed

FILE: Final = Path(__file__).parents[2] / "web" / "tests" / "offline-codes.json"
_DEVICE: Final = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
_NUMBERS: Final = (0, 23, 24, 255, 256, 65535, 65536, 4294967295, -1, -7, -24, -25, -256, -257)
_ITEMS: Final[list[cbor.Item]] = [
    *_NUMBERS,
    "",
    "Signature1",
    "卡",
    b"",
    bytes(24),
    [],
    [1, [2]],
    {},
    {4: b"k", 1: -7},
]


def vectors() -> dict[str, Any]:
    """Everything a test of the pages compares."""
    return {
        "base45": [[data.hex(), base45.encode(data)] for data in _byte_strings()],
        "cbor": [[_plain(item), cbor.encode(item).hex()] for item in _ITEMS],
        "low": _signatures(),
        "codes": [_code(seed) for seed in (1, 2, 3)],
        "misspelled": {"base45": no_base45(), "cbor": no_cbor()},
        "jwks": jwks(),
        "checks": checks(),
        "pieces": pieces(),
    }


def text() -> str:
    """The file."""
    return json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n"


def _code(seed: int) -> dict[str, Any]:
    key = ec.derive_private_key(1_000_003 * seed, ec.SECP256R1())
    point, nonce, minute = point_of(key.public_key()), bytes(range(seed, seed + 8)), 29_923_680
    issued = credential.issue(
        credential.Credential(
            point=point,
            not_before=datetime(2026, 11, 23, tzinfo=UTC),
            expires_at=datetime(2026, 11, 24, tzinfo=UTC),
            level="L2",
            cap_fen=30_000,
        ),
        signer=lambda message: signed(ISSUER, message),
        key_id=key_id(ISSUER.public_key()),
    )
    heard: list[bytes] = []

    def signer(message: bytes) -> bytes:
        heard.append(message)
        return signed(key, message)

    purpose = ("02121", "01101", "01302")[seed - 1]
    code = presentation.present(
        issued, signer=signer, slice_number=minute, purpose=purpose, nonce=nonce
    )
    proof = credential.prove(point, device=_DEVICE, signer=signer)
    numbers = key.public_key().public_numbers()
    return {
        "x": base64url(numbers.x.to_bytes(32, "big")),
        "y": base64url(numbers.y.to_bytes(32, "big")),
        "point": point.hex(),
        "issued": issued.hex(),
        "minute": minute,
        "purpose": purpose,
        "nonce": nonce.hex(),
        "signs": [[message.hex(), signed(key, message).hex()] for message in heard],
        "code": code,
        "device": _DEVICE,
        "proof": proof.hex(),
    }


def _signatures() -> list[list[str]]:
    key = ec.derive_private_key(77, ec.SECP256R1())
    made = [signed(key, bytes([number])) for number in range(6)]
    return [[one.hex(), low(one).hex()] for one in made]


def _byte_strings() -> list[bytes]:
    return [b"", b"\x00", b"\xff", b"AB", b"\xff\xff", b"base-45", bytes(range(256))]


def _plain(item: cbor.Item) -> Any:
    """An item as JSON: bytes as {"hex"}, maps as {"map"}."""
    if isinstance(item, bytes):
        return {"hex": item.hex()}
    if isinstance(item, list):
        return [_plain(one) for one in item]
    if isinstance(item, dict):
        return {"map": [[key, _plain(value)] for key, value in item.items()]}
    return item


if __name__ == "__main__":
    FILE.write_text(text())
