"""The objects of a file as Typst writes it: each on its own, none in an object stream."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from certificates.errors import CertificateError, ErrorCode
from certificates.pdf_update import TypstPdf, reference

_OBJECT = re.compile(rb"([0-9]+) 0 obj\n")
_END = b"endobj"
_LENGTH = re.compile(rb"/Length ([0-9]+)")
_STREAM = b"\nstream\n"


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects' bodies by number, and what the trailer says."""

    bodies: Mapping[int, bytes]
    trailer: bytes
    """The trailer's entries after /Size."""

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Take a file apart.

        Raises:
            CertificateError: PDF_UNEXPECTED.
        """
        file = TypstPdf.read(data)
        starts = sorted(file.offset(number) for number in range(1, file.size))
        bodies = dict(
            _body(data[start:end])
            for start, end in zip(starts, [*starts[1:], file.table], strict=True)
        )
        return cls(bodies=bodies, trailer=file.trailer)

    def numbers(self, having: bytes) -> list[int]:
        """Return the objects whose dictionary holds these bytes."""
        return [number for number in self.bodies if having in self.dictionary(number)]

    def dictionary(self, number: int) -> bytes:
        """Return what an object says, without its stream."""
        return self.bodies[number].partition(_STREAM)[0]

    def stream(self, number: int) -> bytes:
        """Return what an object's stream holds, unpacked.

        Raises:
            CertificateError: PDF_UNEXPECTED.
        """
        told, found, rest = self.bodies[number].partition(_STREAM)
        length = _LENGTH.search(told)
        if not found or length is None:
            raise CertificateError(ErrorCode.PDF_UNEXPECTED, "not a stream")
        held = rest[: int(length[1])]
        return zlib.decompress(held) if b"/FlateDecode" in told else held


def _body(written: bytes) -> tuple[int, bytes]:
    head, end = _OBJECT.match(written), written.rfind(_END)
    if head is None or end < 0:
        raise CertificateError(ErrorCode.PDF_UNEXPECTED, "not an object")
    return int(head[1]), written[head.end() : end].rstrip(b"\n")


def page_content(objects: Objects) -> bytes:
    """Return the content of a file's only page.

    Raises:
        CertificateError: PDF_UNEXPECTED.
    """
    pages = objects.numbers(b"/Type/Page/")
    if len(pages) != 1:
        raise CertificateError(ErrorCode.PDF_UNEXPECTED, "not one page")
    return objects.stream(reference(objects.dictionary(pages[0]), b"Contents"))


def stream(told: bytes, held: bytes) -> bytes:
    """Write an object with a stream that is packed already.

    Args:
        told: further entries of its dictionary.
        held: the stream.
    """
    return b"<</Length %d/Filter/FlateDecode%b>>\nstream\n%b\nendstream" % (len(held), told, held)
