import time
from collections.abc import Iterator
from io import BytesIO

import jwt
import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.phone.dpop import Prover
from sandbox.phone.http import Http, Refused
from sandbox.phone.keys import DeviceKey
from sandbox.terminal.assertion import ClientAssertions
from sandbox.terminal.client import NotSignedInError, Terminal
from sandbox.terminal.picture import UnreadablePictureError, painted
from sandbox.terminal.scanner import scan
from tests.sandbox.fake_api import CODE, Answer, FakeApi, problem

NOW = 1_790_000_000


def assertions(key: DeviceKey) -> ClientAssertions:
    return ClientAssertions(
        client_id="till-1", key=key, issuer="http://issuer", clock=lambda: NOW + 0.5
    )


@pytest.fixture
def till(api: FakeApi, key: DeviceKey) -> Iterator[Terminal]:
    prover = Prover(key=DeviceKey.generate(), clock=time.time)
    with Http(base_url=api.base_url, prover=prover, clock=time.perf_counter) as http:
        yield Terminal(http=http, assertions=assertions(key))


def code128(text: str) -> str:
    svg: str = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128).to_svg()
    return svg


def qr(text: str, **looks: object) -> str:
    buffer = BytesIO()
    segno.make(text, micro=False).save(buffer, kind="svg", **looks)
    return buffer.getvalue().decode()


def test_an_assertion_verifies_and_is_short_lived(key: DeviceKey) -> None:
    fields = assertions(key).fields()
    claims = jwt.decode(
        fields["client_assertion"],
        key.private.public_key(),
        algorithms=["ES256"],
        audience="http://issuer",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["iss"] == claims["sub"] == "till-1"
    assert (claims["iat"], claims["exp"] - claims["iat"]) == (NOW, 60)
    assert fields["client_assertion"] != assertions(key).fields()["client_assertion"]


def test_a_till_signs_in_with_its_own_proof_key(
    api: FakeApi, till: Terminal, key: DeviceKey
) -> None:
    till.sign_in()
    (asked,) = api.asked("POST /oauth/token")
    assert asked.form["grant_type"] == "client_credentials"
    assert asked.form["scope"] == "card.decode"
    assert jwt.get_unverified_header(asked.headers["DPoP"])["jwk"] != key.public_jwk()


def test_the_code_goes_through_the_picture(api: FakeApi, till: Terminal) -> None:
    till.sign_in()
    shown = till.read(qr(CODE), "02121")
    assert (shown.name, shown.citizen_number) == ("张*", "3301**********1234")
    (asked,) = api.asked("POST /v1/terminal/decode")
    assert asked.json == {"code": CODE, "purpose": "02121"}
    assert asked.headers["Authorization"] == "DPoP at"
    assert "Idempotency-Key" not in asked.headers


def test_a_till_that_is_not_signed_in_asks_nothing(api: FakeApi, till: Terminal) -> None:
    with pytest.raises(NotSignedInError):
        till.decode(CODE, "02121")
    assert not api.received


def test_a_refusal_tells_the_cashier_what_to_do(api: FakeApi, till: Terminal) -> None:
    till.sign_in()
    api.answers["POST /v1/terminal/decode"] = problem(409, "CODE_USED", action="RESCAN")
    with pytest.raises(Refused) as refused:
        till.decode(CODE, "02121")
    assert (refused.value.code, refused.value.action) == ("CODE_USED", "RESCAN")


def test_a_till_that_may_not_sign_in_is_told_so(api: FakeApi, till: Terminal) -> None:
    api.answers["POST /oauth/token"] = Answer(401, {"error": "invalid_client"})
    with pytest.raises(Refused, match="invalid_client"):
        till.sign_in()


@settings(max_examples=12, deadline=None)
@given(st.text("0123456789", min_size=18, max_size=18))
def test_every_code_is_read_from_either_picture(code: str) -> None:
    assert scan(qr(code)) == code
    assert scan(code128(code)) == code


@pytest.mark.parametrize(
    "looks",
    [
        {"scale": 4, "border": 2},
        {"scale": 1, "light": "#fff"},
        {"scale": 3, "unit": "mm", "dark": "#123456"},
        {"omitsize": True, "scale": 5},
    ],
)
def test_a_qr_is_read_however_it_is_drawn(looks: dict[str, object]) -> None:
    assert scan(qr(CODE, **looks)) == CODE


def test_shapes_are_painted_where_svg_puts_them() -> None:
    """One black square by rectangle, filled path and stroke, each in its third of the picture."""
    svg = """<svg viewBox="10 0 90 30" xmlns="http://www.w3.org/2000/svg">
      <rect x="10" width="90" height="30"/>
      <rect x="10" width="100%" height="100%" fill="white"/>
      <g transform="translate(10 0) scale(2)"><rect x="5" y="5" width="5" height="5"/></g>
      <path d="M50 10 h10 v5 H50 z m0 5 h10 v5 H50 Z"/>
      <path stroke="#000" stroke-width="10" d="m80 15 l10 0"/>
    </svg>"""
    dark = painted(svg) < 128
    for middle in (15, 45, 75):
        left = 40 + (middle - 5) * 10
        square = dark[140:240, left : left + 100]
        assert square.mean() > 0.98
    assert dark.sum() == pytest.approx(3 * 100 * 100, rel=0.05)


@pytest.mark.parametrize(
    "svg",
    [
        "",
        "no svg",
        "<svg width='10' height='10'>",
        "<svg width='10' height='10'/>",
        "<svg/>",
        "<svg width='wide' height='10'/>",
        "<svg viewBox='0 0 10'/>",
        "<svg width='10' height='10'><path d='h1 v1'/></svg>",
        "<svg width='10' height='10'><rect width='x'/></svg>",
    ],
)
def test_a_picture_without_a_code_is_refused_in_one_way(svg: str) -> None:
    with pytest.raises(UnreadablePictureError):
        scan(svg)


def test_a_picture_that_declares_entities_is_refused_even_with_a_code() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    drawn = qr(CODE, xmldecl=False)
    assert scan(f"<!DOCTYPE svg>{drawn}") == CODE
    with pytest.raises(UnreadablePictureError):
        scan(bomb + drawn)


def test_a_picture_beyond_a_megabyte_is_refused_even_with_a_code() -> None:
    drawn = qr(CODE)
    assert scan(drawn + " " * 1000) == CODE
    with pytest.raises(UnreadablePictureError):
        scan(drawn + " " * (1 << 20))


def test_two_codes_in_one_picture_are_refused() -> None:
    buffer = BytesIO()
    segno.make(CODE, micro=False).save(buffer, kind="svg", svgns=False, omitsize=True)
    path = buffer.getvalue().decode().partition("<path")[2].partition("/>")[0]
    shapes = f'<path{path}/><g transform="translate(40 0)"><path{path}/></g>'
    assert scan(f'<svg viewBox="0 0 40 40"><path{path}/></svg>') == CODE
    with pytest.raises(UnreadablePictureError):
        scan(f'<svg viewBox="0 0 80 40">{shapes}</svg>')
