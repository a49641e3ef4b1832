"""The till's scanner: from the picture on a phone's screen to the digits."""

import zxingcpp

from sandbox.terminal.picture import UnreadablePictureError, painted


def scan(svg: str) -> str:
    """Return the text of the one QR code or Code 128 in the picture.

    Raises:
        UnreadablePictureError: not an SVG, no code, or more than one.
    """
    formats = zxingcpp.BarcodeFormats(
        (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128)
    )
    found = zxingcpp.read_barcodes(painted(svg), formats=formats)
    if len(found) != 1:
        raise UnreadablePictureError
    return found[0].text
