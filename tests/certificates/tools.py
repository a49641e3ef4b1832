"""Other people's readers of PDF, where the machine has them."""

import shutil
import subprocess
from pathlib import Path

import pytest

PACKAGES = {
    "pdfsig": "poppler-utils",
    "pdftotext": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "qpdf": "qpdf",
    "certutil": "libnss3-tools",
    "java": "default-jre-headless",
    "openssl": "openssl",
}


def needs(name: str) -> pytest.MarkDecorator:
    """Skip a test where a program is missing, and say which package brings it."""
    reason = f"{name} is missing (Debian package {PACKAGES[name]})"
    return pytest.mark.skipif(shutil.which(name) is None, reason=reason)


def run(name: str, *arguments: str, stdin: bytes = b"", cwd: Path | None = None) -> bytes:
    """Run a program; its output, or an error with what it complained about."""
    path = shutil.which(name)
    assert path is not None
    done = subprocess.run(  # noqa: S603 - a fixed program, arguments of the test
        [path, *arguments], input=stdin, capture_output=True, check=False, cwd=cwd
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout
