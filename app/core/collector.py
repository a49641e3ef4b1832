"""What Python's collector of garbage has to look through."""

from __future__ import annotations

import gc


def set_apart_what_stays() -> int:
    """Take all that exists now out of every later collection; call it once, when all is built.

    A full collection stops every thread while it looks through the whole heap. What a process
    builds before it serves stays until it ends, so there is nothing to find in it.

    Returns:
        How many objects were set apart.
    """
    gc.collect()  # so that what is garbage already does not stay for ever
    gc.freeze()
    return gc.get_freeze_count()
