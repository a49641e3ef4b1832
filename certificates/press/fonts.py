"""A font of a page: the objects that make it up, and what they say of each letter."""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from certificates.errors import CertificateError, ErrorCode
from certificates.pdf_update import reference
from certificates.press.objects import Objects
from certificates.press.outlines import Embedded, take_apart
from certificates.press.shown import Letters

_WIDTHS: Final = re.compile(rb"/W\[([^\]]*)\]")
_TEXT: Final = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>")
_RESOURCE: Final = re.compile(rb"/(f[0-9]+) ([0-9]+) 0 R")


@dataclass(frozen=True, slots=True)
class PageFont:
    """One font and the numbers of its objects."""

    resource: str
    composite: int
    descendant: int
    descriptor: int
    texts_at: int
    """ToUnicode."""
    set_at: int
    """CIDSet."""
    program_at: int
    widths: Mapping[int, bytes]
    """By CID, thousandths of the size, as written."""
    texts: Mapping[int, str]
    embedded: Embedded

    @property
    def changing(self) -> tuple[int, ...]:
        """The objects that say something of each letter."""
        return self.descendant, self.texts_at, self.set_at, self.program_at

    def length(self, letters: Letters) -> float:
        """Return how long a row of letters is, in thousandths of the size."""
        return sum(float(self.widths[cid]) - closer for cid, closer in letters)

    @property
    def name(self) -> str:
        """The font's name without the subset's."""
        return self.embedded.name.decode()


def page_fonts(objects: Objects) -> list[PageFont]:
    """Return the fonts of a file with one page.

    Raises:
        CertificateError: PDF_UNEXPECTED.
    """
    holders = objects.numbers(b"/Font<<")
    if len(holders) != 1:
        raise CertificateError(ErrorCode.PDF_UNEXPECTED, "not one page's resources")
    named = objects.dictionary(holders[0]).partition(b"/Font<<")[2].partition(b">>")[0]
    return [
        _page_font(objects, resource.decode(), int(number))
        for resource, number in _RESOURCE.findall(named)
    ]


def _page_font(objects: Objects, resource: str, number: int) -> PageFont:
    composite = objects.dictionary(number)
    descendant_at = reference(composite, b"DescendantFonts")
    descendant = objects.dictionary(descendant_at)
    descriptor_at = reference(descendant, b"FontDescriptor")
    descriptor = objects.dictionary(descriptor_at)
    texts_at, program_at = reference(composite, b"ToUnicode"), reference(descriptor, b"FontFile3")
    return PageFont(
        resource=resource,
        composite=number,
        descendant=descendant_at,
        descriptor=descriptor_at,
        texts_at=texts_at,
        set_at=reference(descriptor, b"CIDSet"),
        program_at=program_at,
        widths=_widths(descendant),
        texts=_texts(objects.stream(texts_at)),
        embedded=_embedded(objects.stream(program_at)),
    )


def _embedded(program: bytes) -> Embedded:
    try:
        return take_apart(program)
    except (struct.error, LookupError, ValueError) as strange:
        raise CertificateError(ErrorCode.PDF_UNEXPECTED, "a font of another make") from strange


def _widths(descendant: bytes) -> dict[int, bytes]:
    """Read /W, which Typst writes as runs: first and last CID and their width."""
    found = _WIDTHS.search(descendant)
    told = found[1].split() if found else []
    return {
        cid: width
        for first, last, width in zip(told[::3], told[1::3], told[2::3], strict=True)
        for cid in range(int(first), int(last) + 1)
    }


def _texts(cmap: bytes) -> dict[int, str]:
    return {
        int(cid, 16): bytes.fromhex(units.decode()).decode("utf-16-be")
        for cid, units in _TEXT.findall(cmap)
    }
