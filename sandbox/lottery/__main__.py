"""Recompute a lottery's ranks and compare them with those that were served.

python -m sandbox.lottery https://… rls_…    fetches what is published
python -m sandbox.lottery FILE               reads it from a file, without a network

Prints one line of JSON. Exit codes: 0 the same, 1 not the same or not to be had.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.lottery.fetching import NotFetched, fetched
from sandbox.lottery.ranks import Draw, NotAsPublished, recomputed


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.lottery", description=__doc__)
    parser.add_argument("source", help="the system's address, or a file that was saved")
    parser.add_argument("release", nargs="?", help="the release's id; with an address")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep what was published there")
    chosen = parser.parse_args(arguments)
    try:
        published = _published(chosen.source, chosen.release)
        if chosen.save is not None:
            chosen.save.write_text(json.dumps(published), encoding="utf-8")
        draw = Draw.of(published)
        differing = [id_ for id_, rank in recomputed(draw).items() if draw.ranks[id_] != rank]
    except (NotAsPublished, NotFetched, OSError, KeyError, ValueError) as refused:
        print(json.dumps({"same": False, "why": str(refused)}, ensure_ascii=False))
        return 1
    told = {"same": not differing, "tickets": len(draw.ranks), "differing": differing[:10]}
    print(json.dumps(told))
    return 0 if told["same"] else 1


def _published(source: str, release: str | None) -> Any:  # noqa: ANN401 -- JSON of a stranger
    if release is not None:
        return fetched(source, release)
    return json.loads(Path(source).read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
