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
ENROLMENT_CODE_UNKNOWN: Final = ErrorKind(
    "ENROLMENT_CODE_UNKNOWN",
    404,
    "登记码无效或已失效，请向管理员索取新的登记码。",
    "This enrolment code is not valid or no longer so. Ask the operator for a new one.",
)
"""One code for every cause: a stranger learns nothing."""
ENROLMENT_KEY_OF_ANOTHER: Final = ErrorKind(
    "ENROLMENT_KEY_OF_ANOTHER",
    422,
    "登记的公钥与请求签名不符。",
    "The key to enrol must be the one that signs the request's proof.",
)
ENROLMENT_CLIENT_UNKNOWN: Final = ErrorKind(
    "ENROLMENT_CLIENT_UNKNOWN",
    404,
    "没有这个终端或管理员。",
    "There is no such terminal or operator.",
)
ENROLMENT_CLIENT_STOPPED: Final = ErrorKind(
    "ENROLMENT_CLIENT_STOPPED",
    409,
    "该终端、机构或管理员已被暂停。",
    "This terminal, its partner or this operator is suspended.",
)
ENROLMENT_NO_ROOM: Final = ErrorKind(
    "ENROLMENT_NO_ROOM",
    409,
    "公钥已满五个，请先移除不用的公钥。",
    "There are five keys already. Remove one that is not used first.",
)
ENROLMENT_BEYOND_YOURS: Final = ErrorKind(
    "ENROLMENT_BEYOND_YOURS",
    403,
    "不能为权限大于自己的管理员登记公钥。",
    "You cannot enrol a key for an operator who may do more than you.",
)
ENROLMENT_UNKNOWN: Final = ErrorKind(
    "ENROLMENT_UNKNOWN", 404, "没有这条登记记录。", "There is no such enrolment."
)
ENROLMENT_ENDED: Final = ErrorKind(
    "ENROLMENT_ENDED",
    409,
    "登记码已被使用；如非本人操作，请移除该公钥。",
    "The code was used. If that should not be, remove the key.",
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
    ENROLMENT_CODE_UNKNOWN,
    ENROLMENT_KEY_OF_ANOTHER,
    ENROLMENT_CLIENT_UNKNOWN,
    ENROLMENT_CLIENT_STOPPED,
    ENROLMENT_NO_ROOM,
    ENROLMENT_BEYOND_YOURS,
    ENROLMENT_UNKNOWN,
    ENROLMENT_ENDED,
)
