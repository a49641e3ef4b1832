from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from certificates.crl_folder import CrlFolder, crl_der
from tests.certificates.builders import Office
from tests.certificates.test_revocation import crl


@pytest.fixture
def folder(tmp_path: Path) -> CrlFolder:
    return CrlFolder(tmp_path)


def pem(der: bytes) -> bytes:
    return x509.load_der_x509_crl(der).public_bytes(serialization.Encoding.PEM)


def test_a_folder_that_is_missing_is_empty(tmp_path: Path) -> None:
    assert CrlFolder(tmp_path / "none").lists() == ()


def test_lists_are_read_in_both_spellings(
    office: Office, tmp_path: Path, folder: CrlFolder
) -> None:
    (tmp_path / "a.crl").write_bytes(crl(office))
    (tmp_path / "b.crl").write_bytes(pem(crl(office, by="root")))
    expected = tuple(crl_der((tmp_path / name).read_bytes()) for name in ("a.crl", "b.crl"))
    assert folder.lists() == expected
    assert all(one.startswith(b"\x30") for one in expected)


def test_a_new_list_is_seen_at_the_next_look(
    office: Office, tmp_path: Path, folder: CrlFolder
) -> None:
    assert folder.lists() == ()
    (tmp_path / "a.crl").write_bytes(crl(office))
    first = folder.lists()
    assert folder.lists() is first
    (tmp_path / "a.crl").write_bytes(crl(office, 1, 2, 3))
    assert folder.lists() != first
    (tmp_path / "a.crl").unlink()
    assert folder.lists() == ()


def test_what_is_no_list_is_passed_over(office: Office, tmp_path: Path, folder: CrlFolder) -> None:
    (tmp_path / "a.crl").write_bytes(b"not a list")
    (tmp_path / "b.crl").write_bytes(crl(office))
    (tmp_path / "c.txt").write_bytes(crl(office, by="root"))
    (tmp_path / "d.crl").write_bytes(bytes(4_000_001))
    (tmp_path / "e.crl").write_bytes(b"-----BEGIN X509 CRL-----\n")
    assert len(folder.lists()) == 1


def test_a_folder_full_of_lists_is_read_in_part(
    office: Office, tmp_path: Path, folder: CrlFolder
) -> None:
    one = crl(office)
    for number in range(70):
        (tmp_path / f"{number:02}.crl").write_bytes(one)
    assert len(folder.lists()) == 64
