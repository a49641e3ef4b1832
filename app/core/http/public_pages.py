"""Pages for anybody: bilingual, whole without a line of script, and nothing from elsewhere.

Each extends public_page.html, which lies beside this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request

from app.core.errors import DomainError
from app.core.http.languages import LANGUAGES, Language, preferred_language

POLICY: Final = (
    "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class PageContent(Protocol):
    """What every template fills in."""

    @property
    def language(self) -> Language:
        """The page's own."""


def public_page(
    template: str,
    content: PageContent,
    *,
    switch: str,
    status: int = 200,
    policy: str = POLICY,
) -> Response:
    """Render a page.

    Args:
        template: extends public_page.html.
        content: what it fills in.
        switch: the address of the same page in the other language.
        status: of the answer.
        policy: Content Security Policy.
    """
    response = make_response(render_template(template, page=content, switch=switch), status)
    response.headers["Content-Security-Policy"] = policy
    response.headers["Content-Language"] = content.language
    response.headers["Vary"] = "Accept-Language"
    return response


def come_back_later(response: Response, refusal: DomainError) -> Response:
    """Say when, where a refusal does."""
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def in_other_language(path: str, kept: Mapping[str, str], *, language: Language) -> str:
    """Return the address of a page in the other language; members that are empty are left out."""
    members = {name: value for name, value in kept.items() if value}
    return f"{path}?" + urlencode({**members, "lang": "zh-CN" if language == "en" else "en"})


def asked_language() -> Language:
    """Return the language that the address asks for, or else the browser."""
    asked = request.args.get("lang")
    return next((known for known in LANGUAGES if known == asked), preferred_language())
