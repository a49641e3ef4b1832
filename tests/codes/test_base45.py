"""Base45: the examples of RFC 9285, and one text for each value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.base45 import ALPHABET, decode, encode
from codes.errors import MalformedError

EXAMPLES = [  # RFC 9285 §4.3, §4.4
    (b"AB", "BB8"),
    (b"Hello!!", "%69 VD92EX0"),
    (b"base-45", "UJCLQE7W581"),
    (b"ietf!", "QED8WEX0"),
    (b"", ""),
]
REFUSED = ["A", "AAAA", "::", "GGX", ":::", "bb8", "BB8\n", "水AA", "ZZZ"]


@pytest.mark.parametrize(("data", "text"), EXAMPLES)
def test_it_writes_and_reads_the_examples_of_the_standard(data: bytes, text: str) -> None:
    assert encode(data) == text
    assert decode(text) == data


@pytest.mark.parametrize("text", REFUSED)
def test_what_no_bytes_are_written_as_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        decode(text)


@given(st.binary(max_size=300))
def test_what_is_written_is_read(data: bytes) -> None:
    assert decode(encode(data)) == data


@given(st.text(alphabet=ALPHABET, max_size=60))
def test_each_value_has_one_text(text: str) -> None:
    try:
        data = decode(text)
    except MalformedError:
        return
    assert encode(data) == text
