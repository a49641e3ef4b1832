"""Our ids as FHIR's, which know no underscore (R4, `id`: letters, digits, hyphen and full stop)."""

from __future__ import annotations

import re
from typing import Final

_OURS: Final = re.compile(r"[a-z]{3}_[0-9a-v]{26}")


def fhir_id(own: str) -> str:
    """Write an id of ours for FHIR."""
    return own.replace("_", "-", 1)


def own_id(told: str, kind: str) -> str | None:
    """The id of ours behind one of FHIR's, or None: it is none of that kind.

    Args:
        told: an id, or a reference such as `Slot/unt-…`.
        kind: the prefix of ours, such as `unt`.
    """
    found = told.rpartition("/")[2].replace("-", "_", 1)
    fits = _OURS.fullmatch(found) is not None and found.startswith(f"{kind}_")
    return found if fits else None
