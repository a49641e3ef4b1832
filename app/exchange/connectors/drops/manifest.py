"""The signed manifest of a drop: what the department vouches for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app.core.jose import base64url, members, verification
from app.core.jose.compact import parse_compact
from app.core.jose.errors import JoseRefused
from app.core.jose.thumbprint import thumbprint
from app.exchange.errors import ExchangeFailed, Failure

MEDIA_TYPE: Final = "snapshot-manifest+jws"
MOST_BYTES: Final = 8192
_MOST_ROWS: Final = 500_000
_LAST: Final = 2**53


class _Members(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    contract: str = Field(min_length=1, max_length=100)
    schema_version: str = Field(min_length=1, max_length=20)
    sequence: int = Field(ge=1, lt=_LAST)
    file: str = Field(min_length=1, max_length=200)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    rows: int = Field(ge=0, le=_MOST_ROWS)
    made_at: AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What was signed."""

    contract: str
    """Name and version the lines follow."""
    sequence: int
    """Grows from drop to drop."""
    file: str
    """The file of lines it vouches for. A claim: nobody opens what it names."""
    sha256: str
    """Of that file, 64 hex digits."""
    rows: int
    made_at: datetime
    digest: bytes
    """SHA-256 of the manifest as it was signed: tells two of the same number apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentKey:
    """The key a department published."""

    key: Ed25519PublicKey
    kid: str
    """Its thumbprint (RFC 7638)."""

    @classmethod
    def read(cls, pem: bytes) -> DepartmentKey:
        """Read a public key.

        Raises:
            ValueError: it is none, or of another kind than Ed25519.
        """
        key = load_pem_public_key(pem)
        if not isinstance(key, Ed25519PublicKey):
            msg = "not an Ed25519 key"
            raise ValueError(msg)  # noqa: TRY004 - one refusal for every wrong key
        x = base64url.encode(key.public_bytes_raw())
        return cls(key=key, kid=thumbprint({"kty": "OKP", "crv": "Ed25519", "x": x}))


def read_manifest(text: str, key: DepartmentKey) -> Manifest:
    """Read a manifest, a compact JWS (RFC 7515, RFC 8037).

    1. Its form and size are right. 2. It is of this media type, by EdDSA, and brings no key of its
    own. 3. It names the department's key. 4. That key signed it. 5. Only then what it states is
    read, and is as agreed.

    Raises:
        ExchangeFailed: NOT_VOUCHED, or CONTRACT_BROKEN for 5.
    """
    try:
        jws = parse_compact(text, max_bytes=MOST_BYTES)  # 1
        verification.require_type(jws.header, MEDIA_TYPE)  # 2
        verification.refuse_untrusted(jws.header)
        if (jws.header.get("alg"), jws.header.get("kid")) != ("EdDSA", key.kid):  # 2, 3
            raise ExchangeFailed(Failure.NOT_VOUCHED)
        signed, _, signature = text.rpartition(".")
        key.key.verify(base64url.decode(signature), signed.encode("ascii"))  # 4
        told = _Members.model_validate_json(members.write_object(jws.claims()))  # 5
    except (JoseRefused, InvalidSignature):
        raise ExchangeFailed(Failure.NOT_VOUCHED) from None
    except ValidationError:
        raise ExchangeFailed(Failure.CONTRACT_BROKEN) from None
    return Manifest(
        contract=told.contract,
        sequence=told.sequence,
        file=told.file,
        sha256=told.sha256,
        rows=told.rows,
        made_at=told.made_at,
        digest=hashlib.sha256(text.encode("ascii")).digest(),
    )
