"""Bounded uploads of one PDF."""

from __future__ import annotations

from typing import Final

from flask import request

from app.core.errors import INVALID_FIELD, TOO_LARGE
from app.documents.service.checks import UPLOAD_LIMIT

_FORM_OVERHEAD: Final = 64 * 1024
"""Boundaries and text fields of a form around the file."""


def pdf_body() -> bytes:
    """The body of an `application/pdf` request.

    Returns:
        At most one byte more than is looked at: enough for the service to refuse it, also when
        the body came without a length.

    Raises:
        DomainError: TOO_LARGE, judged by Content-Length before anything is read; INVALID_FIELD
            for an empty body.
    """
    _bound(UPLOAD_LIMIT)
    data = request.get_data(cache=False)
    if not data:
        raise INVALID_FIELD()
    return data


def bound_form() -> None:
    """Bound a form with one file.

    Raises:
        DomainError: TOO_LARGE.
    """
    _bound(UPLOAD_LIMIT + _FORM_OVERHEAD)


def _bound(limit: int) -> None:
    if request.content_length is not None and request.content_length > limit:
        raise TOO_LARGE()
    # Werkzeug cuts a body without a length here, silently: one byte more shows that it was cut.
    request.max_content_length = limit + 1
