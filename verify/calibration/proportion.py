"""Errors among trials, and what they prove."""

from dataclasses import dataclass

from verify.calibration import bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """A count with its bounds."""

    errors: int
    """How often it went wrong."""
    trials: int
    """How often it was tried."""

    @property
    def rate(self) -> float | None:
        """Errors in each trial; None where there was none."""
        return self.errors / self.trials if self.trials else None

    @property
    def lower95(self) -> float:
        """With 95 % confidence the true rate is not smaller."""
        return bounds.lower(self.errors, self.trials)

    @property
    def upper95(self) -> float:
        """With 95 % confidence the true rate is not larger."""
        return bounds.upper(self.errors, self.trials)

    def public(self) -> dict[str, float | int | None]:
        """Return it for JSON."""
        return {
            "errors": self.errors,
            "trials": self.trials,
            "rate": self.rate,
            "lower95": self.lower95,
            "upper95": self.upper95,
        }

    def __str__(self) -> str:
        """Return such as `3/300 1.00 % (0.27 … 2.56 %)`."""
        if self.rate is None:
            return "no trials"
        share = [f"{100 * value:.3g}" for value in (self.rate, self.lower95, self.upper95)]
        return f"{self.errors}/{self.trials} {share[0]} % ({share[1]} … {share[2]} %)"
