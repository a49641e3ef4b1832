"""Operators of the running system, and the codes by which a browser becomes one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from launch.bootstrap import CHECKOUT
from launch.system import System
from sandbox.phone.keys import DeviceKey

NAME = "市数据局值班"


def enrolment_code(system: System, folder: Path, *scopes: str) -> str:
    """A code, good once, of a new operator with these scopes."""
    keys = folder / "operator.jwks.json"
    keys.write_text(json.dumps({"keys": [DeviceKey.generate().public_jwk()]}))
    words = ("--name", NAME, "--scopes", ",".join(scopes), "--jwks", str(keys))
    return code_of(system, str(command(system, "add-operator", *words)["client_id"]))


def code_of(system: System, client_id: str) -> str:
    """A code, good once, of a client that is there."""
    return str(command(system, "enrol-key", client_id)["code"])


def command(system: System, *words: str) -> dict[str, object]:
    """What one of the system's own commands answers."""
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "app.commands", *words],
        cwd=CHECKOUT,
        env=dict(system.environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return told
