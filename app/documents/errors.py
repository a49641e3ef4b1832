"""Why a certificate was not issued, shown or checked."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

TYPE_UNKNOWN: Final = ErrorKind(
    "CERTIFICATE_TYPE_UNKNOWN",
    422,
    "没有这种证明。",
    "There is no certificate of this type.",
)
NO_RECORD: Final = ErrorKind(
    "CERTIFICATE_NO_RECORD",
    409,
    "部门数据中没有您的记录，无法开具此证明。",
    "The department has no record of you, so this certificate cannot be issued.",
)
FACT_MISSING: Final = ErrorKind(
    "CERTIFICATE_FACT_MISSING",
    409,
    "部门记录缺少开具此证明所需的内容，请联系该部门补正。",
    "The department's record lacks something this certificate states. Ask them to add it.",
)
FACT_NOT_GIVEN: Final = ErrorKind(
    "CERTIFICATE_FACT_NOT_GIVEN",
    409,
    "部门记录不符合开具此证明的条件。",
    "By the department's record, what this certificate would state does not hold.",
)
DATA_STALE: Final = ErrorKind(
    "CERTIFICATE_DATA_STALE",
    503,
    "部门数据不够新，请稍后再试。",
    "The department's data are not recent enough. Try again later.",
)
SUSPENDED: Final = ErrorKind(
    "CERTIFICATE_SUSPENDED",
    409,
    "您的此类证明已被暂停，暂停解除前不能重新开具。",
    "Your certificate of this type is suspended; it cannot be issued anew until that ends.",
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
ALL: Final = (
    TYPE_UNKNOWN,
    NO_RECORD,
    FACT_MISSING,
    FACT_NOT_GIVEN,
    DATA_STALE,
    SUSPENDED,
    NOT_MADE,
    NOT_A_PDF,
    CHECK_CODE_MALFORMED,
)
