"""The code sessions are played and judged by, as one digest: figures of other code do not count."""

import hashlib
from functools import cache
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]
_PARTS = ("verify", "sandbox/phone", "bench/liveness")
"""Judge, phone and attackers, and the bench that brings them together."""


@cache
def code_digest() -> str:
    """Return 16 hexadecimal digits over names and contents of all Python files of these parts."""
    return digest_of([_CHECKOUT / part for part in _PARTS])


def digest_of(folders: list[Path]) -> str:
    """Return the digest of the Python files under some folders of one parent or another."""
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            content = file.read_bytes()
            name = file.relative_to(folder).as_posix()
            digest.update(f"{folder.name}/{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]
