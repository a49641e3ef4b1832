"""Every file on the list of bad ones, sent as anybody may send it."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from certificates.catalogue import Catalogue
from certificates.keys import FileKeys
from certificates.maker import CertificateMaker
from certificates.pki import Pki
from tests.app.device import Device
from tests.app.documents.people import HOUSEHOLD, issued, members, pdf_of
from tests.app.world import World
from tests.certificates import hostile
from tests.certificates.attacks import ATTACKS, Scene
from tests.certificates.builders import order, person, said
from tests.certificates.tools import needs

PATH = "/v1/certificate-checks"
UNLISTED = ["UNKNOWN", "UNKNOWN", "UNLISTED"]


def keys_of(world: World) -> FileKeys:
    return FileKeys(world.settings.keys_path / "certificates")


def scene(world: World, pdf: bytes) -> Scene:
    keys, now = keys_of(world), world.clock.now()
    department = Catalogue.load().get(HOUSEHOLD).department
    return Scene(
        pdf=pdf,
        signatory=Pki.open(keys=keys, now=now).signatory(department, now=now),
        authority=keys.private_key("issuing"),
        now=now,
    )


def verdict(world: World, pdf: bytes) -> tuple[bool, list[str]]:
    response = world.client.post(PATH, data=pdf, content_type="application/pdf")
    assert response.status_code == 200, response.text
    told: dict[str, Any] = members(response)
    parts = ("integrity", "issuer", "status", "freshness", "in_our_log")
    return told["valid"], [told["verdict"][part]["code"] for part in parts]


def revocation_list(
    world: World, serial: int, *, days_ago: int = 0, lasts: int = 7, reason: str = "key_compromise"
) -> bytes:
    """What the issuing CA says, DER: one certificate revoked so many days ago."""
    keys, now = keys_of(world), world.clock.now()
    der = keys.document("issuing")
    assert der is not None
    issuing = x509.load_der_x509_certificate(der)
    revoked = (
        x509.RevokedCertificateBuilder()
        .serial_number(serial)
        .revocation_date(now - timedelta(days=days_ago))
        .add_extension(x509.CRLReason(x509.ReasonFlags[reason]), critical=False)
        .build()
    )
    crl = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuing.subject)
        .last_update(now - timedelta(days=days_ago))
        .next_update(now - timedelta(days=days_ago) + timedelta(days=lasts))
        .add_revoked_certificate(revoked)
        .sign(keys.private_key("issuing"), hashes.SHA256())
    )
    return crl.public_bytes(serialization.Encoding.DER)


def publish(world: World, crl: bytes) -> None:
    folder = world.settings.crl_path
    folder.mkdir(exist_ok=True)
    (folder / "issuing.crl").write_bytes(crl)


def serial_of_signer(world: World) -> int:
    return scene(world, b"").signatory.certificate.serial_number


def test_each_bad_file_fails_in_its_own_part_and_the_others_say_what_they_know(
    zhang: Device, world: World
) -> None:
    here = scene(world, pdf_of(zhang, issued(zhang)))
    found = {name: verdict(world, build(here)) for name, (build, _, _) in ATTACKS.items()}
    assert found == {
        name: (False, [integrity.value, issuer.value, *UNLISTED])
        for name, (_, integrity, issuer) in ATTACKS.items()
    }


@pytest.mark.parametrize("options", [(), ("--object-streams=generate",), ("--qdf",)], ids=str)
@needs("qpdf")
def test_what_qpdf_saved_again_is_not_the_file_that_was_issued(
    zhang: Device, world: World, tmp_path: Path, options: tuple[str, ...]
) -> None:
    before, after = tmp_path / "before.pdf", tmp_path / "after.pdf"
    before.write_bytes(pdf_of(zhang, issued(zhang)))
    program = shutil.which("qpdf")
    assert program is not None
    subprocess.run([program, *options, str(before), str(after)], check=True)  # noqa: S603
    valid, codes = verdict(world, after.read_bytes())
    assert not valid
    assert codes[0] in {"RANGE_WRONG", "SIGNATURE_BROKEN"}
    assert codes[1:] == ["UNKNOWN", *UNLISTED]


def test_a_certificate_under_another_root_is_intact_and_foreign(
    zhang: Device, world: World, tmp_path: Path
) -> None:
    issued(zhang)
    keys, now = FileKeys(tmp_path / "theirs"), world.clock.now()
    maker = CertificateMaker(
        catalogue=Catalogue.load(),
        pki=Pki.open(keys=keys, now=now),
        check_key=keys.private_key("check"),
        check_base_url="https://check.example",
    )
    evidence = {"population": said(person(), as_of=now)}
    theirs = maker.make(order(issued_at=now, evidence=evidence))
    assert verdict(world, theirs.pdf) == (False, ["INTACT", "FOREIGN_ROOT", *UNLISTED])


def test_a_signer_revoked_before_it_was_issued_fails_in_the_issuer_alone(
    zhang: Device, world: World
) -> None:
    pdf = pdf_of(zhang, issued(zhang))
    publish(world, revocation_list(world, serial_of_signer(world), days_ago=1))
    codes = ["INTACT", "SIGNER_REVOKED", "VALID", "CURRENT", "LISTED"]
    assert verdict(world, pdf) == (False, codes)
    page = world.client.post("/check?lang=en", data={"pdf": (io.BytesIO(pdf), "a.pdf")}).text
    assert "The signing certificate was revoked." in page


def test_what_a_signer_signed_before_it_was_revoked_stays_good(zhang: Device, world: World) -> None:
    pdf = pdf_of(zhang, issued(zhang))
    world.clock.advance(days=2)
    publish(world, revocation_list(world, serial_of_signer(world), days_ago=1))
    assert verdict(world, pdf) == (True, ["INTACT", "TRUSTED", "VALID", "CURRENT", "LISTED"])


def test_a_file_that_was_not_logged_has_no_proof_of_its_time(zhang: Device, world: World) -> None:
    here = scene(world, pdf_of(zhang, issued(zhang)))
    world.clock.advance(days=2)
    publish(world, revocation_list(world, serial_of_signer(world), days_ago=1))
    never_issued = here.signed(hostile.written({}))
    assert verdict(world, never_issued) == (False, ["INTACT", "SIGNER_REVOKED", *UNLISTED])


def test_our_own_authority_s_list_never_runs_out(zhang: Device, world: World) -> None:
    here = scene(world, pdf_of(zhang, issued(zhang)))
    publish(world, revocation_list(world, 1, days_ago=9, lasts=7))
    never_issued = here.signed(hostile.written({}))
    assert verdict(world, never_issued)[1][:2] == ["INTACT", "TRUSTED"]
    # What the log knows is good by the log.
    assert verdict(world, here.pdf)[0]


@pytest.mark.parametrize("front", [b"PK\x03\x04", b"<!doctype html>\n", b"\xff\xd8\xff\xe0", b"\n"])
def test_a_file_of_two_kinds_is_refused_by_how_it_begins(
    zhang: Device, world: World, front: bytes
) -> None:
    pdf = front + pdf_of(zhang, issued(zhang))
    response = world.client.post(PATH, data=pdf, content_type="application/pdf")
    assert (response.status_code, members(response)["code"]) == (422, "NOT_A_PDF")
