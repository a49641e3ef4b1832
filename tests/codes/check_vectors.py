"""Codes, lists and misspelled bytes that the pages' own reader must judge as `codes` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from cryptography.hazmat.primitives.asymmetric import ec

from codes import base45, cbor, credential, presentation, revocations
from codes.checking import check
from codes.errors import MalformedError
from codes.keys import IssuerKeys, alias_of, base64url, key_id, point_of
from tests.codes.vector_keys import ISSUER, ORDER, STRANGER, UNPUBLISHED, signed

_Given = TypeVar("_Given")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One code before one till."""

    seed: int = 7
    issuer: ec.EllipticCurvePrivateKey = ISSUER
    by: ec.EllipticCurvePrivateKey = ISSUER
    """Who signs in the issuer's name."""
    holder: ec.EllipticCurvePrivateKey | None = None
    """Who signs in the holder's name; None: the holder."""
    purpose: str = "02121"
    late: timedelta = timedelta(seconds=30)
    """From the beginning of the code's minute to the check."""
    heard: timedelta = timedelta(hours=1)
    """How long ago the till's list was signed."""
    complete: bool = True
    revoked: bool = False
    begun: timedelta = timedelta(hours=1)
    """How long before the minute the credential began."""
    life: timedelta = timedelta(hours=24)
    spoil: str = ""
    """What is done to the text."""


_CASES: Final = (
    _Case(),
    _Case(seed=8),
    _Case(seed=9),
    _Case(late=timedelta(seconds=-60)),
    _Case(late=timedelta(seconds=-61)),
    _Case(late=timedelta(seconds=119)),
    _Case(late=timedelta(seconds=120)),
    _Case(issuer=UNPUBLISHED, by=UNPUBLISHED),
    _Case(by=STRANGER),
    _Case(holder=STRANGER),
    _Case(purpose="01301"),
    _Case(heard=timedelta(hours=24)),
    _Case(heard=timedelta(hours=24, seconds=1)),
    _Case(heard=timedelta(seconds=-60)),
    _Case(heard=timedelta(seconds=-61)),
    _Case(complete=False),
    _Case(revoked=True),
    _Case(begun=timedelta(seconds=-31)),
    _Case(begun=timedelta(hours=2), life=timedelta(hours=2)),
    *(_Case(spoil=how) for how in ("cut", "long", "lower", "prefix", "high", "turned", "empty")),
)


def checks() -> list[dict[str, Any]]:
    """Codes before tills, and how each is judged."""
    keys = IssuerKeys.of([ISSUER.public_key(), STRANGER.public_key()])
    return [_checked(case, keys) for case in _CASES]


def _checked(case: _Case, keys: IssuerKeys) -> dict[str, Any]:
    begin = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    text, alias = _shown(case, begin)
    now = begin + case.late
    known = revocations.Revocations(
        upto=9,
        at=now - case.heard,
        complete=case.complete,
        aliases=frozenset([alias if case.revoked else bytes(16)]),
    )
    verdict = check(text, keys=keys, revocations=known, now=now, purposes=["02121"])
    return {
        "code": text,
        "now": int(now.timestamp()),
        "list": {
            "at": int(known.at.timestamp()),
            "complete": known.complete,
            "aliases": [one.hex() for one in known.aliases],
        },
        "reason": None if verdict.reason is None else verdict.reason.value,
        "alias": "" if verdict.alias is None else verdict.alias.hex(),
        "cap": verdict.cap_fen or 0,
    }


def _shown(case: _Case, begin: datetime) -> tuple[str, bytes]:
    key = ec.derive_private_key(1_000_003 * case.seed, ec.SECP256R1())
    point = point_of(key.public_key())
    issued = credential.issue(
        credential.Credential(
            point=point,
            not_before=begin - case.begun,
            expires_at=begin - case.begun + case.life,
            level="L2",
            cap_fen=30_000,
        ),
        signer=lambda message: signed(case.by, message),
        key_id=key_id(case.issuer.public_key()),
    )
    text = presentation.present(
        issued,
        signer=lambda message: signed(case.holder or key, message),
        slice_number=presentation.slice_of(begin),
        purpose=case.purpose,
        nonce=bytes(range(8)),
    )
    return _spoiled(text, case.spoil), alias_of(point)


def _spoiled(text: str, how: str) -> str:
    simple = {
        "": text,
        "cut": text[:-2],
        "long": text + "0" * 130,
        "lower": text[:40] + text[40:].lower(),
        "prefix": text.removeprefix("ZR1:"),
        "empty": "ZR1:",
    }
    return simple[how] if how in simple else _rewritten(text, how)


def _rewritten(text: str, how: str) -> str:
    data = bytearray(base45.decode(text[4:]))
    if how == "high":  # the other spelling of the holder's signature
        data[-32:] = (ORDER - int.from_bytes(data[-32:], "big")).to_bytes(32, "big")
    else:  # one bit of the cap, which the issuer signed
        data[data.index(bytes.fromhex("197530")) + 1] ^= 1
    return text[:4] + base45.encode(bytes(data))


def pieces() -> list[dict[str, Any]]:
    """A list as a till fetches it, and pieces it must not take in."""
    at, names = datetime(2026, 11, 23, 8, 0, tzinfo=UTC), [bytes([n]) * 16 for n in range(1, 5)]

    def piece(since: int, upto: int, aliases: list[bytes], **changes: Any) -> bytes:
        told = {"head": 4, "at": at, "signer": ISSUER, "named": ISSUER, **changes}
        return revocations.publish(
            revocations.Piece(
                since=since, upto=upto, head=told["head"], at=told["at"], aliases=aliases
            ),
            signer=lambda message: signed(told["signer"], message),
            key_id=key_id(told["named"].public_key()),
        )

    offered = [
        piece(0, 2, names[:2]),
        piece(3, 4, names[3:]),
        piece(2, 4, names[2:], signer=STRANGER),
        piece(2, 4, names[2:], signer=UNPUBLISHED, named=UNPUBLISHED),
        b"\x00",
        piece(2, 4, names[2:]),
        piece(4, 4, [], at=at - timedelta(seconds=1)),
        piece(0, 5, names[:1], head=5, at=at + timedelta(hours=1)),
    ]
    known, told = revocations.Revocations(), []
    keys = IssuerKeys.of([ISSUER.public_key(), STRANGER.public_key()])
    for data in offered:
        refused = None
        try:
            known = known.take(data, keys)
        except revocations.PieceRefused as error:
            refused = error.refusal.value
        told.append(
            {
                "data": data.hex(),
                "refused": refused,
                "upto": known.upto,
                "at": int(known.at.timestamp()),
                "complete": known.complete,
                "aliases": sorted(one.hex() for one in known.aliases),
            }
        )
    return told


def jwks() -> dict[str, Any]:
    """The issuer's published keys."""
    numbers = [key.public_key().public_numbers() for key in (ISSUER, STRANGER)]
    return {
        "keys": [
            {
                "kty": "EC",
                "crv": "P-256",
                "x": base64url(one.x.to_bytes(32, "big")),
                "y": base64url(one.y.to_bytes(32, "big")),
            }
            for one in numbers
        ]
    }


def no_base45() -> list[str]:
    """Texts that no bytes have."""
    texts = ["0", "0000", "a0", "GGW", "::", ":::", "00é"]
    return [one for one in texts if _refused(base45.decode, one)]


def no_cbor() -> list[str]:
    """Bytes that are no item, or another spelling of one."""
    spelled = (
        "",
        "1817",
        "190001",
        "1a00000001",
        "1b0000000000000001",
        "1f",
        "5f",
        "4201",
        "61ff",
        "9f",
        "820102ff",
        "8101020304",
        "a20201010a",
        "a201010101",
        "a1410101",
        "8181818181",
        "9affffffff",
        "f6",
        "c100",
        "0000",
    )
    return [one for one in spelled if _refused(cbor.decode, bytes.fromhex(one))]


def _refused(read: Callable[[_Given], object], given: _Given) -> bool:
    try:
        read(given)
    except MalformedError:
        return True
    return False
