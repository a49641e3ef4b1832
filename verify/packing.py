"""Frozen records to compact bytes and back: a JSON header, then the byte fields end to end.

Meant for our own encrypted storage, so it need not be clever, only strict: anything that does not
read back as the very record asked for is refused.
"""

import dataclasses
import json
import struct
import types
import zlib
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from verify.errors import EvidenceRefused

Record = TypeVar("Record")

_MAGIC = b"zr1"
_LENGTH = struct.Struct("<I")
_LIMIT = 32 * 1024 * 1024
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, struct.error, zlib.error)


def pack(record: object) -> bytes:
    """Return a frozen dataclass of this library as compressed bytes."""
    blobs: list[bytes] = []
    header = json.dumps(_plain(record, blobs), separators=(",", ":")).encode()
    return _MAGIC + zlib.compress(_LENGTH.pack(len(header)) + header + b"".join(blobs), 1)


def unpack(kind: type[Record], content: bytes) -> Record:
    """Read a record of class `kind`.

    Raises:
        EvidenceRefused: EVIDENCE_BROKEN for anything `pack` did not write for this class.
    """
    try:
        header, blobs = _open(content)
        take = _taker(blobs)
        record = _typed(kind, header, take)
        if take(-1):
            raise EvidenceRefused
    except (*_UNREADABLE, RecursionError) as error:
        raise EvidenceRefused from error
    return cast("Record", record)


def _plain(value: object, blobs: list[bytes]) -> object:
    """Replace byte fields by their length and records by lists of their fields."""
    if isinstance(value, bytes):
        blobs.append(value)
        return len(value)
    if dataclasses.is_dataclass(value):
        return [_plain(getattr(value, f.name), blobs) for f in dataclasses.fields(value)]
    if isinstance(value, tuple):
        return [_plain(item, blobs) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def _open(content: bytes) -> tuple[object, bytes]:
    if not content.startswith(_MAGIC):
        raise EvidenceRefused
    inflater = zlib.decompressobj()
    body = inflater.decompress(content[len(_MAGIC) :], _LIMIT)
    if not inflater.eof or inflater.unused_data:
        raise EvidenceRefused
    (size,) = _LENGTH.unpack_from(body)
    start = _LENGTH.size
    return json.loads(body[start : start + size]), body[start + size :]


def _taker(blobs: bytes) -> Callable[[int], bytes]:
    """Return a reader of the next `n` bytes; a negative `n` returns what is left."""
    rest = memoryview(blobs)

    def take(size: int) -> bytes:
        nonlocal rest
        if size > len(rest):
            raise EvidenceRefused
        size = len(rest) if size < 0 else size
        taken, rest = rest[:size], rest[size:]
        return bytes(taken)

    return take


def _typed(kind: Any, value: Any, take: Callable[[int], bytes]) -> object:  # noqa: ANN401 - a type
    """Build `value` as `kind`; every class it may contain is known from annotations."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is types.UnionType:
        return None if value is None else _typed(inner[0], value, take)
    if origin is tuple:
        return tuple(_typed(inner[0], item, take) for item in _must(list, value))
    if origin is Mapping:
        return {_must(str, k): _typed(inner[1], v, take) for k, v in _must(dict, value).items()}
    if dataclasses.is_dataclass(kind):
        return _record(cast("type", kind), _must(list, value), take)
    return _scalar(kind, value, take)


def _record(kind: type, values: list[object], take: Callable[[int], bytes]) -> object:
    pairs = zip(_fields(kind), values, strict=True)
    return kind(**{name: _typed(hint, value, take) for (name, hint), value in pairs})


@cache
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    """Return names and types of a record's fields; worked out once, it takes 0.1 ms."""
    hints = get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in dataclasses.fields(kind))


def _scalar(kind: type, value: object, take: Callable[[int], bytes]) -> object:
    if kind is bytes:
        size = _must(int, value)
        return take(size) if size >= 0 else _must(bytes, value)
    if kind is float and type(value) is int:
        return float(value)
    return kind(_must(str, value)) if issubclass(kind, StrEnum) else _must(kind, value)


def _must(kind: Any, value: Any) -> Any:  # noqa: ANN401 - returns what it was given
    if type(value) is not kind:
        raise EvidenceRefused
    return value
