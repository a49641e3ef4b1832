"""Revocations as the issuer publishes them, in signed pieces, and what a till knows of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique
from typing import Final, Self

from codes import cbor, cose
from codes.errors import MalformedError
from codes.keys import ALIAS_BYTES, IssuerKeys, Signer

USE: Final = "zr-card-revocations-1"
MEDIA_TYPE: Final = "application/cose"
PIECE: Final = 10_000
"""Most aliases in a piece: 160 kB."""
_MAX_BYTES: Final = PIECE * ALIAS_BYTES + 512
_NEVER: Final = datetime.fromtimestamp(0, UTC)
_SINCE, _UPTO, _HEAD, _AT, _ALIASES = range(1, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The revocations numbered above `since` up to `upto`, without those that expired meanwhile."""

    since: int
    upto: int
    head: int
    """The newest revocation there is; where `upto` is less, there are more pieces."""
    at: datetime
    """When it was signed, UTC."""
    aliases: Sequence[bytes] = field(repr=False)


@unique
class Refusal(StrEnum):
    """Why a piece cannot be taken in."""

    MALFORMED = "MALFORMED"
    UNKNOWN_ISSUER = "UNKNOWN_ISSUER"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    NOT_NEXT = "NOT_NEXT"
    """It does not begin where the last one ended."""
    OLDER = "OLDER"
    """It was signed before the last one: somebody plays back an old answer."""


class PieceRefused(Exception):  # noqa: N818 - reads as what happened
    """A piece was not taken in; what was known stays."""

    def __init__(self, refusal: Refusal) -> None:
        """Keep why."""
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocations:
    """What a till knows. The beginning knows nothing and is too old for every check."""

    upto: int = 0
    at: datetime = _NEVER
    """When the issuer last said that this was all."""
    complete: bool = False
    """Whether the last piece reached the newest revocation."""
    aliases: frozenset[bytes] = field(default=frozenset(), repr=False)

    def take(self, data: bytes, keys: IssuerKeys) -> Self:
        """What is known after one more piece.

        1. It has the form of a piece, within the size.
        2. The issuer signed it, as a piece and nothing else.
        3. It begins where the last one ended, or at 0: everything from the beginning.
        4. It is not older than the last one.

        Raises:
            PieceRefused: with the reason of the first check that failed.
        """
        piece = _read_signed(data, keys)  # 1, 2
        if piece.since not in (0, self.upto):  # 3
            raise PieceRefused(Refusal.NOT_NEXT)
        if piece.at < self.at:  # 4
            raise PieceRefused(Refusal.OLDER)
        known = self.aliases if piece.since else frozenset[bytes]()
        return type(self)(
            upto=piece.upto,
            # Time counts from a whole list only: half of one must not look fresh.
            at=piece.at if piece.upto == piece.head else self.at,
            complete=piece.upto == piece.head,
            aliases=known | frozenset(piece.aliases),
        )

    def is_too_old(self, now: datetime, *, most: timedelta) -> bool:
        """Whether too much can have happened since."""
        return not self.complete or now - self.at > most


def publish(piece: Piece, *, signer: Signer, key_id: bytes) -> bytes:
    """Sign a piece.

    Raises:
        ValueError: more aliases than a piece takes, or one of another length.
    """
    if len(piece.aliases) > PIECE or any(len(one) != ALIAS_BYTES for one in piece.aliases):
        msg = "too many aliases, or one of another length"
        raise ValueError(msg)
    payload: dict[int, cbor.Item] = {
        _SINCE: piece.since,
        _UPTO: piece.upto,
        _HEAD: piece.head,
        _AT: int(piece.at.timestamp()),
        _ALIASES: b"".join(piece.aliases),
    }
    return cose.sign(cbor.encode(payload), use=USE, signer=signer, key_id=key_id)


def _read_signed(data: bytes, keys: IssuerKeys) -> Piece:
    if len(data) > _MAX_BYTES:
        raise PieceRefused(Refusal.MALFORMED)
    try:
        signed = cose.read(data)
        piece = _read_claims(signed.payload)
    except MalformedError:
        raise PieceRefused(Refusal.MALFORMED) from None
    key = keys.by_id.get(signed.key_id or b"")
    if key is None:
        raise PieceRefused(Refusal.UNKNOWN_ISSUER)
    if not signed.is_by(key, use=USE):
        raise PieceRefused(Refusal.BAD_SIGNATURE)
    return piece


def _read_claims(payload: bytes) -> Piece:
    claims = cbor.decode(payload)
    if not isinstance(claims, dict) or list(claims) != [_SINCE, _UPTO, _HEAD, _AT, _ALIASES]:
        raise MalformedError
    since, upto, head, at = (_number(claims[name]) for name in (_SINCE, _UPTO, _HEAD, _AT))
    joined = claims[_ALIASES]
    if not isinstance(joined, bytes) or len(joined) % ALIAS_BYTES or not since <= upto <= head:
        raise MalformedError
    return Piece(
        since=since,
        upto=upto,
        head=head,
        at=datetime.fromtimestamp(at, UTC),
        aliases=tuple(joined[n : n + ALIAS_BYTES] for n in range(0, len(joined), ALIAS_BYTES)),
    )


def _number(item: cbor.Item) -> int:
    if not isinstance(item, int) or not 0 <= item < 1 << 33:
        raise MalformedError
    return item
