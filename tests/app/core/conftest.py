"""The application with one route more, whose work can be counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.app.core.counting import add_counting, counted, counts_table, nothing
from tests.app.world import World


@dataclass
class Counting:
    """What happens during the work, and how often it was done."""

    world: World
    during: Callable[[], None] = field(default=nothing)
    calls: int = 0

    @property
    def rows(self) -> int:
        return counted(self.world.database)

    def happen(self) -> None:
        self.calls += 1
        self.during()


@pytest.fixture
def counting(world: World) -> Iterator[Counting]:
    with counts_table(world.database):
        held = Counting(world)
        add_counting(world.app, held.happen)
        yield held
