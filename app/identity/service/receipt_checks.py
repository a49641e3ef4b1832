"""The check of a receipt that is open to everybody: is it ours, unchanged and still good?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from app.core.clock import Clock
from app.core.fields import FieldCipher
from app.core.jose.errors import JoseRefused, Reason
from app.core.jose.tokens import TokenPolicy, verify_token
from app.core.keys.provider import SigningRing
from app.core.limits import RateLimits
from app.identity.service.receipts import TYPE, audience

_RATE: Final = "checks"
_LEEWAY: Final = timedelta(minutes=1)  # between the clocks of our own machines
_STATED: Final[Mapping[str, type]] = MappingProxyType(
    {
        **dict.fromkeys(("jti", "outcome", "purpose", "consent", "variant"), str),
        **dict.fromkeys(("challenge", "policy"), str),
        **dict.fromkeys(("iat", "started_at", "ended_at"), int),
        **dict.fromkeys(("frames", "models"), dict),
        "steps": list,
    }
)
"""What a receipt has to state, besides what every token does."""


class Question(StrEnum):
    """What is asked of a receipt, in this order."""

    FORM = "form"
    """One compact JWS that says it is a receipt, with no key or extension of its sender's."""
    SIGNATURE = "signature"
    """Signed with a key that is published for receipts."""
    CONTENTS = "contents"
    """It states all that a receipt has to."""
    ISSUER = "issuer"
    """Issued here, and for this use."""
    PERIOD = "period"
    """Neither too old nor of the future."""


_FAILED: Final[Mapping[Reason, tuple[Question, str]]] = MappingProxyType(
    {
        Reason.TOO_LARGE: (Question.FORM, "RECEIPT_TOO_LARGE"),
        Reason.MALFORMED: (Question.FORM, "RECEIPT_MALFORMED"),
        Reason.DUPLICATE_MEMBER: (Question.FORM, "RECEIPT_DUPLICATE_MEMBER"),
        Reason.TYPE: (Question.FORM, "RECEIPT_TYPE"),
        Reason.ALGORITHM: (Question.FORM, "RECEIPT_ALGORITHM"),
        Reason.HEADER_MEMBER: (Question.FORM, "RECEIPT_HEADER"),
        Reason.KEY_ID: (Question.SIGNATURE, "RECEIPT_KEY_UNKNOWN"),
        Reason.KEY: (Question.SIGNATURE, "RECEIPT_KEY_UNKNOWN"),
        Reason.SIGNATURE: (Question.SIGNATURE, "RECEIPT_SIGNATURE_WRONG"),
        Reason.CLAIM_MISSING: (Question.CONTENTS, "RECEIPT_INCOMPLETE"),
        Reason.CLAIM_TYPE: (Question.CONTENTS, "RECEIPT_CONTENTS_WRONG"),
        Reason.ISSUER: (Question.ISSUER, "RECEIPT_ISSUER"),
        Reason.AUDIENCE: (Question.ISSUER, "RECEIPT_AUDIENCE"),
        Reason.EXPIRED: (Question.PERIOD, "RECEIPT_EXPIRED"),
        Reason.NOT_YET_VALID: (Question.PERIOD, "RECEIPT_NOT_YET_VALID"),
    }
)
OK: Final = "OK"
NOT_EXAMINED: Final = "NOT_EXAMINED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptCheck:
    """What a check found."""

    codes: Mapping[Question, str]
    """Each question's answer: OK, why not, or NOT_EXAMINED because one before it failed."""
    contents: Mapping[str, Any] | None = field(repr=False)
    """The claims of a receipt that is good in every respect."""

    @property
    def valid(self) -> bool:
        """Whether to rely on it."""
        return self.contents is not None


class ReceiptChecks:
    """Judges receipts for anybody who asks."""

    def __init__(
        self,
        *,
        issuer: str,
        ring: SigningRing,
        clock: Clock,
        cipher: FieldCipher,
        limits: RateLimits,
    ) -> None:
        """Take the ring receipts are signed with, and the ports; `limits` knows "checks"."""
        self._ring = ring
        self._clock = clock
        self._cipher = cipher
        self._limits = limits
        self._policy: Final = TokenPolicy(
            typ=TYPE,
            algorithms=frozenset({"ES256"}),
            issuer=issuer,
            audience=audience(issuer),
            required=frozenset(_STATED),
            leeway=_LEEWAY,
        )

    def check(self, text: str, *, address: str) -> ReceiptCheck:
        """Check what somebody holds for a receipt.

        1. The address may check.
        2. The questions are asked in their order; after the first that fails, no other is.

        Raises:
            DomainError: TOO_MANY_REQUESTS.
        """
        # 1
        self._limits.hit(_RATE, self._cipher.index("address", address).hex())
        # 2
        try:
            token = verify_token(text, policy=self._policy, ring=self._ring, now=self._clock.now())
            _require_types(token.claims)
        except JoseRefused as refused:
            return ReceiptCheck(codes=_codes(*_FAILED[refused.reason]), contents=None)
        return ReceiptCheck(codes=dict.fromkeys(Question, OK), contents=token.claims)


def _require_types(claims: Mapping[str, object]) -> None:
    if not all(isinstance(claims[name], kind) for name, kind in _STATED.items()):
        raise JoseRefused(Reason.CLAIM_TYPE)


def _codes(failed: Question, code: str) -> dict[Question, str]:
    asked = list(Question)
    at = asked.index(failed)
    later = dict.fromkeys(asked[at + 1 :], NOT_EXAMINED)
    return {**dict.fromkeys(asked[:at], OK), failed: code, **later}
