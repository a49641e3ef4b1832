"""Makes the virtual environment `var/venv`. Runs on a bare Python: standard library only.

    python3 -m launch.bootstrap [--dev]

A second run costs a few milliseconds: what the environment was made from is written into it, and
nothing is done while that has not changed. pip is called as the machine has configured it.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST_PYTHON = (3, 11)
CHECKOUT = Path(__file__).resolve().parent.parent


def main(argv: list[str] | None = None) -> int:
    """Make the environment ready.

    Returns:
        0 when it is, 1 when it cannot be; the reason has been printed.
    """
    parser = argparse.ArgumentParser(prog="python3 -m launch.bootstrap", description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also the tools for tests and lint")
    options = parser.parse_args(argv)
    if sys.version_info < OLDEST_PYTHON:
        print("Zero-Run needs Python 3.11 or newer: make PYTHON=python3.12 …", file=sys.stderr)
        return 1
    try:
        prepare(CHECKOUT, kind="dev" if options.dev else "runtime")
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"The virtual environment could not be made: {error}", file=sys.stderr)
        return 1
    return 0


def prepare(checkout: Path, *, kind: str) -> bool:
    """Bring `<checkout>/var/venv` up to date with the requirements of `kind`.

    Args:
        checkout: root of the project.
        kind: "runtime" or "dev"; the second contains the first.

    Returns:
        Whether anything had to be done.
    """
    home = checkout / "var" / "venv"
    wanted = _digest(checkout)
    if _is_ready(home, kind, wanted):
        return False
    home.parent.mkdir(exist_ok=True)
    with _alone(home.parent / ".setup.lock"):
        # Another make may have done it while this one waited.
        if not _is_ready(home, kind, wanted):
            _ensure_environment(home)
            _install(checkout, home, kind)
            (home / f".ready-{kind}").write_text(wanted, encoding="ascii")
    return True


def _digest(checkout: Path) -> str:
    """Fingerprint of all that decides what the environment contains."""
    sources = (*checkout.glob("requirements*.txt"), *checkout.glob("packaging/*/pyproject.toml"))
    # The path counts: an environment does not survive being moved.
    digest = hashlib.sha256(f"{sys.version}\0{checkout}\0".encode())
    for source in sorted(sources):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


def _is_ready(home: Path, kind: str, wanted: str) -> bool:
    stamps = (home / ".ready-dev", home / f".ready-{kind}")
    found = (stamp.read_text(encoding="ascii") for stamp in stamps if stamp.exists())
    return wanted in found and python_of(home).exists()


def python_of(home: Path) -> Path:
    """Return the interpreter of the environment at `home`."""
    return home / "bin" / "python"


def _ensure_environment(home: Path) -> None:
    """Make the environment unless one of this very Python works already, pip included."""
    if home.exists():
        if _version_of(home) == sys.version:
            return
        shutil.rmtree(home)
    print(f"Making the virtual environment {home} …", flush=True)
    venv.create(home, symlinks=True)
    python = str(python_of(home))
    # Debian keeps ensurepip in a package of its own; there the pip of the machine brings one in.
    for command in (
        [python, "-m", "ensurepip", "--default-pip"],
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "pip"],
    ):
        made = subprocess.run(command, check=False, capture_output=True, env=_environment())
        if made.returncode == 0:
            return
    msg = "neither ensurepip nor pip is there: install python3-venv or pip"
    raise OSError(msg)


def _version_of(home: Path) -> str | None:
    question = "import sys, pip; sys.stdout.write(sys.version)"
    try:
        answer = subprocess.run(
            [str(python_of(home)), "-I", "-c", question],
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    # An environment that was moved answers, but its programs still name the old place.
    settings = (home / "pyvenv.cfg").read_text(encoding="utf-8")
    return answer.stdout if str(home) in settings else None


def _install(checkout: Path, home: Path, kind: str) -> None:
    names = {"runtime": "requirements.txt", "dev": "requirements-dev.txt"}
    print(f"Installing {names[kind]} (minutes at most, and only this once) …", flush=True)
    subprocess.run(
        [
            str(python_of(home)),
            "-m",
            "pip",
            "install",
            # Twice: without the warnings about indexes that do not have everything.
            "--quiet",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
            names[kind],
        ],
        check=True,
        cwd=checkout,
        env=_environment(),
    )


def _environment() -> dict[str, str]:
    # `pip install --user`, if somebody made that the default, cannot work in an environment.
    return {**os.environ, "PIP_USER": "0"}


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w", encoding="ascii") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
