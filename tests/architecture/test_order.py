"""The files that begin first are there, and nothing else moves."""

import pytest

from tests.order import LONGEST, TESTS, longest_first


class Item:
    def __init__(self, name: str) -> None:
        self.path = TESTS / name


def order(names: list[str]) -> list[str]:
    items = [Item(name) for name in names]
    longest_first(items)  # type: ignore[arg-type]
    return [str(item.path.relative_to(TESTS)) for item in items]


@pytest.mark.parametrize("name", LONGEST)
def test_a_file_that_begins_first_is_there(name: str) -> None:
    assert (TESTS / name).is_file()


def test_the_longest_begin_and_the_others_keep_their_order() -> None:
    others = ["app/test_b.py", "app/test_a.py", "app/test_b.py"]

    assert order([others[0], *reversed(LONGEST), *others[1:]]) == [*LONGEST, *others]
