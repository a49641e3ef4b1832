from __future__ import annotations

from pathlib import Path

import pytest

from config import Settings, SettingsRefused

NEEDED = {
    "DATABASE_URL": "postgresql+psycopg://u:hunter2@h/d",
    "REDIS_URL": "unix:///run/redis.sock",
    "POPULATION_URL": "http://127.0.0.1:8101",
    "POPULATION_TOKEN": "opensesame",
}


def test_the_needed_names_suffice() -> None:
    settings = Settings.from_environment(NEEDED)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.keys_path == Path("var/keys")


def test_everything_wrong_is_listed_together() -> None:
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_environment(
            {**NEEDED, "FACE_WORKERS": "0", "RATE_CODES": "often", "PUBLIC_URL": "ftp://x/y"}
        )
    for name in ("FACE_WORKERS", "RATE_CODES", "PUBLIC_URL"):
        assert name in str(refused.value)


def test_missing_settings_are_named() -> None:
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_environment({})
    for name in NEEDED:
        assert name in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://root:hunter2@h/d"),
        ("REDIS_URL", "http://:hunter2@h"),
        ("POPULATION_URL", "http://user:hunter2@h"),
        ("LOG_LEVEL", "hunter2"),
    ],
)
def test_a_refusal_never_repeats_the_value(name: str, value: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_environment({**NEEDED, name: value})
    assert "hunter2" not in str(refused.value)


def test_archive_services_are_named_together_or_not_at_all() -> None:
    services = {
        "TSA_URL": "http://127.0.0.1:8102/tsa",
        "OCSP_URL": "https://ocsp.example/",
        "CRL_URLS": "http://a.example/crl, http://b.example/crl",
    }
    settings = Settings.from_environment({**NEEDED, **services})
    assert settings.crl_addresses == ("http://a.example/crl", "http://b.example/crl")
    assert Settings.from_environment(NEEDED).crl_addresses == ()
    for name in services:
        with pytest.raises(SettingsRefused, match="together"):
            Settings.from_environment({**NEEDED, **services, name: ""})


@pytest.mark.parametrize("value", ["ftp://h", "file:///etc/passwd", "h/tsa", "http://u:hunter2@h"])
def test_an_archive_service_has_an_http_address(value: str) -> None:
    for name in ("TSA_URL", "OCSP_URL", "CRL_URLS"):
        with pytest.raises(SettingsRefused, match=name):
            Settings.from_environment({**NEEDED, name: value})


def test_a_passive_net_is_named_with_its_digest_or_not_at_all() -> None:
    net = {"PASSIVE_PAD_MODEL": "net.onnx", "PASSIVE_PAD_SHA256": "ab" * 32}
    assert Settings.from_environment({**NEEDED, **net}).passive_pad_sha256 == "ab" * 32
    assert Settings.from_environment(NEEDED).passive_pad_model is None
    for name, value in net.items():
        with pytest.raises(SettingsRefused, match="together"):
            Settings.from_environment({**NEEDED, name: value})
    with pytest.raises(SettingsRefused, match="PASSIVE_PAD_SHA256"):
        Settings.from_environment({**NEEDED, **net, "PASSIVE_PAD_SHA256": "AB" * 32})


def test_a_hardware_module_is_named_whole_or_not_at_all() -> None:
    module = {
        "CERTIFICATE_HSM_MODULE": "libmodule.so",
        "CERTIFICATE_HSM_TOKEN": "departments",
        "CERTIFICATE_HSM_PIN": "hunter2",
    }
    whole = Settings.from_environment({**NEEDED, **module})
    assert whole.certificate_hsm_token == "departments"
    assert "hunter2" not in repr(whole)
    for name in module:
        rest = {key: value for key, value in module.items() if key != name}
        with pytest.raises(SettingsRefused, match="together"):
            Settings.from_environment({**NEEDED, **rest})


def test_secrets_do_not_show_in_the_representation() -> None:
    text = repr(Settings.from_environment(NEEDED))
    assert "hunter2" not in text
    assert "opensesame" not in text


def test_every_setting_is_documented_in_the_example() -> None:
    example = (Path(__file__).parents[3] / ".env.example").read_text(encoding="utf-8")
    documented = {line.split("=")[0] for line in example.splitlines() if "=" in line}
    assert {name.upper() for name in Settings.model_fields} <= documented


def test_the_documented_defaults_are_the_defaults() -> None:
    example = (Path(__file__).parents[3] / ".env.example").read_text(encoding="utf-8")
    pairs = dict(
        line.split("=", 1) for line in example.splitlines() if "=" in line and line[0] != "#"
    )
    told = Settings.from_environment({**pairs, **NEEDED})
    assert told == Settings.from_environment(NEEDED)


@pytest.mark.parametrize(
    "half",
    [
        ("HOUSING_URL", "http://127.0.0.1:8102"),
        ("CIVIL_AFFAIRS_TOKEN", "hunter2"),
        ("HEALTH_TOKEN", "hunter2"),
        ("SOCIAL_SECURITY_URL", "http://127.0.0.1:8104"),
        ("MARKET_REGULATION_TOKEN", "hunter2"),
        ("VETERANS_DROPS", "/srv/hunter2"),
        ("VETERANS_KEY", "/srv/hunter2.pem"),
    ],
)
def test_a_department_is_named_whole_or_not_at_all(half: tuple[str, str]) -> None:
    with pytest.raises(SettingsRefused, match="together") as refused:
        Settings.from_environment({**NEEDED, half[0]: half[1]})
    assert half[0] in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_departments_that_are_named_are_connected() -> None:
    settings = Settings.from_environment(
        {
            **NEEDED,
            "HOUSING_URL": "http://127.0.0.1:8102/",
            "HOUSING_TOKEN": "hunter2",
            "HOUSING_FUND_DATABASE_URL": "postgresql+psycopg://r:hunter2@h/housing_fund",
        }
    )
    assert settings.counters.keys() == {"population", "housing"}
    assert settings.counters["housing"][0] == "http://127.0.0.1:8102"
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in repr(settings.counters)
    with pytest.raises(SettingsRefused, match="HOUSING_FUND_DATABASE_URL"):
        Settings.from_environment({**NEEDED, "HOUSING_FUND_DATABASE_URL": "mysql://h/d"})


PAYMENTS = {
    "PAYMENTS_URL": "https://pay.example/",
    "PAYMENTS_TOKEN": "hunter2",
    "PAYMENTS_JWKS": "https://pay.example/keys.json",
}


def test_a_payment_provider_is_named_whole_or_not_at_all() -> None:
    settings = Settings.from_environment({**NEEDED, **PAYMENTS})
    assert settings.payments_url == "https://pay.example"
    assert Settings.from_environment(NEEDED).payments_url is None
    for name in PAYMENTS:
        with pytest.raises(SettingsRefused, match="together") as refused:
            Settings.from_environment({**NEEDED, **PAYMENTS, name: ""})
        assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("name", ["PAYMENTS_URL", "PAYMENTS_JWKS"])
@pytest.mark.parametrize("origin", ["http://pay.example", "http://10.0.0.1", "ftp://127.0.0.1"])
def test_money_goes_by_tls_or_stays_on_this_machine(name: str, origin: str) -> None:
    with pytest.raises(SettingsRefused, match=name):
        Settings.from_environment({**NEEDED, **PAYMENTS, name: origin})
    here = {name: "http://127.0.0.1:8103"}
    assert Settings.from_environment({**NEEDED, **PAYMENTS, **here}).payments_jwks is not None
