"""The PKI services as the launcher starts them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from launch.pki import PkiServices
from launch.process import Processes


@pytest.fixture
def processes() -> Iterator[Processes]:
    with Processes() as running:
        yield running


def services(var: Path, processes: Processes, **given: str) -> PkiServices:
    return PkiServices(given=given, var=var, api_url="http://127.0.0.1:9", processes=processes)


def test_they_make_their_requests_and_are_told_of_by_settings(
    tmp_path: Path, processes: Processes
) -> None:
    pki = services(tmp_path, processes)
    pki.start()
    pki.wait()
    assert pki.settings.keys() == {"TSA_URL", "OCSP_URL", "CRL_URLS"}
    assert pki.settings["TSA_URL"].endswith("/tsa")
    (word,) = pki.words
    folder = Path(word.removeprefix("--requests="))
    for name in ("timestamp", "status"):
        assert x509.load_der_x509_csr((folder / f"{name}.csr").read_bytes()).is_signature_valid


def test_the_port_that_certificates_name_is_kept(tmp_path: Path) -> None:
    named = []
    for _ in range(2):
        with Processes() as running:
            pki = services(tmp_path, running)
            pki.start()
            pki.wait()
            named.append(pki.settings)
    assert named[0] == named[1]


def test_another_port_is_taken_where_somebody_has_the_old_one(
    tmp_path: Path, processes: Processes
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        (tmp_path / "pki").mkdir()
        (tmp_path / "pki" / "port").write_text(str(taken))
        pki = services(tmp_path, processes)
        pki.start()
        pki.wait()
    assert f":{taken}/" not in pki.settings["TSA_URL"]


def test_given_services_are_used_and_none_is_started(tmp_path: Path, processes: Processes) -> None:
    given = {
        "TSA_URL": "https://t.example",
        "OCSP_URL": "https://o.example",
        "CRL_URLS": "https://c",
    }
    pki = services(tmp_path, processes, **given)
    pki.start()
    pki.wait()
    assert pki.settings == given
    assert pki.words == ()
    assert not (tmp_path / "pki").exists()
