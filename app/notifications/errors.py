"""Why a webhook was not registered."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

WEBHOOK_URL_REFUSED: Final = ErrorKind(
    "WEBHOOK_URL_REFUSED",
    422,
    "此回调地址不能使用，请提供可公开访问的 https 地址。",
    "This address cannot be called. Give an https address that is reachable from the internet.",
)
WEBHOOK_KNOWN: Final = ErrorKind(
    "WEBHOOK_KNOWN",
    409,
    "此回调地址已登记。",
    "This address is registered already.",
)
WEBHOOKS_TOO_MANY: Final = ErrorKind(
    "WEBHOOKS_TOO_MANY",
    409,
    "登记的回调地址已达上限，请先删除不用的。",
    "As many addresses as a partner may have are registered. Remove one first.",
)
ALL: Final = (WEBHOOK_URL_REFUSED, WEBHOOK_KNOWN, WEBHOOKS_TOO_MANY)
