from pathlib import Path

import pytest

from bench.liveness.orders import Lab

VAR = Path(__file__).parents[2] / "var"


@pytest.fixture(scope="session")
def lab() -> Lab:
    """The fetched portraits alone: of the reporting people two, who are not related."""
    made = Lab(
        portraits=VAR / "portraits",
        mesh=VAR / "models" / "face_landmark.tflite",
        faces=None,
        people=2,
    )
    if not made.mesh.is_file():
        pytest.skip("the landmark net is not under var/models")
    return made
