"""A page that Typst has set once, ready to be printed with other values of the same shape."""

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from certificates.press.file_frame import FileFrame, Filling
from certificates.press.modules import drawn
from certificates.press.packing import Piece, packed
from certificates.press.plate_font import PlateFont, Setting
from certificates.press.type_case import Face, Line

_ID_LENGTH: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Where a line of text belongs in a page's content."""

    place: int
    """Which value, in the order in which marks were taken."""
    face: Face
    x: float
    """Points from the left of the page."""
    right: float
    """Where the room ends."""
    size: float
    """Points."""
    form: bytes
    """The operators, with %b for the place and for the letters."""
    behind: float | None = None
    """The size of the Chinese line of the same value; x then counts from where that line ends."""


@dataclass(frozen=True, slots=True)
class CodeGap:
    """Where the QR code belongs."""

    side: float
    """Points."""
    corner: bytes
    """Of the upper left, as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """What one certificate has of its own."""

    lines: Mapping[int, Mapping[Face, Line]] = field(repr=False)
    """For each place that the plate has."""
    code: Sequence[bytes] = field(repr=False)
    """The QR's rows; a byte a module, 0 where it is dark."""
    document: bytes = field(repr=False)
    """The attached statement."""
    portraits: Sequence[bytes] = field(repr=False)
    """JPEG, of the size the plate was made with."""
    created: dt.datetime


class Plate:
    """Keep under a lock: its fonts may learn of groups while printing."""

    def __init__(
        self,
        content: Sequence[bytes | Gap | CodeGap],
        fonts: Mapping[Face, PlateFont],
        frame: FileFrame,
    ) -> None:
        """Pack once what is the same in every print.

        Args:
            content: the page's, with gaps.
            fonts: those that gaps are filled in.
            frame: everything else.
        """
        self.gaps = [part for part in content if isinstance(part, Gap)]
        self._content = [Piece.well(part) if isinstance(part, bytes) else part for part in content]
        self._fonts = fonts
        self._frame = frame

    def overfull(self, lines: Mapping[int, Mapping[Face, Line]]) -> set[int]:
        """Return the places whose lines are longer than the room there."""
        return {gap.place for gap in self.gaps if _end(gap, lines[gap.place]) > gap.right}

    def printed(self, given: Print) -> bytes:
        """Return the file."""
        settings = {face: Setting(font) for face, font in self._fonts.items()}
        content = packed(self._filled(given, settings))
        fonts = [setting.objects() for setting in settings.values()]
        return self._frame.file(
            Filling(
                content=content,
                fonts={number: body for font in fonts for number, body in font.items()},
                document=given.document,
                portraits=given.portraits,
                created=given.created,
                instance=_instance(given),
            )
        )

    def _filled(self, given: Print, settings: Mapping[Face, Setting]) -> Iterator[Piece]:
        for part in self._content:
            if isinstance(part, Piece):
                yield part
            elif isinstance(part, CodeGap):
                yield Piece.quick(drawn(given.code, side=part.side, corner=part.corner))
            else:
                line = given.lines[part.place]
                start = _start(part, line)
                shown = settings[part.face].shown(line[part.face])
                yield Piece.stored(part.form % (b"%a" % start, shown))


def _start(gap: Gap, lines: Mapping[Face, Line]) -> float:
    if gap.behind is None:
        return gap.x
    return round(gap.x + lines["zh"].width * gap.behind / 1000, 4)


def _end(gap: Gap, lines: Mapping[Face, Line]) -> float:
    return _start(gap, lines) + lines[gap.face].width * gap.size / 1000


def _instance(given: Print) -> bytes:
    """Return the file's identifier: of what it states and when, so that nothing is random."""
    told = given.document + given.created.isoformat().encode()
    return base64.b64encode(hashlib.sha256(told).digest()[:_ID_LENGTH])
