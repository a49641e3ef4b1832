"""Keys in files under one private directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import get_args

from cryptography.hazmat.primitives.asymmetric import ec

from app.core.clock import Clock
from app.core.jose.jwk import write_public_key
from app.core.keys.directory import KeyDirectory
from app.core.keys.errors import Fault, KeysUnusable
from app.core.keys.kinds import SECRET, SIGNING
from app.core.keys.provider import SecretKey, SecretName, SigningKey, SigningName
from app.core.keys.ring_file import RingFile


class FileSigningRing:
    """A signing ring in its file."""

    def __init__(self, file: RingFile[SigningKey]) -> None:
        """Show this file."""
        self._file = file

    @property
    def active(self) -> SigningKey:
        """The key to sign with now."""
        return self._file.active()

    def find(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """The published public key of that id, or None."""
        key = self._file.find(kid)
        return None if key is None else key.public

    def public_jwks(self) -> Mapping[str, Sequence[Mapping[str, str]]]:
        """The JWK set to publish (RFC 7517 §5), newest key first."""
        return {"keys": [_public_jwk(key) for key in self._file.published()]}


class FileSecretRing:
    """A secret ring in its file."""

    def __init__(self, file: RingFile[SecretKey]) -> None:
        """Show this file."""
        self._file = file

    @property
    def active(self) -> SecretKey:
        """The key to make new things with now."""
        return self._file.active()

    @property
    def known(self) -> Sequence[SecretKey]:
        """Every key, newest first."""
        return self._file.published()

    def find(self, kid: str) -> SecretKey | None:
        """The key of that id, however old, or None."""
        return self._file.find(kid)


class FileKeys:
    """The key provider for one machine: each ring a file, made with its first key when asked for.

    Any number of processes may share the directory; each follows the others' rotations.
    """

    def __init__(self, directory: Path, *, clock: Clock) -> None:
        """Use this directory.

        Args:
            directory: made 0700 when needed; refused where others may enter it.
            clock: decides which key is active.
        """
        files = KeyDirectory(directory)
        self._signing = {
            name: RingFile(name, kind=SIGNING, directory=files, clock=clock)
            for name in get_args(SigningName)
        }
        self._secrets = {
            name: RingFile(name, kind=SECRET, directory=files, clock=clock)
            for name in get_args(SecretName)
        }

    def signing(self, name: SigningName) -> FileSigningRing:
        """The signing ring of that name.

        Raises:
            KeysUnusable: UNKNOWN_RING.
        """
        return FileSigningRing(self._signing_file(name))

    def secrets(self, name: SecretName) -> FileSecretRing:
        """The secret ring of that name.

        Raises:
            KeysUnusable: UNKNOWN_RING.
        """
        return FileSecretRing(self._secret_file(name))

    def rotate_signing(
        self, name: SigningName, *, publish_ahead: timedelta, overlap: timedelta
    ) -> str:
        """Announce a new signing key.

        Args:
            name: the ring.
            publish_ahead: time for others to fetch the new public key before it is used. Zero,
                with an overlap of zero, replaces a stolen key at once.
            overlap: how long the old keys stay published after that; at least the longest life
                of a token plus the allowed difference of clocks.

        Returns:
            The new key's id.

        Raises:
            KeysUnusable: with what is wrong.
        """
        return self._signing_file(name).rotate(publish_ahead=publish_ahead, overlap=overlap)

    def rotate_secret(self, name: SecretName) -> str:
        """Make a new secret the active one; the old ones stay for what they made.

        Returns:
            The new key's id.

        Raises:
            KeysUnusable: with what is wrong.
        """
        return self._secret_file(name).rotate(publish_ahead=timedelta(0), overlap=None)

    def _signing_file(self, name: SigningName) -> RingFile[SigningKey]:
        if name not in self._signing:
            raise KeysUnusable(name, Fault.UNKNOWN_RING)
        return self._signing[name]

    def _secret_file(self, name: SecretName) -> RingFile[SecretKey]:
        if name not in self._secrets:
            raise KeysUnusable(name, Fault.UNKNOWN_RING)
        return self._secrets[name]


def _public_jwk(key: SigningKey) -> dict[str, str]:
    return {**write_public_key(key.public), "kid": key.kid, "use": "sig", "alg": key.algorithm}
