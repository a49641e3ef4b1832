"""CBOR: the examples of the standard, and one spelling for each value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.cbor import Item, decode, encode
from codes.errors import MalformedError

# RFC 8949, appendix A: those of the kinds that codes are made of.
EXAMPLES: list[tuple[Item, str]] = [
    (0, "00"),
    (10, "0a"),
    (23, "17"),
    (24, "1818"),
    (100, "1864"),
    (1000, "1903e8"),
    (1000000, "1a000f4240"),
    (1000000000000, "1b000000e8d4a51000"),
    (18446744073709551615, "1bffffffffffffffff"),
    (-1, "20"),
    (-100, "3863"),
    (-1000, "3903e7"),
    (-18446744073709551616, "3bffffffffffffffff"),
    (b"", "40"),
    (b"\x01\x02\x03\x04", "4401020304"),
    ("", "60"),
    ("IETF", "6449455446"),
    ("\u00fc", "62c3bc"),
    ("\u6c34", "63e6b0b4"),
    ([], "80"),
    ([1, [2, 3], [4, 5]], "8301820203820405"),
    (list(range(1, 26)), "98190102030405060708090a0b0c0d0e0f101112131415161718181819"),
    ({}, "a0"),
    ({1: 2, 3: 4}, "a201020304"),
]
REFUSED = {
    "nothing": "",
    "more than one item": "0000",
    "a head longer than needed, 1 byte": "1817",
    "a head longer than needed, 2 bytes": "1900ff",
    "a head longer than needed, 4 bytes": "1a0000ffff",
    "a head longer than needed, 8 bytes": "1b00000000ffffffff",
    "reserved heads": "1c",
    "a cut number": "19ff",
    "a cut string": "4201",
    "an endless string": "5f4100ff",
    "an endless array": "9f00ff",
    "a break alone": "ff",
    "a text that is not UTF-8": "61ff",
    "keys out of order": "a203040102",
    "a key twice": "a201020103",
    "a text as key": "a1616102",
    "a cut map": "a10a",
    "a tag": "c11a514b67b0",
    "true": "f5",
    "null": "f6",
    "a float": "f90000",
    "more items than bytes": "9b7fffffffffffffff",
    "more pairs than bytes": "bb7fffffffffffffff",
    "a string of 2**63 bytes": "5b7fffffffffffffff",
    "nested too deep": "818181818100",
    "an array as key": "a18000",
}
ITEMS = st.recursive(
    st.integers(-(1 << 64), (1 << 64) - 1) | st.binary(max_size=40) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.integers(-300, 70_000), inner, max_size=4)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize(("item", "written"), EXAMPLES, ids=[w for _, w in EXAMPLES])
def test_it_writes_and_reads_the_examples_of_the_standard(item: Item, written: str) -> None:
    assert encode(item).hex() == written
    assert decode(bytes.fromhex(written)) == item


@pytest.mark.parametrize("written", REFUSED.values(), ids=list(REFUSED))
def test_what_has_another_spelling_or_kind_is_refused(written: str) -> None:
    with pytest.raises(MalformedError):
        decode(bytes.fromhex(written))


@pytest.mark.parametrize("number", [1 << 64, -(1 << 64) - 1])
def test_a_number_that_has_no_head_is_not_written(number: int) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        encode(number)


@given(ITEMS)
def test_what_is_written_is_read_unless_it_is_too_deep(item: Item) -> None:
    data = encode(item)
    try:
        read = decode(data)
    except MalformedError:
        assert depth(item) > 4
    else:
        assert read == item


@given(st.binary(max_size=200))
def test_any_bytes_are_read_in_their_one_spelling_or_refused(data: bytes) -> None:
    try:
        item = decode(data)
    except MalformedError:
        return
    assert encode(item) == data


def depth(item: Item) -> int:
    inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else None
    return 0 if inner is None else 1 + max((depth(one) for one in inner), default=0)
