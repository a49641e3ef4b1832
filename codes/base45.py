"""Base45 (RFC 9285): bytes in the 45 characters that a QR code packs two to eleven bits."""

from typing import Final

from codes.errors import MalformedError

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_SQUARE: Final = 45 * 45
_PAIR: Final = 1 << 16
_SINGLE: Final = 1 << 8


def encode(data: bytes) -> str:
    """Write two bytes as three characters, a single last byte as two (RFC 9285 §4)."""
    parts = []
    for at in range(0, len(data) - 1, 2):
        number = data[at] << 8 | data[at + 1]
        high, rest = divmod(number, _SQUARE)
        middle, low = divmod(rest, 45)
        parts.append(ALPHABET[low] + ALPHABET[middle] + ALPHABET[high])
    if len(data) % 2:
        middle, low = divmod(data[-1], 45)
        parts.append(ALPHABET[low] + ALPHABET[middle])
    return "".join(parts)


def decode(text: str) -> bytes:
    """Read what `encode` writes; every text has one reading and every reading one text.

    Raises:
        MalformedError: another character, a length no bytes have, or a number too large.
    """
    try:
        values = [_VALUES[character] for character in text]
    except KeyError:
        raise MalformedError from None
    whole, left = divmod(len(values), 3)
    if left == 1:
        raise MalformedError
    out = bytearray()
    for at in range(0, 3 * whole, 3):
        number = values[at] + 45 * values[at + 1] + _SQUARE * values[at + 2]
        if number >= _PAIR:
            raise MalformedError
        out += number.to_bytes(2, "big")
    if left:
        number = values[-2] + 45 * values[-1]
        if number >= _SINGLE:
            raise MalformedError
        out.append(number)
    return bytes(out)
