"""CBOR (RFC 8949), the few kinds that codes are made of, in their one deterministic form.

What is read comes from strangers, so little is understood and nothing is forgiven: integers of
64 bits, byte strings, texts, arrays, and maps with integer keys. Each value has one spelling
(RFC 8949 §4.2.1): the shortest head, definite lengths, keys in order, none twice.
"""

from typing import Final

from codes.errors import MalformedError

Item = int | bytes | str | list["Item"] | dict[int, "Item"]
"""What can be written and read."""

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP = range(6)
_IN_HEAD: Final = 24
"""Numbers below stand in the head itself; 24 to 27 announce 1, 2, 4 or 8 bytes."""
_WIDTHS: Final = {24: 1, 25: 2, 26: 4, 27: 8}
_MOST: Final = 1 << 64
_DEPTH: Final = 4


def encode(item: Item) -> bytes:
    """Write an item.

    Raises:
        ValueError: an integer of more than 64 bits.
    """
    match item:
        case int():
            return _head(_UNSIGNED, item) if item >= 0 else _head(_NEGATIVE, -1 - item)
        case bytes():
            return _head(_BYTES, len(item)) + item
        case str():
            text = item.encode()
            return _head(_TEXT, len(text)) + text
        case list():
            return _head(_ARRAY, len(item)) + b"".join(encode(one) for one in item)
        case dict():
            pairs = sorted((encode(key), encode(value)) for key, value in item.items())
            return _head(_MAP, len(pairs)) + b"".join(key + value for key, value in pairs)


def decode(data: bytes) -> Item:
    """Read the one item that `data` is. Time and memory are in proportion to its length.

    Raises:
        MalformedError: another kind, another spelling, nested too deep, or more or less than one.
    """
    reader = _Reader(data)
    item = reader.item(_DEPTH)
    if reader.at != len(data):
        raise MalformedError
    return item


def _head(major: int, number: int) -> bytes:
    if number >= _MOST:
        msg = "an integer of more than 64 bits"
        raise ValueError(msg)
    if number < _IN_HEAD:
        return bytes((major << 5 | number,))
    follows, width = next((f, w) for f, w in _WIDTHS.items() if number < 1 << 8 * w)
    return bytes((major << 5 | follows,)) + number.to_bytes(width, "big")


class _Reader:
    """A place in the data."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def item(self, depth: int) -> Item:
        major, number = self._read_head()
        if major in (_ARRAY, _MAP):
            # Each item takes a byte at least, so a count beyond what is left is a lie.
            if depth <= 0 or number > len(self._data) - self.at:
                raise MalformedError
            return self._array(number, depth) if major == _ARRAY else self._map(number, depth)
        return self._scalar(major, number)

    def _scalar(self, major: int, number: int) -> Item:
        if major == _UNSIGNED:
            return number
        if major == _NEGATIVE:
            return -1 - number
        if major == _BYTES:
            return self._take(number)
        if major == _TEXT:
            return self._text(number)
        raise MalformedError

    def _read_head(self) -> tuple[int, int]:
        first = self._take(1)[0]
        major, number = first >> 5, first & 0x1F
        if number < _IN_HEAD:
            return major, number
        width = _WIDTHS.get(number)
        if width is None:
            raise MalformedError
        number = int.from_bytes(self._take(width), "big")
        if number < (_IN_HEAD if width == 1 else 1 << 4 * width):  # a shorter head would do
            raise MalformedError
        return major, number

    def _take(self, count: int) -> bytes:
        taken = self._data[self.at : self.at + count]
        if len(taken) != count:
            raise MalformedError
        self.at += count
        return taken

    def _text(self, count: int) -> str:
        try:
            return self._take(count).decode()
        except UnicodeDecodeError:
            raise MalformedError from None

    def _array(self, count: int, depth: int) -> Item:
        return [self.item(depth - 1) for _ in range(count)]

    def _map(self, count: int, depth: int) -> Item:
        found: dict[int, Item] = {}
        last = b""
        for _ in range(count):
            start = self.at
            key = self.item(0)
            spelled = self._data[start : self.at]
            if not isinstance(key, int) or spelled <= last:
                raise MalformedError
            found[key], last = self.item(depth - 1), spelled
        return found
