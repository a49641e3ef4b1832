"""A share and what it proves, with the bounds of `verify.calibration.bounds`."""

from __future__ import annotations

from dataclasses import dataclass

from verify.calibration import bounds

_TWO_SIDED = 0.975


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many events in so many tries, and between what shares the truth lies."""

    events: int
    tries: int
    low: float
    """Two-sided 95 % bounds …"""
    high: float
    """… of the share."""
    upper95: float
    """One-sided: with 95 % confidence the share is not larger. Rule of three: 3 / tries at 0."""

    @classmethod
    def of(cls, events: int, tries: int) -> Rate:
        """Bound a share.

        Raises:
            ValueError: Not 0 ≤ events ≤ tries.
        """
        return cls(
            events=events,
            tries=tries,
            low=bounds.lower(events, tries, confidence=_TWO_SIDED),
            high=bounds.upper(events, tries, confidence=_TWO_SIDED),
            upper95=bounds.upper(events, tries),
        )

    @property
    def share(self) -> float:
        """Events a try; 0 without any."""
        return self.events / self.tries if self.tries else 0.0

    def __str__(self) -> str:
        """One readable text."""
        return (
            f"{self.events:4d} of {self.tries:5d} = {self.share:7.2%}  "
            f"(95 %: {self.low:.2%} to {self.high:.2%}; at most {self.upper95:.2%})"
        )
