"""Many sessions over two processes; each can be repeated alone, and a long run can be continued.

A session is written down as it ends, with the policy and the code that played it. A run that was
interrupted reads what is written, plays what is lacking, and tells the same as one that was not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.liveness.code import code_digest
from bench.liveness.orders import Lab, Order
from bench.liveness.stage import stage_of
from verify.defaults import DEFAULT_POLICY

Row = dict[str, Any]
"""One played session, as a line of the file holds it."""


def run(
    lab: Lab, orders: Sequence[Order], *, file: Path | None = None, workers: int = 2
) -> Iterator[Row]:
    """Yield every session's row: first those the file holds already, then new ones as they end.

    Args:
        lab: What all sessions share.
        orders: Which sessions.
        file: JSON lines; read first, then added to. None keeps nothing. Sessions of another policy
            or other code do not count, nor does a line that was cut off.
        workers: Processes.
    """
    wanted = {order.key: order for order in orders}
    for row in _kept(file):
        order = wanted.pop(row["key"], None)
        if order is not None:
            yield row
    if not wanted:
        return
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        for done in as_completed([pool.submit(play, lab, order) for order in wanted.values()]):
            row = done.result()
            if file is not None:
                _write(file, row)
            yield row
    finally:  # one session that fails, or a signal, ends the run now, not after all others
        pool.shutdown(cancel_futures=True)


def play(lab: Lab, order: Order) -> Row:
    """Play one session in this process."""
    return {"key": order.key, **_by(), **asdict(order), **stage_of(lab).play(order)}


def _by() -> dict[str, str]:
    """Return what a row must have been played by to count."""
    return {"policy": DEFAULT_POLICY.version, "build": code_digest()}


def _write(file: Path, row: Row) -> None:
    """Add a line; what an interrupted run left unfinished is ended first."""
    with file.open("ab+") as lines:
        if lines.tell():
            lines.seek(-1, os.SEEK_END)
            lines.write(b"" if lines.read(1) == b"\n" else b"\n")
        lines.write(json.dumps(row).encode() + b"\n")


def _kept(file: Path | None) -> list[Row]:
    if file is None or not file.is_file():
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    mine = _by().items()
    return [row for row in map(_row, lines) if mine <= row.items()]


def _row(line: str) -> Row:
    """Read a line; where an interrupted run left a part of one, there is nothing in it."""
    try:
        return dict(json.loads(line))
    except ValueError:
        return {}
