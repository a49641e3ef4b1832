"""Why the partners' service refuses."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

INVALID_CLIENT: Final = ErrorKind(
    "INVALID_CLIENT",
    401,
    "终端身份无法确认。",
    "The client could not be authenticated.",
)
"""RFC 6749 §5.2 `invalid_client`. One code for every cause: a stranger learns nothing of ours."""
MERCHANT_UNKNOWN: Final = ErrorKind(
    "MERCHANT_UNKNOWN", 404, "没有这个合作机构。", "There is no such partner."
)
MERCHANT_NAME_MISSING: Final = ErrorKind(
    "MERCHANT_NAME_MISSING",
    422,
    "缺少合作机构名称。",
    "A partner needs a name that holders can read.",
)
TERMINAL_UNKNOWN: Final = ErrorKind(
    "TERMINAL_UNKNOWN", 404, "没有这个终端。", "There is no such terminal."
)
TERMINAL_KEYS_INVALID: Final = ErrorKind(
    "TERMINAL_KEYS_INVALID",
    422,
    "终端公钥无效。",
    "Register one to five public P-256 keys, each with its own kid and no private member.",
)
TERMINAL_PURPOSES_INVALID: Final = ErrorKind(
    "TERMINAL_PURPOSES_INVALID",
    422,
    "终端用途无效。",
    "Name at least one purpose, and only known ones.",
)
OPERATOR_UNKNOWN: Final = ErrorKind(
    "OPERATOR_UNKNOWN", 404, "没有这个管理员。", "There is no such operator."
)
OPERATOR_NAME_MISSING: Final = ErrorKind(
    "OPERATOR_NAME_MISSING", 422, "缺少管理员名称。", "An operator needs a name."
)
OPERATOR_SCOPES_INVALID: Final = ErrorKind(
    "OPERATOR_SCOPES_INVALID",
    422,
    "管理员权限无效。",
    "Name at least one scope, and only known ones.",
)
ALL: Final = (
    INVALID_CLIENT,
    MERCHANT_UNKNOWN,
    MERCHANT_NAME_MISSING,
    TERMINAL_UNKNOWN,
    TERMINAL_KEYS_INVALID,
    TERMINAL_PURPOSES_INVALID,
    OPERATOR_UNKNOWN,
    OPERATOR_NAME_MISSING,
    OPERATOR_SCOPES_INVALID,
)
