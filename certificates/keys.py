"""Where private keys live. The sandbox keeps files; a vault or PKCS#11 can take their place."""

import os
import re
import secrets
import stat
from pathlib import Path
from typing import Protocol, cast

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from certificates.errors import CertificateError, ErrorCode
from certificates.signers import (
    Algorithm,
    PrivateKey,
    SigningKey,
    algorithm_of,
    new_private_key,
    signing_key,
)

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyProvider(Protocol):
    """Keys by name, and public documents (certificates) kept beside them."""

    def private_key(self, name: str) -> ec.EllipticCurvePrivateKey:
        """Return the P-256 key of that name; the first call, in whichever process, makes it."""

    def signing_key(self, name: str, algorithm: Algorithm) -> SigningKey:
        """Return the key of that name, which may never leave a hardware module.

        Args:
            name: of the key.
            algorithm: what is made where there is none; one that is there stays what it is.
        """

    def document(self, name: str) -> bytes | None:
        """Return the document of that name, or nothing."""

    def publish(self, name: str, content: bytes) -> bytes:
        """Store a document once; return what is stored, which may be another process's."""


class FileKeys:
    """Keys as PKCS#8 files (0600) in one folder (0700); safe when two processes start together.

    Security checks:
        1. a name is a plain word: it cannot leave the folder;
        2. the folder is nobody else's to read or change;
        3. a file that others may read or change is not used;
        4. a file appears whole or not at all, and the first one stays: written under another
           name, synced, then linked into place, which fails where a file is there already.
    """

    def __init__(self, directory: Path) -> None:
        """Open the folder, making it where it is missing.

        Raises:
            CertificateError: KEY_UNSAFE.
        """
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_open(directory)  # 2
        self._directory = directory

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return "FileKeys()"

    def private_key(self, name: str) -> ec.EllipticCurvePrivateKey:
        """Return the P-256 key of that name, making it at the first call.

        Raises:
            CertificateError: KEY_UNSAFE, KEY_INVALID.
        """
        key = self._key(name, Algorithm.P256)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise CertificateError(ErrorCode.KEY_INVALID, "not a P-256 key")
        return key

    def signing_key(self, name: str, algorithm: Algorithm) -> SigningKey:
        """Return the key of that name, making one of this algorithm at the first call.

        Raises:
            CertificateError: KEY_UNSAFE, KEY_INVALID.
        """
        return signing_key(self._key(name, algorithm))

    def document(self, name: str) -> bytes | None:
        """Return the document of that name, or nothing.

        Raises:
            CertificateError: KEY_UNSAFE, KEY_INVALID.
        """
        path = self._path(name, ".der")
        return _content(path) if path.exists() else None

    def publish(self, name: str, content: bytes) -> bytes:
        """Store a document unless one is there; return the one that is.

        Raises:
            CertificateError: KEY_UNSAFE, KEY_INVALID.
        """
        path = self._path(name, ".der")
        _place(path, content)
        return _content(path)

    def _key(self, name: str, algorithm: Algorithm) -> PrivateKey:
        path = self._path(name, ".key")
        if not path.exists():
            _place(path, _pkcs8(new_private_key(algorithm)))
        return _parsed(_content(path))

    def _path(self, name: str, ending: str) -> Path:
        if not _NAME.fullmatch(name):  # 1
            raise CertificateError(ErrorCode.KEY_INVALID, "a key's name is a plain word")
        return self._directory / (name + ending)


def _place(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # 4
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _content(path: Path) -> bytes:
    _refuse_open(path)  # 3
    return path.read_bytes()


def _refuse_open(path: Path) -> None:
    if path.stat().st_mode & _OTHERS:
        raise CertificateError(ErrorCode.KEY_UNSAFE, "others may reach the key folder")


def _pkcs8(key: PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _parsed(der: bytes) -> PrivateKey:
    try:
        key = serialization.load_der_private_key(der, password=None)
    except (ValueError, TypeError) as unreadable:
        raise CertificateError(ErrorCode.KEY_INVALID, "not a private key") from unreadable
    if algorithm_of(key) is None:
        raise CertificateError(ErrorCode.KEY_INVALID, "neither P-256 nor RSA-2048")
    return cast("PrivateKey", key)
