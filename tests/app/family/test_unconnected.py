"""Without the register of births no parent can be recognised."""

from __future__ import annotations

from tests.app.family.steps import MANDATES, Relative, refused
from tests.app.family.test_children import body
from tests.app.world import World


def test_without_the_register_a_mandate_for_a_child_is_refused_by_name(
    world: World, agent: Relative
) -> None:
    answer = agent.phone.post(f"{MANDATES}/children", body(world))
    assert refused(answer) == (503, "GUARDIANSHIP_UNAVAILABLE")
