"""What large uploads took does not stay with the process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.core.allocator import give_back_large_blocks

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="memory is read from /proc"
)
# An upload that is freed makes the next ones of its size "small"; texts that stay hold the end of
# the heap, so that nothing before them is given back.
PLAY = """
import ctypes, sys
from app.core.allocator import give_back_large_blocks

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]

def filled(size):
    block = libc.malloc(size)
    ctypes.memset(block, 1, size)
    return block

def resident_mb():
    pages = int(open("/proc/self/statm").read().split()[1])
    return pages * 4096 / 1e6

if sys.argv[1] == "told":
    assert give_back_large_blocks()
libc.free(filled(4_000_000))
before, uploads, kept = resident_mb(), [], []
for _ in range(40):
    uploads.append(filled(1_000_000))
    kept.append(filled(20_000))
for block in uploads:
    libc.free(block)
print(round(resident_mb() - before))
"""


def _left_mb(how: str) -> int:
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", PLAY, how],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    return int(done.stdout)


def test_uploads_that_are_over_leave_nothing_behind() -> None:
    assert _left_mb("told") <= 2


class Silent:
    """A C library without the function."""


def test_another_c_library_is_left_alone() -> None:
    assert give_back_large_blocks(Silent()) is False  # type: ignore[arg-type]
