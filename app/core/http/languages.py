"""Which of our two languages a person reads."""

from __future__ import annotations

from typing import Final, Literal

from flask import has_request_context, request

Language = Literal["zh-CN", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh-CN", "en")


def preferred_language() -> Language:
    """The best match of Accept-Language (RFC 9110 §12.5.4); Chinese unless English is preferred."""
    if not has_request_context():
        return "zh-CN"
    ranked = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh-CN")
    return "en" if ranked == "en" else "zh-CN"
