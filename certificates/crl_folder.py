"""Revocation lists in a folder: whoever may reach the network puts them there, the checker reads.

The checker itself never fetches: an address in an upload must not make this system call it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization

_ENDING: Final = ".crl"
_MOST: Final = 64
_LARGEST: Final = 4_000_000
_PEM: Final = b"-----BEGIN X509 CRL-----"
_Seen = tuple[tuple[str, int, int], ...]


class CrlFolder:
    """Reads `*.crl` (DER or PEM) anew when a file changed; thread-safe, as it only ever replaces.

    Files that are no revocation list, too large (4 MB) or too many (64, by name) are passed over:
    `checking` treats an authority without a list as one that nobody knows anything of.
    """

    def __init__(self, folder: Path) -> None:
        """Keep the folder; it may be missing, which is as good as empty."""
        self._folder = folder
        self._read: tuple[_Seen, tuple[bytes, ...]] = ((), ())

    def lists(self) -> tuple[bytes, ...]:
        """Return the lists, DER."""
        seen = tuple(self._files())
        if seen != self._read[0]:
            self._read = seen, tuple(self._loaded(name for name, _, _ in seen))
        return self._read[1]

    def _files(self) -> Iterator[tuple[str, int, int]]:
        try:
            names = sorted(path.name for path in self._folder.glob("*" + _ENDING))[:_MOST]
            for name in names:
                state = (self._folder / name).stat()
                if state.st_size <= _LARGEST:
                    yield name, state.st_mtime_ns, state.st_size
        except FileNotFoundError:  # replaced at this moment; the next look sees the new one
            return

    def _loaded(self, names: Iterable[str]) -> Iterator[bytes]:
        for name in names:
            try:
                yield crl_der((self._folder / name).read_bytes())
            except (ValueError, FileNotFoundError):
                continue


def crl_der(data: bytes) -> bytes:
    """Return a list given as DER or PEM as DER.

    Raises:
        ValueError: neither.
    """
    pem = data.lstrip().startswith(_PEM)
    crl = x509.load_pem_x509_crl(data) if pem else x509.load_der_x509_crl(data)
    return crl.public_bytes(serialization.Encoding.DER)
