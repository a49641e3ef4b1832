"""How the liveness check fares: `python -m bench.liveness [--quick]`.

Rendered sessions of people and of every attack family go through the real library, on JPEG bytes
alone. Human lines first, one JSON object last. All figures are simulated; none is a certified PAD
level. The numbers of `--quick` prove little and exist to be run often.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.figures import machine
from bench.liveness import carried, cost, light_code, protocol
from bench.liveness.code import code_digest
from bench.liveness.identities import Group
from bench.liveness.orders import GENUINE, Lab, Order, orders
from bench.liveness.runner import Row, run
from bench.liveness.summary import lines, matching, summary
from sandbox.phone.attacks.families import FAMILIES
from verify.defaults import DEFAULT_POLICY

_CHECKOUT = Path(__file__).resolve().parents[2]
_NEWS_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is played."""

    genuine: int
    attacks: int
    """Of each family."""
    mutations: int
    wrong_codes: int
    simulated: int
    """Genuine answers to light of each skin band and ratio, without pixels."""
    repeats: int
    """Of the measurements of cost."""


_QUICK = Size(genuine=24, attacks=3, mutations=3000, wrong_codes=3000, simulated=60, repeats=3)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the sessions, print what they prove."""
    options = _parser().parse_args(arguments)
    lab = Lab(
        portraits=_CHECKOUT / "var" / "portraits",
        mesh=_CHECKOUT / "var" / "models" / "face_landmark.tflite",
        faces=options.faces or _optional_faces(),
        seed=options.seed,
    )
    size = _QUICK if options.quick else _full(options)
    group = Group(options.group)
    earlier = _earlier(options, lab)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # for the processes started below
    begun = time.monotonic()
    wanted = _wanted(options, size, group)
    rows = list(_told(run(lab, wanted, file=_file(options.out, group)), len(wanted)))
    told = summary(rows)
    if group is Group.REPORTING:
        told["matching"] = matching(rows)
    told = carried.joined(earlier, told)
    print("\n".join(lines(told)))
    if group is Group.REPORTING:
        told |= _measured(lab, size)
    told |= {
        "policy": DEFAULT_POLICY.version,
        "build": code_digest(),
        "wording": "simulated; no certified PAD level",
        "seed": lab.seed,
        "command": " ".join(["python -m bench.liveness", *(arguments or sys.argv[1:])]),
        "quick": options.quick,
        "group": group.value,
        "seconds": round(time.monotonic() - begun),
        "machine": machine(),
    }
    print(json.dumps(told))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.liveness", description=__doc__)
    parser.add_argument("--sessions", type=int, default=300, help="of each family")
    parser.add_argument("--genuine", type=int, help="genuine sessions, unless as many")
    parser.add_argument("--quick", action="store_true", help="a few minutes instead of hours")
    parser.add_argument("--faces", type=Path, help="folder with identity/*/ portraits")
    parser.add_argument("--first", type=int, default=0, help="index of the first session played")
    parser.add_argument(
        "--carry", type=Path, help="figures of an earlier run, of the sessions before --first"
    )
    parser.add_argument("--out", type=Path, help="keep every session there, and go on from it")
    parser.add_argument("--variant", default="full", help="of the challenge")
    parser.add_argument("--family", action="append", help="only this one; may be repeated")
    parser.add_argument(
        "--group",
        default=Group.REPORTING.value,
        choices=[group.value for group in Group],
        help="fitting: other people, no family held out, for bench.liveness.fit",
    )
    parser.add_argument("--seed", type=int, default=20261125)
    return parser


def _full(options: argparse.Namespace) -> Size:
    return Size(
        genuine=options.genuine or options.sessions,
        attacks=options.sessions,
        mutations=30_000,
        wrong_codes=30_000,
        simulated=300,
        repeats=10,
    )


def _wanted(options: argparse.Namespace, size: Size, group: Group) -> list[Order]:
    """Return the sessions, mixed so that a run cut short says a little of everything."""
    fair = [
        family.name
        for family in FAMILIES
        if group is Group.REPORTING or not (family.held_out or family.known_to_pass)
    ]
    names = [name for name in (GENUINE, *fair) if not options.family or name in options.family]
    wanted = [
        order
        for name in names
        for order in orders(
            [name],
            count=size.genuine if name == GENUINE else size.attacks,
            variant=options.variant,
            group=group,
        )
    ]
    return sorted(
        (order for order in wanted if order.index >= options.first), key=lambda order: order.index
    )


def _earlier(options: argparse.Namespace, lab: Lab) -> dict[str, object]:
    """Return the parts of an earlier run that sessions are added to."""
    if options.carry is None:
        return {}
    known = carried.load(
        options.carry,
        policy=DEFAULT_POLICY.version,
        build=code_digest(),
        seed=lab.seed,
        first=options.first,
    )
    return {name: known[name] for name in ("genuine", "families", "matching")}


def _told(rows: Iterator[Row], total: int) -> Iterator[Row]:
    """Say now and then how far the run is, and how long it will take at the latest pace."""
    last, before = time.monotonic(), 0
    for count, row in enumerate(rows, start=1):
        passed = time.monotonic() - last
        if passed > _NEWS_S:
            minutes = (total - count) * passed / (count - before) / 60
            news = f"{count} of {total} sessions, {minutes:.0f} minutes to go"
            print(news, file=sys.stderr, flush=True)
            last, before = time.monotonic(), count
        yield row


def _file(folder: Path | None, group: Group) -> Path | None:
    if folder is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{group.value}.jsonl"


def _optional_faces() -> Path | None:
    beside = _CHECKOUT.parent / "shared" / "faces"
    return beside if beside.is_dir() else None


def _measured(lab: Lab, size: Size) -> dict[str, object]:
    told = {
        "protocol": protocol.run(mutations=size.mutations, seed=lab.seed),
        "light_code": light_code.run(
            wrong_codes=size.wrong_codes, genuine=size.simulated, seed=lab.seed
        ),
        **cost.run(lab, repeats=size.repeats),
    }
    for name, figures in told.items():
        print(f"{name}: {figures}")
    return told


if __name__ == "__main__":
    sys.exit(main())
