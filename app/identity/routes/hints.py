"""What a person is told after a failed verification: coarse, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.core.http.languages import preferred_language

HINTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "NOT_VERIFIED": (
            "未能确认您的身份，请核对信息后重试。",
            "We could not confirm that it is you. Check what you entered and try again.",
        ),
        "FACE_NOT_VISIBLE": ("请将面部置于画面中央。", "Keep your face in the middle."),
        "TWO_FACES": ("画面中只能有您一人。", "Nobody else may be in the picture."),
        "FACE_TOO_SMALL": ("请靠近一些。", "Come a little closer."),
        "TOO_DARK": ("光线太暗。", "It is too dark."),
        "TOO_BRIGHT": ("光线太亮。", "It is too bright."),
        "INSUFFICIENT_LIGHT": (
            "屏幕光线不足以验证，请到较暗处并调高屏幕亮度。",
            "The screen's light was too weak. Go where it is darker and make the screen brighter.",
        ),
        "EYES_CLOSED": ("请睁开眼睛。", "Keep your eyes open."),
        "CUT_OFF": ("请露出完整面部。", "Show your whole face."),
        "NOT_ALIGNED": ("请正对手机。", "Look straight at the phone."),
        "ACTION_NOT_SEEN": ("请按提示完成动作。", "Do the movement that is shown."),
        "TOO_FAST": ("请放慢动作。", "Move more slowly."),
        "TOO_SLOW": ("请在时限内完成。", "Finish in the time that is given."),
        "REJECTED_PROTOCOL": ("请更新应用后重试。", "Update the app and try again."),
    }
)


def hint(retry_code: str | None) -> str | None:
    """The words for a retry code in the reader's language; none for a code without words."""
    if retry_code is None or retry_code not in HINTS:
        return None
    zh, en = HINTS[retry_code]
    return zh if preferred_language() == "zh-CN" else en
