"""A call goes to the address that was judged, under the name the partner gave, and is bounded."""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.core.clock import SystemClock
from app.notifications.calling import HttpCaller, resolved
from app.notifications.ports import Target

HOST = "hooks.partner.example"


@dataclass
class Server:
    """A receiver with a certificate for HOST, whose authority is in a file."""

    port: int
    authority: Path
    seen: list[str]

    def target(self, host: str = HOST) -> Target:
        return Target(
            url=f"https://{host}:{self.port}/h",
            secure=True,
            host=host,
            port=self.port,
            path="/h",
            address="127.0.0.1",
        )


def self_signed(folder: Path) -> tuple[Path, Path]:
    key, now = ec.generate_private_key(ec.SECP256R1()), SystemClock().now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName(HOST), x509.IPAddress(ip_address("192.0.2.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.headers["Host"])
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    certificate, private = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.socket = context.wrap_socket(running.socket, server_side=True)
    running.handle_error = lambda *_: None  # type: ignore[method-assign]
    running.daemon_threads = True
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield Server(port=running.server_address[1], authority=certificate, seen=seen)
    running.shutdown()
    running.server_close()
    thread.join()


def test_the_judged_address_is_called_under_the_partners_name(server: Server) -> None:
    sent = HttpCaller(authorities=server.authority).post(server.target(), headers={}, body=b"{}")
    assert (sent.status, sent.failure) == (204, None)
    assert server.seen == [f"{HOST}:{server.port}"]


def test_a_certificate_for_another_name_is_refused(server: Server) -> None:
    caller = HttpCaller(authorities=server.authority)
    sent = caller.post(server.target("other.example"), headers={}, body=b"{}")
    assert (sent.status, sent.failure) == (None, "tls_refused")
    assert server.seen == []


def test_an_authority_nobody_knows_is_refused(server: Server) -> None:
    sent = HttpCaller().post(server.target(), headers={}, body=b"{}")
    assert (sent.status, sent.failure) == (None, "tls_refused")
    assert server.seen == []


def test_a_host_is_looked_up() -> None:
    assert resolved("127.0.0.1", 80) == ["127.0.0.1"]
    with pytest.raises(OSError, match=r".+"):
        resolved("no-such-host.invalid", 80)
