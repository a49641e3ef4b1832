"""A hospital whose system sends files."""

from __future__ import annotations

import pytest

from tests.app.hospital.planning.steps import Bureau, bureau, places
from tests.app.world import World


@pytest.fixture
def empty(world: World) -> Bureau:
    """One that has sent nothing yet."""
    return bureau(world)


@pytest.fixture
def his(empty: Bureau) -> Bureau:
    """One with a campus, a department and a doctor."""
    empty.taken(*places())
    return empty
