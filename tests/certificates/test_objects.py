"""PDF objects, as far as our own reading knows them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.checking import Limits
from certificates.reading.objects import Reference, read_value, skip
from certificates.reading.reader import OwnReader
from certificates.reading.refusals import Refused
from certificates.verdicts import Integrity
from tests.certificates.builders import NOON


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"null", None),
        (b"true", True),
        (b"-12", -12),
        (b"+.5", 0.5),
        (b"4.", 4.0),
        (b"7 0 R", Reference(7)),
        (b"[7 0 R 7 0]", [Reference(7), 7, 0]),
        (b"/A#42c", "/ABc"),
        (b"/", "/"),
        (b"<48690A>", b"Hi\n"),
        (b"(a(b)\\)c)", b"a(b))c"),
        (b"(\\101\\n\\\r\n\\7\\q)", b"A\n\x07q"),
        (b"<</A<</B[1(x)]>>/C%note\n null>>", {"/A": {"/B": [1, b"x"]}, "/C": None}),
    ],
)
def test_an_object_is_read_as_the_standard_says(text: bytes, value: object) -> None:
    assert read_value(text, 0) == (value, len(text))


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"[", b"[1", b"<<", b"<</A", b"<</A 1", b"<</A 1/A 2>>", b"<<1 2>>", b"(", b"(a"),
        *(b"<4>", b"<4G>", b"nul", b"7 1 R", b"truer", b"]", b">>", b"{", b"[" * 40 + b"]" * 40),
    ],
)
def test_anything_else_is_not_ours(text: bytes) -> None:
    with pytest.raises(Refused):
        read_value(text, 0)


def values() -> st.SearchStrategy[Any]:
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**9), 10**9),
        st.integers(0, 10**9).map(Reference),
        st.binary(max_size=12),
        st.text("abcXYZ0.-", max_size=8).map(lambda name: "/" + name),
    )
    names = st.text("abcXYZ", min_size=1, max_size=4).map(lambda name: "/" + name)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=4)
        ),
        max_leaves=12,
    )


def text_of(value: Any) -> bytes:
    if isinstance(value, dict):
        return b"<<" + b" ".join(k.encode() + b" " + text_of(v) for k, v in value.items()) + b">>"
    if isinstance(value, Reference):
        return b"%d 0 R" % value.number
    if isinstance(value, list):
        return b"[" + b" ".join(map(text_of, value)) + b"]"
    if isinstance(value, bytes):
        return b"<" + value.hex().encode() + b">"
    words = {"None": "null", "True": "true", "False": "false"}
    return words.get(str(value), str(value)).encode()


@given(values())
def test_what_is_written_reads_back(value: Any) -> None:
    text = text_of(value)
    assert read_value(text, 0) == (value, len(text))


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_none_of_ours(data: bytes) -> None:
    try:
        _, end = read_value(data, 0)
    except Refused:
        return
    assert 0 < end <= len(data)


@given(st.binary(max_size=60))
def test_skipping_ends_before_something_or_at_the_end(data: bytes) -> None:
    at = skip(data, 0)
    assert at == len(data) or data[at : at + 1] not in b"\0\t\n\x0c\r %"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=60))
def test_our_reading_never_raises(data: bytes, tail: bytes) -> None:
    for file in (data, b"%PDF-1.7\n" + data + b"\nstartxref\n9\n%%EOF" + tail):
        found = OwnReader([]).inspect(file, now=NOON, limits=Limits())
        assert found.integrity is not Integrity.INTACT
