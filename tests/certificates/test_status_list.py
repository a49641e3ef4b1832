import base64
import datetime as dt
import hashlib
import zlib
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from certificates.errors import CertificateError, ErrorCode
from certificates.status import CertificateState
from certificates.status_list import (
    MOST,
    ListLife,
    StatusList,
    TokenStatus,
    read_status_list,
    sign_status_list,
    token_status,
)

NOW = dt.datetime(2026, 11, 25, 4, tzinfo=dt.UTC)
URI = "https://certificates.example/v1/status-lists/1"
LIFE = ListLife(expires=dt.timedelta(hours=24), ttl=dt.timedelta(minutes=5))
KEY = ec.generate_private_key(ec.SECP256R1())
KEYS = {"k1": KEY.public_key()}


def packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(raw, 9)).rstrip(b"=").decode()


def signed(**changes: Any) -> str:
    arguments: dict[str, Any] = {"uri": URI, "key": KEY, "kid": "k1", "now": NOW, "life": LIFE}
    return sign_status_list(StatusList(64), **(arguments | changes))


def refused(token: str, **changes: Any) -> str:
    arguments: dict[str, Any] = {"uri": URI, "keys": KEYS, "now": NOW}
    with pytest.raises(CertificateError) as raised:
        read_status_list(token, **(arguments | changes))
    assert raised.value.code is ErrorCode.STATUS_LIST_INVALID
    return str(raised.value)


def test_a_list_is_written_as_the_draft_shows_it() -> None:
    """Section 4.1: twelve statuses of two bits are the bytes C9 44 F9."""
    statuses = StatusList(12)
    for index, status in enumerate((1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3)):
        statuses[index] = TokenStatus(status)
    raw = base64.urlsafe_b64decode(statuses.packed() + "==")
    assert zlib.decompress(raw).hex() == "c944f9"
    known = StatusList.unpacked("eNo76fITAAPfAgc")
    assert [known[index] for index in range(12)] == [statuses[index] for index in range(12)]


@given(st.lists(st.tuples(st.integers(0, 63), st.sampled_from(TokenStatus)), max_size=40))
def test_whatever_is_set_is_read_and_nothing_else_changes(
    changes: list[tuple[int, TokenStatus]],
) -> None:
    statuses, expected = StatusList(64), [TokenStatus.VALID] * 64
    for index, status in changes:
        statuses[index] = status
        expected[index] = status
    read = StatusList.unpacked(statuses.packed())
    assert [read[index] for index in range(64)] == expected


@pytest.mark.parametrize("index", [-1, 64])
def test_there_is_nothing_outside_a_list(index: int) -> None:
    statuses = StatusList(64)
    with pytest.raises(IndexError):
        statuses[index]
    with pytest.raises(IndexError):
        statuses[index] = TokenStatus.INVALID


@pytest.mark.parametrize("size", [0, 3, -4, MOST + 4])
def test_a_list_has_a_size_that_fits_whole_bytes_and_memory(size: int) -> None:
    with pytest.raises(ValueError, match="multiple of four"):
        StatusList(size)


def test_only_what_is_good_is_called_valid() -> None:
    assert {state: token_status(state) for state in CertificateState} == {
        CertificateState.ISSUING: TokenStatus.INVALID,
        CertificateState.VALID: TokenStatus.VALID,
        CertificateState.SUSPENDED: TokenStatus.SUSPENDED,
        CertificateState.SUPERSEDED: TokenStatus.SUPERSEDED,
        CertificateState.REVOKED: TokenStatus.INVALID,
        CertificateState.EXPIRED: TokenStatus.INVALID,
    }


def test_a_signed_list_reads_back_for_as_long_as_it_says() -> None:
    statuses = StatusList(64)
    statuses[7] = TokenStatus.SUSPENDED
    token = sign_status_list(statuses, uri=URI, key=KEY, kid="k1", now=NOW, life=LIFE)
    later = NOW + LIFE.expires - dt.timedelta(seconds=1)
    read = read_status_list(token, uri=URI, keys=KEYS, now=later)
    assert read.statuses[7] is TokenStatus.SUSPENDED
    assert (read.issued_at, read.expires_at) == (NOW, NOW + LIFE.expires)
    assert jwt.get_unverified_header(token)["typ"] == "statuslist+jwt"
    assert jwt.decode(token, options={"verify_signature": False})["ttl"] == 300


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"now": NOW + LIFE.expires}, "not of this time"),
        ({"now": NOW - dt.timedelta(seconds=1)}, "not of this time"),
        ({"uri": URI + "0"}, "another list"),
        ({"keys": {}}, "another type or key"),
        ({"keys": {"k1": ec.generate_private_key(ec.SECP256R1()).public_key()}}, "not signed"),
    ],
)
def test_a_list_of_another_time_address_or_key_is_not_believed(
    changes: dict[str, Any], reason: str
) -> None:
    assert reason in refused(signed(), **changes)


def forged(claims: dict[str, Any], *, algorithm: str = "ES256", typ: str = "statuslist+jwt") -> str:
    whole = {
        "sub": URI,
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 60,
        "status_list": {"bits": 2, "lst": packed(bytes(16))},
    }
    secret = KEY if algorithm == "ES256" else b"s" * 32
    return jwt.encode(whole | claims, secret, algorithm, headers={"typ": typ, "kid": "k1"})


def test_the_plain_forgery_would_be_believed_but_for_its_fault() -> None:
    assert len(read_status_list(forged({}), uri=URI, keys=KEYS, now=NOW).statuses) == 64


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        forged({}, typ="JWT"),
        forged({}, algorithm="HS256"),
        forged({"exp": "tomorrow"}),
        forged({"iat": True}),
        forged({"exp": 1 << 40}),
        forged({"status_list": None}),
        forged({"status_list": {"bits": 1, "lst": packed(bytes(16))}}),
        forged({"status_list": {"bits": 2}}),
        forged({"status_list": {"bits": 2, "lst": "eNo$"}}),
        forged({"status_list": {"bits": 2, "lst": "é"}}),
        forged({"status_list": {"bits": 2, "lst": packed(bytes(16))[:-4]}}),
        forged({"status_list": {"bits": 2, "lst": packed(b"")}}),
    ],
)
def test_a_list_of_another_form_is_refused(token: str) -> None:
    refused(token)


def test_a_list_that_unpacks_without_end_is_refused_at_its_bound() -> None:
    bomb = forged({"status_list": {"bits": 2, "lst": packed(bytes(64 * MOST))}})
    assert len(bomb) < 500_000
    assert "not one whole list" in refused(bomb)


def test_a_token_longer_than_any_list_is_not_even_read() -> None:
    assert "too long" in refused("a" * (2 * MOST))


def test_the_largest_list_that_cannot_be_packed_smaller_still_reads() -> None:
    statuses = StatusList.unpacked(packed(hashlib.shake_256(b"any").digest(MOST // 4)))
    token = sign_status_list(statuses, uri=URI, key=KEY, kid="k1", now=NOW, life=LIFE)
    assert len(read_status_list(token, uri=URI, keys=KEYS, now=NOW).statuses) == MOST
