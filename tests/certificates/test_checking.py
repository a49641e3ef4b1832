import dataclasses
import datetime as dt
import hashlib
import itertools
from typing import Any

import pytest

from certificates.checking import Limits, LogEntry, check_entry, check_pdf
from certificates.results import MadeCertificate
from certificates.status import CertificateState
from certificates.verdicts import (
    CheckVerdict,
    Freshness,
    Inspection,
    Integrity,
    IssuerTrust,
    Listing,
    Standing,
)
from tests.certificates.builders import NOON, MemoryLog, SetInspector

GOOD = Inspection(integrity=Integrity.INTACT, issuer=IssuerTrust.TRUSTED)
ENTRY = LogEntry(
    number="1.2.156.3005.2.x",
    state=CertificateState.VALID,
    issued_at=NOON,
    valid_until=NOON + dt.timedelta(days=30),
)
FILE = b"%PDF-1.7 what we issued"
LATER = NOON + dt.timedelta(days=1)


def checked(
    data: bytes = FILE,
    *,
    says: Inspection = GOOD,
    entry: LogEntry = ENTRY,
    now: dt.datetime = LATER,
    limits: Limits | None = None,
) -> CheckVerdict:
    log = MemoryLog({hashlib.sha256(FILE).hexdigest(): entry})
    inspector = SetInspector(says)
    return check_pdf(data, inspector=inspector, log=log, now=now, limits=limits or Limits())


def test_what_was_issued_is_valid_in_all_five_parts() -> None:
    assert checked() == CheckVerdict(
        integrity=Integrity.INTACT,
        issuer=IssuerTrust.TRUSTED,
        status=Standing.VALID,
        freshness=Freshness.CURRENT,
        in_our_log=Listing.LISTED,
        number=ENTRY.number,
    )
    assert checked().valid


def test_what_was_issued_needs_no_parser(made: MadeCertificate) -> None:
    inspector = SetInspector(Inspection(integrity=Integrity.TOO_COSTLY))
    log = MemoryLog({made.sha256: ENTRY})
    verdict = check_pdf(made.pdf, inspector=inspector, log=log, now=LATER, limits=Limits())
    assert verdict.valid
    assert inspector.asked == 0


def test_a_good_signature_alone_is_not_enough() -> None:
    verdict = checked(FILE + b"shown differently", says=GOOD)
    assert (verdict.integrity, verdict.issuer) == (Integrity.INTACT, IssuerTrust.TRUSTED)
    assert verdict.in_our_log is Listing.UNLISTED
    assert (verdict.status, verdict.freshness) == (Standing.UNKNOWN, Freshness.UNKNOWN)
    assert verdict.number is None
    assert not verdict.valid


def test_no_file_outside_the_log_is_valid_whatever_the_inspector_says() -> None:
    for integrity, issuer in itertools.product(Integrity, IssuerTrust):
        verdict = checked(b"%PDF-other", says=Inspection(integrity=integrity, issuer=issuer))
        assert (verdict.integrity, verdict.issuer) == (integrity, issuer)
        assert not verdict.valid


@pytest.mark.parametrize("revoked", [True, False])
def test_what_was_issued_under_a_revoked_certificate_fails_in_the_issuer_alone(
    revoked: bool,  # noqa: FBT001
) -> None:
    verdict = check_pdf(
        FILE,
        inspector=SetInspector(GOOD, revoked=revoked),
        log=MemoryLog({hashlib.sha256(FILE).hexdigest(): ENTRY}),
        now=LATER,
        limits=Limits(),
        crls=(b"a list",),
    )
    assert verdict.issuer is (IssuerTrust.SIGNER_REVOKED if revoked else IssuerTrust.TRUSTED)
    assert verdict.valid is not revoked
    assert (verdict.integrity, verdict.status) == (Integrity.INTACT, Standing.VALID)
    assert (verdict.freshness, verdict.in_our_log) == (Freshness.CURRENT, Listing.LISTED)


@pytest.mark.parametrize("state", [state for state in CertificateState if state.name != "VALID"])
def test_every_state_but_valid_is_refused_by_its_name(state: CertificateState) -> None:
    verdict = checked(entry=dataclasses.replace(ENTRY, state=state))
    assert verdict.status.value == state.name
    assert not verdict.valid


def test_after_its_time_a_certificate_is_expired() -> None:
    assert checked(now=ENTRY.valid_until - dt.timedelta(seconds=1)).valid
    verdict = checked(now=ENTRY.valid_until)
    assert verdict.freshness is Freshness.EXPIRED
    assert not verdict.valid


def test_before_its_time_a_certificate_is_not_valid_yet() -> None:
    verdict = checked(now=NOON - dt.timedelta(seconds=1))
    assert verdict.freshness is Freshness.NOT_YET_VALID
    assert not verdict.valid


def test_a_provisional_certificate_says_so_and_is_valid() -> None:
    verdict = checked(entry=dataclasses.replace(ENTRY, provisional=True))
    assert verdict.freshness is Freshness.PROVISIONAL
    assert verdict.valid


def test_too_large_is_refused_before_anything_else() -> None:
    inspector, limits = SetInspector(GOOD), Limits(bytes=len(FILE) - 1)
    log = MemoryLog({hashlib.sha256(FILE).hexdigest(): ENTRY})
    verdict = check_pdf(FILE, inspector=inspector, log=log, now=LATER, limits=limits)
    assert verdict.integrity is Integrity.TOO_LARGE
    assert not verdict.valid
    assert inspector.asked == 0


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xd8\xff\xe0 a picture", b" %PDF-1.7"])
def test_what_does_not_begin_like_a_pdf_is_not_parsed(data: bytes) -> None:
    inspector = SetInspector(GOOD)
    verdict = check_pdf(data, inspector=inspector, log=MemoryLog(), now=NOON, limits=Limits())
    assert verdict.integrity is Integrity.NOT_A_PDF
    assert verdict.issuer is IssuerTrust.UNKNOWN
    assert inspector.asked == 0


def test_by_id_and_code_the_log_alone_answers() -> None:
    verdict = check_entry(ENTRY, now=LATER)
    assert verdict.integrity is Integrity.NOT_CHECKED
    assert verdict.issuer is IssuerTrust.NOT_CHECKED
    assert verdict.valid
    revoked = dataclasses.replace(ENTRY, state=CertificateState.REVOKED)
    assert not check_entry(revoked, now=LATER).valid


def test_a_signed_qr_adds_the_issuer_and_a_forged_one_refuses_what_the_log_knows() -> None:
    assert check_entry(ENTRY, now=LATER, issuer=IssuerTrust.QR_TRUSTED).valid
    forged = check_entry(ENTRY, now=LATER, issuer=IssuerTrust.QR_FORGED)
    assert forged.issuer is IssuerTrust.QR_FORGED
    assert forged.in_our_log is Listing.LISTED
    assert not forged.valid


def test_what_the_log_does_not_know_is_not_valid_even_with_a_signed_qr() -> None:
    verdict = check_entry(None, now=LATER, issuer=IssuerTrust.QR_TRUSTED)
    assert verdict.issuer is IssuerTrust.QR_TRUSTED
    assert verdict.in_our_log is Listing.UNLISTED
    assert not verdict.valid


@pytest.mark.parametrize(
    "part",
    [
        {"integrity": Integrity.SIGNATURE_BROKEN},
        {"integrity": Integrity.NOT_CHECKED},
        {"issuer": IssuerTrust.FOREIGN_ROOT},
        {"issuer": IssuerTrust.NOT_CHECKED},
        {"status": Standing.UNKNOWN},
        {"freshness": Freshness.UNKNOWN},
        {"in_our_log": Listing.UNLISTED},
    ],
)
def test_each_part_alone_can_say_no(part: dict[str, Any]) -> None:
    assert not dataclasses.replace(checked(), **part).valid
