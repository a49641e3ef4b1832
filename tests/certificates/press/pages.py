"""Pages printed and pages set, and how much they differ."""

import io
from typing import Any

import numpy as np
from PIL import Image

from certificates.catalogue import HOME
from certificates.press.press import Press
from tests.certificates.builders import NOON
from tests.certificates.tools import run

Page = dict[str, Any]
TEMPLATE = "/layout/standard.typ"
_GREY_LEVELS = 40
"""A pixel at a letter's edge may differ by the last digit of a coordinate."""


def set_by_typst(page: Page, *, template: str = TEMPLATE) -> bytes:
    """The page as a press prints the first of its shape."""
    press = Press(HOME)
    pdf = press.pdf(template, page, created=NOON)
    assert (press.printed, press.composed) == (0, 1)
    return pdf


def printed(press: Press, page: Page, *, template: str = TEMPLATE) -> bytes:
    """The page from a plate: made at the second sight of its shape, used from then on."""
    for _ in range(4):
        before, pdf = press.printed, press.pdf(template, page, created=NOON)
        if press.printed > before:
            return pdf
    msg = "never printed from a plate"
    raise AssertionError(msg)


def differing(one: bytes, other: bytes) -> int:
    """How many pixels of the first page differ, at 100 dots an inch."""
    first, second = picture(one), picture(other)
    assert first.shape == second.shape
    return int((np.abs(first - second) > _GREY_LEVELS).sum())


def picture(pdf: bytes) -> np.ndarray[Any, np.dtype[np.int16]]:
    drawn = run("pdftoppm", "-r", "100", "-gray", "-singlefile", "-", stdin=pdf)
    return np.asarray(Image.open(io.BytesIO(drawn)), dtype=np.int16)


def words(pdf: bytes) -> str:
    return run("pdftotext", "-layout", "-", "-", stdin=pdf).decode()
