"""How the C library keeps memory that was given back to it."""

from __future__ import annotations

import ctypes
from typing import Any, Final, Protocol

_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
"""Numbers of parameters, of glibc's malloc.h."""
_LARGE_BYTES: Final = 128 * 1024
"""glibc's own beginning; once it is set it stays."""
_ARENAS: Final = 2


class CLibrary(Protocol):
    """The one function that is called of it."""

    def mallopt(self, parameter: int, value: int, /) -> int:
        """Set a parameter (mallopt(3)); 0 where it cannot be set."""
        ...


def give_back_large_blocks(library: CLibrary | None = None) -> bool:
    """Have large blocks go back to the system as soon as they are free, in this process alone.

    By itself glibc raises its bound of "large" to the largest block that was freed, up to 32 MiB,
    and has eight arenas a core: what the uploads of a minute took stays with each thread that read
    one. Workers are processes of their own and keep the default, which is faster for pictures.

    Args:
        library: what is told; the C library of this process unless given.

    Returns:
        Whether it was told: another C library than glibc has no such parameters.
    """
    told: Any = ctypes.CDLL(None) if library is None else library
    if not hasattr(told, "mallopt"):
        return False
    told.mallopt(_ARENA_MAX, _ARENAS)
    told.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
    return True
