"""A changed notification is not the provider's, and nothing a stranger sends breaks anything."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.settlement.payments.service.signatures import NoticeHeaders, SignedNotice, read_signed
from app.settlement.payments.service.told import read_notice
from sandbox.payments.signing import signed_headers

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
BODY = b'{"type":"payment.succeeded"}'
AT = int(NOW.timestamp())
SIGNED = signed_headers(BODY, message_id="evt_1", at=AT, key=KEY)
CODES = {"PAYMENT_NOTICE_INVALID", "PAYMENT_NOTICE_STALE", "not believed"}


def read(message_id: str, timestamp: str, signature: str, body: bytes) -> SignedNotice:
    headers = NoticeHeaders(ids=[message_id], timestamps=[timestamp], signatures=[signature])
    return read_signed(headers, body, now=NOW)


def verdict(message_id: str, timestamp: str, signature: str, body: bytes) -> str:
    try:
        notice = read(message_id, timestamp, signature, body)
    except DomainError as refused:
        return refused.kind.code
    return "believed" if notice.is_signed_by([KEY.public_key()]) else "not believed"


def test_what_was_signed_is_believed_by_its_key_alone() -> None:
    notice = read("evt_1", str(AT), SIGNED["webhook-signature"], BODY)

    assert notice.is_signed_by([Ed25519PrivateKey.generate().public_key(), KEY.public_key()])
    assert not notice.is_signed_by([Ed25519PrivateKey.generate().public_key()])
    assert not notice.is_signed_by([])


def test_the_signature_covers_id_time_and_body_as_the_standard_says() -> None:
    assert SIGNED["webhook-signature"].startswith("v1a,")
    signed = f"evt_1.{AT}.".encode() + BODY
    assert read("evt_1", str(AT), SIGNED["webhook-signature"], BODY).signed == signed


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_a_changed_byte_of_the_body_is_seen(place: int, bits: int) -> None:
    changed = bytearray(BODY)
    changed[place] ^= bits
    notice = read("evt_1", str(AT), SIGNED["webhook-signature"], bytes(changed))
    assert not notice.is_signed_by([KEY.public_key()])


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=200), st.binary(max_size=50))
def test_any_headers_are_refused_with_a_code_or_not_believed(
    message_id: str, timestamp: str, signature: str, body: bytes
) -> None:
    assert verdict(message_id, timestamp, signature, body) in CODES


@given(st.binary(max_size=200))
def test_any_body_is_refused_with_a_code(body: bytes) -> None:
    with pytest.raises(DomainError) as raised:
        read_notice(body)
    assert raised.value.kind.code == "PAYMENT_NOTICE_INVALID"
