"""A plate made from a page that Typst has set with marks in place of what differs."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any, Final

from certificates.errors import CertificateError, ErrorCode
from certificates.press.file_frame import FileFrame
from certificates.press.fonts import PageFont, page_fonts
from certificates.press.marks import MARK, Marked, Room, mark
from certificates.press.objects import Objects, page_content
from certificates.press.passages import Passage, passages
from certificates.press.pictures import BLANK_CODE, blank_portrait
from certificates.press.plate import CodeGap, Gap, Plate
from certificates.press.plate_font import PlateFont
from certificates.press.type_case import Face, TypeCase
from certificates.render import Renderer

_FACES: Final[tuple[Face, ...]] = ("zh", "en")
_MOMENT: Final = dt.datetime(2001, 2, 3, 4, 5, 6, tzinfo=dt.UTC)
"""Of the page with marks; nothing else in its file is of that time."""
_CODE: Final = re.compile(
    rb"q (?P<side>[0-9.]+) 0 0 -(?P=side) (?P<corner>[0-9.]+ [0-9.]+) cm/c1 cs 0 scn "
    rb"0 0 m 1 0 l 1 1 l 0 1 l\nh\nf\nQ"
)


Ends = Mapping[Room, float]
"""How far to the right values may go, in points from the left of the page."""


@dataclass(frozen=True, slots=True)
class _Set:
    """A page that Typst has set with marks."""

    content: bytes
    fonts: Mapping[Face, PageFont]
    found: Mapping[str, Passage]
    """By what they say."""


class Caster:
    """Makes plates."""

    def __init__(self, renderer: Renderer, case: TypeCase, ends: Ends) -> None:
        """Keep what every plate needs."""
        self._renderer = renderer
        self._case = case
        self._ends = ends

    def cast(self, template: str, given: Marked) -> Plate:
        """Have Typst set a page with marks, and take it apart.

        Raises:
            CertificateError: PDF_UNEXPECTED for a page that makes no plate, such as one that goes
                over to a second; those of `Renderer.pdf`.
        """
        blanks = [blank_portrait(number) for number in range(len(given.data["portraits"]))]
        file = self._renderer.pdf(template, _with(given.data, blanks), created=_MOMENT)
        objects = Objects.read(file)
        page = self._page(objects)
        fonts = {
            face: PlateFont(font, objects, self._case.groups(face))
            for face, font in page.fonts.items()
        }
        frame = FileFrame(
            objects,
            created=_MOMENT,
            fonts=[number for font in page.fonts.values() for number in font.changing],
            portraits=_holding(objects, blanks),
        )
        return Plate(
            list(_cut(page.content, [*self._gaps(page, given), _code(page)])), fonts, frame
        )

    def _page(self, objects: Objects) -> _Set:
        by_name = {font.name: font for font in page_fonts(objects)}
        fonts: dict[Face, PageFont] = {}
        for face in _FACES:
            if self._case.name(face) not in by_name:
                raise CertificateError(ErrorCode.PDF_UNEXPECTED, "a font that is not the case's")
            fonts[face] = by_name[self._case.name(face)]
        texts = {font.resource: font.texts for font in fonts.values()}
        content = page_content(objects)
        found: dict[str, Passage] = {}
        for passage in passages(content):
            text = passage.text(texts.get(passage.font, {}))
            if text in found and MARK.fullmatch(text):
                raise CertificateError(ErrorCode.PDF_UNEXPECTED, "a mark set twice")
            found[text] = passage
        return _Set(content, fonts, found)

    def _gaps(self, page: _Set, given: Marked) -> Iterator[tuple[int, int, Gap]]:
        for number, place in given.places.items():
            first: Passage | None = None
            for face in place.words:
                passage = page.found.get(mark(number, face))
                if passage is None or passage.font != page.fonts[face].resource:
                    raise CertificateError(ErrorCode.PDF_UNEXPECTED, "a mark not set in one go")
                gap = _gap(number, face, passage, right=self._ends[place.room])
                if first is not None:
                    gap = _behind(gap, first, page.fonts["zh"])
                yield passage.start, passage.end, gap
                first = passage


def _gap(number: int, face: Face, passage: Passage, *, right: float) -> Gap:
    before = b"q 1 0 0 -1 %b " + passage.y + b" cm" + passage.colour + b"\n"
    text = b"BT 0 Tr/" + passage.font.encode() + b" " + passage.size + b" Tf 1 0 0 -1 0 0 Tm"
    return Gap(
        place=number,
        face=face,
        x=passage.x,
        right=right,
        size=float(passage.size),
        form=before + text + b"%b\nET\nQ",
    )


def _behind(gap: Gap, first: Passage, font: PageFont) -> Gap:
    """Let a line start where the one before it ends, as far behind it as Typst has set it."""
    size = float(first.size)
    ends = first.x + font.length(first.letters) * size / 1000
    if gap.x < ends:
        raise CertificateError(ErrorCode.PDF_UNEXPECTED, "a value over two lines")
    return replace(gap, x=first.x + gap.x - ends, behind=size)


def _code(page: _Set) -> tuple[int, int, CodeGap]:
    found = list(_CODE.finditer(page.content))
    if len(found) != 1:
        raise CertificateError(ErrorCode.PDF_UNEXPECTED, "not one QR code")
    code = CodeGap(float(found[0]["side"]), found[0]["corner"])
    return found[0].start(), found[0].end(), code


def _cut(
    content: bytes, gaps: Sequence[tuple[int, int, Gap | CodeGap]]
) -> Iterator[bytes | Gap | CodeGap]:
    at = 0
    for start, end, gap in sorted(gaps, key=itemgetter(0)):
        yield content[at:start]
        yield gap
        at = end
    yield content[at:]


def _with(data: Mapping[str, Any], blanks: Sequence[bytes]) -> dict[str, Any]:
    """Return what a template is given, with stand-ins for pictures and statement."""
    portraits = [
        {**one, "jpeg": list(blank)} for one, blank in zip(data["portraits"], blanks, strict=True)
    ]
    return {**data, "qr": BLANK_CODE, "document": "{}", "portraits": portraits}


def _holding(objects: Objects, pictures: Sequence[bytes]) -> list[int]:
    """Return the objects that hold these pictures, in their order."""
    numbers = {objects.stream(number): number for number in objects.numbers(b"/DCTDecode")}
    if not numbers.keys() >= set(pictures):
        raise CertificateError(ErrorCode.PDF_UNEXPECTED, "a portrait that Typst has changed")
    return [numbers[picture] for picture in pictures]
