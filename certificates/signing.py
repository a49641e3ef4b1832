"""PAdES baseline B signatures (ETSI EN 319 142-1) on the files the renderer makes.

One incremental update adds the signature, an invisible field and its places in the catalogue and
on the page. A visible field would have to stand in the structure tree (ISO 14289-1, 7.18.1), so
the seal people see is part of the page and the field is hidden.
"""

import datetime as dt
import hashlib
from binascii import hexlify
from collections.abc import Mapping
from functools import lru_cache

from certificates.cms import CmsWriter
from certificates.errors import CertificateError, ErrorCode
from certificates.pdf_update import TypstPdf
from certificates.signatory import Signatory

_ROOM = 4096
"""Bytes kept for the CMS; two P-256 certificates and the signature take about 2,000."""
_PRINT_AND_LOCKED = 132
_BLANK_RANGE = b" " * 32
_BLANK_ROOM = b"00" * _ROOM


def sign_pdf(
    pdf: bytes, *, signatory: Signatory, signed_at: dt.datetime, field_label: str
) -> bytes:
    """Sign a file that has no signature yet.

    Args:
        pdf: as the renderer returns it.
        signatory: who signs.
        signed_at: aware; the claimed time in the signature dictionary.
        field_label: what screen readers say of the field.

    Returns:
        The file with the update appended; the first `len(pdf)` bytes are unchanged.

    Raises:
        CertificateError: PDF_UNEXPECTED, SIGNATURE_TOO_LARGE.
    """
    source = TypstPdf.read(pdf)
    signature, field = source.size, source.size + 1
    catalogue = source.dictionary(source.root)
    page, first = source.first_page(catalogue)
    update = source.update(
        {
            source.root: _with(catalogue, _catalogue_entries(field)),
            page: _with(first, {b"/Annots": b"[%d 0 R]" % field}),
            signature: _signature_dictionary(signed_at),
            field: _field(field_label, page=page, value=signature),
        }
    )
    return b"".join((pdf, _filled(update, pdf, signatory.cms)))


def _filled(update: bytes, pdf: bytes, cms: CmsWriter) -> bytearray:
    """Return the update with the range of bytes it signs, and their signature."""
    opening = update.index(b"/Contents<00") + len(b"/Contents")
    closing = opening + 2 * _ROOM + 2
    start = len(pdf)
    span = b"0 %d %d %d" % (start + opening, start + closing, len(update) - closing)
    range_at = update.index(_BLANK_RANGE)
    out = bytearray(update)
    out[range_at : range_at + len(_BLANK_RANGE)] = span.ljust(len(_BLANK_RANGE))
    digest, view = hashlib.sha256(pdf), memoryview(out)
    digest.update(view[:opening])
    digest.update(view[closing:])
    value = cms.detached(digest.digest())
    if len(value) > _ROOM:
        raise CertificateError(ErrorCode.SIGNATURE_TOO_LARGE)
    view[opening + 1 : opening + 1 + 2 * len(value)] = hexlify(value)
    return out


def _signature_dictionary(signed_at: dt.datetime) -> bytes:
    at = signed_at.astimezone(dt.UTC)
    # By the numbers: strftime asks the system for its locale and takes five times as long.
    moment = b"D:%04d%02d%02d%02d%02d%02dZ" % at.timetuple()[:6]
    return (
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(%b)"
        b"/ByteRange[%b]/Contents<%b>>>" % (moment, _BLANK_RANGE, _BLANK_ROOM)
    )


def _field(label: str, *, page: int, value: int) -> bytes:
    return (
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/TU<%b>/F %d/Rect[0 0 0 0]"
        b"/P %d 0 R/V %d 0 R>>" % (_text(label), _PRINT_AND_LOCKED, page, value)
    )


def _catalogue_entries(field: int) -> dict[bytes, bytes]:
    # SigFlags 3: there are signatures, and the file may only be appended to. The extension names
    # the signature's format, which PDF 1.7 itself does not know (ETSI EN 319 142-1, 5.1).
    return {
        b"/AcroForm": b"<</Fields[%d 0 R]/SigFlags 3>>" % field,
        b"/Extensions": b"<</ESIC<</BaseVersion/1.7/ExtensionLevel 1>>>>",
    }


def _with(dictionary: bytes, entries: Mapping[bytes, bytes]) -> bytes:
    if any(key in dictionary for key in entries):
        raise CertificateError(ErrorCode.PDF_UNEXPECTED, "already has a field")
    return dictionary[:-2] + b"".join(key + value for key, value in entries.items()) + b">>"


@lru_cache(maxsize=64)
def _text(words: str) -> bytes:
    return b"FEFF" + words.encode("utf-16-be").hex().upper().encode()
