"""Why a certificate was not issued, shown or checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from app.core.errors import ErrorKind

TYPE_UNKNOWN: Final = ErrorKind(
    "CERTIFICATE_TYPE_UNKNOWN",
    422,
    "没有这种证明。",
    "There is no certificate of this type.",
)
TYPE_UNAVAILABLE: Final = ErrorKind(
    "CERTIFICATE_TYPE_UNAVAILABLE",
    503,
    "此证明所需的部门数据尚未接入，暂时不能开具。",
    "A department whose data this certificate needs is not connected, so it cannot be had yet.",
)
NO_RECORD: Final = ErrorKind(
    "CERTIFICATE_NO_RECORD",
    409,
    "{source}：没有您的记录，无法开具此证明。",
    "The {source} has no record of you, so this certificate cannot be issued.",
)
FACT_MISSING: Final = ErrorKind(
    "CERTIFICATE_FACT_MISSING",
    409,
    "{source}：您的记录缺少开具此证明所需的内容，请联系该部门补正。",
    "Your record in the {source} lacks something this certificate states. Ask them to add it.",
)
FACT_NOT_GIVEN: Final = ErrorKind(
    "CERTIFICATE_FACT_NOT_GIVEN",
    409,
    "{source}：您的记录内容不符合规定的形式，无法开具此证明，请联系该部门更正。",
    "Your record in the {source} is not in the form this certificate needs. Ask for a correction.",
)
FACT_REFUSED: Final = ErrorKind(
    "CERTIFICATE_FACT_REFUSED",
    409,
    "{source}：您的记录不符合开具此证明的条件。",
    "By your record in the {source}, what this certificate would state does not hold.",
)
SOURCE_NOT_LIVE: Final = ErrorKind(
    "CERTIFICATE_SOURCE_NOT_LIVE",
    503,
    "{source}：此证明必须由该部门即时、完整答复，目前做不到，请稍后再试。",
    "This certificate needs an answer of the {source} given just now and in full. Try again later.",
)
DATA_STALE: Final = ErrorKind(
    "CERTIFICATE_DATA_STALE",
    503,
    "{source}：数据不够新，请稍后再试。",
    "The data of the {source} are not recent enough. Try again later.",
)
SUSPENDED: Final = ErrorKind(
    "CERTIFICATE_SUSPENDED",
    409,
    "您的此类证明已被暂停，暂停解除前不能重新开具。",
    "Your certificate of this type is suspended; it cannot be issued anew until that ends.",
)
BATCH_OVER: Final = ErrorKind(
    "CERTIFICATE_BATCH_OVER",
    503,
    "系统未能在 15 分钟内办理此项申请，请重新申请。",
    "This could not be worked on within 15 minutes of the request. Ask again.",
)
NOT_MADE: Final = ErrorKind(
    "CERTIFICATE_NOT_MADE",
    500,
    "证明生成失败，我们会尽快处理。",
    "The certificate could not be made. The fault is ours.",
)
NOT_A_PDF: Final = ErrorKind(
    "NOT_A_PDF",
    422,
    "这不是 PDF 文件。",
    "This is not a PDF file.",
)
CHECK_CODE_MALFORMED: Final = ErrorKind(
    "CHECK_CODE_MALFORMED",
    422,
    "编号或校验码的格式不正确，请对照证明重新输入。",
    "The id or the check code is not in the form printed on certificates. Compare and type again.",
)
SIGNER_UNKNOWN: Final = ErrorKind(
    "SIGNER_UNKNOWN",
    404,
    "没有此指纹的签名证书。",
    "No signing certificate of ours has this fingerprint.",
)
STATE_CONFLICT: Final = ErrorKind(
    "CERTIFICATE_STATE_CONFLICT",
    409,
    "证明当前的状态不允许这样更改。",
    "The certificate's present state does not allow this change.",
)
STATE_UNCHANGED: Final = ErrorKind(
    "CERTIFICATE_STATE_UNCHANGED",
    409,
    "证明已经处于该状态。",
    "The certificate is in that state already.",
)
REASON_INVALID: Final = ErrorKind(
    "CERTIFICATE_REASON_INVALID",
    422,
    "该原因不能用于这种状态更改。",
    "This reason cannot lead to that state.",
)
NOT_RECOGNISED: Final = ErrorKind(
    "CERTIFICATE_NOT_RECOGNISED",
    404,
    "没有与此标识和校验码相符的证明。",
    "No certificate has this id and check code.",
)
ENDED: Final = ErrorKind(
    "CERTIFICATE_ENDED",
    409,
    "该证明已终止，不会再有变化。",
    "The certificate has ended; nothing about it will change.",
)
FOLLOWERS_TOO_MANY: Final = ErrorKind(
    "FOLLOWERS_TOO_MANY",
    409,
    "关注数量已达上限。",
    "No more subscriptions are taken: of this certificate, or of this partner.",
)
ALL: Final = (
    TYPE_UNKNOWN,
    TYPE_UNAVAILABLE,
    NO_RECORD,
    FACT_MISSING,
    FACT_NOT_GIVEN,
    FACT_REFUSED,
    SOURCE_NOT_LIVE,
    DATA_STALE,
    SUSPENDED,
    BATCH_OVER,
    NOT_MADE,
    NOT_A_PDF,
    CHECK_CODE_MALFORMED,
    SIGNER_UNKNOWN,
    STATE_CONFLICT,
    STATE_UNCHANGED,
    REASON_INVALID,
    NOT_RECOGNISED,
    ENDED,
    FOLLOWERS_TOO_MANY,
)


def naming(kind: ErrorKind, *, zh: str, en: str) -> ErrorKind:
    """The same refusal with the source's name in its words."""
    return replace(kind, zh=kind.zh.format(source=zh), en=kind.en.format(source=en))


def saying(kind: ErrorKind, *, zh: str, en: str) -> ErrorKind:
    """The same refusal in words of its own."""
    return replace(kind, zh=zh, en=en)


class NotArchived(Exception):  # noqa: N818 - reads as what happened
    """A file was not upgraded; it is as good as it was."""

    def __init__(self, *, reason: str, final: bool) -> None:
        """Keep the code of the reason, and whether trying again is of no use."""
        super().__init__(reason)
        self.reason = reason
        self.final = final
