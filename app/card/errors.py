"""Why the card's service refuses, and what a cashier is told to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.core.cashier import Action
from app.core.errors import DomainError, ErrorKind

# Told to the holder's phone, and the first two to terminals as well.
CARD_FROZEN: Final = ErrorKind(
    "CARD_FROZEN",
    409,
    "此卡已被持卡人冻结，解冻后可用。",
    "The holder has frozen this card. It works again once unfrozen.",
)
CARD_LOST: Final = ErrorKind(
    "CARD_LOST",
    409,
    "此卡已挂失，请持卡人重新申领。",
    "This card was reported lost. The holder has to apply for it again.",
)
CARD_NOT_FOUND: Final = ErrorKind(
    "CARD_NOT_FOUND", 404, "您还没有电子社保卡。", "You have no e-social-security card yet."
)
CARD_NOT_ON_DEVICE: Final = ErrorKind(
    "CARD_NOT_ON_DEVICE",
    409,
    "此手机尚未绑定电子社保卡，请先绑定。",
    "The card is not bound to this phone. Bind it first.",
)
CARD_FACE_TOO_OLD: Final = ErrorKind(
    "CARD_FACE_TOO_OLD",
    409,
    "距上次人脸验证时间过长，请重新绑定电子社保卡。",
    "Your face was last verified too long ago. Bind the card again.",
)
CARD_OF_PRINCIPAL_UNUSABLE: Final = ErrorKind(
    "CARD_OF_PRINCIPAL_UNUSABLE",
    409,
    "被代办人的电子社保卡现在不能使用。",
    "The card of the person you act for cannot be used now.",
)

# Told to operators who print codes.
PAPER_PERSON_UNKNOWN: Final = ErrorKind(
    "PAPER_PERSON_UNKNOWN",
    404,
    "没有此人：请先在窗口设备上完成一次人脸核验，并核对姓名和号码。",
    "Nobody of this number and name has verified their face yet. Do that at the counter first.",
)
PAPER_SHEET_UNKNOWN: Final = ErrorKind(
    "PAPER_SHEET_UNKNOWN",
    404,
    "没有这张纸质码，或其中的码都已失效。",
    "There is no such sheet, or it was ended already.",
)

CARD_CANCELLED: Final = ErrorKind(
    "CARD_CANCELLED",
    409,
    "此卡已注销，如有疑问请联系社保窗口。",
    "This card was cancelled. Ask at the social security counter if that is wrong.",
)
OFFLINE_KEYS_INVALID: Final = ErrorKind(
    "OFFLINE_KEYS_INVALID",
    422,
    "离线码密钥有误，请重新生成后再试。",
    "A key for an offline code is wrong, was used before, or is not proven. Make new ones.",
)
OPERATOR_CARD_UNKNOWN: Final = ErrorKind(
    "OPERATOR_CARD_UNKNOWN",
    404,
    "此人没有可注销的电子社保卡。",
    "This person has no e-social-security card that could be cancelled.",
)

# Told to terminals only, which are authenticated: one code for each cause.
CODE_CHECK_DIGIT: Final = ErrorKind(
    "CODE_CHECK_DIGIT",
    422,
    "码号有误，可能没有扫全或输错，请重新扫码。",
    "The code's check digit is wrong: it was misread or mistyped. Scan again.",
)
CODE_NOT_OURS: Final = ErrorKind(
    "CODE_NOT_OURS",
    422,
    "这不是电子社保卡的码，请持卡人出示电子社保卡。",
    "This is not a code of the e-social-security card. Ask for that one.",
)
CODE_UNKNOWN: Final = ErrorKind(
    "CODE_UNKNOWN",
    404,
    "没有这个码，请持卡人刷新后重新扫码。",
    "There is no such code. Ask the holder to refresh it and scan again.",
)
CODE_EXPIRED: Final = ErrorKind(
    "CODE_EXPIRED",
    409,
    "码已过期，请持卡人刷新后重新扫码。",
    "The code has expired. Ask the holder to refresh it and scan again.",
)
CODE_USED: Final = ErrorKind(
    "CODE_USED",
    409,
    "码已使用过，请先查询上一次的结果。",
    "The code was used already. Look up what came of that first.",
)
CODE_SUPERSEDED: Final = ErrorKind(
    "CODE_SUPERSEDED",
    409,
    "码已被新码取代，请扫手机上当前显示的码。",
    "A newer code has taken this one's place. Scan the one now on the phone.",
)
CODE_REVOKED: Final = ErrorKind(
    "CODE_REVOKED",
    409,
    "持卡人已冻结、挂失或撤销授权，此码作废。",
    "The holder froze the card, reported it lost or revoked the mandate, which ended this code.",
)
CODE_PURPOSE_MISMATCH: Final = ErrorKind(
    "CODE_PURPOSE_MISMATCH",
    409,
    "码的用途与本次业务不符，请持卡人选择对应用途后重新扫码。",
    "The code is for another purpose. Ask the holder to choose the right one and scan again.",
)
PURPOSE_NOT_ALLOWED: Final = ErrorKind(
    "PURPOSE_NOT_ALLOWED",
    403,
    "本终端未开通此用途，请联系管理员。",
    "This terminal may not ask for that purpose. Call the operator.",
)
DECODE_PAUSED: Final = ErrorKind(
    "DECODE_PAUSED",
    429,
    "无效码过多，请稍后再试。",
    "Too many unknown codes from this terminal. Wait before you try again.",
)
CODE_UNREADABLE: Final = ErrorKind(
    "CODE_UNREADABLE",
    422,
    "离线码不完整或已损坏，请重新扫码。",
    "The offline code is damaged or incomplete. Scan again.",
)
CODE_FORGED: Final = ErrorKind(
    "CODE_FORGED",
    422,
    "离线码签名无效，请勿受理并联系管理员。",
    "The offline code's signature is not genuine. Do not serve, and call the operator.",
)
CODE_CLOCK_OFF: Final = ErrorKind(
    "CODE_CLOCK_OFF",
    409,
    "手机时间不准，请持卡人校准时间后重新出示。",
    "The phone's clock is fast. Ask the holder to set it and show a new code.",
)
OFFLINE_TOO_LATE: Final = ErrorKind(
    "OFFLINE_TOO_LATE",
    409,
    "已超过离线记录的上传期限，请联系管理员。",
    "This offline code was uploaded too late. Call the operator.",
)
OFFLINE_DOUBLE_USE: Final = ErrorKind(
    "OFFLINE_DOUBLE_USE",
    409,
    "此离线码已被受理过，本次不予认可，请联系管理员。",
    "This offline code was accepted before; this use does not count. Call the operator.",
)
OFFLINE_CAP_EXCEEDED: Final = ErrorKind(
    "OFFLINE_CAP_EXCEEDED",
    409,
    "超过离线用码限额，本次不予认可，请联系管理员。",
    "The sale exceeds what may be sold on offline codes. Call the operator.",
)
PRESENCE_INVALID: Final = ErrorKind(
    "PRESENCE_INVALID",
    422,
    "在场凭据无效或不属于本终端，请重新扫码。",
    "The presence token is not valid for this terminal. Scan the card's code again.",
)
PRESENCE_EXPIRED: Final = ErrorKind(
    "PRESENCE_EXPIRED",
    409,
    "在场凭据已过期，请重新扫码。",
    "The presence token has expired. Scan the card's code again.",
)
ALL: Final = (
    CARD_FROZEN,
    CARD_LOST,
    CARD_NOT_FOUND,
    CARD_NOT_ON_DEVICE,
    CARD_FACE_TOO_OLD,
    CARD_CANCELLED,
    OFFLINE_KEYS_INVALID,
    OPERATOR_CARD_UNKNOWN,
    CARD_OF_PRINCIPAL_UNUSABLE,
    PAPER_PERSON_UNKNOWN,
    PAPER_SHEET_UNKNOWN,
    CODE_CHECK_DIGIT,
    CODE_NOT_OURS,
    CODE_UNKNOWN,
    CODE_EXPIRED,
    CODE_USED,
    CODE_SUPERSEDED,
    CODE_REVOKED,
    CODE_PURPOSE_MISMATCH,
    PURPOSE_NOT_ALLOWED,
    DECODE_PAUSED,
    CODE_UNREADABLE,
    CODE_FORGED,
    CODE_CLOCK_OFF,
    OFFLINE_TOO_LATE,
    OFFLINE_DOUBLE_USE,
    OFFLINE_CAP_EXCEEDED,
    PRESENCE_INVALID,
    PRESENCE_EXPIRED,
)
ACTIONS: Final[Mapping[ErrorKind, Action]] = MappingProxyType(
    {
        CARD_FROZEN: Action.CANCEL,
        CARD_LOST: Action.CANCEL,
        CODE_CHECK_DIGIT: Action.RESCAN,
        CODE_NOT_OURS: Action.RESCAN,
        CODE_UNKNOWN: Action.RESCAN,
        CODE_EXPIRED: Action.RESCAN,
        CODE_USED: Action.QUERY,
        CODE_SUPERSEDED: Action.RESCAN,
        CODE_REVOKED: Action.CANCEL,
        CODE_PURPOSE_MISMATCH: Action.RESCAN,
        PURPOSE_NOT_ALLOWED: Action.CONTACT,
        DECODE_PAUSED: Action.RETRY,
        CODE_UNREADABLE: Action.RESCAN,
        CODE_FORGED: Action.CONTACT,
        CODE_CLOCK_OFF: Action.RESCAN,
        OFFLINE_TOO_LATE: Action.CONTACT,
        OFFLINE_DOUBLE_USE: Action.CONTACT,
        OFFLINE_CAP_EXCEEDED: Action.CONTACT,
        CARD_CANCELLED: Action.CANCEL,
        PRESENCE_INVALID: Action.RESCAN,
        PRESENCE_EXPIRED: Action.RESCAN,
    }
)


def refuse_terminal(
    kind: ErrorKind, *, pointer: str | None = None, retry_after: int | None = None
) -> DomainError:
    """Make the refusal a terminal gets: with the `action` of its kind.

    Raises:
        KeyError: the kind has no action; a programming error.
    """
    return kind(pointer=pointer, retry_after=retry_after, members={"action": ACTIONS[kind].value})
