"""What `web/dist` holds, read once and packed once: a few hundred kilobytes."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

HOME: Final = Path(__file__).resolve().parents[2] / "web" / "dist"
_PACKED: Final = {".html", ".js", ".css", ".svg", ".json", ".webmanifest", ".wasm"}
_ORIGIN: Final = b"__ORIGIN__"
_TYPES: Final = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}
"""What tables of types do not agree about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file as it goes out."""

    content_type: str
    plain: bytes = field(repr=False)
    packed: bytes | None = field(repr=False)
    """With gzip; None where that gains nothing."""
    etag: str


class Pages:
    """The built pages by their path below `web/dist`."""

    def __init__(self, files: Mapping[str, StoredFile]) -> None:
        """Take the files; `read` reads them."""
        self._files = files

    @classmethod
    def read(cls, folder: Path, *, origin: str) -> Self:
        """Read a folder; where there is none, there are no pages, and the API serves all the same.

        Args:
            folder: what `make web` wrote.
            origin: the system's public address, written into each page.
        """
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        return cls({str(path.relative_to(folder)): _stored(path, origin) for path in files})

    def get(self, path: str) -> StoredFile | None:
        """Return a file, or None."""
        return self._files.get(path)


def _stored(path: Path, origin: str) -> StoredFile:
    plain = path.read_bytes()
    if path.suffix == ".html":
        plain = plain.replace(_ORIGIN, origin.encode())
    packed = gzip.compress(plain, 9, mtime=0) if path.suffix in _PACKED else None
    return StoredFile(
        content_type=_content_type(path),
        plain=plain,
        packed=packed if packed is not None and len(packed) < len(plain) else None,
        etag=hashlib.sha256(plain).hexdigest()[:32],
    )


def _content_type(path: Path) -> str:
    known = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    kind = known or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
