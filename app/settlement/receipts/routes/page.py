"""/receipt-check: the page behind the QR of a receipt, for anybody, without a line of script."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request
from flask_openapi import APIBlueprint
from werkzeug.exceptions import HTTPException

from app.core.access.guards import public
from app.core.errors import BAD_REQUEST, INVALID_FIELD, TOO_LARGE, DomainError
from app.core.http.languages import LANGUAGES, Language, preferred_language
from app.core.http.services import service
from app.settlement.receipts.routes.page_content import PageContent, empty, judged
from app.settlement.receipts.service.checking import SettlementReceiptChecks
from app.settlement.receipts.service.codes import PAGE
from app.settlement.receipts.service.scanning import ScannedReceipts
from app.settlement.receipts.wording import TEXTS, said

_HERE: Final = Path(__file__).parent.parent
_IN_ADDRESS: Final = ("id", "s", "c")
_LONGEST: Final = 64
_TOO_LARGE: Final = 413
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
blueprint = APIBlueprint(
    "receipt_page", __name__, template_folder=str(_HERE / "templates"), doc_ui=False
)


@blueprint.get(PAGE)
@public
def show() -> Response:
    """The form; with what a QR holds also the verdict."""
    language = _language()
    given = [(request.args.get(name) or "").strip()[:_LONGEST] for name in _IN_ADDRESS]
    if not all(given):
        return _page(empty(language))
    try:
        return _page(_scanned(language, *given))
    except DomainError as refusal:
        return _refused(refusal, language)


@blueprint.post(PAGE)
@public
def judge() -> Response:
    """The verdict on a receipt that was pasted."""
    language = _language()
    try:
        return _pasted(language)
    except DomainError as refusal:
        return _refused(refusal, language)
    except HTTPException as raised:  # the server's own limits on a form
        return _refused((TOO_LARGE if raised.code == _TOO_LARGE else BAD_REQUEST)(), language)


def _scanned(language: Language, settlement_id: str, state: str, code: str) -> PageContent:
    checks, address = service(ScannedReceipts), request.remote_addr or ""
    found = checks.check(settlement_id, state, code, address=address)
    return judged(found.standing, language=language, now=found.checked_at, made_at=found.made_at)


def _pasted(language: Language) -> Response:
    text = _receipt(request.form.get("receipt") or "")
    if not text:
        return _page(
            empty(language, problem=said(TEXTS["nothing"], language)), INVALID_FIELD.status
        )
    checks, address = service(SettlementReceiptChecks), request.remote_addr or ""
    found = checks.check(text, address=address)
    return _page(judged(found.standing, language=language, now=found.checked_at, made_at=None))


def _receipt(typed: str) -> str:
    """The receipt itself, or the file that holds it."""
    text = typed.strip()
    try:
        told = json.loads(text) if text.startswith("{") else None
    except (ValueError, RecursionError):
        return text
    found = told.get("receipt") if isinstance(told, dict) else None
    return found if isinstance(found, str) else text


def _refused(refusal: DomainError, language: Language) -> Response:
    words = said((refusal.kind.zh, refusal.kind.en), language)
    response = _page(empty(language, problem=words), refusal.kind.status)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _page(content: PageContent, status: int = 200) -> Response:
    html = render_template("receipts/check.html", page=content, switch=_switch(content.language))
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Content-Language"] = content.language
    response.headers["Vary"] = "Accept-Language"
    return response


def _switch(language: Language) -> str:
    """The address of this page in the other language; a scanned verdict goes with it."""
    kept = {name: value for name in _IN_ADDRESS if (value := request.args.get(name, "")[:_LONGEST])}
    return f"{PAGE}?" + urlencode({**kept, "lang": "zh-CN" if language == "en" else "en"})


def _language() -> Language:
    asked = request.args.get("lang")
    return next((known for known in LANGUAGES if known == asked), preferred_language())
