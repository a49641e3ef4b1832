"""Why the identity service refuses."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

# Verification sessions
VERIFICATION_PAUSED: Final = ErrorKind(
    "VERIFICATION_PAUSED",
    429,
    "多次验证未通过，请稍后再试。",
    "Too many verifications failed. Wait before you try again.",
)
CONSENT_TEXT_UNKNOWN: Final = ErrorKind(
    "CONSENT_TEXT_UNKNOWN",
    422,
    "您同意的告知书版本无效，请更新后重试。",
    "The consent refers to a text that is not in force. Update and try again.",
)
VARIANT_UNSUPPORTED: Final = ErrorKind(
    "VARIANT_UNSUPPORTED",
    422,
    "此设备不支持可用的验证方式。",
    "The device offers no kind of challenge that is in use here.",
)
VERIFICATION_FOREIGN: Final = ErrorKind(
    "VERIFICATION_FOREIGN",
    403,
    "此次验证属于另一台设备。",
    "This verification belongs to another device.",
)
VERIFICATION_ENDED: Final = ErrorKind(
    "VERIFICATION_ENDED", 410, "此次验证已结束。", "This verification has ended."
)
VERIFICATION_EXPIRED: Final = ErrorKind(
    "VERIFICATION_EXPIRED",
    410,
    "此次验证已过期，请重新开始。",
    "This verification has expired. Begin a new one.",
)
STEP_OUT_OF_ORDER: Final = ErrorKind(
    "STEP_OUT_OF_ORDER", 409, "现在不是这一步。", "This is not the step that is due."
)
STEP_REPEATED: Final = ErrorKind(
    "STEP_REPEATED",
    409,
    "这一步已用其他内容提交过。",
    "This step was already answered with other content.",
)
STEP_IN_PROGRESS: Final = ErrorKind(
    "STEP_IN_PROGRESS", 409, "这一步正在处理。", "This step is being judged."
)
PART_OUT_OF_ORDER: Final = ErrorKind(
    "PART_OUT_OF_ORDER",
    409,
    "现在不是这一部分。",
    "This is not the part of the step that is due.",
)
PART_REPEATED: Final = ErrorKind(
    "PART_REPEATED",
    409,
    "这一部分已用其他内容提交过。",
    "This part of the step was already sent with other content.",
)
VERIFICATION_NOT_ENDED: Final = ErrorKind(
    "VERIFICATION_NOT_ENDED",
    409,
    "此次验证尚未结束。",
    "This verification has not ended; there is no receipt of it yet.",
)

# Uploads of a step; the session stays open
MANIFEST_MISSING: Final = ErrorKind(
    "MANIFEST_MISSING", 422, "缺少清单。", "Send exactly one text field named manifest."
)
MANIFEST_MISMATCH: Final = ErrorKind(
    "MANIFEST_MISMATCH",
    422,
    "清单与画面数量不符。",
    "The manifest does not list exactly the frames that were sent.",
)
PART_UNKNOWN: Final = ErrorKind(
    "PART_UNKNOWN", 422, "包含未知的部分。", "The upload has a part that is not expected."
)
FRAMES_MISSING: Final = ErrorKind(
    "FRAMES_MISSING", 422, "没有画面。", "The upload holds no frames."
)
TOO_MANY_FRAMES: Final = ErrorKind(
    "TOO_MANY_FRAMES", 413, "画面过多。", "The upload holds more frames than the step allows."
)
FRAME_EMPTY: Final = ErrorKind("FRAME_EMPTY", 422, "画面为空。", "A frame is empty.")
FRAME_TOO_LARGE: Final = ErrorKind(
    "FRAME_TOO_LARGE", 413, "画面文件过大。", "A frame is larger than is accepted."
)
FRAME_TOO_MANY_PIXELS: Final = ErrorKind(
    "FRAME_TOO_MANY_PIXELS", 413, "画面像素过多。", "A frame has more pixels than are accepted."
)
FRAME_UNSUPPORTED: Final = ErrorKind(
    "FRAME_UNSUPPORTED",
    415,
    "画面格式不受支持。",
    "A frame is not a picture of a format in use.",
)
FRAME_BROKEN: Final = ErrorKind(
    "FRAME_BROKEN", 422, "画面已损坏。", "A frame is damaged and cannot be read."
)

# Tokens (RFC 6749 §5.2)
INVALID_REQUEST: Final = ErrorKind(
    "INVALID_REQUEST", 400, "令牌请求缺少参数或有误。", "A parameter is missing, repeated or wrong."
)
INVALID_GRANT: Final = ErrorKind(
    "INVALID_GRANT",
    400,
    "授权码或刷新令牌无效，请重新验证身份。",
    "The code or refresh token is wrong, used, expired or bound to another key.",
)
INVALID_SCOPE: Final = ErrorKind(
    "INVALID_SCOPE", 400, "请求的权限超出许可。", "The client may not be given that scope."
)
UNSUPPORTED_GRANT_TYPE: Final = ErrorKind(
    "UNSUPPORTED_GRANT_TYPE", 400, "不支持此授权方式。", "That kind of grant is not in use here."
)
CLIENT_UNKNOWN: Final = ErrorKind(
    "INVALID_CLIENT", 401, "应用未登记。", "The client is not registered."
)

ALL: Final = (
    VERIFICATION_PAUSED,
    CONSENT_TEXT_UNKNOWN,
    VARIANT_UNSUPPORTED,
    VERIFICATION_FOREIGN,
    VERIFICATION_ENDED,
    VERIFICATION_EXPIRED,
    STEP_OUT_OF_ORDER,
    STEP_REPEATED,
    STEP_IN_PROGRESS,
    PART_OUT_OF_ORDER,
    PART_REPEATED,
    VERIFICATION_NOT_ENDED,
    MANIFEST_MISSING,
    MANIFEST_MISMATCH,
    PART_UNKNOWN,
    FRAMES_MISSING,
    TOO_MANY_FRAMES,
    FRAME_EMPTY,
    FRAME_TOO_LARGE,
    FRAME_TOO_MANY_PIXELS,
    FRAME_UNSUPPORTED,
    FRAME_BROKEN,
    INVALID_REQUEST,
    INVALID_GRANT,
    INVALID_SCOPE,
    UNSUPPORTED_GRANT_TYPE,
)
