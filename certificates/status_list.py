"""Token Status List: where thousands of certificates stand, in one small signed file.

draft-ietf-oauth-status-list-17 (Token Status List), 4.1 the list, 5.1 the signed token. Two bits a
certificate. Whoever fetches the list does not say which certificate they look at.
"""

import datetime as dt
import zlib
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from certificates.base64url import decode, encode
from certificates.errors import CertificateError, ErrorCode
from certificates.moments import moment
from certificates.status import CertificateState

BITS = 2
_PER_BYTE = 8 // BITS
_MASK = (1 << BITS) - 1
_LEVEL = 9
"""As the draft recommends: the list is packed once and fetched often."""
MOST = 1 << 22
"""Entries of one list; a reader unpacks no more than this, whatever the sender claims."""
_LONGEST = 2 * MOST // _PER_BYTE + 4096
"""Letters of a token: base64 twice around a list that cannot be made smaller, and the rest."""
MEDIA_TYPE = "statuslist+jwt"


class TokenStatus(IntEnum):
    """What two bits say (the draft, 7.1; 3 is left to applications)."""

    VALID = 0
    INVALID = 1
    """Revoked, expired or never issued."""
    SUSPENDED = 2
    SUPERSEDED = 3
    """A newer version states new facts."""


_OF_STATE = {
    CertificateState.VALID: TokenStatus.VALID,
    CertificateState.SUSPENDED: TokenStatus.SUSPENDED,
    CertificateState.SUPERSEDED: TokenStatus.SUPERSEDED,
}


def token_status(state: CertificateState) -> TokenStatus:
    """Return what a list says of a certificate: anything not known to be good is invalid."""
    return _OF_STATE.get(state, TokenStatus.INVALID)


class StatusList:
    """Statuses by index; all valid at first."""

    def __init__(self, size: int) -> None:
        """Make a list.

        Args:
            size: entries, a multiple of four up to `MOST`.

        Raises:
            ValueError: another size.
        """
        if not 0 < size <= MOST or size % _PER_BYTE:
            msg = "a list has a multiple of four entries, up to the most"
            raise ValueError(msg)
        self._bytes = bytearray(size // _PER_BYTE)

    def __len__(self) -> int:
        """Return how many entries there are."""
        return len(self._bytes) * _PER_BYTE

    def __getitem__(self, index: int) -> TokenStatus:
        """Return one status.

        Raises:
            IndexError: outside the list.
        """
        at, shift = self._place(index)
        return TokenStatus(self._bytes[at] >> shift & _MASK)

    def __setitem__(self, index: int, status: TokenStatus) -> None:
        """Change one status.

        Raises:
            IndexError: outside the list.
        """
        at, shift = self._place(index)
        self._bytes[at] = self._bytes[at] & ~(_MASK << shift) | status << shift

    def packed(self) -> str:
        """Return the list as the token carries it: zlib (RFC 1950), then base64url."""
        raw = zlib.compress(bytes(self._bytes), _LEVEL)
        return encode(raw)

    @classmethod
    def unpacked(cls, text: str) -> Self:
        """Read a packed list, of anybody.

        Raises:
            CertificateError: STATUS_LIST_INVALID, also where it would unpack to more than `MOST`.
        """
        try:
            unpacking = zlib.decompressobj()
            content = unpacking.decompress(decode(text), MOST // _PER_BYTE)
        except (ValueError, zlib.error):
            raise CertificateError(ErrorCode.STATUS_LIST_INVALID, "not packed") from None
        if not content or not unpacking.eof or unpacking.unused_data:
            raise CertificateError(ErrorCode.STATUS_LIST_INVALID, "not one whole list")
        made = cls(len(content) * _PER_BYTE)
        made._bytes[:] = content
        return made

    def _place(self, index: int) -> tuple[int, int]:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return index // _PER_BYTE, index % _PER_BYTE * BITS


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusListToken:
    """A list once its signature holds."""

    statuses: StatusList
    issued_at: dt.datetime
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLife:
    """How long a signed list is good for."""

    expires: dt.timedelta
    """Not to be believed after this."""
    ttl: dt.timedelta
    """To be fetched anew after this."""


def sign_status_list(
    statuses: StatusList,
    *,
    uri: str,
    key: ec.EllipticCurvePrivateKey,
    kid: str,
    now: dt.datetime,
    life: ListLife,
) -> str:
    """Sign a list.

    Args:
        statuses: the list.
        uri: where it is fetched; certificates carry the same.
        key: P-256.
        kid: under which readers find its public half.
        now: aware; the time of issue.
        life: how long it is good for.

    Returns:
        A compact JWT, ES256, type `statuslist+jwt`.
    """
    claims = {
        "sub": uri,
        "iat": int(now.timestamp()),
        "exp": int((now + life.expires).timestamp()),
        "ttl": int(life.ttl.total_seconds()),
        "status_list": {"bits": BITS, "lst": statuses.packed()},
    }
    return jwt.encode(claims, key, algorithm="ES256", headers={"typ": MEDIA_TYPE, "kid": kid})


def read_status_list(
    token: str, *, uri: str, keys: dict[str, ec.EllipticCurvePublicKey], now: dt.datetime
) -> StatusListToken:
    """Read a signed list, believing nothing.

    1. It is no longer than a list can be, of this type, and its key is one we trust; none trusted
       trusts nothing.
    2. Its signature is ES256 by that key.
    3. It is the list of this address.
    4. It is neither from the future nor over.
    5. It has two bits an entry and unpacks within bounds.

    Raises:
        CertificateError: STATUS_LIST_INVALID.
    """
    claims = _claims(token, keys)  # 1, 2
    packed = claims.get("status_list")
    if claims.get("sub") != uri:  # 3
        raise CertificateError(ErrorCode.STATUS_LIST_INVALID, "another list")
    issued, until = (_moment(claims.get(name)) for name in ("iat", "exp"))
    if not issued <= now < until:  # 4
        raise CertificateError(ErrorCode.STATUS_LIST_INVALID, "not of this time")
    if not isinstance(packed, dict) or packed.get("bits") != BITS:  # 5
        raise CertificateError(ErrorCode.STATUS_LIST_INVALID, "not of two bits")
    return StatusListToken(
        statuses=StatusList.unpacked(str(packed.get("lst", ""))),
        issued_at=issued,
        expires_at=until,
    )


def _claims(token: str, keys: dict[str, ec.EllipticCurvePublicKey]) -> dict[str, Any]:
    if len(token) > _LONGEST:
        raise CertificateError(ErrorCode.STATUS_LIST_INVALID, "too long")
    try:
        header = jwt.get_unverified_header(token)
        if header.get("typ") != MEDIA_TYPE or header.get("kid") not in keys:
            raise CertificateError(ErrorCode.STATUS_LIST_INVALID, "another type or key")
        claims: dict[str, Any] = jwt.decode(
            token,
            keys[header["kid"]],
            algorithms=["ES256"],
            # Times are judged by the caller's clock.
            options={"verify_exp": False, "verify_iat": False, "verify_sub": False},
        )
    except jwt.PyJWTError:
        raise CertificateError(ErrorCode.STATUS_LIST_INVALID, "not signed by us") from None
    return claims


def _moment(value: object) -> dt.datetime:
    try:
        return moment(value)
    except ValueError:
        raise CertificateError(ErrorCode.STATUS_LIST_INVALID, "no time") from None
