"""A browser whose camera looks at a picture: a code on a telephone, or on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import segno
from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page

from tests.browser.conftest import CHROMIUM

_FRAME: Final = (1280, 960)
_FRAMES: Final = 3


def of(picture: Image.Image) -> bytes:
    """One frame of a camera before which a picture is held; Chromium films it again and again."""
    frame = Image.new("RGB", _FRAME, "#777")
    room = (_FRAME[0] * 4 // 5, _FRAME[1] * 4 // 5)
    held = ImageOps.contain(picture.convert("RGB"), room)
    frame.paste(held, ((_FRAME[0] - held.width) // 2, (_FRAME[1] - held.height) // 2))
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=92)
    return out.getvalue() * _FRAMES


def printed(text: str) -> Image.Image:
    """A QR code as large as on paper before a camera."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="png", scale=12, border=4)
    return Image.open(drawn)


def screen_of(page: Page) -> Image.Image:
    """What somebody's telephone shows."""
    return Image.open(io.BytesIO(page.screenshot()))


@contextmanager
def looking_at(chromium: Browser, film: Path, **device: Any) -> Iterator[Page]:
    """A page of a device whose camera films what a file holds (`of`).

    Args:
        chromium: of which version.
        film: `….mjpeg`; may be written anew until the page opens its camera.
        device: of Playwright's `new_page`.
    """
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM,
        args=[
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    try:
        yield browser.new_page(**device)
    finally:
        browser.close()
