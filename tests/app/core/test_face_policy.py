from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.wiring.faces import build_policy
from config import Settings, SettingsRefused
from verify.defaults import DEFAULT_POLICY

NEEDED = {
    "DATABASE_URL": "postgresql+psycopg://u@h/d",
    "REDIS_URL": "unix:///run/redis.sock",
    "POPULATION_URL": "http://127.0.0.1:8101",
    "POPULATION_TOKEN": "opensesame",
}


def settings(path: Path) -> Settings:
    return Settings.from_environment({**NEEDED, "FACE_POLICY": str(path)})


def written(tmp_path: Path, same: object) -> Path:
    path = tmp_path / "policy.json"
    content = {"name": "city-1", "source": {"pairs": 30_000}, "match": {"same": same}}
    path.write_text(json.dumps(content))
    return path


def test_without_a_file_the_shipped_policy_judges() -> None:
    assert build_policy(Settings.from_environment(NEEDED)) is DEFAULT_POLICY


def test_the_operator_s_thresholds_judge_under_a_version_of_their_own(tmp_path: Path) -> None:
    policy = build_policy(settings(written(tmp_path, 0.2)))
    assert policy.match.same == 0.2
    assert policy.version.startswith("city-1+")


@pytest.mark.parametrize(
    ("same", "told"),
    [
        ("0.2", "FACE_POLICY: POLICY_VALUE_WRONG at match.same"),
        (0.01, "FACE_POLICY: POLICY_TOO_LOOSE at match.same"),
    ],
)
def test_the_api_does_not_start_with_a_wrong_policy(
    tmp_path: Path, same: object, told: str
) -> None:
    with pytest.raises(SettingsRefused, match=told):
        build_policy(settings(written(tmp_path, same)))


def test_the_api_does_not_start_without_the_policy_it_was_told_to_use(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="FACE_POLICY: POLICY_FILE_UNREADABLE"):
        build_policy(settings(tmp_path / "absent.json"))
