"""An issuer, a phone and a till that need no network."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from codes import credential, presentation, revocations
from codes.checking import check
from codes.credential import Credential
from codes.keys import IssuerKeys, key_id, point_of, signer_of
from codes.presentation import slice_of
from codes.results import Verdict
from codes.revocations import Piece, Revocations

NOW = datetime(2026, 11, 23, 8, 0, 20, tzinfo=UTC)
PHARMACY = "02121"


def fixed_key(number: int) -> ec.EllipticCurvePrivateKey:
    """The same key in every run."""
    return ec.derive_private_key(number, ec.SECP256R1())


@dataclass(frozen=True, kw_only=True)
class Issuer:
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: fixed_key(1001))

    @property
    def id(self) -> bytes:
        return key_id(self.key.public_key())

    @property
    def keys(self) -> IssuerKeys:
        return IssuerKeys.of([self.key.public_key()])

    def issue(self, phone: ec.EllipticCurvePrivateKey, **changes: Any) -> bytes:
        claims = Credential(
            **{
                "point": point_of(phone.public_key()),
                "not_before": NOW - timedelta(hours=2),
                "expires_at": NOW + timedelta(hours=28),
                "level": "L2",
                "cap_fen": 30_000,
                **changes,
            }
        )
        return credential.issue(claims, signer=signer_of(self.key), key_id=self.id)

    def piece(self, *aliases: bytes, at: datetime = NOW, since: int = 0, **changes: Any) -> bytes:
        upto = since + len(aliases)
        claims = {"since": since, "upto": upto, "head": upto, "at": at, "aliases": aliases}
        return revocations.publish(
            Piece(**{**claims, **changes}), signer=signer_of(self.key), key_id=self.id
        )

    def known(self, *aliases: bytes, at: datetime = NOW) -> Revocations:
        return Revocations().take(self.piece(*aliases, at=at), self.keys)


PHONE = fixed_key(2002)


def shown(
    issued: bytes,
    *,
    phone: ec.EllipticCurvePrivateKey = PHONE,
    at: datetime = NOW,
    purpose: str = PHARMACY,
    nonce: bytes = b"12345678",
) -> str:
    return presentation.present(
        issued, signer=signer_of(phone), slice_number=slice_of(at), purpose=purpose, nonce=nonce
    )


def checked(text: str, **changes: Any) -> Verdict:
    issuer = Issuer()
    given = {
        "keys": issuer.keys,
        "revocations": issuer.known(),
        "now": NOW,
        "purposes": {PHARMACY},
    }
    return check(text, **{**given, **changes})
