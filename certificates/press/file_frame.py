"""The objects around a page's content and its fonts, and the file they make together."""

import datetime as dt
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from certificates.errors import CertificateError, ErrorCode
from certificates.pdf_update import reference
from certificates.press.objects import Objects, stream

_HEADER: Final = b"%PDF-1.7\n%\x80\x80\x80\x80\n\n"
"""Bytes above 127 say that the file is not text (ISO 32000-1, 7.5.2)."""
_FREE: Final = b"0000000000 65535 f\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What is new in a file."""

    content: bytes = field(repr=False)
    """The page's, packed."""
    fonts: Mapping[int, bytes] = field(repr=False)
    """Objects of its fonts by number."""
    document: bytes = field(repr=False)
    """The attached statement."""
    portraits: Sequence[bytes] = field(repr=False)
    created: dt.datetime
    instance: bytes
    """The file's own identifier (ISO 32000-1, 14.4)."""


class FileFrame:
    """Everything that Typst wrote and that stays, in one block, and where the rest goes."""

    def __init__(
        self,
        objects: Objects,
        *,
        created: dt.datetime,
        fonts: Iterable[int],
        portraits: Sequence[int],
    ) -> None:
        """Part what stays from what is new in every file.

        Args:
            objects: of a file with one page and one attachment.
            created: the moment it bears.
            fonts: objects that `Filling.fonts` replaces.
            portraits: objects that hold pictures to be replaced, in order.

        Raises:
            CertificateError: PDF_UNEXPECTED.
        """
        self._created = created
        self._portraits = {number: objects.dictionary(number) for number in portraits}
        self._content_at = reference(
            objects.dictionary(_only(objects, b"/Type/Page/")), b"Contents"
        )
        self._document_at = _only(objects, b"/Type/EmbeddedFile")
        self._document_told = _unpacked(objects.dictionary(self._document_at))
        self._instance = _instance(objects.trailer)
        self._trailer = objects.trailer
        told = (reference(objects.trailer, b"Info"), _only(objects, b"/Type/Metadata"))
        self._stamped = {number: objects.bodies[number] for number in told}
        fresh = {self._content_at, self._document_at, *told, *fonts, *portraits}
        fixed = {n: body for n, body in sorted(objects.bodies.items()) if n not in fresh}
        self._entries = [_FREE] * (max(objects.bodies) + 1)
        self._block = _HEADER + _placed(fixed, self._entries, at=len(_HEADER))

    def file(self, new: Filling) -> bytes:
        """Return the whole file, ending with a line feed."""
        objects = {
            **new.fonts,
            self._content_at: stream(b"", new.content),
            self._document_at: self._attached(new),
            **{number: self._stamp(body, new) for number, body in self._stamped.items()},
            **self._pictures(new),
        }
        entries = list(self._entries)
        placed = _placed(objects, entries, at=len(self._block))
        trailer = self._trailer.replace(self._instance, new.instance)
        table = b"xref\n0 %d\n%b" % (len(entries), b"".join(entries))
        tail = b"trailer\n<</Size %d%b>>\n" % (len(entries), trailer)
        end = b"startxref\n%d\n%%%%EOF\n" % (len(self._block) + len(placed))
        return b"".join((self._block, placed, table, tail, end))

    def _attached(self, new: Filling) -> bytes:
        held = zlib.compress(new.document, 1)
        told = re.sub(rb"/Size [0-9]+", b"/Size %d" % len(new.document), self._document_told)
        return stream(self._stamp(told, new), held)

    def _pictures(self, new: Filling) -> dict[int, bytes]:
        given = zip(self._portraits.items(), new.portraits, strict=True)
        return {number: _picture(told, picture) for (number, told), picture in given}

    def _stamp(self, body: bytes, new: Filling) -> bytes:
        """Put a print's moment and identifier where those of the plate stand."""
        stamped = body.replace(_short(self._created), _short(new.created))
        stamped = stamped.replace(_long(self._created), _long(new.created))
        return stamped.replace(self._instance, new.instance)


def _placed(objects: Mapping[int, bytes], entries: list[bytes], *, at: int) -> bytes:
    """Write objects one after the other, and into the table where each begins."""
    parts = []
    for number, body in objects.items():
        entries[number] = b"%010d 00000 n\r\n" % at
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        at += len(parts[-1])
    return b"".join(parts)


def _picture(told: bytes, picture: bytes) -> bytes:
    told = re.sub(rb"/Length [0-9]+", b"/Length %d" % len(picture), told)
    return b"%b\nstream\n%b\nendstream" % (told, picture)


def _unpacked(told: bytes) -> bytes:
    """Return the entries of a stream's dictionary, save its length and how it is packed."""
    return re.sub(rb"/Length [0-9]+|/Filter/FlateDecode", b"", told)[2:-2]


def _only(objects: Objects, having: bytes) -> int:
    numbers = objects.numbers(having)
    if len(numbers) != 1:
        raise CertificateError(ErrorCode.PDF_UNEXPECTED, "not one " + having.decode())
    return numbers[0]


def _instance(trailer: bytes) -> bytes:
    found = re.search(rb"/ID\[\([^()]*\)\(([^()]+)\)\]", trailer)
    if found is None:
        raise CertificateError(ErrorCode.PDF_UNEXPECTED, "no identifier")
    return found[1]


def _short(moment: dt.datetime) -> bytes:
    return b"D:%04d%02d%02d%02d%02d%02dZ" % moment.astimezone(dt.UTC).timetuple()[:6]


def _long(moment: dt.datetime) -> bytes:
    return b"%04d-%02d-%02dT%02d:%02d:%02d+00:00" % moment.astimezone(dt.UTC).timetuple()[:6]
