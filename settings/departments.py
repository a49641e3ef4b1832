"""Settings of the departments' systems."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, SecretStr, model_validator

from settings.addresses import Origin


class DepartmentSettings(BaseModel):
    """Where departments are asked, and by what they know us."""

    population_url: Origin
    """Base address of the population registry."""
    population_token: SecretStr
    """Service token presented to the population registry."""
    housing_url: Origin | None = None
    """Base address of the housing department. A department that is not named here is not connected:
    what needs its data is refused, and says so."""
    housing_token: SecretStr | None = None
    civil_affairs_url: Origin | None = None
    civil_affairs_token: SecretStr | None = None
    health_url: Origin | None = None
    health_token: SecretStr | None = None
    social_security_url: Origin | None = None
    social_security_token: SecretStr | None = None
    market_regulation_url: Origin | None = None
    market_regulation_token: SecretStr | None = None
    housing_fund_database_url: SecretStr | None = None
    """The housing fund's database, by the role that may read its view and nothing else."""
    veterans_drops: Path | None = None
    """Folder the veterans department drops its signed snapshots into."""
    veterans_key: Path | None = None
    """The public key it signs them with, PEM."""
    contracts_dir: Path | None = None
    """Contracts with departments, a folder each; those that are shipped unless given."""

    @model_validator(mode="after")
    def _departments_whole(self) -> Self:
        halves = [
            f"{name.upper()}_URL and {name.upper()}_TOKEN"
            for name, (url, token) in self._counters().items()
            if (url is None) != (token is None)
        ]
        if (self.veterans_drops is None) != (self.veterans_key is None):
            halves.append("VETERANS_DROPS and VETERANS_KEY")
        if halves:
            msg = f"these are given together or not at all: {'; '.join(halves)}"
            raise ValueError(msg)
        return self

    @property
    def counters(self) -> dict[str, tuple[str, SecretStr]]:
        """Base address and service token of each department that is asked over HTTP."""
        return {
            name: (url, token)
            for name, (url, token) in self._counters().items()
            if url is not None and token is not None
        }

    def _counters(self) -> dict[str, tuple[str | None, SecretStr | None]]:
        return {
            "population": (self.population_url, self.population_token),
            "housing": (self.housing_url, self.housing_token),
            "civil_affairs": (self.civil_affairs_url, self.civil_affairs_token),
            "health": (self.health_url, self.health_token),
            "social_security": (self.social_security_url, self.social_security_token),
            "market_regulation": (self.market_regulation_url, self.market_regulation_token),
        }
