"""Which files of tests begin first.

A file is one process's. A long one that begins last leaves the others idle until it ends; one that
begins first is done long before the many short ones are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parent
LONGEST: Final = (
    "bench/test_families.py",
    "clients/test_pages_are_built.py",
    "verify/test_rendered_sessions.py",
    "bench/test_card.py",
    "verify/test_engine.py",
    "bench/test_booking.py",
    "certificates/press/test_press.py",
    "launch/test_servers.py",
    "app/settlement/test_races.py",
    "app/hospital/test_stateful.py",
    "app/core/test_commands.py",
    "certificates/test_mutations.py",
    "browser/test_the_face.py",
    "browser/test_together.py",
    "browser/test_certificates.py",
    "browser/test_desk.py",
    "browser/test_till.py",
    "browser/test_booking.py",
    "browser/test_card.py",
)
"""The longest first: a file that alone takes more than about 20 s. The rest keep their order."""
_PLACES: Final = {TESTS / name: place for place, name in enumerate(LONGEST)}


def longest_first(items: list[pytest.Item]) -> None:
    """Put the files of `LONGEST` before the others; within a file nothing changes."""
    items.sort(key=lambda item: _PLACES.get(item.path, len(_PLACES)))
