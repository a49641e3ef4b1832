"""Departments' keys inside a hardware module, through PKCS #11 (OASIS, version 2.40).

A module's library is loaded into the process, so this file is imported only where one is named.
"""

import fcntl
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pkcs11
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from certificates.der import SEQUENCE, integer, tlv
from certificates.errors import CertificateError, ErrorCode
from certificates.keys import FileKeys
from certificates.signers import ECDSA_SHA256, RSA_SHA256, Algorithm, PublicKey, SigningKey

_HALF = 32
_STAYS_INSIDE = {Attribute.EXTRACTABLE: False, Attribute.SENSITIVE: True}


class HsmKeys:
    """Signing keys in a token by their label; everything else as `FileKeys` has it.

    The sandbox's own authorities stay in files; a real one signs elsewhere and brings certificates.
    PKCS #11 sessions serve one thread at a time, so signatures take turns.

    Security checks:
        1. the token is the one named, and lets us in;
        2. a key is made inside, and can be neither read nor taken out;
        3. a key that could be is not used;
        4. of two processes that ask for a new key, one makes it and the other finds it: the token
           itself would keep two of the same label. They log in by turns as well: a module that
           is opened while another process opens it or makes a key may refuse.
    """

    def __init__(self, *, session: pkcs11.Session, files: FileKeys, lock: Path) -> None:
        """Keep the session; see `open`."""
        self._session = session
        self._files = files
        self._lock_file = lock
        self._turn = threading.Lock()

    @classmethod
    def open(cls, *, module: Path, token: str, pin: str, directory: Path) -> Self:
        """Log in to a token.

        Args:
            module: the PKCS #11 library of the module's maker.
            token: label of the token.
            pin: of its user.
            directory: what `FileKeys` is given.

        Raises:
            CertificateError: KEY_UNSAFE, HSM_REFUSED.
        """
        files, lock = FileKeys(directory), directory / ".hsm-lock"
        with _only_process(lock), _translated():  # 4
            found = pkcs11.lib(str(module)).get_token(token_label=token)  # 1
            session = found.open(rw=True, user_pin=pin)
        return cls(session=session, files=files, lock=lock)

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return "HsmKeys()"

    def close(self) -> None:
        """Log out."""
        self._session.close()

    def private_key(self, name: str) -> ec.EllipticCurvePrivateKey:
        """Return a key of the sandbox's authorities, which is a file."""
        return self._files.private_key(name)

    def document(self, name: str) -> bytes | None:
        """Return the document of that name, or nothing."""
        return self._files.document(name)

    def publish(self, name: str, content: bytes) -> bytes:
        """Store a document unless one is there; return the one that is."""
        return self._files.publish(name, content)

    def signing_key(self, name: str, algorithm: Algorithm) -> SigningKey:
        """Return the token's key of that label, making one of this algorithm where there is none.

        Raises:
            CertificateError: KEY_UNSAFE, KEY_INVALID, HSM_REFUSED.
        """
        with self._turn, _only_process(self._lock_file), _translated():  # 4
            if not list(self._session.get_objects(_labelled(name, private=True))):
                self._make(name, algorithm)
            return self._found(name)

    def _found(self, name: str) -> SigningKey:
        private: list[Any] = list(self._session.get_objects(_labelled(name, private=True)))
        public: list[Any] = list(self._session.get_objects(_labelled(name, private=False)))
        if len(private) != 1 or len(public) != 1:
            raise CertificateError(ErrorCode.KEY_INVALID, "not one pair of that label")
        if private[0][Attribute.EXTRACTABLE] or not private[0][Attribute.SENSITIVE]:  # 3
            raise CertificateError(ErrorCode.KEY_UNSAFE, "the key can leave the token")
        kind = _P256 if private[0].key_type is KeyType.EC else _Rsa
        return kind(handle=private[0], turn=self._turn, certified=_public_key(public[0]))

    def _make(self, name: str, algorithm: Algorithm) -> None:
        template: dict[str, Any] = {
            "label": name,
            "store": True,
            "private_template": _STAYS_INSIDE,  # 2
        }
        if algorithm is Algorithm.RSA_2048:
            self._session.generate_keypair(KeyType.RSA, 2048, **template)
            return
        curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        domain = self._session.create_domain_parameters(KeyType.EC, curve, local=True)
        domain.generate_keypair(**template)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    """A key in the token."""

    handle: Any = field(repr=False)
    """The library's private key; its stubs leave out that it can sign."""
    turn: threading.Lock = field(repr=False)
    certified: PublicKey

    def public_key(self) -> PublicKey:
        """Return what is certified."""
        return self.certified


@dataclass(frozen=True, slots=True, kw_only=True)
class _P256(_Key):
    algorithm: bytes = ECDSA_SHA256

    def sign(self, message: bytes) -> bytes:
        """Return DER of r and s, which the token writes one after the other."""
        digest = hashlib.sha256(message).digest()
        with self.turn, _translated():
            raw = self.handle.sign(digest, mechanism=Mechanism.ECDSA)
        halves = (raw[:_HALF], raw[_HALF:])
        return tlv(SEQUENCE, *(integer(int.from_bytes(half)) for half in halves))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rsa(_Key):
    algorithm: bytes = RSA_SHA256

    def sign(self, message: bytes) -> bytes:
        """Return 256 bytes."""
        with self.turn, _translated():
            return bytes(self.handle.sign(message, mechanism=Mechanism.SHA256_RSA_PKCS))


def _labelled(name: str, *, private: bool) -> dict[Attribute, object]:
    sort = ObjectClass.PRIVATE_KEY if private else ObjectClass.PUBLIC_KEY
    return {Attribute.CLASS: sort, Attribute.LABEL: name}


def _public_key(key: pkcs11.PublicKey) -> PublicKey:
    if key.key_type is KeyType.EC:
        point = serialization.load_der_public_key(encode_ec_public_key(key))
        if isinstance(point, ec.EllipticCurvePublicKey) and point.curve.name == "secp256r1":
            return point
    if key.key_type is KeyType.RSA and key[Attribute.MODULUS_BITS] == 2048:  # noqa: PLR2004
        exponent, modulus = (
            int.from_bytes(key[one]) for one in (Attribute.PUBLIC_EXPONENT, Attribute.MODULUS)
        )
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    raise CertificateError(ErrorCode.KEY_INVALID, "neither P-256 nor RSA-2048")


@contextmanager
def _only_process(path: Path) -> Iterator[None]:
    """Keep other processes out; the lock is gone with whoever holds it."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the module's refusals into ours; its texts may name what is inside."""
    try:
        yield
    except pkcs11.PKCS11Error as refused:
        raise CertificateError(ErrorCode.HSM_REFUSED, type(refused).__name__) from None
