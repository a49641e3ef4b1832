"""Checks a presentation: the issuer's signature, what is shown, and that the holder shows it."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.types import Options

from certificates.base64url import encode
from certificates.credentials.disclosures import Disclosure, decoded, read_disclosure
from certificates.credentials.issuing import HASH, MEDIA_TYPE
from certificates.credentials.refusals import Part, refused
from certificates.moments import moment

BINDING_TYPE = "kb+jwt"
_MOST_DISCLOSURES = 64
_LONGEST = 256 * 1024
_BY_US: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
}
"""Times and audience are judged here, by the caller's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a presentation must answer to. The empty value refuses."""

    issuers: Mapping[str, Mapping[str, ec.EllipticCurvePublicKey]] = field(default_factory=dict)
    """For each trusted issuer its keys by kid."""
    types: frozenset[str] = frozenset()
    """Types that are wanted."""
    audience: str = ""
    """Who asks."""
    nonce: str = ""
    """Drawn for this very request, used once."""
    freshness: dt.timedelta = dt.timedelta(0)
    """How old the holder's signature may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What a presentation proves."""

    issuer: str
    vct: str
    claims: Mapping[str, Any] = field(repr=False)
    """Open ones and those that were shown."""
    status: Mapping[str, Any]
    """Where to look whether it still holds: the reader's to do."""
    expires_at: dt.datetime


def check_presentation(text: str, *, expected: Expectation, now: dt.datetime) -> Presented:
    """Check a presentation, in this order (RFC 9901, 7.1 and 7.3).

    1. It is of bounded size and in the one spelling there is: one signed part, some disclosures,
       one binding.
    2. The issuer is trusted, and the signature by its key holds.
    3. The type is wanted; the credential is neither from the future nor over.
    4. Every disclosure is one the issuer signed, none twice, and hides no open claim.
    5. The binding is signed by the key in the credential, for us, with our nonce, just now.
    6. It is over these very disclosures.

    What the caller still owes: the status, and that the nonce is used once.

    Raises:
        CertificateError: CREDENTIAL_INVALID, naming the part at fault.
    """
    signed, shown, binding = _parts(text)  # 1
    claims = _issuer_signed(signed, expected)  # 2
    until = _in_force(claims, expected, now)  # 3
    disclosed = _disclosed(claims, shown)  # 4
    bound = _binding(binding, claims, expected, now)  # 5
    digest = encode(hashlib.sha256(text[: len(text) - len(binding)].encode()).digest())
    if not hmac.compare_digest(str(bound.get("sd_hash")).encode(), digest.encode()):  # 6
        raise refused(Part.BINDING_SCOPE)
    own = {"_sd", "_sd_alg", "cnf", "iss", "vct", "iat", "exp", "status"}
    open_claims = {name: value for name, value in claims.items() if name not in own}
    return Presented(
        issuer=claims["iss"],
        vct=claims["vct"],
        claims=open_claims | disclosed,
        status=claims["status"],
        expires_at=until,
    )


def _parts(text: str) -> tuple[str, list[str], str]:
    parts = text.split("~") if text.isascii() and len(text) <= _LONGEST else []
    if not 2 <= len(parts) <= _MOST_DISCLOSURES + 2 or not all(parts):  # noqa: PLR2004 - both ends
        raise refused(Part.SIZE)
    for piece in (*parts[0].split("."), *parts[-1].split(".")):
        decoded(piece)
    return parts[0], parts[1:-1], parts[-1]


def _issuer_signed(signed: str, expected: Expectation) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(signed)
        loose = jwt.decode(signed, options={"verify_signature": False, **_BY_US})
        keys = expected.issuers.get(str(loose.get("iss")), {})
        key = keys.get(str(header.get("kid")))
        if header.get("typ") != MEDIA_TYPE or key is None:
            raise refused(Part.ISSUER)
        claims: dict[str, Any] = jwt.decode(signed, key, algorithms=["ES256"], options=_BY_US)
    except jwt.PyJWTError:
        raise refused(Part.SIGNATURE) from None
    return claims


def _in_force(claims: Mapping[str, Any], expected: Expectation, now: dt.datetime) -> dt.datetime:
    if claims.get("vct") not in expected.types or not isinstance(claims.get("status"), dict):
        raise refused(Part.TYPE)
    issued, until = (_moment(claims.get(name)) for name in ("iat", "exp"))
    if not issued <= now < until:
        raise refused(Part.TIME)
    return until


def _disclosed(claims: Mapping[str, Any], shown: list[str]) -> dict[str, Any]:
    digests = claims.get("_sd", [])
    known = isinstance(digests, list) and len(set(map(str, digests))) == len(digests)
    if claims.get("_sd_alg") != HASH or not known:
        raise refused(Part.DIGESTS)
    found: list[Disclosure] = [read_disclosure(one) for one in shown]
    told = {one.name: one.value for one in found}
    if not {one.digest for one in found} <= set(digests):
        raise refused(Part.DISCLOSURE_UNSIGNED)
    if len(told) != len(found) or told.keys() & claims.keys():
        raise refused(Part.DISCLOSURE_REPEATED)
    return told


def _binding(
    text: str, claims: Mapping[str, Any], expected: Expectation, now: dt.datetime
) -> dict[str, Any]:
    try:
        key = jwt.PyJWK(claims["cnf"]["jwk"], algorithm="ES256").key
        if jwt.get_unverified_header(text).get("typ") != BINDING_TYPE:
            raise refused(Part.BINDING)
        bound: dict[str, Any] = jwt.decode(text, key, algorithms=["ES256"], options=_BY_US)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        raise refused(Part.BINDING) from None
    wanted = {"aud": expected.audience, "nonce": expected.nonce}
    if not all(wanted.values()) or any(bound.get(name) != one for name, one in wanted.items()):
        raise refused(Part.REQUEST)
    if not now - expected.freshness <= _moment(bound.get("iat")) <= now:
        raise refused(Part.BINDING_TIME)
    return bound


def _moment(value: object) -> dt.datetime:
    try:
        return moment(value)
    except ValueError:
        raise refused(Part.TIME) from None
