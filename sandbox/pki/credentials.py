"""A service's own key, its request for a certificate, and the certificate once it is there."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.pki.refusals import CannotStart, NotReady

if TYPE_CHECKING:
    from pathlib import Path

_CHAIN = 2
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """All a service signs with."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    issuing: x509.Certificate
    """The authority that certified it."""


class CredentialFile:
    """`<name>.key` and `<name>.csr`, made here; `<name>.pem`, put there by whoever certifies."""

    def __init__(self, directory: Path, name: str) -> None:
        """Read the key, making it and the request at the first start.

        Raises:
            CannotStart: the key can be read by others, or is none.
        """
        self._name = name
        self._chain = directory / f"{name}.pem"
        self._key = _key(directory / f"{name}.key")
        self._read: tuple[int, Credential] | None = None
        request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
        der = request.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        (directory / f"{name}.csr").write_bytes(der)

    def credential(self) -> Credential:
        """Return key and certificate; a new certificate is noticed.

        Raises:
            NotReady: not certified yet, or for another key.
        """
        try:
            changed = self._chain.stat().st_mtime_ns
            if self._read is None or self._read[0] != changed:
                self._read = changed, self._loaded()
        except (OSError, ValueError) as missing:
            msg = f"no certificate for {self._name}"
            raise NotReady(msg) from missing
        return self._read[1]

    def _loaded(self) -> Credential:
        chain = x509.load_pem_x509_certificates(self._chain.read_bytes())
        if len(chain) != _CHAIN or chain[0].public_key() != self._key.public_key():
            msg = "not a chain for this key"
            raise ValueError(msg)
        return Credential(key=self._key, certificate=chain[0], issuing=chain[1])


def _key(path: Path) -> ec.EllipticCurvePrivateKey:
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made)
    if path.stat().st_mode & _OTHERS:
        msg = f"others may read {path.name}"
        raise CannotStart(msg)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as unreadable:
        msg = f"{path.name} holds no key"
        raise CannotStart(msg) from unreadable
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        msg = f"{path.name} is not a P-256 key"
        raise CannotStart(msg)
    return key
