"""The services over HTTP, and the program."""

from __future__ import annotations

import base64
import http.client
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.x509 import ocsp as pyca

from certificates.profiles import Service
from sandbox.pki.register import HttpPublications
from tests.certificates.tools import needs, run
from tests.sandbox.pki.ground import Ground
from tests.sandbox.pki.test_status import asked
from tests.sandbox.pki.test_timestamps import request

PROJECT = Path(__file__).parents[3]
QUERY, QUESTION = "application/timestamp-query", "application/ocsp-request"


@pytest.fixture
def address(ground: Ground) -> Iterator[str]:
    ground.clock.advance(seconds=2)
    with ground.serving() as base:
        yield base


def send(
    address: str, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, str, bytes]:
    link = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        link.request(method, path, body=body, headers=named)
        answer = link.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()
    finally:
        link.close()


def test_a_timestamp_comes_by_post(address: str) -> None:
    status, kind, body = send(address, "POST", "/tsa", request(), Content_Type=QUERY)
    assert (status, kind) == (200, "application/timestamp-reply")
    assert tsp.TimeStampResp.load(body)["status"]["status"].native == "granted"


def test_a_status_comes_by_post_and_by_get(ground: Ground, address: str) -> None:
    body = asked(ground.certificate(Service.TIMESTAMP), ground.pki.issuing)
    posted = send(address, "POST", "/ocsp", body, Content_Type=QUESTION)
    got = send(address, "GET", "/ocsp/" + quote(base64.b64encode(body), safe=""))
    for status, kind, answer in (posted, got):
        assert (status, kind) == (200, "application/ocsp-response")
        found = pyca.load_der_ocsp_response(answer)
        assert found.certificate_status is pyca.OCSPCertStatus.GOOD


@pytest.mark.parametrize("text", ["", "%%%", "AAAA", "A" * 9000, "é"])
def test_an_address_that_holds_no_question_is_malformed(address: str, text: str) -> None:
    status, _, answer = send(address, "GET", "/ocsp/" + quote(text))
    assert status == 200
    found = pyca.load_der_ocsp_response(answer).response_status
    assert found is pyca.OCSPResponseStatus.MALFORMED_REQUEST


def test_the_lists_are_handed_out(address: str) -> None:
    for path in ("/crl", "/crl/root"):
        status, kind, body = send(address, "GET", path)
        assert (status, kind) == (200, "application/pkix-crl")
        assert len(x509.load_der_x509_crl(body)) == 0


def test_without_a_record_no_list_is_handed_out(ground: Ground, address: str) -> None:
    ground.broken = True
    assert send(address, "GET", "/crl")[0] == 503
    ground.broken = False
    assert send(address, "GET", "/crl")[0] == 200


@pytest.mark.parametrize(
    ("line", "body", "headers", "status"),
    [
        ("POST /tsa", b"x", {"Content_Type": "text/plain"}, 415),
        ("POST /ocsp", b"x", {"Content_Type": QUERY}, 415),
        ("POST /tsa", b"x" * 4097, {"Content_Type": QUERY}, 413),
        ("POST /tsa", b"x", {"Content_Type": QUERY, "Content_Length": "+1"}, 411),
        ("POST /tsa", b"x", {"Content_Type": QUERY, "Content_Length": "9" * 4000}, 413),
        ("POST /other", b"x", {"Content_Type": QUERY}, 404),
        ("GET /other", None, {}, 404),
        ("GET /tsa", None, {}, 404),
        ("GET /health", None, {}, 200),
        ("DELETE /tsa", None, {}, 501),
    ],
)
def test_what_is_no_question_is_refused_before_it_is_read(
    address: str, line: str, body: bytes | None, headers: dict[str, str], status: int
) -> None:
    method, path = line.split()
    assert send(address, method, path, body, **headers)[0] == status


def test_the_seventeenth_at_a_time_is_told_to_come_back(ground: Ground) -> None:
    from sandbox.pki.server import PkiServer, Services  # noqa: PLC0415

    services = Services(
        timestamps=ground.timestamps, responder=ground.responder, register=ground.register
    )
    with PkiServer(address=("127.0.0.1", 0), services=services) as server:
        taken = [server.places.acquire(blocking=False) for _ in range(17)]
    assert taken == [True] * 16 + [False]


@pytest.mark.parametrize("address", ["https://x", "ftp://x", "x", "http://", ""])
def test_a_register_is_read_over_http_alone(address: str) -> None:
    with pytest.raises(ValueError, match="http://"):
        HttpPublications(address)


def test_a_register_that_answers_otherwise_is_not_read(address: str) -> None:
    with pytest.raises(OSError, match="404"):
        HttpPublications(address).fetch("issuing/crl")


@needs("openssl")
def test_openssl_asks_over_http(ground: Ground, address: str, tmp_path: Path) -> None:
    ground.pem("issuing.pem", ground.pki.issuing)
    ground.pem("root.pem", ground.pki.root)
    ground.pem("stamping.pem", ground.certificate(Service.TIMESTAMP))
    ask = ("-issuer", "issuing.pem", "-cert", "stamping.pem", "-url", f"{address}/ocsp")
    at = ("-attime", str(int(ground.clock.now().timestamp())), "-validity_period", "999999999")
    chain = ("-CAfile", "root.pem", "-verify_other", "issuing.pem")
    assert b"stamping.pem: good" in run("openssl", "ocsp", *ask, *at, *chain, cwd=tmp_path)


def test_the_program_makes_its_requests_and_stops_when_asked(tmp_path: Path) -> None:
    data = tmp_path / "pki"
    command = [sys.executable, "-m", "sandbox.pki", "--port=0", f"--data={data}"]
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--register=http://127.0.0.1:9"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as program:
        assert program.stdout is not None
        address = program.stdout.readline().split()[-1]
        assert send(address, "GET", "/health")[0] == 200
        for name in ("timestamp", "status"):
            signed = x509.load_der_x509_csr((data / f"{name}.csr").read_bytes())
            assert signed.is_signature_valid
            assert (data / f"{name}.key").stat().st_mode & 0o077 == 0
        refused = send(address, "POST", "/tsa", request(), Content_Type=QUERY)
        assert refused[0] == 200
        program.terminate()
        assert program.wait(timeout=10) == 0


def test_the_program_says_why_it_cannot_start(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox.pki", "--port=0", f"--data={tmp_path}"]
    done = subprocess.run(  # noqa: S603 - our own program
        [*command, "--register=https://elsewhere"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "cannot start" in done.stderr
    assert "Traceback" not in done.stderr
