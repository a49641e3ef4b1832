"""An elder and a grown-up child, each with a phone."""

from __future__ import annotations

import pytest

from tests.app.family.steps import Relative, relative
from tests.app.world import World


@pytest.fixture
def elder(world: World) -> Relative:
    return relative(world, "欧阳修")


@pytest.fixture
def agent(world: World) -> Relative:
    return relative(world, "苏轼")
