"""What a fuzzer throws at the reader of offline codes, and what must hold whatever it throws.

Each target takes any bytes and raises nothing. Whoever may only refuse in one way is caught in that
way here; every other exception, and every broken promise, is a find.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from codes import base45, cbor, cose, credential, presentation
from codes.checking import check
from codes.credential import Credential
from codes.errors import MalformedError
from codes.keys import IssuerKeys, Signer, key_id, point_of
from codes.presentation import PREFIX, present, slice_of
from codes.revocations import Piece, PieceRefused, Revocations, publish

Target = Callable[[bytes], None]
NOW: Final = datetime(2026, 11, 23, 8, 0, 20, tzinfo=UTC)
PHARMACY: Final = "02121"
_MINUTE: Final = timedelta(minutes=1)
_ISSUER, _PHONE, _OTHER = (ec.derive_private_key(n, ec.SECP256R1()) for n in (1001, 2002, 4004))
_KEY_ID: Final = key_id(_ISSUER.public_key())


def _signer(private: ec.EllipticCurvePrivateKey) -> Signer:
    """Sign in the one way of RFC 6979: what is good today is so in the next process, too."""
    algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(private.sign(message, algorithm))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def _issue(
    phone: ec.EllipticCurvePrivateKey = _PHONE,
    *,
    by: ec.EllipticCurvePrivateKey = _ISSUER,
    until: datetime = NOW + timedelta(hours=28),
) -> bytes:
    claims = Credential(
        point=point_of(phone.public_key()),
        not_before=NOW - timedelta(hours=2),
        expires_at=until,
        level="L2",
        cap_fen=300_00,
    )
    return credential.issue(claims, signer=_signer(by), key_id=key_id(by.public_key()))


def _show(
    issued: bytes,
    *,
    phone: ec.EllipticCurvePrivateKey = _PHONE,
    at: datetime = NOW,
    purpose: str = PHARMACY,
    nonce: bytes = b"12345678",
) -> str:
    number = slice_of(at)
    return present(issued, signer=_signer(phone), slice_number=number, purpose=purpose, nonce=nonce)


def _list(*aliases: bytes) -> bytes:
    piece = Piece(since=0, upto=len(aliases), head=len(aliases), at=NOW, aliases=aliases)
    return publish(piece, signer=_signer(_ISSUER), key_id=_KEY_ID)


ISSUED: Final = _issue()
GOOD: Final = (
    _show(ISSUED),
    _show(ISSUED, nonce=bytes(8)),
    _show(ISSUED, at=NOW + _MINUTE),
    _show(_issue(_OTHER), phone=_OTHER),
)
"""The only codes that are good."""
BAD: Final = (
    _show(ISSUED, at=NOW - 60 * _MINUTE),
    _show(ISSUED, purpose="01301"),
    _show(ISSUED, phone=_OTHER),
    _show(_issue(by=_OTHER)),
    _show(_issue(until=NOW)),
)
"""Differ from a good one in one thing each."""
PIECES: Final = (_list(), _list(bytes(16), bytes([1]) * 16))
KEYS: Final = IssuerKeys.of([_ISSUER.public_key()])
KNOWN: Final = Revocations().take(PIECES[0], KEYS)
_SIGNATURE: Final = bytes(64)


class BrokenPromiseError(AssertionError):
    """Something was accepted that must not be; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fuzzed:
    """A target, and where to begin."""

    run: Target
    seeds: Sequence[bytes]


def read_cbor(data: bytes) -> None:
    """One value has one spelling."""
    try:
        item = cbor.decode(data)
    except MalformedError:
        return
    _require(cbor.encode(item) == data, "CBOR of a second spelling")


def read_base45(data: bytes) -> None:
    """One text has one reading, and one reading one text."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        decoded = base45.decode(text)
    except MalformedError:
        return
    _require(base45.encode(decoded) == text, "base45 of a second spelling")


def read_cose(data: bytes) -> None:
    """What was taken apart is all there was."""
    try:
        signed = cose.read(data)
    except MalformedError:
        return
    parts: list[cbor.Item] = [signed.protected, {}, signed.payload, signed.signature]
    _require(cbor.encode(parts) == data, "COSE of a second spelling")


def read_credential(data: bytes) -> None:
    """Claims are in range, whoever signed them; to sign them again gives the same bytes."""
    header = cbor.encode({1: -7, 4: _KEY_ID})
    try:
        read = credential.read(cbor.encode([header, {}, data, _SIGNATURE])).credential
    except MalformedError:
        return
    again = credential.issue(read, signer=_signer(_ISSUER), key_id=_KEY_ID)
    _require(cose.read(again).payload == data, "claims of a second spelling")


def read_presentation(data: bytes) -> None:
    """A code in a minute of our calendar, for a purpose of five digits, by whoever."""
    signed = cbor.encode([cbor.encode({1: -7}), {}, data, _SIGNATURE])
    try:
        read = presentation.read(PREFIX + base45.encode(signed))
    except MalformedError:
        return
    _require(len(read.purpose) == len(PHARMACY) and read.purpose.isdecimal(), "an odd purpose")
    _require(read.slice_start.tzinfo is not None, "a minute of no calendar")
    _require(not read.is_by_holder(), "a signature of nothing")


def check_text(data: bytes) -> None:
    """No text is good but the good ones."""
    text = data.decode("utf-8", "surrogateescape")
    _require(not _accepts(text) or text in GOOD, "another text than a good code's")


def check_bytes(data: bytes) -> None:
    """The same, below base45, where a change reaches what is signed."""
    text = PREFIX + base45.encode(data)
    _require(not _accepts(text) or text in GOOD, "other bytes than a good code's")


def take_piece(data: bytes) -> None:
    """No list of revocations is taken but the issuer's."""
    try:
        Revocations().take(data, KEYS)
    except PieceRefused:
        return
    _require(data in PIECES, "another list than the issuer's")


def _accepts(text: str) -> bool:
    return check(text, keys=KEYS, revocations=KNOWN, now=NOW, purposes={PHARMACY}).accepted


def _require(held: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not held:
        raise BrokenPromiseError(otherwise)


_TEXTS: Final = tuple(one.encode() for one in (*GOOD, *BAD))
_BYTES: Final = tuple(base45.decode(one.removeprefix(PREFIX)) for one in (*GOOD, *BAD))
_SHOWN: Final = tuple(cose.read(one).payload for one in _BYTES)
_CLAIMS: Final = (cose.read(ISSUED).payload,)
TARGETS: Final[Mapping[str, Fuzzed]] = {
    "cbor": Fuzzed(run=read_cbor, seeds=(*_BYTES, *_SHOWN, *_CLAIMS)),
    "base45": Fuzzed(run=read_base45, seeds=tuple(one[len(PREFIX) :] for one in _TEXTS)),
    "cose": Fuzzed(run=read_cose, seeds=(*_BYTES, ISSUED, *PIECES)),
    "credential": Fuzzed(run=read_credential, seeds=_CLAIMS),
    "presentation": Fuzzed(run=read_presentation, seeds=_SHOWN),
    "text": Fuzzed(run=check_text, seeds=_TEXTS),
    "bytes": Fuzzed(run=check_bytes, seeds=_BYTES),
    "piece": Fuzzed(run=take_piece, seeds=PIECES),
}
