"""Fetches models and sample portraits with pip, and checks each file by its sha256.

    python -m launch.assets

Every file is part of a package on the index pip is configured for; only the named files are taken
out, nothing is installed. A file that is there and matches is left alone.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from launch.bootstrap import CHECKOUT
from launch.errors import LaunchRefused

# Wheels are taken for one fixed platform, whatever this machine is: only data are read from them.
_ANY_MACHINE = (
    "--only-binary=:all:",
    "--python-version=3.11",
    "--implementation=cp",
    "--platform=manylinux_2_28_x86_64",
    "--platform=manylinux_2_17_x86_64",
    "--platform=manylinux2014_x86_64",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file wanted under `var/`."""

    member: str
    """Where it lies in the archive."""
    target: str
    """Where it goes, relative to `var/`."""
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One package and what is taken from it."""

    requirement: str
    """Line of a requirements file: name, exact version and, for source archives, their sha256."""
    options: tuple[str, ...]
    """For `pip download`."""
    assets: tuple[Asset, ...]


_IMAGES = "face_recognition-1.3.0/tests/test_images"
SOURCES = (
    Source(
        requirement="mediapipe==0.10.21",
        options=_ANY_MACHINE,
        assets=(
            Asset(
                member="mediapipe/modules/face_landmark/face_landmark.tflite",
                target="models/face_landmark.tflite",
                sha256="1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
            ),
        ),
    ),
    Source(
        # pip runs setup.py of a source archive to learn its name, so the archive itself is checked
        # before it is opened.
        requirement=(
            "face_recognition==1.3.0 --hash="
            "sha256:5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec"
        ),
        options=("--no-binary=face_recognition",),
        assets=(
            Asset(
                member=f"{_IMAGES}/obama.jpg",
                target="portraits/obama.jpg",
                sha256="0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
            ),
            Asset(
                member=f"{_IMAGES}/obama2.jpg",
                target="portraits/obama2.jpg",
                sha256="a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
            ),
            Asset(
                member=f"{_IMAGES}/obama3.jpg",
                target="portraits/obama3.jpg",
                sha256="76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3",
            ),
            Asset(
                member=f"{_IMAGES}/biden.jpg",
                target="portraits/biden.jpg",
                sha256="3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
            ),
        ),
    ),
    Source(
        requirement="scikit-image==0.26.0",
        options=_ANY_MACHINE,
        assets=(
            Asset(
                member="skimage/data/astronaut.png",
                target="portraits/astronaut.png",
                sha256="88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
            ),
        ),
    ),
)


def ensure_assets(var: Path, *, sources: tuple[Source, ...] = SOURCES) -> int:
    """Fetch what is missing under `var`, the packages at the same time.

    Returns:
        How many files were written.

    Raises:
        LaunchRefused: a package cannot be had, or a file in it is not the one expected.
    """
    missing = [source for source in sources if any(_missing(a, var) for a in source.assets)]
    if not missing:
        return 0
    names = ", ".join(source.requirement.split("==")[0] for source in missing)
    print(f"Fetching models and portraits from {names} …", flush=True)
    with ThreadPoolExecutor(max_workers=len(missing)) as pool:
        return sum(pool.map(lambda source: _take(source, var), missing))


def _missing(asset: Asset, var: Path) -> bool:
    path = var / asset.target
    return not path.is_file() or _sha256(path.read_bytes()) != asset.sha256


def _take(source: Source, var: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="zero-run-") as scratch:
        archive = _download(source, Path(scratch))
        wanted = [asset for asset in source.assets if _missing(asset, var)]
        for asset in wanted:
            _write(var / asset.target, _checked(archive, asset))
    return len(wanted)


def _download(source: Source, scratch: Path) -> Path:
    requirements = scratch / "requirements.txt"
    requirements.write_text(f"{source.requirement}\n", encoding="utf-8")
    got = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--disable-pip-version-check",
            *source.options,
            f"--dest={scratch}",
            f"--requirement={requirements}",
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    name = source.requirement.split()[0]
    if got.returncode != 0:
        msg = f"pip could not download {name}:\n{got.stderr.strip()}"
        raise LaunchRefused(msg)
    archives = [path for path in scratch.iterdir() if path != requirements and path.is_file()]
    if len(archives) != 1:
        msg = f"pip downloaded {len(archives)} files for {name}, one was expected."
        raise LaunchRefused(msg)
    return archives[0]


def _checked(archive: Path, asset: Asset) -> bytes:
    try:
        content = _member(archive, asset.member)
    except KeyError as error:
        msg = f"{archive.name} does not contain {asset.member}."
        raise LaunchRefused(msg) from error
    if _sha256(content) != asset.sha256:
        msg = f"{asset.member} in {archive.name} is not the file expected: its sha256 differs."
        raise LaunchRefused(msg)
    return content


def _member(archive: Path, name: str) -> bytes:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(name)
    with tarfile.open(archive) as tar:
        handle = tar.extractfile(name)
        if handle is None:
            raise KeyError(name)
        return handle.read()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    partial.write_bytes(content)
    partial.replace(path)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main() -> int:
    """Fetch into `var/` of the checkout.

    Returns:
        0, or 1 after printing what went wrong.
    """
    try:
        ensure_assets(CHECKOUT / "var")
    except LaunchRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
