"""Just enough DER (ITU-T X.690) to write a CMS signature: tag, length, value."""

SEQUENCE = 0x30
SET = 0x31
INTEGER = 0x02
OCTET_STRING = 0x04
OBJECT_IDENTIFIER = 0x06
CONTEXT_0 = 0xA0
NULL = b"\x05\x00"
_SHORT_FORM = 0x80


def tlv(tag: int, *parts: bytes) -> bytes:
    """Wrap the parts, one after the other, with their tag and length."""
    value = b"".join(parts)
    size = len(value)
    if size < _SHORT_FORM:
        return bytes((tag, size)) + value
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, _SHORT_FORM | len(length))) + length + value


def set_of(tag: int, *parts: bytes) -> bytes:
    """Wrap the parts in the order DER wants for a SET OF."""
    return tlv(tag, *sorted(parts))


def integer(number: int) -> bytes:
    """Write a number that is not negative."""
    return tlv(INTEGER, number.to_bytes(number.bit_length() // 8 + 1))


def oid(encoded: str) -> bytes:
    """Write an object identifier given as the hex digits of its encoding."""
    return tlv(OBJECT_IDENTIFIER, bytes.fromhex(encoded))
