"""Tests of one value, in data: of a member of a record, or of a fact."""

from typing import Any, Self

from pydantic import Field, model_validator

from certificates.spec.forms import Place, Spec

Plain = str | int | bool
_ANSWERS = ("equals", "differs", "one_of", "at_least", "at_most", "missing")


class ValueTest(Spec):
    """Exactly one question about a value."""

    equals: Plain | None = None
    differs: Plain | None = None
    """Holds of a missing value too."""
    one_of: tuple[Plain, ...] | None = Field(default=None, strict=False, min_length=1)
    at_least: int | None = None
    at_most: int | None = None
    missing: bool | None = None
    """True: there is no value; false: there is one."""

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        asked = [name for name in _ANSWERS if getattr(self, name) is not None]
        if len(asked) != 1:
            msg = f"exactly one of {', '.join(_ANSWERS)}"
            raise ValueError(msg)
        return self

    @property
    def bounds(self) -> bool:
        """Whether it compares sizes, which only whole numbers have."""
        return self.at_least is not None or self.at_most is not None

    def holds(self, value: Any) -> bool:  # noqa: ANN401 - JSON
        """Tell whether the answer is yes; a value of another type than asked for is a no."""
        if self.missing is not None:
            return (value is None) == self.missing
        if self.differs is not None:
            return not _same(value, self.differs)
        if self.bounds:
            return _is_whole(value) and self._within(value)
        return any(_same(value, one) for one in self.one_of or (self.equals,))

    def _within(self, value: int) -> bool:
        low, high = self.at_least, self.at_most
        return (low is None or value >= low) and (high is None or value <= high)


class Condition(ValueTest):
    """A test of a member of a record."""

    path: Place


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _same(value: object, other: object) -> bool:
    # True equals 1 in Python; in a record they are different things.
    return type(value) is type(other) and value == other
