"""/receipt-check: the page behind the QR of a receipt, for anybody, without a line of script."""

from __future__ import annotations

import json
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
    asked_language,
    come_back_later,
    in_other_language,
    public_page,
)
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
blueprint = APIBlueprint(
    "receipt_page", __name__, template_folder=str(_HERE / "templates"), doc_ui=False
)


@blueprint.get(PAGE)
@public
def show() -> Response:
    """The form; with what a QR holds also the verdict."""
    language = asked_language()
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
    language = asked_language()
    try:
        return _pasted(language)
    except DomainError as refusal:
        return _refused(refusal, language)
    except HTTPException as raised:  # the server's own limits on a form
        return _refused((TOO_LARGE if raised.code == _TOO_LARGE else BAD_REQUEST)(), language)


def _scanned(language: Language, settlement_id: str, state: str, code: str) -> PageContent:
    checks, address = service(ScannedReceipts), caller_address()
    found = checks.check(settlement_id, state, code, address=address)
    return judged(found.standing, language=language, now=found.checked_at, made_at=found.made_at)


def _pasted(language: Language) -> Response:
    text = _receipt(request.form.get("receipt") or "")
    if not text:
        return _page(
            empty(language, problem=said(TEXTS["nothing"], language)), INVALID_FIELD.status
        )
    checks, address = service(SettlementReceiptChecks), caller_address()
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
    return come_back_later(_page(empty(language, problem=words), refusal.kind.status), refusal)


def _page(content: PageContent, status: int = 200) -> Response:
    # A scanned verdict goes with the reader into the other language.
    kept = {name: request.args.get(name, "")[:_LONGEST] for name in _IN_ADDRESS}
    switch = in_other_language(PAGE, kept, language=content.language)
    return public_page("receipts/check.html", content, switch=switch, status=status)
