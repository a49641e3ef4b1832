"""How a view finds the services that the composition root built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from flask import Flask, current_app

T = TypeVar("T")
_EXTENSION: Final = "zero_run.services"


def provide(app: Flask, services: Mapping[type, object]) -> None:
    """Give the application its services, by their class. Called once, by the factory."""
    app.extensions[_EXTENSION] = dict(services)


def service(kind: type[T]) -> T:
    """The service of this class.

    Raises:
        KeyError: the wiring built none; a programming error.
    """
    found = current_app.extensions[_EXTENSION][kind]
    if not isinstance(found, kind):
        raise TypeError(kind.__name__)
    return found
