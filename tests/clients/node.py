"""Packages from the npm registry, pinned, outside of the tree: a wallet, and the pages' tools."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

import pytest

HERE: Final = Path(__file__).parent / "wallet"
_INSTALLED: Final = Path(__file__).parents[2] / "var" / "clients"
_OLDEST: Final = 20
_INSTALL_S, _RUN_S = 240, 90
_OUT_OF_REACH: Final = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT"
)


def installed_wallet() -> Path:
    """The folder where the wallet can run."""
    folder = installed(HERE)
    shutil.copy(HERE / "wallet.mjs", folder)
    return folder


def installed(source: Path) -> Path:
    """A folder with what a package.json and its lock ask for; made once for each lock.

    Skips the test, and says why, where there is no Node or its registry cannot be reached.
    """
    npm = _required("npm")
    _require_node()
    lock = (source / "package-lock.json").read_bytes()
    folder = _INSTALLED / hashlib.sha256(lock).hexdigest()[:16]
    if not folder.exists():
        _install(npm, source, folder)
    return folder


def run_wallet(folder: Path, task: dict[str, Any]) -> Any:
    """What the wallet found."""
    done = subprocess.run(  # noqa: S603 - our own program
        [_required("node"), "wallet.mjs"],
        cwd=folder,
        input=json.dumps(task),
        capture_output=True,
        text=True,
        timeout=_RUN_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


def _install(npm: str, source: Path, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent))
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, draft)
    done = subprocess.run(  # noqa: S603 - a fixed command
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"],
        cwd=draft,
        capture_output=True,
        text=True,
        timeout=_INSTALL_S,
        check=False,
    )
    if done.returncode != 0 and _OUT_OF_REACH.search(done.stderr):
        pytest.skip("the npm registry cannot be reached")
    assert done.returncode == 0, done.stderr[-4000:]
    with contextlib.suppress(OSError):  # another process was faster, with the same
        draft.rename(folder)
    shutil.rmtree(draft, ignore_errors=True)


def _require_node() -> None:
    version = subprocess.run(  # noqa: S603 - a fixed command
        [_required("node"), "--version"], capture_output=True, text=True, timeout=20, check=True
    ).stdout
    if int(version.lstrip("v").split(".", maxsplit=1)[0]) < _OLDEST:
        pytest.skip(f"Node {_OLDEST} or newer is needed")


def _required(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found
