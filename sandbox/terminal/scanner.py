"""The till's scanner: from the picture on a phone's screen, or a camera's, to the digits."""

from pathlib import Path

import cv2
import numpy as np
import zxingcpp

from sandbox.terminal.picture import Grey, UnreadablePictureError, painted

_MOST_BYTES = 16 << 20
_LONGEST_SIDE = 4096  # of what is looked at: more pixels help nobody read a code


def scan(svg: str) -> str:
    """Return the text of the one QR code or Code 128 in the picture.

    Raises:
        UnreadablePictureError: not an SVG, no code, or more than one.
    """
    return _read(painted(svg))


def scan_image(data: bytes) -> str:
    """Return the text of the one code in a camera's picture: PNG, JPEG or what OpenCV knows.

    Raises:
        UnreadablePictureError: no picture, above 16 MiB, no code, or more than one.
    """
    if not data or len(data) > _MOST_BYTES:
        raise UnreadablePictureError
    try:
        grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error as error:
        raise UnreadablePictureError from error
    if grey is None:
        raise UnreadablePictureError
    shrink = _LONGEST_SIDE / max(grey.shape)
    if shrink < 1:
        grey = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return _read(np.asarray(grey, np.uint8))


def scan_file(path: Path) -> str:
    """Return the text of the one code in a file, SVG by its name, otherwise an image.

    Raises:
        UnreadablePictureError: as ``scan`` and ``scan_image``.
    """
    if path.suffix.lower() == ".svg":
        return scan(path.read_text())
    with path.open("rb") as file:
        return scan_image(file.read(_MOST_BYTES + 1))


def _read(grey: Grey) -> str:
    formats = zxingcpp.BarcodeFormats(
        (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128)
    )
    found = zxingcpp.read_barcodes(grey, formats=formats)
    if len(found) != 1:
        raise UnreadablePictureError
    return found[0].text
