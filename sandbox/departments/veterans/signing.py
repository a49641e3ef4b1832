"""The key of the department, and its signature under a manifest (JWS, RFC 7515 and RFC 8037)."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from sandbox.departments.office.refusals import CannotStart

MEDIA_TYPE = "snapshot-manifest+jws"


def load_or_make(path: Path) -> Ed25519PrivateKey:
    """Read the private key, or make one that only its owner may read, its public half beside it.

    Raises:
        CannotStart: there is a file, and it holds no Ed25519 key.
    """
    if not path.exists():
        _write(path, Ed25519PrivateKey.generate())
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        msg = f"{path} holds no key"
        raise CannotStart(msg) from error
    if not isinstance(key, Ed25519PrivateKey):
        msg = f"{path} holds a key of another kind than Ed25519"
        raise CannotStart(msg)
    public_file(path).write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return key


def public_file(path: Path) -> Path:
    """Return where the public half of a key file is: readers are given it once, by hand."""
    return path.with_name(f"{path.stem}.public.pem")


def sign(members: dict[str, Any], key: Ed25519PrivateKey, *, kid: str | None = None) -> str:
    """Return a compact JWS of these members.

    Args:
        members: the payload.
        key: what signs.
        kid: name of the key in the header; its own thumbprint (RFC 7638) unless given.
    """
    header = {"alg": "EdDSA", "typ": MEDIA_TYPE, "kid": kid or thumbprint(key)}
    signed = ".".join(_encoded(json.dumps(part).encode()) for part in (header, members))
    return f"{signed}.{_encoded(key.sign(signed.encode()))}"


def thumbprint(key: Ed25519PrivateKey) -> str:
    """Return the name of a key: the SHA-256 of its public JWK."""
    point = _encoded(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": point}
    return _encoded(hashlib.sha256(json.dumps(jwk, separators=(",", ":")).encode()).digest())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _write(path: Path, key: Ed25519PrivateKey) -> None:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
