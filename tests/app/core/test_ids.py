"""Identifiers: opaque, unguessable, in the order they were made."""

from __future__ import annotations

import base64
import re
import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import ID_PATTERN, new_id

MOMENTS = st.integers(946_684_800, 99_999_999_999).map(lambda s: datetime.fromtimestamp(s, UTC))


@given(MOMENTS, st.integers(1, 10**12))
def test_a_later_id_sorts_after_an_earlier_one(at: datetime, milliseconds: int) -> None:
    later = at + timedelta(milliseconds=milliseconds)
    assert new_id("acc", at) < new_id("acc", later)


@given(MOMENTS)
def test_an_id_is_of_the_published_form(at: datetime) -> None:
    made = new_id("crd", at)
    assert re.fullmatch(ID_PATTERN, made)
    assert len(made) == 30


def test_ids_of_one_moment_differ() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    assert len({new_id("crd", at) for _ in range(1000)}) == 1000


@given(MOMENTS)
def test_an_id_reads_as_a_uuid_of_version_7_in_base32hex(at: datetime) -> None:
    digits = new_id("crd", at).removeprefix("crd_").upper()
    read = uuid.UUID(bytes=base64.b32hexdecode(digits + "======"))
    assert (read.version, read.variant) == (7, uuid.RFC_4122)
    assert read.int >> 80 == int(at.timestamp()) * 1000
