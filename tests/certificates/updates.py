"""Updates written by hand, so that a test says exactly what one adds."""

import re
from collections.abc import Mapping

from certificates.reading.document import Document

_LAST = re.compile(rb"startxref\n([0-9]+)\n%%EOF\s*\Z")


def document(pdf: bytes) -> Document:
    return Document(pdf, most_objects=2000)


def root_number(pdf: bytes) -> int:
    root = document(pdf).last.trailer["/Root"]
    assert isinstance(root, tuple)
    return root.number


def written_object(pdf: bytes, number: int) -> bytes:
    """An object in force, as it stands between `obj` and `endobj`."""
    found = {one.number: one for _, one in document(pdf).everything()}[number]
    return pdf[found.start : found.end].partition(b" obj\n")[2].removesuffix(b"\nendobj")


def field_number(pdf: bytes) -> int:
    """The first signature's field; its value has the number before."""
    found = re.search(rb"/Fields\[(\d+) 0 R", pdf)
    assert found is not None
    return int(found[1])


def page_number(pdf: bytes) -> int:
    pages = [one.number for _, one in document(pdf).everything() if _is_page(one.entries)]
    return pages[-1]


def updated(
    pdf: bytes, objects: Mapping[int, bytes], *, before: bytes = b"", trailer: bytes = b""
) -> bytes:
    """The file with one more revision.

    Args:
        pdf: in our form.
        objects: new or replaced, by number.
        before: between the last revision's end and the first object.
        trailer: further entries of the trailer.
    """
    last = _LAST.search(pdf)
    assert last is not None
    size = max([*objects, max(document(pdf).last.trailer["/Size"] - 1, 0)]) + 1  # type: ignore[operator]
    out, table = bytearray(pdf + before), b""
    for number in sorted(objects):
        table += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, objects[number])
    info = re.search(rb"/Info [0-9]+ 0 R", pdf)
    kept = (info[0] if info else b"") + b"/Root %d 0 R" % root_number(pdf)
    end = b"trailer\n<</Size %d/Prev %b%b%b>>\n" % (size, last[1], kept, trailer)
    at = len(out)
    return bytes(out) + b"xref\n" + table + end + b"startxref\n%d\n%%%%EOF\n" % at


def _is_page(entries: Mapping[str, object]) -> bool:
    return entries.get("/Type") == "/Page"
