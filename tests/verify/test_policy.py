import subprocess
import sys
from dataclasses import fields, is_dataclass, replace

import pytest

from verify.defaults import DEFAULT_POLICY, SOURCES
from verify.policy import VerificationPolicy

PARTS = (
    "frame",
    "photo",
    "match",
    "quality",
    "challenge",
    "protocol",
    "presence",
    "motion",
    "light",
    "forensic",
    "fusion",
)


def test_every_part_of_a_policy_is_looked_at_here() -> None:
    parts = {field.name for field in fields(DEFAULT_POLICY) if is_dataclass(field.type)}
    assert parts == set(PARTS)


def test_every_number_in_force_names_its_source() -> None:
    named = {
        f"{part}.{field.name}" for part in PARTS for field in fields(getattr(DEFAULT_POLICY, part))
    }
    assert named == set(SOURCES)
    assert all(len(source) > 8 for source in SOURCES.values())


def test_every_number_in_force_differs_from_its_refusing_default() -> None:
    for part in PARTS:
        policy = getattr(DEFAULT_POLICY, part)
        empty = type(policy)()
        for field in fields(policy):
            assert getattr(policy, field.name) != getattr(empty, field.name) or (
                f"{part}.{field.name}" == "quality.rival_size"
            ), f"{part}.{field.name}"


@pytest.mark.parametrize("part", PARTS)
def test_a_policy_with_one_empty_part_is_empty(part: str) -> None:
    assert not DEFAULT_POLICY.empty
    assert VerificationPolicy().empty
    hollow = replace(DEFAULT_POLICY, **{part: type(getattr(DEFAULT_POLICY, part))()})
    assert hollow.empty


def test_two_policies_never_share_a_version() -> None:
    stricter = replace(DEFAULT_POLICY, match=replace(DEFAULT_POLICY.match, same=0.167))
    assert stricter.version != DEFAULT_POLICY.version
    assert DEFAULT_POLICY.version.startswith(f"{DEFAULT_POLICY.name}+")
    assert is_dataclass(stricter)


def test_a_policy_has_the_same_version_in_every_process() -> None:
    code = "from verify.defaults import DEFAULT_POLICY; print(DEFAULT_POLICY.version)"
    seen = {
        subprocess.run(  # noqa: S603 - our own interpreter, fixed code
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": "."},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for seed in (1, 2, 3)
    }
    assert seen == {DEFAULT_POLICY.version}


def test_what_a_serving_process_imports_loads_no_model_library() -> None:
    code = (
        "import sys, verify.engine, verify.images, verify.matching, verify.defaults;"
        "import verify.liveness.fusion, verify.liveness.protocol, verify.models;"
        "print(sorted({'cv2', 'dlib', 'face_recognition', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter, fixed code
        [sys.executable, "-c", code],
        env={"PYTHONPATH": "."},
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout.strip() == "[]"


def test_checking_a_manifest_needs_no_numpy() -> None:
    code = "import sys, verify.liveness.protocol; print('numpy' in sys.modules)"
    done = subprocess.run(  # noqa: S603 - our own interpreter, fixed code
        [sys.executable, "-c", code],
        env={"PYTHONPATH": "."},
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout.strip() == "False"
