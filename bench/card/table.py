"""Figures as the Markdown of docs/settlement.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bench.card.faults import PATIENCE_S

_FROM: Final = "<!-- from docs/figures/card.json -->\n"
_TO: Final = "\n<!-- to here -->"


def placed(page: str, told: Mapping[str, Any]) -> str:
    """Return a page with the tables between its two marks.

    Raises:
        ValueError: it has no such marks.
    """
    before, rest = _cut(page, _FROM)
    _, after = _cut(rest, _TO)
    return f"{before}{_FROM}{table(told)}{_TO}{after}"


def _cut(page: str, mark: str) -> tuple[str, str]:
    before, found, after = page.partition(mark)
    if not found:
        raise ValueError(mark)
    return before, after


def table(told: Mapping[str, Any]) -> str:
    """Return the tables of a run's figures, as its last line or its file holds them."""
    return "\n".join([*_speed(told), "", *_memory(told), *_promises(told), "", *_ways(told)])


def _speed(told: Mapping[str, Any]) -> list[str]:
    many = told["options"]["terminals"]
    return [
        f"| {many} tills at once | median | p95 | p99 | a second | API's processor time each |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {kind} | {one['median']} ms | {one['p95']} ms | {one['p99']} ms "
            f"| {told['per_s'][kind]} | {told['cpu_ms_each'][kind]['api']} ms |"
            for kind, one in told["ms"].items()
        ),
        *(
            f"| {kind}, in purchases | {one['median']} ms | {one['p95']} ms | {one['p99']} ms "
            f"| {told['purchases_per_s']} | |"
            for kind, one in told["ms_in_purchases"].items()
        ),
        *(
            f"| {kind}, a customer a second at each till | {one['median']} ms | {one['p95']} ms "
            f"| {one['p99']} ms | {many} | |"
            for kind, one in told.get("ms_paced", {}).items()
        ),
    ]


def _memory(told: Mapping[str, Any]) -> list[str]:
    api = told.get("api")
    if api is None:
        return []
    tills, all_of = told["options"]["till_processes"], api["processes"]
    told_of = f"The API takes {api['shared_out_mb']} MB: {all_of} processes, {tills} for tills."
    return [told_of, ""]


def _promises(told: Mapping[str, Any]) -> list[str]:
    ledger, killed = told["ledger"], told["kill9"]
    ended = ", ".join(f"{count} {end}" for end, count in sorted(killed["ends"].items()) if end)
    rows = (
        (
            "a code, a quote, a presentation pays once",
            f"{told['double_spend_pairs']:,} racing pairs",
            told["double_spends"],
        ),
        (
            "every fen of a basket is somebody's",
            f"{told['baskets']:,} baskets",
            told["identity_violations"],
        ),
        (
            "the ledger adds up and its chain holds",
            f"{ledger['transactions']:,} transactions",
            sum(ledger[name] for name in ("unbalanced", "altered", "broken", "balances")),
        ),
        (
            "insurance and cash: both or neither",
            f"{told['kill9_runs']} processes killed ({ended}; {killed['longest_s']} s at most)",
            told["kill9_runs"] - told["kill9_converged"],
        ),
        (
            "what is changed behind the triggers is told",
            f"{len(told['faults'])} settlements changed ({told['recon_fault_found_s']} s at most)",
            sum(one >= PATIENCE_S for one in told["faults"]),
        ),
    )
    return [
        "| promise | tried | broken |",
        "| --- | --- | --- |",
        *(f"| {promise} | {tried} | {broken} |" for promise, tried, broken in rows),
    ]


def _ways(told: Mapping[str, Any]) -> list[str]:
    rivals = {name: one for name, one in told["rivals"].items() if "pairs" in one}
    alone = told["rivals"]["settling without HTTP"]
    return [
        "| way to use something once | racing pairs | served twice | pairs a second |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name} | {one['pairs']} | {one['double_spends']} | {one['pairs_per_s']} |"
            for name, one in rivals.items()
        ),
        "",
        (
            f"Two processes of four threads settle {alone['settlements_per_s']} purchases a second "
            f"of different people, and {alone['with_table_lock_per_s']} where each locks the table."
        ),
    ]
