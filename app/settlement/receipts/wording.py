"""The words of the receipts' check page: Simplified Chinese, English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.core.http.languages import Language

Words = tuple[str, str]
TEXTS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "product": ("一次都不跑", "Zero-Run"),
        "title": ("结算回执核验", "Check a receipt"),
        "other_language": ("English", "中文"),
        "lead": (
            "扫描回执上的二维码，或粘贴回执的机读件，即可核验真伪与当前情况。",
            "Scan a receipt's code, or paste the receipt, to see whether it is genuine.",
        ),
        "genuine": ("这张回执由本系统出具", "This receipt is genuine"),
        "not_genuine": ("这不是本系统出具的回执", "This receipt is not genuine"),
        "compare": (
            "请核对您手中回执的机构、时间与总额是否与下列一致。",
            "Compare merchant, time and total with what your copy says.",
        ),
        "merchant": ("定点医药机构", "Merchant"),
        "bought_at": ("购买时间", "Bought at"),
        "made_at": ("回执出具时间", "Receipt made at"),
        "total": ("总额", "Total"),
        "returned": ("至今已退回", "Given back so far"),
        "status": ("当前状态", "Status now"),
        "since": ("回执出具之后", "Since the receipt was made"),
        "number": ("结算编号", "Settlement"),
        "checked": ("核验时间：", "Checked at: "),
        "by_text": ("粘贴机读件", "Paste a receipt"),
        "receipt": ("回执内容", "Receipt"),
        "receipt_hint": (
            "附于 PDF 文件的 receipt.json 的全部文字。",
            "All of the text of receipt.json, which is attached to the PDF.",
        ),
        "submit": ("核验", "Check"),
        "offline": (
            "也可以用公开的密钥离线核验：",
            "It can be checked offline as well, with the published keys:",
        ),
        "keys": ("密钥", "keys"),
        "nothing": ("请粘贴回执内容。", "Paste a receipt."),
    }
)
STATUS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "SETTLED": ("已结算", "settled"),
        "PARTIALLY_REFUNDED": ("部分退货", "partly given back"),
        "REVERSED": ("已全部退回", "all given back"),
    }
)
SINCE: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "refunded": ("有退货", "something was given back"),
        "reversed": ("已全部退回", "all was given back"),
        "adjusted": ("年度费用已重算", "the year was computed anew"),
    }
)
NOTHING_SINCE: Final[Words] = ("没有变化", "nothing has changed")


def said(words: Words, language: Language) -> str:
    """The words of one language."""
    return words[1] if language == "en" else words[0]
