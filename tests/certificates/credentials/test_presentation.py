"""A credential shows what its holder wishes, to whom they wish, and nothing to anybody else."""

import base64
import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm

from certificates.base64url import encode
from certificates.credentials.disclosures import decoded, disclose, read_disclosure
from certificates.credentials.issuing import Credential, CredentialSigner, issue_credential
from certificates.credentials.presenting import Expectation, Presented, check_presentation
from certificates.credentials.refusals import Part
from certificates.errors import CertificateError, ErrorCode
from certificates.signers import Algorithm, new_private_key, signing_key

NOW = dt.datetime(2026, 11, 25, 4, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
ISSUER, VCT = "https://city.example", "https://city.example/credentials/no_housing"
AUDIENCE, NONCE = "https://bank.example", "n-0S6_WzA2Mj"
ISSUER_KEY, HOLDER_KEY, OTHER_KEY = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
SIGNER = CredentialSigner(key=signing_key(ISSUER_KEY), kid="k1")
HIDDEN = {"name": "张明远", "citizen_number": "990101198503171010", "address": "和平路 12 号"}
STATUS = {"status_list": {"idx": 7, "uri": "https://city.example/v1/status-lists/1"}}


def jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    members: dict[str, str] = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return members


def issued(*, by: CredentialSigner | None = None, **changes: Any) -> str:
    members: dict[str, Any] = {
        "issuer": ISSUER,
        "vct": VCT,
        "holder": jwk(HOLDER_KEY),
        "issued_at": NOW,
        "expires_at": NOW + 30 * DAY,
        "status": STATUS,
        "open_claims": {"owns_no_home": True},
        "hidden_claims": HIDDEN,
    }
    credential = Credential(**(members | changes))
    return issue_credential(credential, signer=by or SIGNER, randomness=secrets.token_bytes)


@dataclass
class Show:
    """What a holder sends; each member can be spoilt."""

    credential: str = field(default_factory=issued)
    names: tuple[str, ...] = ("name",)
    key: ec.EllipticCurvePrivateKey = HOLDER_KEY
    typ: str = "kb+jwt"
    algorithm: str = "ES256"
    claims: dict[str, Any] = field(default_factory=dict)
    extra: tuple[str, ...] = ()

    def text(self) -> str:
        signed, *every = self.credential.rstrip("~").split("~")
        shown = [one for one in every if read_disclosure(one).name in self.names]
        head = "".join(f"{part}~" for part in (signed, *shown, *self.extra))
        over = base64.urlsafe_b64encode(hashlib.sha256(head.encode()).digest()).decode().strip("=")
        members = {"aud": AUDIENCE, "nonce": NONCE, "iat": int(NOW.timestamp()), "sd_hash": over}
        key = self.key if self.algorithm == "ES256" else b"s" * 32
        headers = {"typ": self.typ}
        return head + jwt.encode(members | self.claims, key, self.algorithm, headers=headers)


EXPECTED = Expectation(
    issuers={ISSUER: {"k1": ISSUER_KEY.public_key()}},
    types=frozenset({VCT}),
    audience=AUDIENCE,
    nonce=NONCE,
    freshness=dt.timedelta(minutes=5),
)


def checked(text: str, *, now: dt.datetime = NOW, **changes: Any) -> Presented:
    expected = {name: getattr(EXPECTED, name) for name in EXPECTED.__slots__}
    return check_presentation(text, expected=Expectation(**(expected | changes)), now=now)


def fault(text: str, *, now: dt.datetime = NOW, **changes: Any) -> str:
    with pytest.raises(CertificateError) as raised:
        checked(text, now=now, **changes)
    assert raised.value.code is ErrorCode.CREDENTIAL_INVALID
    return str(raised.value).removeprefix("credential_invalid: ")


def test_what_is_shown_is_read_and_what_is_not_stays_unknown() -> None:
    read = checked(Show(names=("name",)).text())
    assert read.claims == {"owns_no_home": True, "name": "张明远"}
    assert (read.issuer, read.vct, read.status) == (ISSUER, VCT, STATUS)
    assert read.expires_at == NOW + 30 * DAY


def test_a_holder_may_show_nothing_but_what_is_open_or_everything() -> None:
    assert checked(Show(names=()).text()).claims == {"owns_no_home": True}
    assert checked(Show(names=tuple(HIDDEN)).text()).claims == {"owns_no_home": True, **HIDDEN}


def test_the_signed_part_tells_nothing_of_what_is_hidden() -> None:
    payload = issued().split("~", maxsplit=1)[0].split(".")[1]
    claims = json.loads(decoded(payload))
    assert not set(HIDDEN) & claims.keys()
    assert not any(value in json.dumps(claims, ensure_ascii=False) for value in HIDDEN.values())
    assert claims["_sd"] == sorted(claims["_sd"])


def test_two_credentials_of_one_person_have_no_digest_in_common() -> None:
    first, second = (set(issued().split("~")[1:-1]) for _ in range(2))
    assert not first & second


def spoilt_disclosure(array: object) -> str:
    return encode(json.dumps(array).encode())


SPOILT: dict[str, tuple[Callable[[], str], Part]] = {
    "another holder": (lambda: Show(key=OTHER_KEY).text(), Part.BINDING),
    "a binding of another type": (lambda: Show(typ="JWT").text(), Part.BINDING),
    "a binding by a shared secret": (lambda: Show(algorithm="HS256").text(), Part.BINDING),
    "another audience": (lambda: Show(claims={"aud": ISSUER}).text(), Part.REQUEST),
    "another nonce": (lambda: Show(claims={"nonce": "x"}).text(), Part.REQUEST),
    "an old binding": (
        lambda: Show(claims={"iat": int((NOW - DAY).timestamp())}).text(),
        Part.BINDING_TIME,
    ),
    "a binding from the future": (
        lambda: Show(claims={"iat": int(NOW.timestamp()) + 1}).text(),
        Part.BINDING_TIME,
    ),
    "a binding over something else": (
        lambda: Show(claims={"sd_hash": "x"}).text(),
        Part.BINDING_SCOPE,
    ),
    "a disclosure taken out afterwards": (
        lambda: "~".join([*(parts := Show().text().split("~"))[:1], *parts[2:]]),
        Part.BINDING_SCOPE,
    ),
    "a disclosure of one's own": (
        lambda: Show(extra=(spoilt_disclosure(["salt", "rank", "general"]),)).text(),
        Part.DISCLOSURE_UNSIGNED,
    ),
    "a disclosure of another credential": (
        lambda: Show(extra=(Show().credential.split("~")[1],)).text(),
        Part.DISCLOSURE_UNSIGNED,
    ),
    "a disclosure that is none": (
        lambda: Show(extra=(spoilt_disclosure(["salt", "rank"]),)).text(),
        Part.DISCLOSURE,
    ),
    "a disclosure of a name of the format's": (
        lambda: Show(extra=(spoilt_disclosure(["salt", "_sd", []]),)).text(),
        Part.DISCLOSURE,
    ),
    "a disclosure that is no JSON": (lambda: Show(extra=("AAAA",)).text(), Part.ENCODING),
    "no binding": (issued, Part.SIZE),
    "nothing": (str, Part.SIZE),
    "too many parts": (lambda: "~".join(["a"] * 100), Part.SIZE),
    "too much": (lambda: "a~" + "b" * 300_000, Part.SIZE),
}


@pytest.mark.parametrize("how", SPOILT)
def test_what_a_holder_could_not_have_shown_is_refused(how: str) -> None:
    make, part = SPOILT[how]
    assert fault(make()) == part.value


def test_the_same_disclosure_sent_twice_is_refused() -> None:
    credential = issued()
    again = credential.split("~")[1]
    names = (read_disclosure(again).name,)
    shown = Show(credential=credential, names=names, extra=(again,)).text()
    assert fault(shown) == Part.DISCLOSURE_REPEATED.value


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"issuers": {}}, Part.ISSUER),
        ({"issuers": {ISSUER: {}}}, Part.ISSUER),
        ({"issuers": {AUDIENCE: {"k1": ISSUER_KEY.public_key()}}}, Part.ISSUER),
        ({"issuers": {ISSUER: {"k1": OTHER_KEY.public_key()}}}, Part.SIGNATURE),
        ({"types": frozenset()}, Part.TYPE),
        ({"types": frozenset({"https://city.example/credentials/other"})}, Part.TYPE),
        ({"audience": ""}, Part.REQUEST),
        ({"nonce": ""}, Part.REQUEST),
    ],
)
def test_who_expects_nothing_believes_nothing(changes: dict[str, Any], part: Part) -> None:
    assert fault(Show().text(), **changes) == part.value


def test_a_credential_counts_from_its_issue_until_its_end() -> None:
    for now in (NOW - dt.timedelta(seconds=1), NOW + 30 * DAY):
        assert fault(Show(claims={"iat": int(now.timestamp())}).text(), now=now) == "time"
    late = NOW + 30 * DAY - dt.timedelta(seconds=1)
    assert checked(Show(claims={"iat": int(late.timestamp())}).text(), now=late).vct == VCT


def test_a_presentation_proves_itself_for_minutes_only() -> None:
    assert checked(Show().text(), now=NOW + dt.timedelta(minutes=5)).vct == VCT
    assert fault(Show().text(), now=NOW + dt.timedelta(minutes=5, seconds=1)) == "binding_time"


@pytest.mark.parametrize("name", ["audience", "nonce"])
def test_who_did_not_ask_is_not_answered(name: str) -> None:
    """Not even by a binding that says as little."""
    claim, nothing = {"audience": "aud"}.get(name, name), {name: ""}
    shown = Show(claims={claim: ""}).text()
    assert fault(shown, now=NOW, **nothing) == Part.REQUEST.value


def test_another_token_of_the_issuer_s_is_no_credential() -> None:
    signed, rest = issued().split("~", maxsplit=1)
    claims = jwt.decode(signed, options={"verify_signature": False})
    other = jwt.encode(claims, ISSUER_KEY, "ES256", headers={"typ": "at+jwt", "kid": "k1"})
    assert fault(Show(credential=f"{other}~{rest}").text()) == Part.ISSUER.value


def test_nothing_shown_overrides_what_is_open() -> None:
    double = issued(hidden_claims={"owns_no_home": False})
    shown = Show(credential=double, names=("owns_no_home",)).text()
    assert fault(shown) == Part.DISCLOSURE_REPEATED.value


def test_an_empty_expectation_refuses() -> None:
    with pytest.raises(CertificateError):
        check_presentation(Show().text(), expected=Expectation(), now=NOW)


@given(st.integers(0, 4000), st.integers(1, 255))
def test_any_changed_byte_is_noticed(at: int, by: int) -> None:
    raw = bytearray(GOOD.encode())
    raw[at % len(raw)] ^= by
    text = raw.decode("latin-1")
    if text != GOOD:
        fault(text)


def test_a_presentation_has_one_spelling() -> None:
    """The last letter of a signature has bits that mean nothing."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = letters.index(GOOD[-1])
    assert fault(GOOD[:-1] + letters[last ^ 1]) == Part.ENCODING.value


GOOD = Show(names=tuple(HIDDEN)).text()


@given(st.text(max_size=300))
def test_no_scrap_of_text_is_a_presentation(text: str) -> None:
    fault(text)


@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg"])
def test_no_claim_takes_a_name_of_the_format_s_own(name: str) -> None:
    with pytest.raises(ValueError, match="format's own"):
        disclose({name: 1}, randomness=secrets.token_bytes)


@pytest.mark.parametrize("name", ["iss", "cnf", "_sd"])
def test_no_open_claim_stands_in_for_one_of_the_issuer_s(name: str) -> None:
    with pytest.raises(ValueError, match="format's own"):
        issued(open_claims={name: "x"})


@given(st.dictionaries(st.text(min_size=1, max_size=12), st.integers() | st.text(max_size=20)))
def test_every_claim_comes_back_as_it_went(claims: dict[str, Any]) -> None:
    made = disclose(
        {f"c{name}": value for name, value in claims.items()}, randomness=secrets.token_bytes
    )
    assert {one.name: read_disclosure(one.text).value for one in made} == {
        f"c{name}": value for name, value in claims.items()
    }


GROUPS = {"facts": {"status": "alive", "name": "张明远"}, "predicates": {"adult": True}}


def test_a_group_keeps_names_the_format_has_itself() -> None:
    credential = issued(hidden_claims={}, hidden_groups=GROUPS)
    read = checked(Show(credential=credential, names=("status", "adult")).text())
    assert read.claims == {
        "owns_no_home": True,
        "facts": {"status": "alive"},
        "predicates": {"adult": True},
    }
    assert read.status == STATUS


def test_of_a_group_nothing_need_be_shown() -> None:
    read = checked(Show(credential=issued(hidden_groups=GROUPS), names=()).text())
    assert read.claims == {"owns_no_home": True, "facts": {}, "predicates": {}}


def test_a_claim_of_a_group_is_shown_once() -> None:
    credential = issued(hidden_claims={}, hidden_groups={"facts": {"name": "张明远"}})
    again = credential.split("~")[1]
    assert fault(Show(credential=credential, extra=(again,)).text()) == "disclosure_repeated"


def test_a_digest_stands_in_one_place() -> None:
    """Or a claim could be moved from one object into another."""
    signed, *rest = issued(hidden_claims={}, hidden_groups=GROUPS).split("~")
    claims = jwt.decode(signed, options={"verify_signature": False})
    claims["predicates"]["_sd"] = claims["facts"]["_sd"]
    header = jwt.get_unverified_header(signed)
    twice = jwt.encode(claims, ISSUER_KEY, "ES256", headers=header)
    assert fault(Show(credential="~".join([twice, *rest])).text()) == "digests"


@pytest.mark.parametrize("name", ["status", "iss", "_sd", "owns_no_home"])
def test_no_group_takes_another_s_name(name: str) -> None:
    with pytest.raises(ValueError, match="format's own"):
        issued(hidden_groups={name: {"x": 1}}, status=None)


def test_a_credential_need_not_say_where_its_status_stands() -> None:
    assert checked(Show(credential=issued(status=None)).text()).status is None


def test_a_status_that_is_no_object_is_refused() -> None:
    signed, *rest = issued(status=None).split("~")
    claims = jwt.decode(signed, options={"verify_signature": False}) | {"status": "valid"}
    other = jwt.encode(claims, ISSUER_KEY, "ES256", headers=jwt.get_unverified_header(signed))
    assert fault(Show(credential="~".join([other, *rest])).text()) == "type"


def test_a_department_with_an_rsa_key_issues_too() -> None:
    key = new_private_key(Algorithm.RSA_2048)
    signer = CredentialSigner(key=signing_key(key), kid="k2", chain=(b"certificate",))
    credential = issued(by=signer)
    header = jwt.get_unverified_header(credential.split("~", maxsplit=1)[0])
    assert header == {"alg": "RS256", "kid": "k2", "typ": "dc+sd-jwt", "x5c": ["Y2VydGlmaWNhdGU="]}
    keys = {ISSUER: {"k2": key.public_key()}}
    assert checked(Show(credential=credential).text(), issuers=keys).kid == "k2"
    # Nor does a key serve another algorithm than its own.
    wrong = {ISSUER: {"k2": ISSUER_KEY.public_key()}}
    assert fault(Show(credential=credential).text(), issuers=wrong) == Part.SIGNATURE.value


def test_a_phone_s_clock_may_be_a_little_ahead_where_that_is_allowed() -> None:
    ahead = Show(claims={"iat": int(NOW.timestamp()) + 30}).text()
    minute = dt.timedelta(minutes=1)
    assert checked(ahead, leeway=minute).vct == VCT
    later = Show(claims={"iat": int(NOW.timestamp()) + 61}).text()
    assert fault(later, leeway=minute) == Part.BINDING_TIME.value
