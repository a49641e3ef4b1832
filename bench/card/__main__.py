"""Measures the pharmacy's side of the card on the running system: `make bench-card`.

Sixteen tills at an API process with others of its own for tills, PostgreSQL and Valkey, all on this
machine; people are enrolled by an office's file and get their cards by their phones' keys, without
a face. Then races for the same code, quote and presentation; processes killed while they settle;
baskets split; and in the end the whole ledger computed anew.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from app.settlement.service.ledger.chaining import Sequencer
from app.settlement.service.ledger.verifying import LedgerVerification
from bench.card import offline
from bench.card.desk import Desk
from bench.card.double_spends import Ring, Told
from bench.card.faults import PATIENCE_S, found_after_s
from bench.card.holders import settle_in
from bench.card.killing import Converged, Killing
from bench.card.load import Baskets, House, Sample
from bench.card.racing import quotes_of
from bench.card.spent import api_memory
from bench.card.split import Shop, rate, violations
from bench.card.table import placed, table
from bench.card.tills import open_tills
from bench.card.town import Town, running_town
from bench.figures import Figures, machine
from launch.errors import LaunchRefused

_TARGETS: Final = {
    "decode_p99_ms": 50.0,
    "settle_p99_ms": 150.0,
    "settlements_per_s": 150.0,
    "split_per_s": 50_000.0,
    "offline_verify_ms": 1.0,
}
_OFFLINE_CODES: Final = 500
_FULL: Final = {"pairs": 100_000, "baskets": 1_000_000, "kills": 100, "rounds": 10}
_QUICK: Final = {
    "terminals": 4,
    "persons": 12,
    "rounds": 1,
    "pairs": 20,
    "baskets": 200,
    "kills": 2,
    "faults": 1,
    "split_s": 0.05,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How much is measured."""

    terminals: int
    workers: int
    till_processes: int
    persons: int
    rounds: int
    pairs: int
    baskets: int
    kills: int
    faults: int
    split_s: float
    seed: int


def _more(options: Options) -> dict[str, str]:
    return {"TILL_PROCESSES": str(options.till_processes)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 when every target is met, else 1."""
    chosen = _parser().parse_args(arguments)
    if chosen.table is not None:
        return _place(chosen.table, chosen.page)
    preset = _QUICK if chosen.quick else _FULL if chosen.full else {}
    options = Options(**{name: preset.get(name, getattr(chosen, name)) for name in _names()})
    try:
        with running_town(workers=options.workers, more=_more(options)) as town:
            told = _load(town, options) if chosen.load else _measured(town, options)
    except LaunchRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    if chosen.load:
        met = _speed_met(told)
        print(json.dumps(told | {"met": met, "options": asdict(options), "machine": machine()}))
        return 0 if all(met.values()) else 1
    told |= _split(options) | _offline()
    met = _met(told)
    told |= {"met": met, "ok": all(met.values()), "options": asdict(options), "machine": machine()}
    print(table(told))
    line = json.dumps(told, ensure_ascii=False)
    if chosen.out is not None:
        pretty = json.dumps(told, ensure_ascii=False, indent=1)
        chosen.out.write_text(pretty + "\n", encoding="utf-8")
    print(line)
    return 0 if told["ok"] else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.card", description=__doc__)
    parser.add_argument("--terminals", type=int, default=16, help="at once (%(default)s)")
    parser.add_argument("--workers", type=int, default=1, help="API processes (%(default)s)")
    parser.add_argument(
        "--till-processes", type=int, default=3, help="of it for tills (%(default)s); 0: none"
    )
    parser.add_argument("--persons", type=int, default=400, help="with a card (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="all of them twice (%(default)s)")
    parser.add_argument("--pairs", type=int, default=10_000, help="that race (%(default)s)")
    parser.add_argument("--baskets", type=int, default=100_000, help="split (%(default)s)")
    parser.add_argument("--kills", type=int, default=20, help="processes killed (%(default)s)")
    parser.add_argument("--faults", type=int, default=5, help="put into the books (%(default)s)")
    parser.add_argument("--split-s", type=float, default=1.0, help="seconds of each timing")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--full", action="store_true", help=f"all of it: {_FULL}; the better part of an hour"
    )
    parser.add_argument("--quick", action="store_true", help="whether it works, not how fast")
    parser.add_argument("--load", action="store_true", help="how fast, and nothing else")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--table", type=Path, metavar="FILE", help="print such a file's tables")
    parser.add_argument("--page", type=Path, metavar="PAGE", help="put them into a page instead")
    return parser


def _place(figures: Path, page: Path | None) -> int:
    told = json.loads(figures.read_text(encoding="utf-8"))
    if page is None:
        print(table(told))
    else:
        page.write_text(placed(page.read_text(encoding="utf-8"), told), encoding="utf-8")
    return 0


def _names() -> list[str]:
    return list(Options.__dataclass_fields__)


def _load(town: Town, options: Options) -> dict[str, Any]:
    with Desk(town.settings) as desk:
        house = _house(desk, town, options)
        return _speed(house.measure(options.rounds)) | {"api": asdict(api_memory())}


def _house(desk: Desk, town: Town, options: Options) -> House:
    holders = settle_in(desk, options.persons, folder=town.var)
    tills = open_tills(desk, options.terminals, base_url=town.base_url)
    print(f"{len(holders)} people, {len(tills)} tills", flush=True)
    return House(desk=desk, tills=tills, holders=holders, baskets=Baskets(options.seed))


def _measured(town: Town, options: Options) -> dict[str, Any]:
    with Desk(town.settings) as desk:
        house = _house(desk, town, options)
        tills, baskets = house.tills, house.baskets
        poor = settle_in(desk, options.kills, folder=town.var, first=options.persons, opening=0)
        sample = house.measure(options.rounds)
        memory = api_memory()
        ring = Ring(
            desk=desk,
            environment=town.environment,
            tills=tills,
            holders=house.holders,
            baskets=baskets,
        )
        raced, rivals = ring.measure(options.pairs)
        killing = Killing(
            desk=desk,
            environment=town.environment,
            provider=town.provider,
            till=tills[0],
            seed=options.seed,
        )
        ended = killing.measure(quotes_of(desk, tills[0], poor, baskets.all_paid_by_the_person()))
        return {
            **_speed(sample),
            "api": asdict(memory),
            **_races(raced),
            "rivals": rivals,
            **_kills(ended),
            **_ledger(desk),
            **_faults(found_after_s(desk, options.faults)),
        }


def _speed(sample: Sample) -> dict[str, Any]:
    figures = {kind: Figures.of(times) for kind, times in sample.ms.items()}
    flows = {kind: Figures.of(times) for kind, times in sample.flow_ms.items()}
    return {
        "decode_p99_ms": figures["decode"].p99,
        "settle_p99_ms": figures["settle"].p99,
        "settlements_per_s": round(sample.rate("settle"), 1),
        "per_s": {kind: round(sample.rate(kind), 1) for kind in figures},
        "purchases_per_s": round(sample.flows_per_s, 1),
        "ms": {kind: asdict(one) for kind, one in figures.items()},
        "ms_in_purchases": {kind: asdict(one) for kind, one in flows.items()},
        "ms_paced": {kind: asdict(Figures.of(ms)) for kind, ms in sample.paced_ms.items()},
        "cpu_ms_each": sample.cpu_ms_each(),
        "refused": sample.refused,
    }


def _races(told: Told) -> dict[str, Any]:
    return {
        "double_spend_pairs": sum(told.pairs.values()),
        "double_spends": told.double_spends,
        "pairs": {
            "by_kind": told.pairs,
            "outcomes": told.outcomes,
            "both_served": told.both_won,
            "nobody_served": told.none_won,
            "found": told.found,
            "per_s": round(told.pairs_per_s, 1),
        },
    }


def _kills(ended: Converged) -> dict[str, Any]:
    return {
        "kill9_runs": ended.runs,
        "kill9_converged": ended.converged,
        "kill9": {"ends": ended.ends, "longest_s": ended.longest_s},
    }


def _ledger(desk: Desk) -> dict[str, Any]:
    """Do what `verify-ledger` does, of all that was bought here."""
    Sequencer(database=desk.database).run_all()
    report = LedgerVerification(database=desk.database).run()
    return {
        "ledger_unbalanced": len(report.unbalanced),
        "ledger": {
            "unbalanced": len(report.unbalanced),
            "transactions": report.transactions,
            "chained": report.chained,
            "altered": len(report.altered),
            "broken": len(report.broken),
            "balances": len(report.balances),
            "intact": report.intact,
        },
    }


def _split(options: Options) -> dict[str, Any]:
    shop = Shop(options.seed)
    return {
        "split_per_s": round(rate(shop, lines=10, at_least_s=options.split_s)),
        "baskets": options.baskets,
        "identity_violations": violations(shop, options.baskets),
    }


def _offline() -> dict[str, Any]:
    return {"offline_code": asdict(offline.measure(_OFFLINE_CODES))}


def _faults(seconds: Sequence[float]) -> dict[str, Any]:
    return {
        "recon_fault_found_s": round(max(seconds), 1) if seconds else None,
        "faults": [round(one, 1) for one in seconds],
    }


def _speed_met(told: dict[str, Any]) -> dict[str, bool]:
    return {
        "decode_p99": told["decode_p99_ms"] <= _TARGETS["decode_p99_ms"],
        "settle_p99": told["settle_p99_ms"] <= _TARGETS["settle_p99_ms"],
        "settlements": told["settlements_per_s"] >= _TARGETS["settlements_per_s"],
    }


def _met(told: dict[str, Any]) -> dict[str, bool]:
    return {
        **_speed_met(told),
        "double_spends": told["double_spends"] == 0 < told["double_spend_pairs"],
        "somebody_served": told["pairs"]["nobody_served"] == 0,
        "identities": told["identity_violations"] == 0 < told["baskets"],
        "ledger": bool(told["ledger"]["intact"]),
        "kill9": told["kill9_converged"] == told["kill9_runs"] > 0,
        "split": told["split_per_s"] >= _TARGETS["split_per_s"],
        "offline_verify": told["offline_code"]["verify_ms"] <= _TARGETS["offline_verify_ms"],
        "faults_found": bool(told["faults"]) and max(told["faults"]) < PATIENCE_S,
    }


if __name__ == "__main__":
    sys.exit(main())
