"""What an upgraded file is, and what becomes of it when certificates end or are revoked."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import crl, tsp
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp as pyca
from pyhanko.sign.validation.dss import DocumentSecurityStore

from certificates.checking import Limits, LogEntry, check_pdf
from certificates.errors import CertificateError, ErrorCode
from certificates.inspection import PdfInspector
from certificates.longterm.validation import validate
from certificates.revocation import Reason
from certificates.status import CertificateState
from tests.certificates import tampering
from tests.certificates.builders import MemoryLog
from tests.certificates.longterm.ground import Archive, reader
from tests.certificates.tools import needs, run
from tests.sandbox.pki.ground import DEPARTMENT, NOON

Kept = tuple[Archive, bytes, bytes]
YEAR = timedelta(days=365)


def refused(archive: Archive, pdf: bytes) -> ErrorCode:
    with pytest.raises(CertificateError) as caught:
        archive.upgraded(pdf)
    return caught.value.code


def revoke_signer(archive: Archive) -> None:
    now = archive.ground.clock.now()
    certificate = archive.ground.pki.signatory(DEPARTMENT, now=now).certificate
    archive.ground.authority.revoke(
        certificate.fingerprint(hashes.SHA256()).hex(), reason=Reason.KEY_COMPROMISE, now=now
    )
    archive.ground.clock.advance(seconds=3)


def test_the_file_that_was_issued_stays_inside_byte_for_byte(kept: Kept) -> None:
    _, before, after = kept
    assert after.startswith(before)
    assert len(after) - len(before) < 60_000


def test_signature_timestamp_proof_timestamp(kept: Kept) -> None:
    found = [one.sig_object["/SubFilter"] for one in reader(kept[2]).embedded_signatures]
    assert found == ["/ETSI.CAdES.detached", "/ETSI.RFC3161", "/ETSI.RFC3161"]
    assert kept[2].count(b"%%EOF") == kept[1].count(b"%%EOF") + 3


def test_the_proof_covers_every_certificate_below_the_root(kept: Kept) -> None:
    archive, _, pdf = kept
    store = DocumentSecurityStore.read_dss(reader(pdf))
    names = sorted(one.subject.native["common_name"] for one in store.load_certs())
    assert names == [
        "Zero-Run Sandbox Issuing CA",
        "Zero-Run Sandbox OCSP Responder",
        "Zero-Run Sandbox Timestamp Authority",
        "示例市公安局",
    ]
    assert len(store.ocsps) == 2
    (listed,) = [crl.CertificateList.load(one.get_object().data) for one in store.crls]
    assert listed.issuer.native == archive.roots[0].subject.native


def test_the_first_time_is_when_the_timestamp_authority_saw_it(archive: Archive) -> None:
    pdf = archive.made()
    done = archive.upgrader.upgrade(pdf, now=archive.ground.clock.now())
    assert done.stamped_at == archive.ground.clock.now()
    assert done.sha256 == hashlib.sha256(done.pdf).hexdigest()


def test_time_may_go_on_while_it_is_made(archive: Archive) -> None:
    real = archive.ground.timestamps.answer

    def slowly(body: bytes) -> bytes:
        archive.ground.clock.advance(seconds=2.5)
        return real(body)

    archive.services.timestamps = slowly
    pdf = archive.upgraded(archive.made())
    assert validate(pdf, roots=archive.roots, now=archive.ground.clock.now()).passed


def test_nobody_is_asked_but_the_services_and_each_as_often_as_needed(archive: Archive) -> None:
    archive.upgraded(archive.made())
    assert archive.services.asked == ["timestamp", "lists", "status", "status", "timestamp"]


@pytest.mark.parametrize("later", [timedelta(0), YEAR, 3 * YEAR + timedelta(days=9), 9 * YEAR])
def test_it_is_good_offline_long_after_the_signers_certificate_ended(
    kept: Kept, later: timedelta
) -> None:
    archive, _, pdf = kept
    found = validate(pdf, roots=archive.roots, now=archive.ground.clock.now() + later)
    assert found.finding == "PASSED"
    assert found.passed
    assert found.stamped_at == NOON + timedelta(seconds=3)


def test_it_needs_a_new_timestamp_before_the_last_ones_certificate_ends(kept: Kept) -> None:
    archive, _, pdf = kept
    found = validate(pdf, roots=archive.roots, now=NOON + 10 * YEAR + timedelta(days=1))
    assert not found.passed
    assert found.finding == "the last timestamp's certificate has ended"


def test_without_the_root_nothing_is_believed(kept: Kept) -> None:
    assert not validate(kept[2], roots=[], now=NOON + YEAR).passed


def test_before_the_upgrade_it_is_not_good_for_the_long_term(kept: Kept) -> None:
    archive, pdf, _ = kept
    assert validate(pdf, roots=archive.roots, now=NOON).finding == (
        "not one signature and two timestamps"
    )


@pytest.mark.parametrize(
    "later",
    [tampering.page_appended, tampering.language_changed, tampering.page_hidden],
    ids=["page", "language", "shadow"],
)
def test_whatever_is_added_after_the_last_timestamp_is_noticed(kept: Kept, later: Any) -> None:
    archive, _, pdf = kept
    found = validate(later(pdf), roots=archive.roots, now=archive.ground.clock.now())
    assert found.finding == "something after the last timestamp"


def test_a_change_between_signature_and_timestamp_is_not_upgraded(archive: Archive) -> None:
    changed = tampering.page_hidden(archive.made())
    assert refused(archive, changed) is ErrorCode.UPGRADE_REFUSED
    assert archive.services.asked == []


@pytest.mark.parametrize(
    "spoil",
    [
        tampering.unsigned,
        tampering.signed_again,
        lambda pdf: pdf[: len(pdf) // 2],
        lambda _: b"",
        lambda pdf: pdf + bytes(5_000_000),
    ],
    ids=["unsigned", "two signatures", "half", "nothing", "large"],
)
def test_what_is_no_file_of_ours_is_refused_before_anybody_is_asked(
    archive: Archive, spoil: Any
) -> None:
    assert refused(archive, spoil(archive.made())) is ErrorCode.UPGRADE_REFUSED
    assert archive.services.asked == []


def test_a_broken_signature_is_not_given_a_time_for_good(archive: Archive) -> None:
    pdf = archive.made()
    spoiled = tampering.flipped(pdf, pdf.index(b"stream\n") + 40)
    assert refused(archive, spoiled) is ErrorCode.AUTHORITY_INVALID


def test_an_upgraded_file_is_not_upgraded_again(kept: Kept) -> None:
    archive, _, pdf = kept
    with pytest.raises(CertificateError) as caught:
        archive.upgrader.upgrade(pdf, now=archive.ground.clock.now())
    assert caught.value.code is ErrorCode.UPGRADE_REFUSED


def test_what_was_stamped_before_its_signer_was_revoked_stays_good(archive: Archive) -> None:
    pdf = archive.upgraded(archive.made())
    revoke_signer(archive)
    assert validate(pdf, roots=archive.roots, now=archive.ground.clock.now()).passed
    assert validate(pdf, roots=archive.roots, now=archive.ground.clock.now() + YEAR).passed


def test_what_was_not_stamped_before_its_signer_was_revoked_never_will_be(
    archive: Archive,
) -> None:
    pdf = archive.made()
    revoke_signer(archive)
    assert refused(archive, pdf) is ErrorCode.SIGNER_REVOKED


def test_a_stamp_after_the_revocation_does_not_make_the_signature_good(archive: Archive) -> None:
    pdf = archive.made()
    good = archive.ground.responder.answer
    revoke_signer(archive)
    truth = archive.ground.register.read()
    # A responder that keeps silent about it: the list in the same file tells.
    archive.services.fetched = lambda: [truth.crl, truth.root_crl]
    archive.services.statuses = lambda body: _unknown(good(body))
    assert refused(archive, pdf) is ErrorCode.SIGNER_REVOKED


def test_a_revoked_timestamp_authority_is_not_used(archive: Archive) -> None:
    from certificates.profiles import Service  # noqa: PLC0415

    pdf = archive.made()
    stamping = archive.ground.certificate(Service.TIMESTAMP)
    archive.ground.authority.revoke(
        stamping.fingerprint(hashes.SHA256()).hex(),
        reason=Reason.KEY_COMPROMISE,
        now=archive.ground.clock.now(),
    )
    archive.ground.clock.advance(seconds=3)
    assert refused(archive, pdf) is ErrorCode.AUTHORITY_INVALID


def test_files_of_old_and_new_keys_are_upgraded_alike_after_a_rotation(archive: Archive) -> None:
    before = archive.made()
    archive.ground.pki.rotate(DEPARTMENT, now=archive.ground.clock.now())
    after = archive.made()
    for pdf in (before, after):
        upgraded = archive.upgraded(pdf)
        assert validate(upgraded, roots=archive.roots, now=archive.ground.clock.now()).passed


def test_a_signer_whose_certificate_names_no_responder_is_looked_up_in_the_list(
    archive: Archive, tmp_path: Path
) -> None:
    from certificates.keys import FileKeys  # noqa: PLC0415
    from certificates.pki import Pki  # noqa: PLC0415

    older = Pki.open(keys=FileKeys(tmp_path / "keys"), now=archive.ground.clock.now())
    older.rotate(DEPARTMENT, now=archive.ground.clock.now())
    pdf = archive.upgraded(archive.made())
    assert archive.services.asked.count("status") == 1
    assert len(DocumentSecurityStore.read_dss(reader(pdf)).crls) == 2
    assert validate(pdf, roots=archive.roots, now=archive.ground.clock.now()).passed
    again = archive.made()
    revoke_signer(archive)
    assert refused(archive, again) is ErrorCode.SIGNER_REVOKED


def silent(_: bytes) -> bytes:
    raise TimeoutError


@pytest.mark.parametrize(
    ("which", "answer", "code"),
    [
        ("timestamps", silent, ErrorCode.AUTHORITY_UNAVAILABLE),
        ("timestamps", lambda _: b"", ErrorCode.AUTHORITY_INVALID),
        ("timestamps", lambda _: b"<html>", ErrorCode.AUTHORITY_INVALID),
        ("statuses", silent, ErrorCode.AUTHORITY_UNAVAILABLE),
        ("statuses", lambda _: b"\x30\x03\x0a\x01\x03", ErrorCode.AUTHORITY_UNAVAILABLE),
        ("statuses", lambda _: b"\x30\x03\x0a\x01\x01", ErrorCode.AUTHORITY_INVALID),
        ("statuses", lambda _: b"junk", ErrorCode.AUTHORITY_INVALID),
        ("fetched", lambda: silent(b""), ErrorCode.AUTHORITY_UNAVAILABLE),
        ("fetched", lambda: [b"junk"], ErrorCode.AUTHORITY_INVALID),
        ("fetched", lambda: (), ErrorCode.AUTHORITY_INVALID),
    ],
    ids=[
        *("stamp late", "stamp empty", "stamp page", "status late", "status later"),
        *("status malformed", "status junk", "list late", "list junk", "no list"),
    ],
)
def test_a_service_that_fails_is_told_from_one_that_lies(
    archive: Archive, which: str, answer: Any, code: ErrorCode
) -> None:
    setattr(archive.services, which, answer)
    assert refused(archive, archive.made()) is code


def test_a_refused_request_may_go_better_later(archive: Archive) -> None:
    archive.services.timestamps = lambda _: archive.ground.timestamps.answer(b"")
    assert refused(archive, archive.made()) is ErrorCode.AUTHORITY_UNAVAILABLE


def test_a_token_for_another_digest_is_not_taken_for_ours(archive: Archive) -> None:
    kept_answers: list[bytes] = []

    def first_again(body: bytes) -> bytes:
        kept_answers.append(archive.ground.timestamps.answer(body))
        return kept_answers[0]

    archive.services.timestamps = first_again
    assert refused(archive, archive.made()) is ErrorCode.AUTHORITY_INVALID


def test_a_token_for_another_request_is_not_taken_for_ours(archive: Archive) -> None:
    def of_another(body: bytes) -> bytes:
        request = tsp.TimeStampReq.load(body)
        request["nonce"] = 4711
        return archive.ground.timestamps.answer(request.dump())

    archive.services.timestamps = of_another
    assert refused(archive, archive.made()) is ErrorCode.AUTHORITY_INVALID


def test_an_answer_about_another_certificate_is_not_taken_for_ours(archive: Archive) -> None:
    kept_answers: list[bytes] = []

    def first_again(body: bytes) -> bytes:
        kept_answers.append(archive.ground.responder.answer(body))
        return kept_answers[0]

    archive.services.statuses = first_again
    assert refused(archive, archive.made()) is ErrorCode.AUTHORITY_INVALID


def test_an_older_answer_is_not_taken_for_a_new_one(archive: Archive) -> None:
    kept_answers: dict[int, bytes] = {}

    def first_again(body: bytes) -> bytes:
        serial = pyca.load_der_ocsp_request(body).serial_number
        return kept_answers.setdefault(serial, archive.ground.responder.answer(body))

    archive.services.statuses = first_again
    archive.upgraded(archive.made())
    assert refused(archive, archive.made()) is ErrorCode.AUTHORITY_INVALID


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_clock_that_is_wrong_is_not_trusted(archive: Archive, minutes: int) -> None:
    pdf, real = archive.made(), archive.ground.timestamps.answer
    archive.ground.clock.advance(minutes=60)

    def wrongly(body: bytes) -> bytes:
        archive.ground.clock.advance(minutes=minutes)
        try:
            return real(body)
        finally:
            archive.ground.clock.advance(minutes=-minutes)

    archive.services.timestamps = wrongly
    assert refused(archive, pdf) is ErrorCode.AUTHORITY_INVALID


def test_a_foreign_timestamp_authority_is_not_believed(archive: Archive, tmp_path: Path) -> None:
    from sandbox.pki.serials import Serials  # noqa: PLC0415
    from tests.sandbox.pki.ground import Ground  # noqa: PLC0415

    (tmp_path / "foreign").mkdir()
    with Serials(tmp_path / "foreign" / "serials") as serials:
        foreign = Ground.build(tmp_path / "foreign", serials, archive.ground.clock)
        foreign.certify()
        archive.services.timestamps = foreign.timestamps.answer
        assert refused(archive, archive.made()) is ErrorCode.AUTHORITY_INVALID


def test_a_spoiled_token_is_not_kept(archive: Archive) -> None:
    real = archive.ground.timestamps.answer
    archive.services.timestamps = lambda body: tampering.flipped(real(body), len(real(body)) - 9)
    assert refused(archive, archive.made()) is ErrorCode.AUTHORITY_INVALID


def test_an_answer_signed_by_nobody_we_know_is_not_kept(archive: Archive) -> None:
    real = archive.ground.responder.answer
    spoil = re.compile(rb"(\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x03.{12})", re.DOTALL)

    def spoiled(body: bytes) -> bytes:
        answer = real(body)
        found = spoil.search(answer)
        assert found is not None
        return tampering.flipped(answer, found.end())

    archive.services.statuses = spoiled
    assert refused(archive, archive.made()) is ErrorCode.AUTHORITY_INVALID


def test_what_the_department_signed_of_the_document_is_left_alone(kept: Kept) -> None:
    _, before, after = kept
    for name in ("/Metadata", "/Lang", "/StructTreeRoot", "/Names", "/AF", "/OutputIntents"):
        assert reader(after).root.raw_get(name) == reader(before).root.raw_get(name)
    assert reader(after).trailer_view["/Info"] == reader(before).trailer_view["/Info"]


def test_the_new_fields_are_as_invisible_as_the_signatures(kept: Kept) -> None:
    for one in reader(kept[2]).embedded_signatures:
        field: Any = one.sig_field
        assert field["/F"] == 132
        assert list(field["/Rect"]) == [0, 0, 0, 0]
        assert field["/TU"]


def test_our_own_check_calls_both_files_valid_when_both_are_in_the_log(kept: Kept) -> None:
    archive, before, after = kept
    entry = LogEntry(
        number="n",
        state=CertificateState.VALID,
        issued_at=NOON,
        valid_until=NOON + YEAR,
    )
    log = MemoryLog({hashlib.sha256(one).hexdigest(): entry for one in (before, after)})
    inspector = PdfInspector([archive.ground.pki.root_pem()])
    now = archive.ground.clock.now()
    for one in (before, after):
        assert check_pdf(one, inspector=inspector, log=log, now=now, limits=Limits()).valid


@needs("qpdf")
def test_another_reader_finds_no_fault_in_the_file(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "kept.pdf").write_bytes(kept[2])
    said = run("qpdf", "--check", "kept.pdf", cwd=tmp_path)
    assert b"No syntax or stream encoding errors" in said


@needs("pdfsig")
def test_a_desktop_reader_calls_the_signature_valid(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "kept.pdf").write_bytes(kept[2])
    said = run("pdfsig", "-nocert", "kept.pdf", cwd=tmp_path)
    assert said.count(b"Signature Validation: Signature is Valid.") == 1
    assert b"Signature Type: ETSI.CAdES.detached" in said


@needs("openssl")
def test_openssl_verifies_both_timestamps(kept: Kept, tmp_path: Path) -> None:
    archive, _, pdf = kept
    archive.ground.pem("root.pem", archive.ground.pki.root)
    root = archive.ground.folder / "root.pem"
    for at, stamp in enumerate(reader(pdf).embedded_timestamp_signatures):
        token = tsp.ContentInfo.load(bytes(stamp.pkcs7_content)).dump()
        (tmp_path / f"{at}.tst").write_bytes(token)
        (tmp_path / f"{at}.data").write_bytes(_covered(pdf, stamp.byte_range))
        verify = ("-data", f"{at}.data", "-in", f"{at}.tst", "-token_in", "-CAfile", str(root))
        moment = str(int((NOON + timedelta(minutes=1)).timestamp()))
        said = run("openssl", "ts", "-verify", *verify, "-attime", moment, cwd=tmp_path)
        assert b"Verification: OK" in said


def _covered(pdf: bytes, span: Any) -> bytes:
    first, length, second, rest = (int(one) for one in span)
    return pdf[first : first + length] + pdf[second : second + rest]


def _unknown(answer: bytes) -> bytes:
    """A responder that knows nothing: the same answer with its tag for "unknown"."""
    found = pyca.load_der_ocsp_response(answer)
    if found.certificate_status is not pyca.OCSPCertStatus.REVOKED:
        return answer
    from asn1crypto import ocsp  # noqa: PLC0415

    response = ocsp.OCSPResponse.load(answer)
    basic = response.basic_ocsp_response
    basic["tbs_response_data"]["responses"][0]["cert_status"] = ocsp.CertStatus(
        "unknown", ocsp.StatusUnknown()
    )
    response["response_bytes"]["response"] = basic
    der: bytes = response.dump(force=True)
    return der
