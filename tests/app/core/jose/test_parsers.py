"""What strangers send reaches these parsers first: they refuse, and do nothing else."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.jose import base64url, members
from app.core.jose.authorization import read_bound_token
from app.core.jose.compact import parse_compact
from app.core.jose.dpop import DpopVerifier
from app.core.jose.errors import JoseRefused, Reason
from app.core.jose.jwk import read_public_key
from app.core.jose.target_uri import normal_target
from app.core.jose.thumbprint import thumbprint
from tests.app.core.jose.builders import URL, MemoryReplay, Sender, SetClock
from tests.app.core.jose.test_client_assertion import verifier as assertions

PHONE = Sender()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CLAIMS = st.dictionaries(
    st.sampled_from(["jti", "htm", "htu", "iat", "iss", "sub", "aud", "exp", "nbf"]), JSON
)
HEADERS = st.dictionaries(st.sampled_from(["typ", "alg", "jwk", "kid", "crit"]), JSON)


def refusal(call: Any, *arguments: Any) -> Reason:
    with pytest.raises(JoseRefused) as caught:
        call(*arguments)
    return caught.value.reason


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", fullmatch=True))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with contextlib.suppress(JoseRefused):
        assert parse_compact(text).text == text


@given(st.binary())
def test_base64url_has_one_spelling(data: bytes) -> None:
    assert base64url.decode(base64url.encode(data)) == data


@given(st.text())
def test_any_text_is_base64url_in_its_one_spelling_or_refused(text: str) -> None:
    with contextlib.suppress(JoseRefused):
        assert base64url.encode(base64url.decode(text)) == text


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_an_object_or_refused(data: bytes) -> None:
    with contextlib.suppress(JoseRefused):
        assert isinstance(members.read_object(data), dict)


@given(HEADERS, CLAIMS)
def test_any_header_and_claims_make_a_proof_or_a_refusal(
    header: dict[str, Any], claims: dict[str, Any]
) -> None:
    by = DpopVerifier(clock=SetClock(), replay=MemoryReplay(), algorithms=frozenset({"ES256"}))
    for text in (PHONE.jws(header, claims), PHONE.proof(**claims), PHONE.proof(header=header)):
        with contextlib.suppress(JoseRefused):
            proof = by.check([text], method="POST", url=URL)
            assert proof.thumbprint == thumbprint(PHONE.jwk)


@given(HEADERS, CLAIMS)
def test_any_header_and_claims_make_an_assertion_or_a_refusal(
    header: dict[str, Any], claims: dict[str, Any]
) -> None:
    by = assertions(PHONE)
    for text in (PHONE.assertion(**claims), PHONE.assertion(header=header)):
        with contextlib.suppress(JoseRefused):
            assert by.check(text).client_id == "till-1"


@given(JSON | st.dictionaries(st.sampled_from(["kty", "crv", "x", "y", "use", "key_ops"]), JSON))
def test_any_json_is_a_key_or_refused(jwk: Any) -> None:
    for sent in (jwk, PHONE.jwk | jwk if isinstance(jwk, dict) else jwk):
        with contextlib.suppress(JoseRefused):
            assert len(thumbprint(sent) if isinstance(sent, dict) else "-" * 43) == 43
            assert read_public_key(sent, algorithm="ES256").curve.name == "secp256r1"


@given(st.text() | st.text().map(lambda tail: f"https://{tail}"))
def test_an_address_in_normal_form_stays_as_it_is(uri: str) -> None:
    with contextlib.suppress(JoseRefused):
        once = normal_target(uri)
        assert normal_target(once) == once


@given(st.lists(st.text() | st.text().map(lambda tail: f"DPoP {tail}"), max_size=3))
def test_any_authorization_is_a_token_or_refused(headers: list[str]) -> None:
    with contextlib.suppress(JoseRefused):
        token = read_bound_token(headers)
        assert headers[0].endswith(token)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.MALFORMED),
        (b"[]", Reason.MALFORMED),
        (b'"x"', Reason.MALFORMED),
        (b'{"a":1', Reason.MALFORMED),
        (b'{"a":1}{}', Reason.MALFORMED),
        (b'\xef\xbb\xbf{"a":1}', Reason.MALFORMED),
        ('{"a":1}'.encode("utf-16"), Reason.MALFORMED),
        (b'{"a":NaN}', Reason.MALFORMED),
        (b'{"a":-Infinity}', Reason.MALFORMED),
        (b'{"a":1e999}', Reason.MALFORMED),
        (b'{"a":"\\ud800"}', Reason.MALFORMED),
        (b'{"a":' + b"9" * 5000 + b"}", Reason.MALFORMED),
        (b"[" * 6000, Reason.MALFORMED),
        (b'{"a":' * 6000 + b"1" + b"}" * 6000, Reason.MALFORMED),
        (b'{"a":1,"a":1}', Reason.DUPLICATE_MEMBER),
        (b'{"a":1,"\\u0061":2}', Reason.DUPLICATE_MEMBER),
        (b'{"a":[{"b":1,"b":2}]}', Reason.DUPLICATE_MEMBER),
    ],
)
def test_json_that_can_be_read_in_two_ways_is_refused(data: bytes, reason: Reason) -> None:
    assert refusal(members.read_object, data) is reason


@pytest.mark.parametrize(
    ("uri", "normal"),
    [
        ("http://127.0.0.1:8000/v1/me?x=1#y", "http://127.0.0.1:8000/v1/me"),
        ("HTTP://Example.COM:80", "http://example.com/"),
        ("https://example.com:/a", "https://example.com/a"),
        ("https://example.com:443/a/./b/../c", "https://example.com/a/c"),
        ("https://example.com/a/..", "https://example.com/"),
        ("https://example.com/../../a/.", "https://example.com/a/"),
        ("https://example.com/%7euser/%2f%e4", "https://example.com/~user/%2F%E4"),
        ("https://example.com/%2E%2e/a", "https://example.com/a"),
        ("https://ex%41mple.com/", "https://example.com/"),
        ("https://[2001:DB8::1]:8443/a//b", "https://[2001:db8::1]:8443/a//b"),
    ],
)
def test_addresses_are_normalised_as_the_standard_says(uri: str, normal: str) -> None:
    assert normal_target(uri) == normal


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/v1/me",
        "//example.com/a",
        "ftp://example.com/",
        "https://",
        "https:///a",
        "https://user@example.com/",
        "https://example.com:99999/",
        "https://example.com:x/",
        "https://[::1/",
        "https://example.com/\n",
        "https://example.com/%zz",
        "https://例子.cn/",
        "https://example.com/" + "a" * 2048,
    ],
)
def test_what_is_no_address_of_ours_is_refused(uri: str) -> None:
    assert refusal(normal_target, uri) is Reason.TARGET


@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "DPOP"])
def test_the_scheme_may_be_written_in_any_case(scheme: str) -> None:
    assert read_bound_token([f"{scheme} a.b-c~d_e+f/g=="]) == "a.b-c~d_e+f/g=="


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ([], Reason.HEADER_COUNT),
        (["DPoP a", "DPoP a"], Reason.HEADER_COUNT),
        (["Bearer a.b.c"], Reason.SCHEME),
        (["bearer a.b.c"], Reason.SCHEME),
        (["a.b.c"], Reason.SCHEME),
        (["Basic eDp5"], Reason.SCHEME),
        (["DPoP"], Reason.MALFORMED),
        (["DPoP "], Reason.MALFORMED),
        (["DPoP  a"], Reason.MALFORMED),
        (["DPoP a, Bearer a"], Reason.MALFORMED),
        (["DPoP " + "a" * 8193], Reason.TOO_LARGE),
    ],
)
def test_a_bound_token_cannot_be_downgraded_to_a_bearers(
    headers: list[str], reason: Reason
) -> None:
    assert refusal(read_bound_token, headers) is reason
