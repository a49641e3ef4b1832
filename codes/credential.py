"""The credential: the issuer's word that who holds this key holds an active card."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from codes import cbor, cose
from codes.errors import MalformedError
from codes.keys import IssuerKeys, Signer, alias_of, low, read_point, verifies
from codes.results import Reason

USE: Final = "zr-card-credential-1"
_POINT, _FROM, _UNTIL, _LEVEL, _CAP = range(1, 6)
_LEVELS: Final = ("L1", "L2", "L3")
_MOST_SECONDS: Final = 1 << 32
_MOST_FEN: Final = 1 << 32
_POSSESSION: Final = b"zr-card-offline-key-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What an issuer says of a key."""

    point: bytes = field(repr=False)
    """The phone's key for this credential and no other; compressed, 33 bytes."""
    not_before: datetime
    """UTC, as is `expires_at`; the same for everybody who got one in the same hours."""
    expires_at: datetime
    level: str
    """Assurance level of the face verification behind it."""
    cap_fen: int
    """The most that may be sold on it without a network, fen."""

    @property
    def alias(self) -> bytes:
        """Its name, 16 bytes. No two credentials share it, nor anything else of one person."""
        return alias_of(self.point)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCredential:
    """A credential whose form is right; trust it when `reason_against` finds nothing."""

    credential: Credential
    signed: cose.Signed = field(repr=False)

    def reason_against(self, keys: IssuerKeys) -> Reason | None:
        """Why the issuer did not sign it, or None."""
        key = keys.by_id.get(self.signed.key_id or b"")
        if key is None:
            return Reason.UNKNOWN_ISSUER
        return None if self.signed.is_by(key, use=USE) else Reason.BAD_SIGNATURE


def issue(credential: Credential, *, signer: Signer, key_id: bytes) -> bytes:
    """Sign a credential with the issuer's key; about 160 bytes.

    Raises:
        ValueError: a member is out of range.
    """
    payload: dict[int, cbor.Item] = {
        _POINT: credential.point,
        _FROM: int(credential.not_before.timestamp()),
        _UNTIL: int(credential.expires_at.timestamp()),
        _LEVEL: _LEVELS.index(credential.level) + 1,
        _CAP: credential.cap_fen,
    }
    data = cbor.encode(payload)
    try:
        _read_claims(data)
    except MalformedError:
        msg = "a claim is out of range"
        raise ValueError(msg) from None
    return cose.sign(data, use=USE, signer=signer, key_id=key_id)


def read(data: bytes) -> SignedCredential:
    """Take a credential apart.

    Raises:
        MalformedError: it is none.
    """
    signed = cose.read(data)
    if signed.key_id is None:
        raise MalformedError
    return SignedCredential(credential=_read_claims(signed.payload), signed=signed)


def prove(point: bytes, *, device: str, signer: Signer) -> bytes:
    """Prove that a phone holds a key it wants a credential for.

    Args:
        point: the key, compressed.
        device: thumbprint of the key the phone's token is bound to: nobody else can use the proof.
        signer: signs with the key.
    """
    return low(signer(_possession(point, device)))


def is_proven(point: bytes, proof: bytes, *, device: str) -> bool:
    """Whether `prove` made the proof, with this key and for this device.

    Raises:
        MalformedError: the point is none.
    """
    return verifies(read_point(point), proof, _possession(point, device))


def _possession(point: bytes, device: str) -> bytes:
    return b"\x00".join((_POSSESSION, device.encode(), point))


def _read_claims(payload: bytes) -> Credential:
    claims = cbor.decode(payload)
    if not isinstance(claims, dict) or list(claims) != [_POINT, _FROM, _UNTIL, _LEVEL, _CAP]:
        raise MalformedError
    point = claims[_POINT]
    if not isinstance(point, bytes):
        raise MalformedError
    read_point(point)
    begins, ends = _whole(claims[_FROM], _MOST_SECONDS), _whole(claims[_UNTIL], _MOST_SECONDS)
    level = _whole(claims[_LEVEL], len(_LEVELS) + 1)
    if ends <= begins or level == 0:
        raise MalformedError
    return Credential(
        point=point,
        not_before=datetime.fromtimestamp(begins, UTC),
        expires_at=datetime.fromtimestamp(ends, UTC),
        level=_LEVELS[level - 1],
        cap_fen=_whole(claims[_CAP], _MOST_FEN),
    )


def _whole(item: cbor.Item, bound: int) -> int:
    if not isinstance(item, int) or not 0 <= item < bound:
        raise MalformedError
    return item
