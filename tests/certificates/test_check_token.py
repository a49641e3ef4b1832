import base64
import datetime as dt

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from certificates.check_token import CheckToken, key_id, read_check_token, sign_check_token
from certificates.errors import CertificateError, ErrorCode

KEY = ec.generate_private_key(ec.SECP256R1())
KEYS = {key_id(KEY.public_key()): KEY.public_key()}
TOKEN = CheckToken(
    certificate_id="cer_1",
    check_code="0123-4567-89AB-CDEF",
    issued_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC),
    valid_until=dt.datetime(2026, 12, 23, tzinfo=dt.UTC),
)


def refusal(text: str, **changes: object) -> ErrorCode:
    given_: dict[str, object] = {
        "certificate_id": TOKEN.certificate_id,
        "check_code": TOKEN.check_code,
        "keys": KEYS,
    }
    with pytest.raises(CertificateError) as refused:
        read_check_token(text, **(given_ | changes))  # type: ignore[arg-type]
    return refused.value.code


def test_a_token_reads_back() -> None:
    text = sign_check_token(TOKEN, key=KEY)
    assert len(text) == 102
    read = read_check_token(text, certificate_id="cer_1", check_code=TOKEN.check_code, keys=KEYS)
    assert read == TOKEN


@pytest.mark.parametrize(
    "changes",
    [
        {"certificate_id": "cer_2"},
        {"check_code": "0123-4567-89AB-CDEG"},
        {"certificate_id": "cer_10", "check_code": "123-4567-89AB-CDEF"},
        {"keys": {}},
        {"keys": {key_id(KEY.public_key()): ec.generate_private_key(ec.SECP256R1()).public_key()}},
    ],
)
def test_a_token_holds_for_its_certificate_and_our_key_only(changes: dict[str, object]) -> None:
    assert refusal(sign_check_token(TOKEN, key=KEY), **changes) is ErrorCode.TOKEN_INVALID


@given(st.integers(0, 75), st.integers(1, 255))
def test_any_changed_byte_is_noticed(at: int, by: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(sign_check_token(TOKEN, key=KEY) + "=="))
    raw[at] ^= by
    text = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    assert refusal(text) is ErrorCode.TOKEN_INVALID


def test_a_token_has_one_spelling() -> None:
    text = sign_check_token(TOKEN, key=KEY)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = letters[letters.index(text[-1]) ^ 1]
    assert refusal(text[:-1] + other) is ErrorCode.TOKEN_INVALID


@given(st.one_of(st.text(max_size=110), st.text("AZ_-=+/é", min_size=102, max_size=102)))
def test_any_other_text_is_refused_with_one_code(text: str) -> None:
    assert refusal(text) is ErrorCode.TOKEN_INVALID
