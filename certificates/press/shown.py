"""What a passage shows: the operand of TJ or Tj (ISO 32000-1, 7.3.4 and 9.4.3)."""

import re
from typing import Final

from certificates.errors import CertificateError, ErrorCode

_TOKEN: Final = re.compile(
    rb"\s*(?:<(?P<hex>[0-9A-Fa-f]*)>|(?P<number>-?[0-9.]+)|(?P<mark>[\[\](]|T[Jj]))"
)
_PART: Final = re.compile(rb"\\([0-7]{1,3})|\\(.)|([()])|([^\\()]+)", re.DOTALL)
_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
Letters = tuple[tuple[int, float], ...]
"""Each letter's CID (two bytes), and by how many thousandths of the size the next moves closer."""


def read_shown(content: bytes, at: int) -> tuple[Letters, int]:
    """Read from an operand to the end of its operator.

    Raises:
        CertificateError: PDF_UNEXPECTED.
    """
    letters: list[tuple[int, float]] = []
    while (token := _TOKEN.match(content, at)) is not None:
        at = token.end()
        if token["hex"] is not None:
            letters += _cids(bytes.fromhex(token["hex"].decode()))
        elif token["mark"] == b"(":
            shown, at = _literal(content, at)
            letters += _cids(shown)
        elif token["number"] and letters:
            # A number before the first moves a bracket at a line's start, and is left out.
            letters[-1] = (letters[-1][0], float(token["number"]))
        elif token["mark"] in {b"TJ", b"Tj"}:
            return tuple(letters), at
    raise CertificateError(ErrorCode.PDF_UNEXPECTED, "not an operand of text")


def write_shown(letters: Letters) -> bytes:
    """Write an operand and its operator."""
    parts = [b"[<"]
    for cid, closer in letters:
        parts.append(b"%04x" % cid)
        if closer:
            parts.append(b">%a<" % round(closer, 4))
    return b"".join((*parts, b">]TJ"))


def _cids(shown: bytes) -> list[tuple[int, float]]:
    return [
        (first << 8 | second, 0.0) for first, second in zip(shown[::2], shown[1::2], strict=True)
    ]


def _literal(content: bytes, at: int) -> tuple[bytes, int]:
    """Read a string in parentheses from behind its first; pairs inside it stand for themselves."""
    parts: list[bytes] = []
    depth = 1
    while (part := _PART.match(content, at)) is not None:
        octal, escaped, parenthesis, plain = part.groups()
        at = part.end()
        depth += {b"(": 1, b")": -1}.get(parenthesis, 0)
        if depth == 0:
            return b"".join(parts), at
        own = _ESCAPED.get(escaped, escaped) if escaped else parenthesis or plain
        parts.append(bytes([int(octal, 8)]) if octal else own)
    raise CertificateError(ErrorCode.PDF_UNEXPECTED, "a string without its end")
