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
MERCHANT_REGION_INVALID: Final = ErrorKind(
    "MERCHANT_REGION_INVALID",
    422,
    "行政区划代码应为六位数字。",
    "A region is the six digits of an administrative division.",
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
TERMINAL_KEY_EXISTS: Final = ErrorKind(
    "TERMINAL_KEY_EXISTS",
    409,
    "终端已有同名的公钥。",
    "The terminal has a key of this kid already.",
)
TERMINAL_KEY_UNKNOWN: Final = ErrorKind(
    "TERMINAL_KEY_UNKNOWN", 404, "终端没有这个公钥。", "The terminal has no key of this kid."
)
TERMINAL_LAST_KEY: Final = ErrorKind(
    "TERMINAL_LAST_KEY",
    409,
    "这是终端最后一个公钥，不能移除；请先登记新公钥，或暂停终端。",
    "This is the terminal's last key. Add another first, or suspend the terminal.",
)
TERMINAL_ADDRESS_REFUSED: Final = ErrorKind(
    "TERMINAL_ADDRESS_REFUSED",
    422,
    "公钥地址须为公网可访问的 https 地址。",
    "Keys are fetched from https addresses of the public internet alone.",
)
TERMINAL_KEYS_ELSEWHERE: Final = ErrorKind(
    "TERMINAL_KEYS_ELSEWHERE",
    409,
    "此终端的公钥由机构在其地址发布，请在该处更换。",
    "This terminal's keys are those at its address. Change them there.",
)
TERMINAL_SCOPES_INVALID: Final = ErrorKind(
    "TERMINAL_SCOPES_INVALID",
    422,
    "终端权限无效。",
    "Name at least one scope, and only known ones.",
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
    MERCHANT_REGION_INVALID,
    TERMINAL_UNKNOWN,
    TERMINAL_KEYS_INVALID,
    TERMINAL_KEY_EXISTS,
    TERMINAL_KEY_UNKNOWN,
    TERMINAL_LAST_KEY,
    TERMINAL_ADDRESS_REFUSED,
    TERMINAL_KEYS_ELSEWHERE,
    TERMINAL_SCOPES_INVALID,
    TERMINAL_PURPOSES_INVALID,
    OPERATOR_UNKNOWN,
    OPERATOR_NAME_MISSING,
    OPERATOR_SCOPES_INVALID,
)
