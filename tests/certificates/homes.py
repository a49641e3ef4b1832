"""A copy of the data that a test may spoil."""

import shutil
from pathlib import Path

from certificates.catalogue import HOME

FILES = ("departments.toml", "sources.toml", "common.toml")


def copied(folder: Path) -> Path:
    """All the data, below a folder that is made for it."""
    folder.mkdir()
    for part in ("types", "layout"):
        shutil.copytree(HOME / part, folder / part)
    for file in FILES:
        shutil.copy(HOME / file, folder)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    """Change one place of a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
