"""An incremental update of a PDF as Typst writes it: plain objects and one cross-reference table.

Only what Typst writes is understood, and anything else is refused; this reads files made a moment
ago in this process, never uploads.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from certificates.errors import CertificateError, ErrorCode

_TAIL = re.compile(rb"trailer\n<</Size ([0-9]+)([^\n]*)>>\nstartxref\n([0-9]+)\n%%EOF\n\Z")
_TAIL_LENGTH = 2048
_TABLE = re.compile(rb"xref\n0 ([0-9]+)\n")
_ENTRY_LENGTH = 20
_REFERENCE = rb"/%s[ \[]*([0-9]+) 0 R"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypstPdf:
    """A file, where its objects are and what its trailer says."""

    data: bytes
    size: int
    """One more than the highest object number."""
    trailer: bytes
    """The trailer's entries after /Size."""
    table: int
    """Where the cross-reference table starts."""
    entries: int
    """Where its first entry starts."""

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Read the end of a file.

        Raises:
            CertificateError: PDF_UNEXPECTED.
        """
        tail = _TAIL.search(data, max(0, len(data) - _TAIL_LENGTH))
        table = _TABLE.match(data, int(tail[3])) if tail else None
        if tail is None or table is None or table[1] != tail[1]:
            raise CertificateError(ErrorCode.PDF_UNEXPECTED, "not one table at the end")
        return cls(
            data=data,
            size=int(tail[1]),
            trailer=tail[2],
            table=int(tail[3]),
            entries=table.end(),
        )

    def dictionary(self, number: int) -> bytes:
        """Return an object that is a dictionary, as written.

        Raises:
            CertificateError: PDF_UNEXPECTED.
        """
        start = self.offset(number) if 0 < number < self.size else 0
        head = b"%d 0 obj\n<<" % number
        end = self.data.find(b">>\nendobj\n", start)
        if not self.data.startswith(head, start) or end < 0:
            raise CertificateError(ErrorCode.PDF_UNEXPECTED, "not a dictionary")
        return self.data[start + len(head) - 2 : end + 2]

    def offset(self, number: int) -> int:
        """Return where an object starts; `number` is below the size."""
        entry = self.entries + number * _ENTRY_LENGTH
        return int(self.data[entry : entry + 10])

    @property
    def root(self) -> int:
        """The catalogue's object number."""
        return reference(self.trailer, b"Root")

    def first_page(self, catalogue: bytes) -> tuple[int, bytes]:
        """Return the first page's object number and dictionary, given the catalogue's.

        Raises:
            CertificateError: PDF_UNEXPECTED.
        """
        number = reference(catalogue, b"Pages")
        while b"/Type/Pages" in (found := self.dictionary(number)):
            number = reference(found, b"Kids")
        return number, found

    def update(self, objects: Mapping[int, bytes]) -> bytes:
        """Return what to append for new or changed objects (ISO 32000-1, 7.5.6).

        Args:
            objects: for each number, the object between `obj` and `endobj`.
        """
        parts: list[bytes] = []
        table: list[bytes] = []
        place = len(self.data)
        for number in sorted(objects):
            part = b"%d 0 obj\n%b\nendobj\n" % (number, objects[number])
            table.append(b"%d 1\n%010d 00000 n \n" % (number, place))
            parts.append(part)
            place += len(part)
        size = max(self.size, max(objects) + 1)
        end = b"trailer\n<</Size %d/Prev %d%b>>\n" % (size, self.table, self.trailer)
        last = b"startxref\n%d\n%%%%EOF\n" % place
        return b"".join((*parts, b"xref\n", *table, end, last))


def reference(dictionary: bytes, key: bytes) -> int:
    """Return the object that an entry refers to, alone or first in an array.

    Raises:
        CertificateError: PDF_UNEXPECTED.
    """
    match = re.search(_REFERENCE % key, dictionary)
    if match is None:
        raise CertificateError(ErrorCode.PDF_UNEXPECTED, key.decode())
    return int(match[1])
