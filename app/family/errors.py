"""Why the family service refuses."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.core.cashier import Action
from app.core.errors import DomainError, ErrorKind

# Told to the two people themselves.
FAMILY_UNKNOWN: Final = ErrorKind(
    "FAMILY_UNKNOWN", 404, "没有这份家庭授权。", "There is no such family agreement of yours."
)
FAMILY_EXISTS: Final = ErrorKind(
    "FAMILY_EXISTS",
    409,
    "您与此人已有同类授权，请先撤销再重新提出。",
    "There is such an agreement with this person already. Revoke it first.",
)
FAMILY_TOO_MANY: Final = ErrorKind(
    "FAMILY_TOO_MANY",
    409,
    "您的家庭授权过多，请先撤销不用的。",
    "You have too many family agreements. Revoke some first.",
)
FAMILY_WITH_ONESELF: Final = ErrorKind(
    "FAMILY_WITH_ONESELF", 422, "不能授权给自己。", "Nobody makes an agreement with themselves."
)
FAMILY_TERMS_INVALID: Final = ErrorKind(
    "FAMILY_TERMS_INVALID",
    422,
    "授权条件无效：有效期不超过一年，单次限额不超过年度限额。",
    "Wrong terms: at most a year, and a purchase's limit within the year's.",
)
FAMILY_ENDED: Final = ErrorKind(
    "FAMILY_ENDED",
    409,
    "这份家庭授权已结束或已答复。",
    "This family agreement has ended or was answered already.",
)
CHILD_NOT_YOURS: Final = ErrorKind(
    "CHILD_NOT_YOURS",
    403,
    "卫生健康部门没有记录您是此未成年人的父母。",
    "The health department has no record that you are a parent of this child.",
)
CHILD_TOO_OLD: Final = ErrorKind(
    "CHILD_TOO_OLD",
    422,
    "年满十六周岁的人须由本人授权。",
    "Somebody of sixteen or more has to grant a mandate themselves.",
)
GUARDIANSHIP_UNAVAILABLE: Final = ErrorKind(
    "GUARDIANSHIP_UNAVAILABLE",
    503,
    "卫生健康部门的出生登记尚未接入。",
    "The register of births is not connected.",
)

# Told at the commit of a purchase; each says what a cashier does.
MANDATE_NOT_YOURS: Final = ErrorKind(
    "MANDATE_NOT_YOURS",
    403,
    "此授权不属于出示人与持卡人。",
    "The mandate is not between these two people.",
)
MANDATE_REVOKED: Final = ErrorKind(
    "MANDATE_REVOKED", 409, "授权已被撤销。", "The mandate was revoked."
)
MANDATE_EXPIRED: Final = ErrorKind("MANDATE_EXPIRED", 409, "授权已到期。", "The mandate has ended.")
MANDATE_PURPOSE: Final = ErrorKind(
    "MANDATE_PURPOSE", 409, "授权不包含此用途。", "The mandate is not for this purpose."
)
MANDATE_MERCHANT: Final = ErrorKind(
    "MANDATE_MERCHANT",
    409,
    "授权不包含此类机构。",
    "The mandate is not for merchants of this kind.",
)
MANDATE_AMOUNT: Final = ErrorKind(
    "MANDATE_AMOUNT",
    409,
    "超过授权的单次或年度限额。",
    "This is more than the mandate allows for a purchase, or is left for the year.",
)
MUTUAL_AID_NOT_AVAILABLE: Final = ErrorKind(
    "MUTUAL_AID_NOT_AVAILABLE",
    409,
    "家庭共济不可用或额度不足。",
    "The payer's mutual aid has ended, or less is left than is asked for.",
)
GIVEN_BACK_TOO_MUCH: Final = ErrorKind(
    "GIVEN_BACK_TOO_MUCH",
    409,
    "退还金额超过原使用金额。",
    "More would be given back than was used.",
)
ALL: Final = (
    FAMILY_UNKNOWN,
    FAMILY_EXISTS,
    FAMILY_TOO_MANY,
    FAMILY_WITH_ONESELF,
    FAMILY_TERMS_INVALID,
    FAMILY_ENDED,
    CHILD_NOT_YOURS,
    CHILD_TOO_OLD,
    GUARDIANSHIP_UNAVAILABLE,
    MANDATE_NOT_YOURS,
    MANDATE_REVOKED,
    MANDATE_EXPIRED,
    MANDATE_PURPOSE,
    MANDATE_MERCHANT,
    MANDATE_AMOUNT,
    MUTUAL_AID_NOT_AVAILABLE,
    GIVEN_BACK_TOO_MUCH,
)


ACTIONS: Final[Mapping[ErrorKind, Action]] = MappingProxyType(
    {
        MANDATE_NOT_YOURS: Action.CANCEL,
        MANDATE_REVOKED: Action.CANCEL,
        MANDATE_EXPIRED: Action.CANCEL,
        MANDATE_PURPOSE: Action.CANCEL,
        MANDATE_MERCHANT: Action.CANCEL,
        MANDATE_AMOUNT: Action.CANCEL,
        MUTUAL_AID_NOT_AVAILABLE: Action.CANCEL,
        GIVEN_BACK_TOO_MUCH: Action.CONTACT,
    }
)
"""By kind, of those a terminal can meet."""


def refuse_use(kind: ErrorKind) -> DomainError:
    """Make the refusal of a use, with the `action` a terminal is given.

    Raises:
        KeyError: the kind has no action; a programming error.
    """
    return kind(members={"action": ACTIONS[kind].value})
