"""Why a token, proof or assertion was refused."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Reason(StrEnum):
    """Stable names of the check that failed. They may be logged: none carries what was sent."""

    HEADER_COUNT = "header_count"
    """Not exactly one header of that name."""
    SCHEME = "scheme"
    """The Authorization scheme is not DPoP, so a bound token would be taken as a bearer's."""
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"
    """Not a compact JWS, or its JSON is not one well-formed object."""
    DUPLICATE_MEMBER = "duplicate_member"
    TYPE = "type"
    """`typ` is absent or another."""
    ALGORITHM = "algorithm"
    """`alg` is absent, not allowed by the policy, or not supported at all."""
    HEADER_MEMBER = "header_member"
    """The header brings or points to a key, or demands an extension."""
    KEY_ID = "key_id"
    """`kid` is absent or names no key of the ring."""
    KEY = "key"
    """The key is missing, of another type, curve, use or size, or not on the curve."""
    PRIVATE_KEY = "private_key"
    """A private or symmetric key was sent where a public one belongs."""
    SIGNATURE = "signature"
    CLAIM_MISSING = "claim_missing"
    CLAIM_TYPE = "claim_type"
    ISSUER = "issuer"
    SUBJECT = "subject"
    AUDIENCE = "audience"
    CLIENT = "client"
    """The assertion's client is not registered, or not the one that asks."""
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    LIFETIME = "lifetime"
    """Valid for longer than the policy allows."""
    METHOD = "method"
    """`htm` is not the request's method."""
    TARGET = "target"
    """`htu` is not the request's address."""
    NOT_FRESH = "not_fresh"
    """`iat` lies outside the window."""
    NONCE = "nonce"
    """A server nonce is demanded; the proof has none or another."""
    REPLAYED = "replayed"
    """`jti` was seen before."""
    ACCESS_TOKEN_HASH = "access_token_hash"  # noqa: S105 - the name of a check
    """`ath` is absent or of another access token."""
    KEY_BINDING = "key_binding"
    """The proof's key is not the one the token or session is bound to."""


class JoseRefused(Exception):  # noqa: N818 - a refusal is an outcome of the check, not a fault
    """The token, proof or assertion must not be believed."""

    def __init__(self, reason: Reason) -> None:
        """Refuse.

        Args:
            reason: which check failed.
        """
        super().__init__(reason.value)
        self.reason = reason
