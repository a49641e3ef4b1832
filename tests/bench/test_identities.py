"""Persons for fitting and for reporting have nobody in common."""

from pathlib import Path

import pytest

from bench.liveness.identities import Group, Source, roster, sources


def people(count: int) -> list[Source]:
    return [Source(name=f"p{number}", capture=Path(f"{number}.jpg")) for number in range(count)]


@pytest.mark.parametrize("count", [2, 3, 21])
def test_fitting_and_reporting_share_no_parent(count: int) -> None:
    everyone = roster(people(count), count=64, seed=1)
    parents = {
        group: set().union(*(one.parents for one in everyone if one.group is group))
        for group in Group
    }
    assert not parents[Group.FITTING] & parents[Group.REPORTING]
    assert all(sum(one.group is group for one in everyone) >= 32 for group in Group)
    assert len({one.name for one in everyone}) == len(everyone)


def test_the_same_seed_gives_the_same_people() -> None:
    assert roster(people(9), count=20, seed=3) == roster(people(9), count=20, seed=3)
    assert roster(people(9), count=20, seed=3) != roster(people(9), count=20, seed=4)


def test_one_photographed_person_is_not_enough() -> None:
    with pytest.raises(ValueError, match="two photographed persons"):
        roster(people(1), count=4, seed=1)


def test_without_the_optional_faces_the_project_s_portraits_do() -> None:
    names = [one.name for one in sources(Path("portraits"), None)]
    assert names == ["astronaut", "biden", "obama"]
