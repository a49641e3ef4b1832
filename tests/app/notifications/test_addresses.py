"""Only public addresses are called for others, and the one that was judged is the one called."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.notifications.service.addresses import Addresses, is_public

PUBLIC = "93.184.215.14"
LONG = "https://a.example/" + "x" * 483


def answering(*found: str) -> Addresses:
    return Addresses(resolve=lambda _host, _port: list(found))


def nowhere(_host: str, _port: int) -> Sequence[str]:
    return []


def unknown(_host: str, _port: int) -> Sequence[str]:
    raise OSError


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "authority"),
    [
        ("https://a.example/hook", "a.example", 443, "/hook", "a.example"),
        ("https://a.example", "a.example", 443, "/", "a.example"),
        ("https://a.example:8443/h?x=1&y=2", "a.example", 8443, "/h?x=1&y=2", "a.example:8443"),
        ("https://A.Example/h", "a.example", 443, "/h", "a.example"),
        ("https://[2606:4700::1111]/h", "2606:4700::1111", 443, "/h", "[2606:4700::1111]"),
    ],
)
def test_an_address_is_taken_apart(
    url: str, host: str, port: int, path: str, authority: str
) -> None:
    target = answering(PUBLIC).target(url)
    assert (target.host, target.port, target.path) == (host, port, path)
    assert (target.authority, target.secure, target.address) == (authority, True, PUBLIC)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.example/hook",
        "http://a.example/hook",
        "ftp://a.example/",
        "file:///etc/passwd",
        "https:///hook",
        "https://user@a.example/",
        "https://user:word@a.example/",
        "https://@a.example/",
        "https://a.example/#part",
        "https://a.example/#",
        "https://a.example:0/",
        "https://a.example:65536/",
        "https://a.example:x/",
        "https://a .example/",
        "https://a.example/\r\nHost: b.example",
        "https://例子.example/",
        "https://-a.example/",
        "https://a_b.example/",
        "https://[::1/",
        "https://a.example\\@b.example/",
        LONG,
    ],
)
def test_an_address_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(DomainError, match="WEBHOOK_URL_REFUSED") as refused:
        answering(PUBLIC).target(url)
    assert refused.value.pointer == "/url"


INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - to be refused
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "2001::1",
    "64:ff9b::7f00:1",
    "no address",
]


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused_even_beside_a_public_one(address: str) -> None:
    for found in ([address], [PUBLIC, address], [address, PUBLIC]):
        with pytest.raises(DomainError, match="WEBHOOK_URL_REFUSED"):
            answering(*found).target("https://a.example/")


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "::ffff:93.184.215.14"])
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


def test_a_name_without_an_address_is_refused() -> None:
    for resolve in (unknown, nowhere):
        with pytest.raises(DomainError, match="WEBHOOK_URL_REFUSED"):
            Addresses(resolve=resolve).target("https://a.example/")


def test_in_development_the_inside_may_be_called() -> None:
    inside = Addresses(resolve=lambda _host, _port: ["127.0.0.1"], inside=True)
    assert inside.target("http://127.0.0.1:8080/h").address == "127.0.0.1"
    with pytest.raises(DomainError, match="WEBHOOK_URL_REFUSED"):
        inside.target("ftp://127.0.0.1/")


@given(st.text(max_size=80).map(lambda text: "https://" + text))
def test_whatever_is_sent_is_judged_without_another_fault(url: str) -> None:
    try:
        target = answering(PUBLIC).target(url)
    except DomainError as refused:
        assert refused.kind.code == "WEBHOOK_URL_REFUSED"  # noqa: PT017 - either may be
    else:
        assert target.secure
        assert target.host
