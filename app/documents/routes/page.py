"""/check: the page behind the QR, for anybody, whole without a line of script.

Where scripts run, one of ours adds a camera that reads the QR, and a place to drop a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Response, request
from flask_openapi import APIBlueprint
from werkzeug.exceptions import HTTPException

from app.core.access.guards import public
from app.core.errors import BAD_REQUEST, INVALID_FIELD, TOO_LARGE, DomainError
from app.core.http.callers import caller_address
from app.core.http.languages import Language
from app.core.http.public_pages import (
    POLICY,
    asked_language,
    come_back_later,
    in_other_language,
    public_page,
)
from app.core.http.services import service
from app.documents.routes.page_content import PageContent, page_content
from app.documents.routes.uploads import bound_form
from app.documents.service.checks import CertificateChecks, CheckResult
from app.documents.wording import TEXTS, said

_HERE: Final = Path(__file__).parent.parent
_LONGEST: Final = 128
_TOO_LARGE: Final = 413
_IN_ADDRESS: Final = ("id", "code", "t")
_POLICY: Final = (
    f"{POLICY}; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; media-src 'self' blob:"
)
"""The reader of QR codes is WebAssembly, fetched from here."""
_PERMISSIONS: Final = "camera=(self), microphone=(), geolocation=(), payment=()"
blueprint = APIBlueprint(
    "check_page", __name__, template_folder=str(_HERE / "templates"), doc_ui=False
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """What a reader gave: a file, or an identifier and a code."""

    given: str
    code: str
    token: str = ""
    """From the QR's address."""
    pdf: bytes = b""


@blueprint.get("/check")
@public
def show() -> Response:
    """The forms; with `id`, `code` and `t`, as in the QR's address, also the verdict."""
    given, code, token = (_typed(request.args.get(name)) for name in _IN_ADDRESS)
    sent = _Sent(given=given, code=code, token=token)
    if not (sent.given and sent.code):
        return _page(page_content(None, language=asked_language(), given=sent.given))
    return _answered(lambda: sent)


@blueprint.post("/check")
@public
def judge() -> Response:
    """The verdict on a file or on what was typed."""
    return _answered(_posted)


@blueprint.get("/check/style.css")
@public
def style() -> Response:
    """The page's style sheet."""
    sheet = (_HERE / "static" / "check.css").read_bytes()
    response = Response(sheet, 200, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _posted() -> _Sent:
    bound_form()
    upload = request.files.get("pdf")
    return _Sent(
        given=_typed(request.form.get("id")),
        code=_typed(request.form.get("code")),
        pdf=upload.stream.read() if upload is not None else b"",
    )


def _answered(read: Callable[[], _Sent]) -> Response:
    language, given = asked_language(), ""
    try:
        sent = read()
        given = sent.given
        result = _checked(sent)
    except DomainError as refusal:
        return _refused(refusal, language=language, given=given)
    except HTTPException as raised:  # the server's own limits on a form
        kind = TOO_LARGE if raised.code == _TOO_LARGE else BAD_REQUEST
        return _refused(kind(), language=language, given=given)
    if result is None:
        nothing = said(TEXTS["nothing"], language)
        content = page_content(None, language=language, given=given, problem=nothing)
        return _page(content, INVALID_FIELD.status)
    return _page(page_content(result, language=language, given=given))


def _checked(sent: _Sent) -> CheckResult | None:
    checks, address = service(CertificateChecks), caller_address()
    if sent.pdf:
        return checks.file(sent.pdf, address=address)
    if not (sent.given and sent.code):
        return None
    return checks.code(sent.given, sent.code, address=address, token=sent.token)


def _refused(refusal: DomainError, *, language: Language, given: str) -> Response:
    words = said((refusal.kind.zh, refusal.kind.en), language)
    content = page_content(None, language=language, given=given, problem=words)
    return come_back_later(_page(content, refusal.kind.status), refusal)


def _page(content: PageContent, status: int = 200) -> Response:
    # A scanned verdict goes with the reader into the other language.
    kept = {name: _typed(request.args.get(name)) for name in _IN_ADDRESS}
    switch = in_other_language("/check", kept, language=content.language)
    response = public_page(
        "documents/check.html", content, switch=switch, status=status, policy=_POLICY
    )
    response.headers["Permissions-Policy"] = _PERMISSIONS
    return response


def _typed(value: str | None) -> str:
    return (value or "").strip()[:_LONGEST]
