"""Reads an upload: one manifest and its frames, bounded before they are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import request
from pydantic import ValidationError

from app.core.errors import TOO_LARGE, UNSUPPORTED_MEDIA_TYPE
from app.core.http.problems import refuse_invalid
from app.identity.errors import MANIFEST_MISMATCH, MANIFEST_MISSING, PART_UNKNOWN
from app.identity.ports import Frame, Upload
from app.identity.schemas.verifications import Manifest, ManifestFrame

MOST_PARTS: Final = 64
LARGEST_FRAME: Final = 512 * 1024
LARGEST_MANIFEST: Final = 32 * 1024
# Werkzeug holds its parser's buffer to the same limit as a text field, and the buffer may hold a
# whole frame: what follows its last line break stays there until the boundary is found.
_LARGEST_TEXT: Final = 2 * LARGEST_FRAME
_LARGEST_BODY: Final = MOST_PARTS * LARGEST_FRAME


def read_upload() -> Upload:
    """The upload in the current request, checked in this order.

    1. It is multipart/form-data.
    2. It keeps the limits of body, parts and manifest; the rest of a longer one is not read.
    3. There are only the parts `manifest`, once and as text, and `frames`.
    4. The manifest is JSON of its schema.
    5. It lists as many frames as were sent.

    The formats and sizes of single frames are for the service to judge.

    Raises:
        DomainError: UNSUPPORTED_MEDIA_TYPE, TOO_LARGE, MANIFEST_MISSING, PART_UNKNOWN, BAD_JSON,
            INVALID_FIELD or MANIFEST_MISMATCH.
    """
    # 1
    if request.mimetype != "multipart/form-data":
        raise UNSUPPORTED_MEDIA_TYPE()
    # 2
    request.max_content_length = min(request.max_content_length or _LARGEST_BODY, _LARGEST_BODY)
    request.max_form_parts = MOST_PARTS
    request.max_form_memory_size = _LARGEST_TEXT
    # 3
    contents = [part.stream.read() for part in request.files.getlist("frames")]
    texts = request.form.getlist("manifest")
    if set(request.files) - {"frames"} or set(request.form) - {"manifest"}:
        raise PART_UNKNOWN()
    if len(texts) != 1:
        raise MANIFEST_MISSING(pointer="/manifest")
    if len(texts[0]) > LARGEST_MANIFEST:
        raise TOO_LARGE(pointer="/manifest")
    # 4
    with _pointed():
        manifest = Manifest.model_validate_json(texts[0])
    # 5
    if len(manifest.frames) != len(contents):
        raise MANIFEST_MISMATCH(pointer="/frames")
    told = zip(manifest.frames, contents, strict=True)
    frames = [_frame(line, content) for line, content in told]
    return Upload(frames=frames, shown_ms=manifest.shown_ms)


@contextmanager
def _pointed() -> Iterator[None]:
    try:
        yield
    except ValidationError as invalid:
        refuse_invalid(invalid)


def _frame(told: ManifestFrame, content: bytes) -> Frame:
    return Frame(seq=told.seq, t_ms=told.t_ms, link=bytes.fromhex(told.hash), content=content)
