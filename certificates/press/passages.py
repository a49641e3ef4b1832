"""The content of a page as Typst writes it: passages of text, each by itself, and the rest."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from certificates.errors import CertificateError, ErrorCode
from certificates.press.shown import Letters, read_shown

_START: Final = re.compile(
    rb"q 1 0 0 -1 (?P<x>[-0-9.]+) (?P<y>[-0-9.]+) cm(?P<colour>/c[0-9]+ cs [0-9. ]+ scn)\n"
    rb"BT 0 Tr/(?P<font>f[0-9]+) (?P<size>[0-9.]+) Tf 1 0 0 -1 0 0 Tm"
)
_END: Final = b"\nET\nQ"


@dataclass(frozen=True, slots=True)
class Passage:
    """Words set in one go: one font, one size, one line."""

    start: int
    """Where it begins in the content."""
    end: int
    x: float
    """Points from the left of the page."""
    y: bytes
    """Points from its bottom, as written."""
    colour: bytes
    """The operators that choose it."""
    font: str
    """The resource's name."""
    size: bytes
    """Points, as written."""
    letters: Letters

    def text(self, texts: Mapping[int, str]) -> str:
        """Return what it says, by a font's ToUnicode."""
        return "".join(texts.get(cid, "") for cid, _ in self.letters)


def passages(content: bytes) -> Iterator[Passage]:
    """Return the filled, upright passages of a page in the order of the content.

    Raises:
        CertificateError: PDF_UNEXPECTED.
    """
    for found in _START.finditer(content):
        letters, end = read_shown(content, found.end())
        if not content.startswith(_END, end):
            raise CertificateError(ErrorCode.PDF_UNEXPECTED, "a passage without its end")
        yield Passage(
            start=found.start(),
            end=end + len(_END),
            x=float(found["x"]),
            y=found["y"],
            colour=found["colour"],
            font=found["font"].decode(),
            size=found["size"],
            letters=letters,
        )
