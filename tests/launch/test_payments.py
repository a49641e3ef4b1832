"""The payment provider as the launcher starts it."""

import json
from pathlib import Path

from config import Settings
from launch.payments import PaymentService
from launch.ports import answers
from launch.process import Processes

NEEDED = {
    "DATABASE_URL": "postgresql+psycopg://u@h/d",
    "REDIS_URL": "unix:///run/redis.sock",
    "POPULATION_URL": "http://127.0.0.1:8101",
    "POPULATION_TOKEN": "opensesame",
}


def service(var: Path, processes: Processes, **given: str) -> PaymentService:
    return PaymentService(given=given, var=var, api_url="http://127.0.0.1:9", processes=processes)


def test_it_begins_and_the_settings_say_how_it_is_reached(
    tmp_path: Path, processes: Processes
) -> None:
    provider = service(tmp_path, processes)
    provider.start()
    provider.wait()

    settings = Settings.from_environment({**NEEDED, **provider.settings})
    assert settings.payments_url is not None
    assert settings.payments_jwks is not None
    assert settings.payments_token is not None
    assert answers(settings.payments_url, "/health")
    assert settings.payments_jwks.startswith(settings.payments_url)
    assert answers(settings.payments_url, settings.payments_jwks[len(settings.payments_url) :])
    kept = tmp_path / "payments" / "provider.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    told = json.loads(kept.read_text())
    assert told["address"] == settings.payments_url
    token = settings.payments_token.get_secret_value()
    assert token == told["token"]
    assert token not in (tmp_path / "logs" / "payments.log").read_text()


def test_a_given_provider_is_used_and_none_is_started(tmp_path: Path, processes: Processes) -> None:
    given = {
        "PAYMENTS_URL": "https://pay.example",
        "PAYMENTS_TOKEN": "t",
        "PAYMENTS_JWKS": "https://pay.example/keys",
    }
    provider = service(tmp_path, processes, **given)
    provider.start()
    provider.wait()

    assert provider.settings == given
    assert not (tmp_path / "payments").exists()
