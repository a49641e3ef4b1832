"""Typed settings, read once from the environment and refused together when wrong.

This is the only module that reads the environment. `.env.example` documents every name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import (
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from settings.addresses import Addresses, Origin, SafeAddress, SafeOrigin
from settings.departments import DepartmentSettings
from settings.rates import RateSettings


class SettingsRefused(Exception):  # noqa: N818 - reads as what happened
    """The environment does not describe a runnable system.

    The message lists every setting that is wrong and why, never the value itself: a value may be
    a secret.
    """


class Settings(DepartmentSettings, RateSettings):
    """All settings of the API process. Each field is the environment name in lower case."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database_url: SecretStr
    """SQLAlchemy URL of PostgreSQL 15 or newer, driver psycopg."""
    redis_url: SecretStr
    """Redis 7.0 or newer, or Valkey: redis://, rediss:// or unix://."""
    var_dir: Path = Path("var")
    """Where keys, models and scratch files lie."""
    keys_dir: Path | None = None
    """Key files (0600); `<var_dir>/keys` unless given."""
    decoy_photo: Path | None = None
    """A photograph with one face, compared in place of a reference nobody has, so that unknown
    persons cost the same time; `<var_dir>/portraits/astronaut.png` unless given."""
    public_url: Origin = "http://127.0.0.1:8000"
    """What the outside calls the API: token issuer, DPoP `htu`, address in the QR. No path."""

    face_policy: Path | None = None
    """A policy file that `python -m verify calibrate` wrote; the shipped policy unless given."""

    booking_rules: Path | None = None
    """Folder of the rules of booking at hospitals, a file a version; the shipped ones unless
    given."""

    payments_url: SafeOrigin | None = None
    """Base address of the payment provider that collects the cash part of settlements; without it
    the cash part is paid at the till. https, or on this machine."""
    payments_token: SecretStr | None = None
    """Service token presented to it."""
    payments_jwks: SafeAddress | None = None
    """Where it publishes the keys it signs notifications with. https, or on this machine."""

    face_workers: int = Field(default=2, ge=1, le=64)
    """Processes that hold face models, at most one a core."""
    face_queue: int = Field(default=8, ge=1, le=1000)
    """Requests that may wait for a face worker; one more is answered 503."""
    passive_pad_model: Path | None = None
    """An operator's own ONNX net that tells living faces from shown ones (contract:
    `verify/passive.py`); off unless given."""
    passive_pad_sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    """SHA-256 of that file, which is refused when it differs."""
    certificate_hsm_module: Path | None = None
    """PKCS #11 library of a hardware module that keeps the departments' signing keys; files under
    `<keys_dir>/certificates` keep them unless given."""
    certificate_hsm_token: str | None = None
    """Label of its token."""
    certificate_hsm_pin: SecretStr | None = None
    """Of the token's user."""
    certificate_workers: int = Field(default=4, ge=1, le=32)
    """Certificates of batches worked on at once in one process."""
    tsa_url: Addresses | None = None
    """RFC 3161 service that gives signatures a trusted time; with it OCSP_URL and CRL_URLS."""
    ocsp_url: Addresses | None = None
    """RFC 6960 responder of those who certify signers; stands in certificates made from now on."""
    crl_urls: Addresses | None = None
    """Addresses of revocation lists, separated by commas: all that certified signers or the
    timestamp service."""
    tsa_roots: Path | None = None
    """PEM file of roots that the timestamp service may chain to, beside our own."""
    check_workers: int = Field(default=1, ge=1, le=16)
    """Processes that parse uploaded PDFs."""
    check_prestart: bool = True
    """Start them with the service; otherwise the first upload waits some 0.6 s for one."""
    check_seconds: float = Field(default=1.6, ge=0.5, le=60)
    """How long one of them may look at a file."""
    crl_dir: Path | None = None
    """Revocation lists (`*.crl`) of those who certify signers, which some job of yours fetches:
    the checker itself calls nobody. `<var_dir>/crls` unless given; without lists revocation is not
    examined."""

    till_processes: int = Field(default=0, ge=0, le=16)
    """Processes that answer tills' decodes, quotes and settlements; each takes about 50 MB. Without
    any the API process does it between everything else."""

    database_pool: int = Field(default=12, ge=1, le=200)
    access_token_seconds: int = Field(default=600, ge=60, le=600)
    refresh_token_days: int = Field(default=30, ge=1, le=90)
    verification_seconds: int = Field(default=180, ge=30, le=600)
    verification_address_failures: int = Field(default=20, ge=5, le=100_000)
    """Failed verifications from one network address that begin a pause; more for a service hall
    whose devices share one."""
    card_code_seconds: int = Field(default=60, ge=15, le=300)
    card_offline_cap_fen: int = Field(default=30_000, ge=1, le=10_000_000)
    """The most that may be sold on one offline code, fen."""
    card_offline_day_cap_fen: int = Field(default=50_000, ge=1, le=100_000_000)
    """The most that may be sold on one card's offline codes in a day, fen."""
    webhooks_inside: bool = False
    """Whether partners' webhooks may be http and lie on private addresses: in development only."""
    terminal_keys_inside: bool = False
    """Whether merchants' key addresses may be http and lie on private addresses: in development
    only."""
    terminal_keys_hours: int = Field(default=24, ge=1, le=168)
    """How long the keys fetched last count while their address gives none."""
    max_body_mib: int = Field(default=24, ge=1, le=256)
    """Largest request body: a session step of 60 frames fits well."""

    trusted_proxies: int = Field(default=0, ge=0, le=5)
    """How many reverse proxies in front add to X-Forwarded-*."""
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    @field_validator("database_url", "housing_fund_database_url")
    @classmethod
    def _postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith("postgresql+psycopg://"):
            msg = "must begin with postgresql+psycopg://"
            raise ValueError(msg)
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            msg = "must begin with redis://, rediss:// or unix://"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _passive_pad_whole(self) -> Self:
        if (self.passive_pad_model is None) != (self.passive_pad_sha256 is None):
            msg = "PASSIVE_PAD_MODEL and PASSIVE_PAD_SHA256 are given together or not at all"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _hsm_whole(self) -> Self:
        given = {self.certificate_hsm_module, self.certificate_hsm_token, self.certificate_hsm_pin}
        if None in given and given != {None}:
            msg = "CERTIFICATE_HSM_MODULE, …_TOKEN and …_PIN are given together or not at all"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _payments_whole(self) -> Self:
        given = {self.payments_url, self.payments_token, self.payments_jwks}
        if None in given and given != {None}:
            msg = "PAYMENTS_URL, PAYMENTS_TOKEN and PAYMENTS_JWKS are given together or not at all"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _archive_whole(self) -> Self:
        given = {self.tsa_url, self.ocsp_url, self.crl_urls}
        if None in given and given != {None}:
            msg = "TSA_URL, OCSP_URL and CRL_URLS are given together or not at all"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _offline_caps_fit(self) -> Self:
        if self.card_offline_cap_fen > self.card_offline_day_cap_fen:
            msg = "CARD_OFFLINE_CAP_FEN is no more than CARD_OFFLINE_DAY_CAP_FEN"
            raise ValueError(msg)
        return self

    @property
    def crl_addresses(self) -> tuple[str, ...]:
        """The addresses of CRL_URLS."""
        return tuple(one.strip() for one in (self.crl_urls or "").split(",") if one.strip())

    @property
    def keys_path(self) -> Path:
        """Directory of the key files."""
        return self.keys_dir or self.var_dir / "keys"

    @property
    def crl_path(self) -> Path:
        """Directory of the revocation lists."""
        return self.crl_dir or self.var_dir / "crls"

    @property
    def decoy_path(self) -> Path:
        """The decoy photograph."""
        return self.decoy_photo or self.var_dir / "portraits" / "astronaut.png"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read every known name from the environment.

        Raises:
            SettingsRefused: naming all settings that are missing or wrong, one a line.
        """
        names = {name.upper(): name for name in cls.model_fields}
        given: dict[str, Any] = {names[k]: v for k, v in environ.items() if k in names and v != ""}
        try:
            return cls(**given)
        except ValidationError as refused:
            lines = [
                f"  {str(e['loc'][0]).upper() if e['loc'] else 'SETTINGS'}: {e['msg']}"
                for e in refused.errors(include_input=False, include_url=False)
            ]
            msg = "These settings are missing or wrong:\n" + "\n".join(lines)
        raise SettingsRefused(msg)
