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
    "bench/test_card.py",
    "verify/test_rendered_sessions.py",
    "launch/test_servers.py",
    "verify/test_engine.py",
    "bench/test_sessions.py",
    "app/settlement/test_races.py",
    "launch/test_setup.py",
    "architecture/test_migration_steps.py",
    "verify/light/test_light_bench.py",
    "app/core/test_commands.py",
)
"""The longest first: a file that alone takes more than about 20 s. The rest keep their order."""
_PLACES: Final = {TESTS / name: place for place, name in enumerate(LONGEST)}


def longest_first(items: list[pytest.Item]) -> None:
    """Put the files of `LONGEST` before the others; within a file nothing changes."""
    items.sort(key=lambda item: _PLACES.get(item.path, len(_PLACES)))
