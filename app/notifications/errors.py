"""Why a webhook was not registered, a letter not replayed, a feed not read."""

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
WEBHOOK_EVENT_UNKNOWN: Final = ErrorKind(
    "WEBHOOK_EVENT_UNKNOWN",
    422,
    "没有此事件类型。",
    "There is no event of that type.",
)
WEBHOOK_EVENT_NOT_ALLOWED: Final = ErrorKind(
    "WEBHOOK_EVENT_NOT_ALLOWED",
    403,
    "此终端的权限不包含这些事件。",
    "The client's scopes do not allow a webhook for these events.",
)
WEBHOOK_SECRETS_TOO_MANY: Final = ErrorKind(
    "WEBHOOK_SECRETS_TOO_MANY",
    409,
    "仍有多个旧密钥有效，请稍后再更换，或立即停用全部旧密钥。",
    "Several earlier secrets still sign. Wait until one ends, or end all by an overlap of 0.",
)
WEBHOOK_DISABLED: Final = ErrorKind(
    "WEBHOOK_DISABLED",
    409,
    "此回调地址已停用，请先恢复使用。",
    "This webhook is disabled. Resume it first.",
)
EVENTS_EXPIRED: Final = ErrorKind(
    "EVENTS_EXPIRED",
    410,
    "所请求的事件已过保存期。",
    "Events after that number are kept no longer. Go on from `oldest` and compare what you hold.",
)
EVENTS_AHEAD: Final = ErrorKind(
    "EVENTS_AHEAD",
    422,
    "该事件序号尚未产生。",
    "That number has not been given yet. Compare what you hold and read from the beginning.",
)
ALL: Final = (
    WEBHOOK_URL_REFUSED,
    WEBHOOK_KNOWN,
    WEBHOOKS_TOO_MANY,
    WEBHOOK_EVENT_UNKNOWN,
    WEBHOOK_EVENT_NOT_ALLOWED,
    WEBHOOK_SECRETS_TOO_MANY,
    WEBHOOK_DISABLED,
    EVENTS_EXPIRED,
    EVENTS_AHEAD,
)
