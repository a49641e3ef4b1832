"""The national format's names: of a merchant, of its messages, of our answers."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta, timezone
from typing import Final

from app.settlement.chs.errors import CHS_MERCHANT_WRONG, CHS_MSGID_WRONG

_CHINA: Final = timezone(timedelta(hours=8))
_MSGID: Final = re.compile(r"([A-Z][0-9]{11})([0-9]{14})[0-9]{4}", re.ASCII)
_DIGITS: Final = 10**11
NO_AREA: Final = "000000"
"""Of an answer to what could not be read."""


def merchant_code(merchant_id: str) -> str:
    """The twelve characters that a merchant writes as `fixmedins_code`.

    They follow from its id and prove nothing: the terminal's token says who calls.
    """
    digest = hashlib.sha256(f"fixmedins_code:{merchant_id}".encode()).digest()
    return f"P{int.from_bytes(digest) % _DIGITS:011}"


def require_merchant(code: str, merchant_id: str) -> None:
    """See to it that an envelope speaks for the merchant that calls.

    Raises:
        DomainError: CHS_MERCHANT_WRONG.
    """
    if not hmac.compare_digest(code.encode(), merchant_code(merchant_id).encode()):
        raise CHS_MERCHANT_WRONG(pointer="/fixmedins_code")


def require_msgid(msgid: str, code: str) -> None:
    """See to it that a message is named as the national format has it.

    Raises:
        DomainError: CHS_MSGID_WRONG.
    """
    found = _MSGID.fullmatch(msgid)
    if found is None or found[1] != code or not _is_time(found[2]):
        raise CHS_MSGID_WRONG(pointer="/msgid")


def answer_number(area: str, now: datetime, serial: int) -> str:
    """Our name of an answer, 30 digits: area, seconds, a serial number below 10^10."""
    return f"{area}{now.astimezone(_CHINA):%Y%m%d%H%M%S}{serial:010}"


def milliseconds(now: datetime) -> str:
    """A moment as yyyyMMddHHmmssSSS, in China's time."""
    local = now.astimezone(_CHINA)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03}"


def seconds(now: datetime) -> str:
    """A moment as yyyy-MM-dd HH:mm:ss, in China's time."""
    return f"{now.astimezone(_CHINA):%Y-%m-%d %H:%M:%S}"


def _is_time(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=_CHINA)
    except ValueError:
        return False
    return True
