"""What a till finds out without a network, one reason for each cause."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes import base45, cbor, cose, presentation, revocations
from codes.checking import check
from codes.errors import MalformedError
from codes.keys import IssuerKeys, alias_of, point_of, signer_of
from codes.presentation import MAX_CHARS, PREFIX, SLICE
from codes.results import Reason
from codes.revocations import Revocations
from tests.codes.steps import NOW, PHARMACY, PHONE, Issuer, checked, fixed_key, shown

ISSUER = Issuer()
ISSUED = ISSUER.issue(PHONE)
ALIAS = alias_of(point_of(PHONE.public_key()))
CODE = shown(ISSUED)
STRANGER = fixed_key(3003)


def reason(text: str = CODE, **changes: Any) -> Reason | None:
    return checked(text, **changes).reason


def test_a_code_is_good_and_tells_what_it_is_for() -> None:
    verdict = checked(CODE)
    assert verdict.accepted
    assert (verdict.alias, verdict.purpose) == (ALIAS, PHARMACY)
    assert (verdict.level, verdict.cap_fen) == ("L2", 30_000)
    assert verdict.slice_start == NOW.replace(second=0)


def test_a_code_fits_a_qr_code_of_version_13() -> None:
    assert CODE.startswith(PREFIX)
    assert set(CODE) <= set(base45.ALPHABET)
    assert len(CODE) <= 366 < MAX_CHARS  # version 11, level M


def test_a_code_is_good_as_long_as_the_clocks_may_differ() -> None:
    start = NOW.replace(second=0)
    first, last = start - timedelta(seconds=60), start + SLICE + timedelta(seconds=60)
    moment = timedelta(microseconds=1)
    for now, found in (
        (first - moment, Reason.CLOCK_AHEAD),
        (first, None),
        (last - moment, None),
        (last, Reason.STALE),
    ):
        assert reason(now=now, revocations=ISSUER.known(at=first)) is found


@pytest.mark.parametrize(
    ("hours", "found"), [(1, Reason.STALE), (-1, Reason.CLOCK_AHEAD)], ids=["slow", "fast"]
)
def test_a_phone_an_hour_off_is_told_apart(hours: int, found: Reason) -> None:
    assert reason(now=NOW + timedelta(hours=hours), revocations=ISSUER.known(at=NOW)) is (
        found if hours > 0 else Reason.CLOCK_AHEAD
    )


def test_a_till_an_hour_behind_sees_that_its_clock_is_wrong() -> None:
    behind = NOW - timedelta(hours=1)
    assert reason(shown(ISSUED, at=behind), now=behind) is Reason.DELTA_FROM_FUTURE


@pytest.mark.parametrize(
    ("life", "found"),
    [
        ({"not_before": NOW + timedelta(seconds=1)}, Reason.NOT_YET_VALID),
        ({"expires_at": NOW}, Reason.EXPIRED),
    ],
    ids=["not yet", "over"],
)
def test_a_credential_counts_in_its_time_only(life: dict[str, Any], found: Reason) -> None:
    assert reason(shown(ISSUER.issue(PHONE, **life))) is found


def test_a_code_for_another_purpose_is_refused() -> None:
    assert reason(purposes={"01301"}) is Reason.WRONG_PURPOSE
    assert reason(purposes=()) is Reason.WRONG_PURPOSE


def test_a_revoked_credential_is_refused() -> None:
    assert reason(revocations=ISSUER.known(ALIAS)) is Reason.REVOKED


def test_an_old_list_decides_nothing_even_if_it_does_not_name_the_card() -> None:
    old = ISSUER.known(at=NOW - timedelta(hours=24, seconds=1))
    assert reason(revocations=old) is Reason.DELTA_TOO_OLD
    assert reason(revocations=Revocations()) is Reason.DELTA_TOO_OLD


def test_a_forged_issuer_is_unknown() -> None:
    forger = Issuer(key=STRANGER)
    assert reason(shown(forger.issue(PHONE))) is Reason.UNKNOWN_ISSUER
    assert reason(keys=IssuerKeys(by_id={})) is Reason.UNKNOWN_ISSUER


def test_a_forger_who_names_the_issuers_key_is_found_out() -> None:
    signed = cose.read(ISSUED)
    forged = cose.sign(
        signed.payload,
        use="zr-card-credential-1",
        signer=signer_of(STRANGER),
        key_id=signed.key_id,
    )
    assert reason(shown(forged)) is Reason.BAD_SIGNATURE


def test_another_phone_cannot_show_a_credential_it_saw() -> None:
    assert reason(shown(ISSUED, phone=STRANGER)) is Reason.BAD_SIGNATURE


def test_a_signature_of_one_use_is_none_of_another() -> None:
    payload = cbor.encode({1: ISSUED, 2: 29_000_000, 3: 2121, 4: bytes(8)})
    wrong = cose.sign(payload, use="zr-card-credential-1", signer=signer_of(PHONE))
    assert reason(PREFIX + base45.encode(wrong)) is Reason.BAD_SIGNATURE


def test_a_signature_has_one_spelling() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    parts = cbor.decode(base45.decode(CODE.removeprefix(PREFIX)))
    assert isinstance(parts, list)
    signature = parts[3]
    assert isinstance(signature, bytes)
    high = (order - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")
    other = cbor.encode([*parts[:3], signature[:32] + high])
    assert reason(PREFIX + base45.encode(other)) is Reason.BAD_SIGNATURE


def _with(part: int, item: cbor.Item) -> str:
    parts = cbor.decode(base45.decode(CODE.removeprefix(PREFIX)))
    assert isinstance(parts, list)
    parts[part] = item
    return PREFIX + base45.encode(cbor.encode(parts))


def _signed(claims: cbor.Item) -> str:
    payload = cbor.encode(claims)
    return PREFIX + base45.encode(cose.sign(payload, use=presentation.USE, signer=signer_of(PHONE)))


GOOD: dict[int, cbor.Item] = {1: ISSUED, 2: 29_000_000, 3: 2121, 4: bytes(8)}
MALFORMED = {
    "an online code": "860000000000000018",
    "nothing": "",
    "the prefix alone": PREFIX,
    "lower case": CODE.lower(),
    "a long text": PREFIX + "0" * MAX_CHARS,
    "a Chinese text": PREFIX + "电子社保卡",
    "another algorithm": _with(0, cbor.encode({1: -8})),
    "no algorithm": _with(0, cbor.encode({})),
    "a header of another kind": _with(0, cbor.encode([1])),
    "another header": _with(0, cbor.encode({1: -7, 5: 0})),
    "a short key id": _with(0, cbor.encode({1: -7, 4: bytes(7)})),
    "a key id where none belongs": _with(0, cbor.encode({1: -7, 4: bytes(8)})),
    "an unprotected header": _with(1, {1: -7}),
    "a payload of another kind": _with(2, 1),
    "a header that is no string": _with(0, 1),
    "a short signature": _with(3, bytes(63)),
    "a claim too few": _signed({name: GOOD[name] for name in (1, 2, 3)}),
    "a claim too many": _signed({**GOOD, 5: 0}),
    "claims as array": _signed([1, 2, 3, 4]),
    "no credential": _signed({**GOOD, 1: 0}),
    "a short nonce": _signed({**GOOD, 4: bytes(7)}),
    "a purpose of six digits": _signed({**GOOD, 3: 100_000}),
    "a minute beyond all calendars": _signed({**GOOD, 2: 1 << 40}),
    "a minute that is a text": _signed({**GOOD, 2: "now"}),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=list(MALFORMED))
def test_what_is_no_code_is_malformed(text: str) -> None:
    assert reason(text) is Reason.MALFORMED


CLAIMS = cbor.decode(cose.read(ISSUED).payload)
assert isinstance(CLAIMS, dict)
BAD_CLAIMS: dict[str, cbor.Item] = {
    "no map": [1],
    "a claim too few": {1: CLAIMS[1]},
    "no point": {**CLAIMS, 1: 0},
    "a point that is none": {**CLAIMS, 1: b"\x02" + b"\xff" * 32},
    "a point uncompressed": {**CLAIMS, 1: b"\x04" + bytes(64)},
    "an end before the beginning": {**CLAIMS, 3: 1},
    "a level that is none": {**CLAIMS, 4: 0},
    "a level above all": {**CLAIMS, 4: 4},
    "a negative cap": {**CLAIMS, 5: -1},
    "a cap beyond all": {**CLAIMS, 5: 1 << 40},
}


@pytest.mark.parametrize("claims", BAD_CLAIMS.values(), ids=list(BAD_CLAIMS))
def test_a_credential_with_wrong_claims_is_malformed_whoever_signed_it(claims: cbor.Item) -> None:
    issued = cose.sign(
        cbor.encode(claims),
        use="zr-card-credential-1",
        signer=signer_of(ISSUER.key),
        key_id=ISSUER.id,
    )
    assert reason(shown(issued)) is Reason.MALFORMED


def test_an_issuer_cannot_sign_what_nobody_could_read() -> None:
    with pytest.raises(ValueError, match="out of range"):
        ISSUER.issue(PHONE, cap_fen=-1)
    with pytest.raises(ValueError, match="out of range"):
        ISSUER.issue(PHONE, expires_at=NOW - timedelta(days=1))


@pytest.mark.parametrize("changes", [{"purpose": "2121"}, {"purpose": "abcde"}, {"nonce": b""}])
def test_a_phone_cannot_show_what_nobody_could_read(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="five digits"):
        shown(ISSUED, **changes)


BYTES = base45.decode(CODE.removeprefix(PREFIX))


def _reason_of(data: bytes) -> Reason | None:
    """Without the length of a QR code in the way."""
    return check(
        PREFIX + base45.encode(data),
        keys=ISSUER.keys,
        revocations=ISSUER.known(),
        now=NOW,
        purposes={PHARMACY},
    ).reason


@given(st.integers(0, len(BYTES) - 1), st.integers(1, 255))
def test_no_changed_byte_is_ever_accepted(at: int, change: int) -> None:
    mutated = bytearray(BYTES)
    mutated[at] ^= change
    assert _reason_of(bytes(mutated)) is not None


@given(st.data())
def test_no_cut_doubled_or_joined_code_is_ever_accepted(data: st.DataObject) -> None:
    start, end = (data.draw(st.integers(0, len(BYTES))) for _ in range(2))
    where = data.draw(st.integers(0, len(BYTES)))
    mutated = BYTES[:where] + BYTES[start:end] + data.draw(st.binary(max_size=8)) + BYTES[where:]
    cut = BYTES[:start] + BYTES[end:]
    for one in (mutated, cut):
        if one != BYTES:
            assert _reason_of(one) is not None


@given(st.integers(0, len(CODE) - 1), st.sampled_from(base45.ALPHABET))
def test_no_misread_character_is_ever_accepted(at: int, character: str) -> None:
    text = CODE[:at] + character + CODE[at + 1 :]
    assert (reason(text) is None) == (text == CODE)


@given(st.binary(max_size=320))
def test_random_bytes_are_malformed(data: bytes) -> None:
    assert _reason_of(data) is Reason.MALFORMED


@given(st.text(max_size=500))
def test_random_texts_are_malformed(text: str) -> None:
    assert reason(PREFIX + text) is Reason.MALFORMED


def test_two_codes_of_one_person_share_nothing_but_what_many_share() -> None:
    """What two merchants could join by: every claim, id and signature, but for the common ones."""
    other = fixed_key(4004)
    codes = [CODE, shown(ISSUER.issue(other), phone=other, nonce=b"87654321")]
    read = [presentation.read(text) for text in codes]
    own = [
        {
            one.issued.credential.point,
            one.issued.credential.alias,
            one.issued.signed.signature,
            one.signed.signature,
            one.nonce,
        }
        for one in read
    ]
    assert len(own[0]) == len(own[1]) == 5
    assert not own[0] & own[1]
    common = {
        (
            one.issued.signed.key_id,
            one.issued.credential.not_before,
            one.issued.credential.expires_at,
            one.issued.credential.level,
            one.issued.credential.cap_fen,
        )
        for one in read
    }
    assert len(common) == 1


def test_errors_say_nothing_of_their_input() -> None:
    with pytest.raises(MalformedError) as caught:
        presentation.read(PREFIX + "SECRET")
    assert str(caught.value) == ""
    assert revocations.MEDIA_TYPE == "application/cose"
