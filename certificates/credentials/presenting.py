"""Checks a presentation: the issuer's signature, what is shown, and that the holder shows it."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from certificates.base64url import encode
from certificates.credentials.disclosures import Disclosure, decoded, read_disclosure
from certificates.credentials.issuing import HASH, MEDIA_TYPE
from certificates.credentials.jws import unverified_claims, verify_compact
from certificates.credentials.refusals import Part, refused
from certificates.moments import moment
from certificates.signers import PublicKey

BINDING_TYPE = "kb+jwt"
_MOST_DISCLOSURES = 64
_LONGEST = 256 * 1024
_OWN = frozenset({"_sd", "_sd_alg", "cnf", "iss", "vct", "iat", "exp", "status"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a presentation must answer to. The empty value refuses."""

    issuers: Mapping[str, Mapping[str, PublicKey]] = field(default_factory=dict)
    """For each trusted issuer its keys by kid."""
    types: frozenset[str] = frozenset()
    """Types that are wanted."""
    audience: str = ""
    """Who asks."""
    nonce: str = ""
    """Drawn for this very request, used once."""
    freshness: dt.timedelta = dt.timedelta(0)
    """How old the holder's signature may be."""
    leeway: dt.timedelta = dt.timedelta(0)
    """How far ahead of ours the holder's clock may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What a presentation proves."""

    issuer: str
    vct: str
    kid: str
    """Of the issuer's keys, the one that signed."""
    signed: str = field(repr=False)
    """SHA-256 of the signed part, 64 hex digits: what an issuer's log knows it by."""
    claims: Mapping[str, Any] = field(repr=False)
    """Open ones and those that were shown; a group is an object of what was shown of it."""
    status: Mapping[str, Any] | None
    """Where to look whether it still holds, the reader's to do; None where nobody says."""
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
    kid, claims = _issuer_signed(signed, expected)  # 2
    until = _in_force(claims, expected, now)  # 3
    disclosed = _disclosed(claims, shown)  # 4
    bound = _binding(binding, claims, expected, now)  # 5
    digest = encode(hashlib.sha256(text[: len(text) - len(binding)].encode()).digest())
    if not hmac.compare_digest(str(bound.get("sd_hash")).encode(), digest.encode()):  # 6
        raise refused(Part.BINDING_SCOPE)
    return Presented(
        issuer=claims["iss"],
        vct=claims["vct"],
        kid=kid,
        signed=hashlib.sha256(signed.encode()).hexdigest(),
        claims=disclosed,
        status=claims.get("status"),
        expires_at=until,
    )


def _parts(text: str) -> tuple[str, list[str], str]:
    parts = text.split("~") if text.isascii() and len(text) <= _LONGEST else []
    if not 2 <= len(parts) <= _MOST_DISCLOSURES + 2 or not all(parts):  # noqa: PLR2004 - both ends
        raise refused(Part.SIZE)
    for piece in (*parts[0].split("."), *parts[-1].split(".")):
        decoded(piece)
    return parts[0], parts[1:-1], parts[-1]


def _issuer_signed(signed: str, expected: Expectation) -> tuple[str, dict[str, Any]]:
    try:
        header = jwt.get_unverified_header(signed)
        keys = expected.issuers.get(str(unverified_claims(signed).get("iss")), {})
        kid = str(header.get("kid"))
        key = keys.get(kid)
        # A key the presentation brings along (`x5c`, `jwk`) is never looked at.
        if header.get("typ") != MEDIA_TYPE or key is None:
            raise refused(Part.ISSUER)
        claims = verify_compact(signed, key=key)
    except jwt.PyJWTError:
        raise refused(Part.SIGNATURE) from None
    return kid, claims


def _in_force(claims: Mapping[str, Any], expected: Expectation, now: dt.datetime) -> dt.datetime:
    if claims.get("vct") not in expected.types or not isinstance(claims.get("status", {}), dict):
        raise refused(Part.TYPE)
    issued, until = (_moment(claims.get(name)) for name in ("iat", "exp"))
    if not issued <= now < until:
        raise refused(Part.TIME)
    return until


def _disclosed(claims: Mapping[str, Any], shown: list[str]) -> dict[str, Any]:
    """Put what is shown into its places: the credential itself, and the objects in it."""
    groups = {name: one for name, one in claims.items() if isinstance(one, dict) and "_sd" in one}
    places = {"": claims, **groups}
    digests = {name: _digests(place) for name, place in places.items()}
    every = [one for found in digests.values() for one in found]
    if claims.get("_sd_alg") != HASH or len(set(every)) != len(every):
        raise refused(Part.DIGESTS)
    found: list[Disclosure] = [read_disclosure(one) for one in shown]
    if not {one.digest for one in found} <= set(every):
        raise refused(Part.DISCLOSURE_UNSIGNED)
    told = {
        name: _filled(places[name], [one for one in found if one.digest in known])
        for name, known in digests.items()
    }
    top = told.pop("")
    return {name: told.get(name, value) for name, value in top.items() if name not in _OWN}


def _filled(place: Mapping[str, Any], shown: list[Disclosure]) -> dict[str, Any]:
    told = {one.name: one.value for one in shown}
    if len(told) != len(shown) or told.keys() & place.keys():
        raise refused(Part.DISCLOSURE_REPEATED)
    return {name: value for name, value in place.items() if name != "_sd"} | told


def _digests(place: Mapping[str, Any]) -> list[str]:
    found = place.get("_sd", [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise refused(Part.DIGESTS)
    return found


def _binding(
    text: str, claims: Mapping[str, Any], expected: Expectation, now: dt.datetime
) -> dict[str, Any]:
    try:
        key = jwt.PyJWK(claims["cnf"]["jwk"], algorithm="ES256").key
        if jwt.get_unverified_header(text).get("typ") != BINDING_TYPE:
            raise refused(Part.BINDING)
        bound = verify_compact(text, key=key)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        raise refused(Part.BINDING) from None
    wanted = {"aud": expected.audience, "nonce": expected.nonce}
    if not all(wanted.values()) or any(bound.get(name) != one for name, one in wanted.items()):
        raise refused(Part.REQUEST)
    if not now - expected.freshness <= _moment(bound.get("iat")) <= now + expected.leeway:
        raise refused(Part.BINDING_TIME)
    return bound


def _moment(value: object) -> dt.datetime:
    try:
        return moment(value)
    except ValueError:
        raise refused(Part.TIME) from None
