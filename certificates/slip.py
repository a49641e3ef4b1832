"""The slip of an appointment as a page: where, when and which number, to hold in one's hand.

It is not signed and proves nothing by itself: the desk looks the appointment up by its QR.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from certificates.moments import SHANGHAI
from certificates.qr import qr_svg

TEMPLATE: Final = "/layout/slip.typ"
_Words = Mapping[str, str | None]
_TITLES: Final[_Words] = MappingProxyType({"zh": "预约挂号单", "en": "Appointment Slip"})
_TERMS: Final[_Words] = MappingProxyType(
    {
        "zh": (
            "请按时段到院，凭电子社保卡动态码签到。"
            "本单不作为就诊或报销凭证；改约或取消后以系统为准。"
        ),
        "en": (
            "Come in your window and check in with your card's code. This slip proves nothing by "
            "itself: what the system says counts."
        ),
    }
)
_LABELS: Final[Mapping[str, _Words]] = MappingProxyType(
    {
        "patient": MappingProxyType({"zh": "就诊人", "en": "Patient"}),
        "hospital": MappingProxyType({"zh": "医院", "en": "Hospital"}),
        "place": MappingProxyType({"zh": "院区地址", "en": "Address"}),
        "department": MappingProxyType({"zh": "科室", "en": "Department"}),
        "doctor": MappingProxyType({"zh": "医生", "en": "Doctor"}),
        "fee": MappingProxyType({"zh": "挂号费（元）", "en": "Fee (CNY)"}),
        "appointment": MappingProxyType({"zh": "预约编号", "en": "Appointment"}),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What is to be printed."""

    facts: Mapping[str, str] = field(repr=False)
    """By the names of `_LABELS`; all of them."""
    number: int
    """In the queue."""
    starts_at: dt.datetime
    """Of the window, aware."""
    ends_at: dt.datetime
    code: str = field(repr=False)
    """What the QR holds, ASCII."""
    made_at: dt.datetime
    """Aware."""

    def page(self) -> dict[str, Any]:
        """Return what layout/slip.typ prints."""
        begins, ends = self.starts_at.astimezone(SHANGHAI), self.ends_at.astimezone(SHANGHAI)
        made = self.made_at.astimezone(SHANGHAI)
        day = f"{begins.year}年{begins.month}月{begins.day}日"
        return {
            "titles": dict(_TITLES),
            "description": f"{_TITLES['zh']} {self.facts['appointment']}",
            "number": str(self.number),
            "when": {
                "zh": f"{day} {begins:%H:%M}–{ends:%H:%M}",
                "en": f"{begins:%Y-%m-%d %H:%M}–{ends:%H:%M} UTC+8",
            },
            "rows": [
                {"label": dict(words), "zh": self.facts[name], "en": None}
                for name, words in _LABELS.items()
            ],
            "qr": qr_svg(self.code, border=0),
            "qr_alt": "供医院窗口扫描的二维码 QR code for the hospital's desk",
            "made": {
                "zh": f"打印时间 {made:%Y-%m-%d %H:%M}",
                "en": f"Printed {made:%Y-%m-%d %H:%M} UTC+8",
            },
            "terms": dict(_TERMS),
        }
