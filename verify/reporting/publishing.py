"""From a folder of measured figures to pages and pictures beside them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from verify.errors import FiguresRefused
from verify.reporting import figures, markdown

_PATTERN: Final = "liveness-*.json"
_MAX_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was done."""

    written: tuple[str, ...]
    """Names of the files written."""
    skipped: tuple[str, ...]
    """Names of files that hold other figures than those of the whole benchmark."""


def publish(folder: Path, out: Path) -> Published:
    """Write a page and two pictures for each `liveness-*.json` of a folder.

    Raises:
        FiguresRefused: A file is not what the benchmark writes, or there is none.
        OSError: A folder cannot be read or written.
    """
    written: list[str] = []
    skipped: list[str] = []
    for path in sorted(folder.glob(_PATTERN)):
        content = _content(path)
        if not figures.is_figures(content):
            skipped.append(path.name)
            continue
        written.extend(_pages(path.stem, figures.read(content), out))
    if not written:
        raise FiguresRefused(_PATTERN)
    return Published(written=tuple(written), skipped=tuple(skipped))


def _content(path: Path) -> object:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise FiguresRefused(path.name)
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise FiguresRefused(path.name) from error


def _pages(stem: str, measured: figures.Figures, out: Path) -> tuple[str, ...]:
    plots = {"families": f"{stem}-families.svg", "bands": f"{stem}-bands.svg"}
    title = stem.replace("-", " ").capitalize()
    files = {
        f"{stem}.md": markdown.page(measured, title=title, plots=plots),
        plots["families"]: markdown.families_chart(measured),
        plots["bands"]: markdown.bands_chart(measured),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    return tuple(files)
