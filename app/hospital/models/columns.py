"""How this service's tables write down a state and a list of states."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import Enum


def state_of(kind: type[StrEnum]) -> Enum:
    """The type of a column `state`: text, with a check of the names."""
    return Enum(kind, native_enum=False, length=20, create_constraint=True, name="state")


def within(states: Iterable[StrEnum]) -> str:
    """The condition of a partial index: the state is one of these."""
    return "state IN ({})".format(", ".join(f"'{state}'" for state in states))
