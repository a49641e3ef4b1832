"""Every refusal and every finding of the library has its words here."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.errors import DomainError
from app.documents import errors
from app.documents.making import Workshop
from app.documents.records import Logged, Order
from app.documents.translating import KINDS
from app.documents.wording import FINDINGS, NOTES, PARTS, TEXTS
from certificates.errors import CertificateError, ErrorCode
from certificates.status import CertificateState
from certificates.verdicts import Freshness, Integrity, IssuerTrust, Listing, Standing
from tests.fakes import FakeClock

NOW = FakeClock().now()
ORDER = Order(
    type_code="household_registration",
    certificate_id="cer_1",
    serial="1",
    version=1,
    check_code="",
    evidence={},
    issued_at=NOW,
)


class Refusing:
    """A part of the library that always refuses."""

    def __init__(self, code: ErrorCode) -> None:
        self.code = code

    def make(self, _order: object) -> object:
        raise CertificateError(self.code, "a path /x and a name")

    def inspect(self, _data: bytes, **_: object) -> object:
        raise CertificateError(self.code)

    def all(self) -> tuple[object, ...]:
        return ()


def workshop(code: ErrorCode = ErrorCode.RENDER_FAILED) -> Workshop:
    part = Refusing(code)
    return Workshop(
        catalogue=part,  # type: ignore[arg-type]
        maker=part,  # type: ignore[arg-type]
        inspector=part,  # type: ignore[arg-type]
        root_pem=b"",
    )


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_refusal_of_the_library_is_translated(code: ErrorCode) -> None:
    with pytest.raises(DomainError) as raised:
        workshop(code).make(ORDER)
    assert raised.value.kind.code == KINDS[code].code
    assert "{" not in raised.value.kind.zh + raised.value.kind.en
    assert raised.value.__cause__ is None
    assert "name" not in str(raised.value)


def test_a_busy_inspector_is_a_busy_service() -> None:
    with pytest.raises(DomainError) as raised:
        workshop(ErrorCode.CHECKER_BUSY).check(b"%PDF-", find=lambda _: None, now=NOW)
    assert raised.value.kind.code == "BUSY"
    assert raised.value.retry_after == 2


@pytest.mark.parametrize(
    ("part", "codes"),
    [
        ("integrity", Integrity),
        ("issuer", IssuerTrust),
        ("status", Standing),
        ("freshness", Freshness),
        ("in_our_log", Listing),
    ],
)
def test_every_finding_has_words(part: str, codes: type) -> None:
    assert set(FINDINGS[part]) == {code.value for code in codes}  # type: ignore[attr-defined]


def test_all_words_are_in_both_languages() -> None:
    tables = [PARTS, TEXTS, NOTES, *FINDINGS.values()]
    for table in tables:
        for zh, en in table.values():
            assert zh.strip()
            assert en.strip()
    for kind in errors.ALL:
        assert kind.zh.endswith("。")
        assert kind.en.endswith(".")


@pytest.mark.parametrize("state", list(CertificateState))
def test_only_a_valid_certificate_in_its_time_is_valid(state: CertificateState) -> None:
    for age, in_time in ((1, True), (40, False)):
        logged = Logged(
            number="1",
            state=state.value,
            issued_at=NOW - timedelta(days=age),
            valid_until=NOW + timedelta(days=30 - age),
            provisional=False,
        )
        verdict = workshop().judge(logged, now=NOW)
        assert verdict.valid == (state is CertificateState.VALID and in_time)
        assert verdict.status.ok == (state is CertificateState.VALID)
        assert verdict.freshness.ok == in_time
        assert verdict.in_our_log.ok is True


def test_an_expired_state_and_an_expired_time_are_kept_apart() -> None:
    logged = Logged(
        number="1",
        state="valid",
        issued_at=NOW - timedelta(days=2),
        valid_until=NOW - timedelta(days=1),
        provisional=False,
    )
    verdict = workshop().judge(logged, now=NOW)
    assert (verdict.status.code, verdict.freshness.code) == ("VALID", "EXPIRED")


def test_what_the_log_does_not_know_is_not_valid() -> None:
    verdict = workshop().judge(None, now=NOW)
    assert verdict.valid is False
    assert verdict.in_our_log.ok is False
    assert (verdict.integrity.ok, verdict.status.ok) == (None, None)
