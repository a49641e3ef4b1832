"""The forms that words and places take in the data, and the base of all its models."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
Place = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\[\])?(\.[a-z][a-z0-9_]*(\[\])?)*$")]
"""Where in a record: member names with dots between; `[]` after one goes through its list."""


class Spec(BaseModel):
    """A table of the data: strict types, no unknown member, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


def first_member(place: str) -> str:
    """Return the member of the record itself that a place begins with."""
    return place.split(".", maxsplit=1)[0].removesuffix("[]")


def found(record: object, place: str) -> Any:  # noqa: ANN401 - JSON
    """Return what stands at a place; None where nothing does, a list where it goes through one."""
    held: list[Any] = [record]
    for step in place.split("."):
        name = step.removesuffix("[]")
        inner = [one.get(name) for one in held if isinstance(one, dict)]
        held = [item for one in inner for item in _items(one)] if step != name else inner
    if "[]" in place:
        return [one for one in held if one is not None]
    return held[0] if held else None


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
