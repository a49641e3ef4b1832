"""The check that needs no server, as a library and as a command."""

import datetime as dt
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509

from certificates.__main__ import main
from certificates.check_certificate import certified_check_key, check_chain
from certificates.checking import Limits
from certificates.errors import CertificateError, ErrorCode
from certificates.inspection import PdfInspector
from certificates.keys import FileKeys
from certificates.offline import OfflineVerdict, check_offline
from certificates.publishing import check_key_set, read_check_keys, signers_pem
from certificates.reading.statement import AttachedStatement
from certificates.results import MadeCertificate
from certificates.signatory import Signatory
from certificates.signers import signing_key
from certificates.verdicts import Freshness, Integrity, IssuerTrust, Listing, Standing
from tests.certificates import appended, hostile, tampering
from tests.certificates.attacks import Scene
from tests.certificates.builders import NOON, Office
from tests.certificates.test_revocation import crl, serial

LATER = NOON + dt.timedelta(hours=12)


def check(inspector: PdfInspector, data: bytes, *, now: dt.datetime = LATER) -> OfflineVerdict:
    return check_offline(data, inspector=inspector, now=now, limits=Limits())


def test_a_certificate_is_genuine_and_what_only_the_log_knows_is_left_open(
    inspector: PdfInspector, made: MadeCertificate
) -> None:
    found = check(inspector, made.pdf)
    assert found.genuine
    assert found.verdict.integrity is Integrity.INTACT
    assert found.verdict.issuer is IssuerTrust.TRUSTED
    assert found.verdict.freshness is Freshness.CURRENT
    assert found.verdict.status is Standing.NOT_CHECKED
    assert found.verdict.in_our_log is Listing.NOT_CHECKED
    assert found.verdict.number == made.number
    assert not found.verdict.valid


def test_an_upgraded_certificate_is_genuine_too(
    inspector: PdfInspector, made: MadeCertificate
) -> None:
    upgraded = appended.with_timestamp(appended.with_validation_data(made.pdf))
    assert check(inspector, upgraded).genuine


@pytest.mark.parametrize(
    ("days", "freshness"),
    [(-1, Freshness.NOT_YET_VALID), (29, Freshness.CURRENT), (31, Freshness.EXPIRED)],
)
def test_its_time_is_read_from_what_was_signed(
    inspector: PdfInspector, made: MadeCertificate, days: int, freshness: Freshness
) -> None:
    # A day before it was issued the signer's certificate did not hold either.
    now = made.issued_at + dt.timedelta(days=days) if days > 0 else NOON - dt.timedelta(seconds=1)
    found = check(inspector, made.pdf, now=now)
    assert found.verdict.freshness is freshness
    assert found.genuine is (freshness is Freshness.CURRENT)


@pytest.mark.parametrize(
    ("data", "integrity"),
    [
        (b"hello", Integrity.NOT_A_PDF),
        (b"%PDF-" + bytes(5_000_000), Integrity.TOO_LARGE),
        (b"%PDF-1.7", Integrity.TRUNCATED),
    ],
)
def test_what_is_no_certificate_is_refused(
    inspector: PdfInspector, data: bytes, integrity: Integrity
) -> None:
    found = check(inspector, data)
    assert found.verdict.integrity is integrity
    assert not found.genuine


def test_a_signed_page_without_a_statement_is_not_genuine(
    inspector: PdfInspector, scene: Scene
) -> None:
    found = check(inspector, scene.signed(hostile.written({})))
    assert found.verdict.integrity is Integrity.INTACT
    assert found.verdict.freshness is Freshness.UNKNOWN
    assert not found.genuine


def attached(data: bytes, filters: bytes = b"", name: bytes = b"certificate.json") -> bytes:
    return hostile.written(
        {
            4: b"<</Type/Filespec/EF<</F 5 0 R>>>>",
            5: hostile.stream(b"/Type/EmbeddedFile/Subtype/application#2Fjson" + filters, data),
        },
        catalogue=b"/Names<</EmbeddedFiles<</Names[(" + name + b")4 0 R]>>>>",
    )


TIMES = b'{"issued_at":"2026-01-01T00:00:00Z","valid_until":"2026-02-01T00:00:00Z","provisional":0}'


def test_a_statement_is_read_plain_or_packed() -> None:
    found = AttachedStatement.read(attached(TIMES), most_objects=99)
    assert found is not None
    assert found.valid_until == dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    assert not found.provisional


def test_a_provisional_certificate_says_so(inspector: PdfInspector, scene: Scene) -> None:
    times = TIMES.replace(b"2026-01", b"2026-11").replace(b"2026-02", b"2026-12")
    found = check(inspector, scene.signed(attached(times.replace(b":0}", b":true}"))))
    assert found.verdict.freshness is Freshness.PROVISIONAL
    assert found.genuine


@pytest.mark.parametrize(
    "pdf",
    [
        b"%PDF-1.7",
        hostile.written({}),
        attached(TIMES, name=b"other.json"),
        attached(TIMES, filters=b"/Filter/FlateDecode"),
        attached(TIMES.replace(b"Z", b"")),
        attached(TIMES.replace(b"2026-01-01T00:00:00Z", b"yesterday")),
        attached(b"[]"),
        attached(b"{"),
        attached(TIMES).replace(b"/F 5 0 R", b"/F 9 0 R"),
    ],
)
def test_a_statement_of_another_shape_is_none(pdf: bytes) -> None:
    assert AttachedStatement.read(pdf, most_objects=99) is None


# The command


@pytest.fixture(scope="module")
def folder(office: Office, scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("offline")
    (path / "root.pem").write_bytes(office.pki.root_pem())
    (path / "good.pdf").write_bytes(scene.pdf)
    (path / "bad.pdf").write_bytes(tampering.page_hidden(scene.pdf))
    (path / "revoked.crl").write_bytes(crl(office, serial(scene)))
    (path / "issuing.crl").write_bytes(crl(office))
    (path / "root.crl").write_bytes(crl(office, by="root"))
    chain = check_chain(office.keys, now=NOON)
    (path / "keys.json").write_text(json.dumps(check_key_set([chain])))
    return path


ROOT = ("--root", "root.pem")


def root_of(folder: Path) -> tuple[str, Path]:
    return ("--root", folder / "root.pem")


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code = main([*map(str, arguments), "--at", LATER.isoformat()])
    return code, json.loads(capsys.readouterr().out)


def test_the_command_says_genuine_and_names_no_person(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lists = ("--crl", folder / "issuing.crl", "--crl", folder / "root.crl")
    code, told = run(capsys, "check", folder / "good.pdf", "--root", folder / "root.pem", *lists)
    assert code == 0
    assert told["genuine"] is True
    assert told["revocation"] == "CHECKED"
    assert told["certificate"]["type"] == "household_registration"
    assert "张明远" not in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize(
    ("file", "lists", "part"),
    [
        ("bad.pdf", [], {"integrity": "CHANGED_AFTER_SIGNING"}),
        ("good.pdf", ["revoked.crl"], {"integrity": "INTACT", "issuer": "SIGNER_REVOKED"}),
        ("good.pdf", ["issuing.crl"], {"issuer": "REVOCATION_UNKNOWN"}),
    ],
)
def test_the_command_says_what_is_wrong(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    lists: list[str],
    part: dict[str, str],
) -> None:
    given = [word for name in lists for word in ("--crl", folder / name)]
    code, told = run(capsys, "check", folder / file, "--root", folder / "root.pem", *given)
    assert code == 1
    assert told["genuine"] is False
    assert part.items() <= told["verdict"].items()
    assert told["certificate"] is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check", "none.pdf", "--root", "root.pem"], "FILE_UNREADABLE"),
        (["check", "good.pdf", "--root", "none.pem"], "ROOT_UNREADABLE"),
        (["check", "good.pdf", "--root", "good.pdf"], "ROOT_UNREADABLE"),
        (["check", "good.pdf", "--root", "root.pem", "--crl", "root.pem"], "CRL_UNREADABLE"),
        (["qr", "https://a.example/check?id=1", "--keys", "keys.json", *ROOT], "QR_NOT_OURS"),
        (["qr", "https://[", "--keys", "keys.json", *ROOT], "QR_NOT_OURS"),
        (["qr", "x", "--keys", "keys.json", "--root", "none.pem"], "ROOT_UNREADABLE"),
        (["qr", "x?id=1&code=2&t=3", "--keys", "root.pem", *ROOT], "KEYS_UNREADABLE"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_judged(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: str,
) -> None:
    monkeypatch.chdir(folder)
    exit_code, told = run(capsys, *arguments)
    assert (exit_code, told) == (2, {"genuine": None, "code": code})


def test_a_qr_is_checked_with_the_published_keys(
    folder: Path, made: MadeCertificate, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = run(capsys, "qr", made.check_url, "--keys", folder / "keys.json", *root_of(folder))
    assert code == 0
    assert told["verdict"] == {"issuer": "QR_TRUSTED", "freshness": "CURRENT"}
    assert told["certificate"]["id"] == "cer_01test"


@pytest.mark.parametrize("change", ["id=cer_01test", "code=", "t="])
def test_a_qr_that_was_changed_is_forged(
    folder: Path, made: MadeCertificate, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    address = made.check_url.replace(change, change + "0", 1)
    code, told = run(capsys, "qr", address, "--keys", folder / "keys.json", *root_of(folder))
    assert code == 1
    assert told["genuine"] is False


def test_a_qr_of_another_time_is_not_genuine_now(
    folder: Path, made: MadeCertificate, capsys: pytest.CaptureFixture[str]
) -> None:
    for at, freshness in (("2027-11-23T00:00", "EXPIRED"), ("2026-11-23T03:58", "NOT_YET_VALID")):
        words = ["qr", made.check_url, "--keys", str(folder / "keys.json")]
        words += map(str, root_of(folder))
        assert main([*words, "--at", f"{at}:00Z"]) == 1
        assert json.loads(capsys.readouterr().out)["verdict"]["freshness"] == freshness


def test_a_moment_needs_its_offset(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["qr", "x", "--keys", "k", *map(str, root_of(folder))]
    with pytest.raises(SystemExit) as stopped:
        main([*words, "--at", "2026-11-01T00:00:00"])
    assert stopped.value.code == 2
    assert "offset" in capsys.readouterr().err


# What is published


def roots(office: Office) -> list[x509.Certificate]:
    return [x509.load_pem_x509_certificate(office.pki.root_pem())]


def test_published_keys_read_back_under_the_root_by_the_names_in_tokens(office: Office) -> None:
    words = check_key_set([check_chain(office.keys, now=NOON)])
    (jwk,) = words["keys"]
    text = json.dumps(words).encode()
    (read,) = read_check_keys(text, roots=roots(office), now=NOON).items()
    assert read == (bytes.fromhex(jwk["kid"]), office.keys.private_key("check").public_key())
    assert "d" not in jwk
    assert read_check_keys(text, roots=[], now=NOON) == {}
    assert read_check_keys(text, roots=roots(office), now=NOON - dt.timedelta(days=1)) == {}


def test_the_certificate_of_qr_codes_is_made_once(office: Office) -> None:
    later = check_chain(office.keys, now=NOON + dt.timedelta(days=9))
    assert check_chain(office.keys, now=NOON) == later


def test_without_an_authority_there_is_no_certificate(tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match=ErrorCode.PKI_INCONSISTENT):
        check_chain(FileKeys(tmp_path / "keys"), now=NOON)


def test_no_other_certificate_of_ours_signs_qr_codes(office: Office, scene: Scene) -> None:
    first, issuing = check_chain(office.keys, now=NOON)
    assert certified_check_key([first, issuing], roots=roots(office), now=NOON) is not None
    without_purpose = tampering.without_extension(
        scene.signatory, x509.ExtendedKeyUsage, authority=scene.authority
    )
    for chain in (
        [],
        [without_purpose.certificate, issuing],
        [first],
        [issuing],
        [scene.signatory.certificate, issuing],
        [first, scene.signatory.certificate],
    ):
        assert certified_check_key(chain, roots=roots(office), now=NOON) is None


def test_the_certificate_of_qr_codes_signs_no_document(
    office: Office, scene: Scene, inspector: PdfInspector
) -> None:
    first, issuing = check_chain(office.keys, now=NOON)
    key = signing_key(office.keys.private_key("check"))
    other = Signatory(key=key, certificate=first, intermediates=(issuing,))
    found = check(inspector, hostile.signed(tampering.unsigned(scene.pdf), other))
    assert found.verdict.issuer is IssuerTrust.SIGNER_UNFIT
    assert not found.genuine


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"[]", b"{}", b'{"keys":[1]}', b'{"keys":[{}]}', b"[" * 100_000),
        *(b'{"keys":[{"x5c":["?"]}]}', b'{"keys":[{"x5c":["MAA="]}]}', b'{"keys":[{"x5c":[7]}]}'),
    ],
)
def test_what_is_no_set_of_keys_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_check_keys(text, roots=[], now=NOON)


def test_rotated_signers_stay_published(tmp_path: Path) -> None:
    office = Office(tmp_path / "keys")
    department = office.catalogue.get("household_registration").department
    office.pki.signatory(department, now=NOON)
    office.pki.rotate(department, now=NOON)
    pem = signers_pem(office.keys, [department, department])
    assert pem.count(b"BEGIN CERTIFICATE") == 3
    assert b"PRIVATE" not in pem


def test_the_qr_is_read_from_the_input_too(
    folder: Path,
    made: MadeCertificate,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Scanner:
        def read(self, _most: int) -> str:
            return made.check_url + "\n"

    monkeypatch.setattr("sys.stdin", Scanner())
    assert run(capsys, "qr", "-", "--keys", folder / "keys.json", *root_of(folder))[0] == 0
    assert urlsplit(made.check_url).path == "/check"
