"""A certificate's page: a template and its data, compiled by Typst.

The data go in as one JSON text inside a string of the source, which lies in memory: no value can
be read as markup. Templates take them as an argument. So what does not depend on them, such as
the frame and the seal, is laid out once and then remembered by the compiler. The result is
PDF/A-3a and PDF/UA-1 in one file.
"""

import datetime as dt
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

from certificates.errors import CertificateError, ErrorCode


class Renderer:
    """Holds the fonts and one compiler; thread-safe, one page at a time.

    Rendering is work of the processor and threads do not speed it up. Keep one renderer in a
    process: a fresh compiler each time costs 100 ms a page.
    """

    def __init__(self, home: Path) -> None:
        """Read the fonts (50 ms).

        Args:
            home: the folder that holds types/ and layout/; templates see nothing outside.
        """
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=True,
            font_paths=[pylopdf_fonts_zh_cn.serif_path().parent],
        )
        self._compiler = typst.Compiler(root=home, font_paths=fonts, ignore_system_fonts=True)
        self._lock = threading.Lock()

    def pdf(self, template: str, data: Mapping[str, Any], *, created: dt.datetime) -> bytes:
        """Compile a template.

        Args:
            template: path of a .typ file below the renderer's home, with a slash in front; it
                defines `page(data)`.
            data: what `page` is given, as JSON values.
            created: the document's time, aware; whole seconds are kept.

        Returns:
            The file, ending with a line feed: PDF/A (ISO 19005-3, 6.1.3) wants one before the
            signature's update that follows.

        Raises:
            CertificateError: GLYPH_MISSING, RENDER_FAILED.
        """
        source = _source(template, data)
        with self._lock:
            page = self._compiled(source, created=created)
        return page if page.endswith(b"\n") else page + b"\n"

    def _compiled(self, source: bytes, *, created: dt.datetime) -> bytes:
        try:
            # One format and no output path give the file itself, which the stubs cannot tell.
            page: Any = self._compiler.compile(
                input=source,
                format="pdf",
                pdf_standards=["a-3a", "ua-1"],
                timestamp=created.replace(microsecond=0),
            )
        except typst.TypstError as refused:
            raise CertificateError(_reason(refused)) from None
        return bytes(page)


def _source(template: str, data: Mapping[str, Any]) -> bytes:
    # JSON in ASCII has no character that a string of Typst reads otherwise, save these two.
    text = json.dumps(data).replace("\\", "\\\\").replace('"', '\\"')
    return f'#import "{template}": page\n#page(json(bytes("{text}")))\n'.encode("ascii")


def _reason(refused: typst.TypstError) -> ErrorCode:
    # The text of the error may quote the data, so only its kind leaves this module.
    missing = "glyph" in refused.message or "displayed" in refused.message
    return ErrorCode.GLYPH_MISSING if missing else ErrorCode.RENDER_FAILED
