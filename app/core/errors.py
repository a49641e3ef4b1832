"""The one kind of error a use case raises, and the general codes.

Each service lists its own kinds in its `errors.py`. A kind is data: a stable code, a status and
the wording in both languages. `docs/errors.md` is generated from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """A reason for refusing, known to clients by `code`. Call it to make the exception."""

    code: str
    """Stable, upper case; clients branch on it."""
    status: int
    """HTTP status."""
    zh: str
    """One sentence for a person, Simplified Chinese."""
    en: str
    """The same sentence in English."""

    def __call__(
        self,
        *,
        retry_after: int | None = None,
        pointer: str | None = None,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> DomainError:
        """Make the exception to raise.

        Args:
            retry_after: seconds until another try makes sense.
            pointer: JSON pointer (RFC 6901) to the offending field.
            headers: further response headers, such as a challenge.
            members: further problem members (RFC 9457 §3.2), never personal.
        """
        return DomainError(
            self,
            retry_after=retry_after,
            pointer=pointer,
            headers=dict(headers or {}),
            members=dict(members or {}),
        )


def kind_of(members: Mapping[str, object]) -> ErrorKind:
    """Return a kind that was written down: its four members, as they were."""
    return ErrorKind(
        code=str(members["code"]),
        status=int(str(members["status"])),
        zh=str(members["zh"]),
        en=str(members["en"]),
    )


@dataclass(slots=True)
class DomainError(Exception):
    """A request that is refused for a known reason."""

    kind: ErrorKind
    retry_after: int | None = None
    pointer: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    members: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """The code alone: messages may be logged."""
        return self.kind.code


BAD_JSON: Final = ErrorKind(
    "BAD_JSON", 400, "请求内容不是有效的 JSON。", "The body is not valid JSON."
)
BAD_REQUEST: Final = ErrorKind(
    "BAD_REQUEST", 400, "请求无法理解。", "The request cannot be understood."
)
UNAUTHENTICATED: Final = ErrorKind(
    "UNAUTHENTICATED", 401, "请先验证身份。", "Prove who you are first."
)
FORBIDDEN: Final = ErrorKind(
    "FORBIDDEN", 403, "您无权进行此操作。", "You are not allowed to do this."
)
NOT_FOUND: Final = ErrorKind(
    "NOT_FOUND", 404, "没有找到您要的内容。", "There is nothing here for you."
)
METHOD_NOT_ALLOWED: Final = ErrorKind(
    "METHOD_NOT_ALLOWED",
    405,
    "此地址不支持该请求方法。",
    "This address does not take that method.",
)
TOO_LARGE: Final = ErrorKind(
    "TOO_LARGE", 413, "内容太大。", "The content is larger than is accepted."
)
UNSUPPORTED_MEDIA_TYPE: Final = ErrorKind(
    "UNSUPPORTED_MEDIA_TYPE",
    415,
    "不支持此内容类型。",
    "The content is of a type that is not accepted.",
)
INVALID_FIELD: Final = ErrorKind(
    "INVALID_FIELD", 422, "有字段填写不正确。", "A field is missing or wrong."
)
IDEMPOTENCY_KEY_MISSING: Final = ErrorKind(
    "IDEMPOTENCY_KEY_MISSING",
    400,
    "请求缺少幂等键。",
    "Send an Idempotency-Key of 8 to 128 visible characters with this request.",
)
IDEMPOTENCY_KEY_REUSED: Final = ErrorKind(
    "IDEMPOTENCY_KEY_REUSED",
    422,
    "同一幂等键不能用于不同的请求。",
    "This Idempotency-Key was used with another request.",
)
IDEMPOTENCY_IN_PROGRESS: Final = ErrorKind(
    "IDEMPOTENCY_IN_PROGRESS",
    409,
    "同一请求正在处理。",
    "The same request is still running.",
)
TOO_MANY_REQUESTS: Final = ErrorKind(
    "TOO_MANY_REQUESTS", 429, "操作过于频繁，请稍后再试。", "Too many requests. Try again later."
)
INTERNAL: Final = ErrorKind("INTERNAL", 500, "系统出错，请稍后再试。", "Something went wrong here.")
UPSTREAM_FAILED: Final = ErrorKind(
    "UPSTREAM_FAILED",
    502,
    "部门系统的答复无法使用，请稍后再试。",
    "A department's system gave an answer that cannot be used.",
)
UNAVAILABLE: Final = ErrorKind(
    "UNAVAILABLE",
    503,
    "服务暂时不可用，请稍后再试。",
    "The service is not available for a moment. Try again.",
)
BUSY: Final = ErrorKind(
    "BUSY", 503, "系统繁忙，请稍后再试。", "The service is busy. Try again in a moment."
)

GENERAL: Final = (
    BAD_JSON,
    BAD_REQUEST,
    UNAUTHENTICATED,
    FORBIDDEN,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    INVALID_FIELD,
    IDEMPOTENCY_KEY_MISSING,
    IDEMPOTENCY_KEY_REUSED,
    IDEMPOTENCY_IN_PROGRESS,
    TOO_MANY_REQUESTS,
    INTERNAL,
    UPSTREAM_FAILED,
    UNAVAILABLE,
    BUSY,
)
