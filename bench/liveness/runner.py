"""Many sessions over two processes; each can be repeated alone, and a long run can be continued."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

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
        file: JSON lines; read first, then added to. None keeps nothing. Sessions judged by another
            policy do not count.
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
                with file.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(row) + "\n")
            yield row
    finally:  # one session that fails ends the run now, not after all others
        pool.shutdown(cancel_futures=True)


def play(lab: Lab, order: Order) -> Row:
    """Play one session in this process."""
    told = {"key": order.key, "policy": DEFAULT_POLICY.version}
    return {**told, **asdict(order), **stage_of(lab).play(order)}


def _kept(file: Path | None) -> list[Row]:
    if file is None or not file.is_file():
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line]
    return [row for row in rows if row.get("policy") == DEFAULT_POLICY.version]
