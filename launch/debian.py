"""Installs the Debian packages that help a test, where that is allowed. Never fails a run.

    python -m launch.debian

Nothing of Zero-Run needs them: a test that misses one skips and says so.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from launch.bootstrap import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

_HELPERS = {
    "poppler-utils": "usr/bin/pdfsig",
    "qpdf": "usr/bin/qpdf",
    "postgresql": "usr/lib/postgresql/*/bin/initdb",
    "redis-server": "usr/bin/redis-server",
    "chromium": "usr/bin/chromium",
    "fonts-noto-cjk": "usr/share/fonts/**/NotoSansCJK-Regular.ttc",
    "softhsm2": "usr/lib/**/softhsm/libsofthsm2.so",
    "default-jre-headless": "usr/bin/java",
    "libjaxb-java": "usr/share/java/jaxb-impl.jar",
    "libjaxb-api-java": "usr/share/java/jaxb-api.jar",
    "libistack-commons-java": "usr/share/java/istack-commons-runtime.jar",
    "libtxw2-java": "usr/share/java/txw2.jar",
    "libactivation-java": "usr/share/java/javax.activation.jar",
}
"""Package and a file it brings, as a pattern below /."""
_RETRY_SECONDS = 6 * 3600
_TIMEOUT_SECONDS = 300
_POLICY = Path("/usr/sbin/policy-rc.d")


def main() -> int:
    """Install what is missing, if this is root on a machine with apt.

    Returns:
        0, whatever came of it.
    """
    missing = missing_helpers(Path("/"))
    failed_before = CHECKOUT / "var" / ".apt-failed"
    if not missing or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return 0
    if failed_before.exists() and time.time() - failed_before.stat().st_mtime < _RETRY_SECONDS:
        return 0
    print(f"Installing {', '.join(missing)}, which some tests use …", flush=True)
    if _install(missing):
        failed_before.unlink(missing_ok=True)
    else:
        failed_before.parent.mkdir(exist_ok=True)
        failed_before.touch()
        print("That did not work; the tests that want them will skip.", file=sys.stderr)
    return 0


def missing_helpers(root: Path) -> list[str]:
    """Return the packages whose file is not below `root`."""
    return [package for package, file in _HELPERS.items() if not any(root.glob(file))]


def _install(packages: list[str]) -> bool:
    apt = ["apt-get", "--quiet", "--quiet", "--option=Acquire::Retries=1"]
    commands = (
        [*apt, "update"],
        [*apt, "install", "--yes", "--no-install-recommends", *packages],
    )
    with _no_services_started():
        return all(_succeeds(command) for command in commands)


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


@contextlib.contextmanager
def _no_services_started() -> Iterator[None]:
    """Keep the packages from starting servers of their own: only the programs are wanted."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
