"""Why a caller was not admitted."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app.core.errors import DomainError, ErrorKind

INVALID_TOKEN: Final = ErrorKind(
    "INVALID_TOKEN",
    401,
    "登录凭证无效或已失效，请重新验证身份。",
    "The access token is missing, wrong, expired or revoked.",
)
INVALID_DPOP_PROOF: Final = ErrorKind(
    "INVALID_DPOP_PROOF",
    401,
    "设备密钥证明无效。",
    "The proof of possession of the device's key is missing or wrong.",
)
INVALID_DPOP_PROOF_AT_TOKEN: Final = ErrorKind(
    "INVALID_DPOP_PROOF",
    400,
    "设备密钥证明无效。",
    "The proof of possession of the device's key is missing or wrong.",
)
INSUFFICIENT_USER_AUTHENTICATION: Final = ErrorKind(
    "INSUFFICIENT_USER_AUTHENTICATION",
    401,
    "此操作需要重新进行人脸验证。",
    "This needs a fresher or stronger face verification.",
)
INSUFFICIENT_SCOPE: Final = ErrorKind(
    "INSUFFICIENT_SCOPE",
    403,
    "凭证没有此操作的权限。",
    "The token does not cover this.",
)
ALL: Final = (
    INVALID_TOKEN,
    INVALID_DPOP_PROOF,
    INSUFFICIENT_USER_AUTHENTICATION,
    INSUFFICIENT_SCOPE,
)


def step_up(*, level: str, max_age: timedelta | None = None) -> DomainError:
    """The refusal that says which face verification to come back with (RFC 9470 §3)."""
    error, acr = "insufficient_user_authentication", f"face:{level}"
    challenge = f'DPoP error="{error}", acr_values="{acr}"'
    members: dict[str, object] = {"error": error, "acr_values": acr}
    if max_age is not None:
        seconds = int(max_age.total_seconds())
        challenge += f", max_age={seconds}"
        members["max_age"] = seconds
    return INSUFFICIENT_USER_AUTHENTICATION(
        headers={"WWW-Authenticate": challenge}, members=members
    )
