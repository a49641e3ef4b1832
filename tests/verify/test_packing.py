import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.errors import EvidenceRefused
from verify.packing import pack, unpack
from verify.results import (
    Box,
    FrameMeasurement,
    QualityReason,
    pack_measurements,
    unpack_measurements,
)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    data: bytes
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    name: str
    size: float
    colour: Colour
    inner: Inner | None
    rows: tuple[Inner, ...]
    notes: Mapping[str, str] = field(default_factory=dict)


inners = st.builds(Inner, data=st.binary(max_size=20), number=st.integers())
outers = st.builds(
    Outer,
    name=st.text(),
    size=st.floats(allow_nan=False, allow_infinity=False),
    colour=st.just(Colour.RED),
    inner=st.none() | inners,
    rows=st.lists(inners, max_size=4).map(tuple),
    notes=st.dictionaries(st.text(), st.text(), max_size=3),
)


def raw(header: object, blobs: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return b"zr1" + zlib.compress(struct.pack("<I", len(text)) + text + blobs)


@given(outers)
def test_whatever_is_packed_reads_back_as_it_was(record: Outer) -> None:
    assert unpack(Outer, pack(record)) == record


@given(outers, st.data())
def test_damaged_bytes_never_read_as_another_record(record: Outer, data: st.DataObject) -> None:
    content = bytearray(pack(record))
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        read = unpack(Outer, bytes(content))
    except EvidenceRefused:
        return
    assert read == record  # the padding bits of the last deflate block mean nothing


def test_a_flipped_bit_of_the_content_is_refused() -> None:
    content = bytearray(pack(Inner(data=b"0123456789" * 20, number=7)))
    content[len(content) // 2] ^= 1
    with pytest.raises(EvidenceRefused):
        unpack(Inner, bytes(content))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"zr1",
        b"zr2" + pack(Inner(data=b"", number=1))[3:],
        pack(Inner(data=b"", number=1)) + b"!",
        raw([2, 1], b"a"),
        raw([0, 1], b"a"),
        raw([-1, 1], b"a"),
        raw([True, 1], b"a"),
        raw([0, "1"]),
        raw([0, 1.5]),
        raw([0]),
        raw([0, 1, 2]),
        raw({"data": 0}),
        raw(7),
        raw(None),
    ],
)
def test_what_is_not_the_record_asked_for_is_refused(content: bytes) -> None:
    with pytest.raises(EvidenceRefused):
        unpack(Inner, content)


def test_an_enumeration_takes_only_its_own_words() -> None:
    assert unpack(Outer, raw(["a", 1, "red", None, [], {}])).colour is Colour.RED
    for colour in ("blue", 1, None):
        with pytest.raises(EvidenceRefused):
            unpack(Outer, raw(["a", 1.0, colour, None, [], {}]))
    wrong: tuple[object, ...] = ([], {"a": 1}, "x")
    for notes in wrong:
        with pytest.raises(EvidenceRefused):
            unpack(Outer, raw(["a", 1.0, "red", None, [], notes]))


def test_a_packed_bomb_is_not_unfolded() -> None:
    bomb = b"zr1" + zlib.compress(bytes(40 * 1024 * 1024), 9)
    with pytest.raises(EvidenceRefused):
        unpack(Inner, bomb)


def test_deep_nesting_is_refused_not_a_crash() -> None:
    deep = b"[" * 100_000
    body = b"zr1" + zlib.compress(struct.pack("<I", len(deep)) + deep)
    with pytest.raises(EvidenceRefused):
        unpack(Inner, body)


def test_measurements_read_back_as_they_were() -> None:
    frame = FrameMeasurement(
        width=640,
        height=480,
        faces=0,
        face=None,
        reasons=(QualityReason.NO_FACE,),
        digest=b"d" * 16,
        phash=b"p" * 32,
        thumb=b"t" * 576,
    )
    assert unpack_measurements(pack_measurements([frame, frame])) == (frame, frame)
    with pytest.raises(EvidenceRefused):
        unpack_measurements(pack(frame))


def test_boxes_overlap_by_their_shared_area() -> None:
    one = Box(x=0, y=0, width=10, height=10)
    assert one.overlap(one) == 1.0
    assert one.overlap(Box(x=5, y=0, width=10, height=10)) == pytest.approx(1 / 3)
    assert one.overlap(Box(x=20, y=0, width=10, height=10)) == 0.0
    nothing = Box(x=0, y=0, width=0, height=0)
    assert nothing.overlap(nothing) == 0.0
