"""What a department said of a person: all that a certificate's facts are taken from."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One source's answer."""

    records: tuple[Mapping[str, Any], ...] = field(repr=False)
    """As they came; none is an answer too."""
    as_of: dt.datetime
    """When it was true, by the department's clock."""
    live: bool
    """Whether the department said it just now and in full; False of what was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What follows from the evidence."""

    values: Mapping[str, Any] = field(repr=False)
    """By field name; None where an optional one has no value."""
    predicates: Mapping[str, bool] = field(repr=False)
    """By name; prepared to be shown alone."""
    provisional: bool
    """From a record older than wished."""
