"""The one signature of a file, and that it signs everything but its own value.

Signature wrapping moves what is signed away from what is shown: ranges with a second gap, ranges
that overlap or end early, a gap wider than the value. So only one shape is accepted.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from certificates.reading.document import Document, Found
from certificates.reading.objects import Value, walk
from certificates.reading.refusals import Refused, foreign_form
from certificates.verdicts import Integrity

_VALUE: Final = re.compile(rb"<((?:[0-9A-Fa-f]{2})*+)>")
_KEY: Final = b"/Contents"
_BEFORE: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What was signed, and with what."""

    contents: bytes
    """The CMS, and zeros that fill its room."""
    digest: bytes
    """SHA-256 of everything but the value."""
    revision: int
    """In which revision it stands, 0 the first."""


def read_signature(document: Document) -> Signature:
    """Find the signature.

    Security checks:
        1. all revisions together hold one signature, timestamps aside;
        2. it is the value of one field of the form in force, as readers look for it;
        3. its byte range is: from 0 to the value, from the value to the end of its revision;
        4. between the two there is its value and nothing else, in lower-case digits as we write.

    Raises:
        Refused: UNSIGNED, SEVERAL_SIGNATURES, RANGE_WRONG, FOREIGN_FORM.
    """
    revision, found = _only_one(document)  # 1
    if [found.number] != signed_fields(document):  # 2
        raise Refused(Integrity.UNSIGNED)
    end = document.revisions.all[revision].end
    opening, closing = _gap(found, end)  # 3
    contents = _contents(document.data, found, opening, closing)  # 4
    digest = hashlib.sha256(memoryview(document.data)[:opening])
    digest.update(memoryview(document.data)[closing:end])
    return Signature(contents=contents, digest=digest.digest(), revision=revision)


def signed_fields(document: Document) -> list[int]:
    """Return the object numbers of the signatures, timestamps aside, that the form shows."""
    shown: list[int] = []
    for field in form_fields(document, document.root):
        entries = document.get(field)
        value = entries.get("/V") if isinstance(entries, dict) else None
        signature = document.found(value) if value is not None else None
        if signature is not None and not is_timestamp(signature):
            shown.append(signature.number)
    return shown


def form_fields(document: Document, root: dict[str, Value]) -> list[Value]:
    """Return the references in a catalogue's form."""
    form = document.get(root.get("/AcroForm"))
    fields = document.get(form.get("/Fields")) if isinstance(form, dict) else None
    return fields if isinstance(fields, list) else []


def is_timestamp(found: Found) -> bool:
    """Tell whether an object is a document timestamp."""
    return found.entries.get("/Type") == "/DocTimeStamp"


def _only_one(document: Document) -> tuple[int, Found]:
    found = [
        (revision, one)
        for revision, one in document.everything()
        if not is_timestamp(one) and _signs(one.value)
    ]
    if len(found) != 1:
        raise Refused(Integrity.SEVERAL_SIGNATURES if found else Integrity.UNSIGNED)
    return found[0]


def _signs(value: Value) -> bool:
    return any(isinstance(one, dict) and "/ByteRange" in one for one in walk(value))


def _gap(found: Found, end: int) -> tuple[int, int]:
    numbers = found.entries.get("/ByteRange")
    if not isinstance(numbers, list) or len(numbers) != 4:  # noqa: PLR2004 - two pairs
        raise Refused(Integrity.RANGE_WRONG)
    start, opening, closing, rest = (n if type(n) is int else -1 for n in numbers)
    inside = found.start < opening < closing < found.end
    if start != 0 or not inside or rest < 0 or closing + rest != end:
        raise Refused(Integrity.RANGE_WRONG)
    return opening, closing


def _contents(data: bytes, found: Found, opening: int, closing: int) -> bytes:
    value = _VALUE.fullmatch(data, opening, closing)
    contents = found.entries.get("/Contents")
    named = data[max(opening - _BEFORE, 0) : opening].rstrip().endswith(_KEY)
    if value is None or not named or not isinstance(contents, bytes):
        raise Refused(Integrity.RANGE_WRONG)
    if bytes.fromhex(value[1].decode()) != contents:
        raise Refused(Integrity.RANGE_WRONG)
    if contents.hex().encode() != value[1] or not data.endswith(_KEY, 0, opening):
        raise foreign_form()
    return contents
