"""The benefit rules: folders of data, each tried on its golden cases before it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final

from app.settlement.benefits.errors import DataRefused, RuleMissing
from app.settlement.benefits.golden import require_golden
from app.settlement.benefits.rule import Rule, Visit, read_rule

HOME: Final = Path(__file__).with_name("data") / "rules"
_MOST_RULES: Final = 1_000
_About = tuple[str, str, Visit]


class RuleBook:
    """All rules by what they are about. Read once, never changed; safe to share."""

    def __init__(self, home: Path = HOME) -> None:
        """Read all: `<id>/<version>/` with rule.toml and golden.toml.

        Raises:
            DataRefused: a rule cannot be used, a golden case comes out otherwise, two ids are
                about the same, or two versions begin on one day.
        """
        rules = [_read(folder) for folder in _folders(home)]
        self._by_about: Final = _by_about(rules)
        self._by_title: Final = MappingProxyType({rule.title: rule for rule in rules})

    def find(self, *, region: str, scheme: str, visit: Visit, on: date) -> Rule:
        """Return the one rule in force: the version that began last, if it has not ended.

        A version takes over from the one before on its first day, whatever end that one names, so
        that a file never changes once it was in force. It never gives back to an older one.

        Args:
            region: division code of the fund's region, six digits.
            scheme: such as `employee`.
            visit: what the person came for.
            on: day of the purchase, in China.

        Raises:
            RuleMissing: there is none, and so nothing is paid.
        """
        begun = (
            rule
            for rule in self._by_about.get((region, scheme, visit), ())
            if rule.data.valid_from <= on
        )
        latest = next(begun, None)
        if latest is None or latest.has_ended(on):
            raise RuleMissing(region=region, scheme=scheme, visit=visit, on=on)
        return latest

    def titled(self, title: str) -> Rule:
        """Return a rule by id and version, in force or not: a year is recomputed by its own.

        Raises:
            KeyError: there is none.
        """
        return self._by_title[title]

    def all(self) -> tuple[Rule, ...]:
        """All rules, by title."""
        return tuple(self._by_title[title] for title in sorted(self._by_title))


def _folders(home: Path) -> list[Path]:
    if not home.is_dir():
        raise DataRefused(home.name, "not a folder")
    found = sorted(path for path in home.glob("*/*") if path.is_dir())
    if len(found) > _MOST_RULES:
        raise DataRefused(home.name, "too many rules")
    return found


def _read(folder: Path) -> Rule:
    rule = read_rule(folder)
    place = f"{folder.parent.name}/{folder.name}"
    if rule.title != place:
        raise DataRefused(place, "id, version: not the folders'")
    require_golden(rule, folder)
    return rule


def _by_about(rules: Sequence[Rule]) -> Mapping[_About, tuple[Rule, ...]]:
    """Return the versions about the same, the latest first."""
    found: dict[_About, list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: rule.data.valid_from, reverse=True):
        found.setdefault(rule.about, []).append(rule)
    for several in found.values():
        for later, earlier in pairwise(several):
            if later.data.id != earlier.data.id:
                raise DataRefused(later.title, f"{earlier.data.id} is about the same")
            if later.data.valid_from == earlier.data.valid_from:
                raise DataRefused(later.title, f"valid_from: that of {earlier.data.version}")
    return MappingProxyType({about: tuple(several) for about, several in found.items()})
