"""Fuzz the reader of offline codes: ``make fuzz-codes``, or ``python -m tests.fuzz.codes --help``.

Guided by coverage (Atheris, libFuzzer), each target of ``tests.fuzz.targets`` in its own process.
Inputs that reached something new stay in ``var/fuzz`` for the next run. The last line is JSON.
Exit code: 0 nothing found, 1 finds, each in a file that is named.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["codes"]):
    from tests.fuzz.targets import TARGETS

_LONGEST = 1024
"""Bytes; a code has 237 and 366 characters."""
_LONGEST_S = 10
"""What takes longer is a find, too; a code takes less than a millisecond."""
_EXECUTED = re.compile(r"^stat::number_of_executed_units:\s+([0-9]+)", re.MULTILINE)
_FOUND = re.compile(r"Test unit written to (\S+)")
_LAST_WORDS = 2000
"""Characters of a find's report that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fuzzing:
    """What came of one target."""

    target: str
    executions: int
    finds: list[str]
    """Files with the input that broke a promise."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz all targets, or be one of them; return the process's exit code."""
    options = _parser().parse_args(arguments)
    if options.child is not None:
        return _be(options.child, options.words)
    chosen = options.target or list(TARGETS)
    seconds = max(1, options.seconds // len(chosen))
    done = [_fuzz(name, seconds=seconds, folder=options.folder) for name in chosen]
    finds = [find for one in done for find in one.finds]
    executions = sum(one.executions for one in done)
    print(
        json.dumps({"executions": executions, "finds": finds, "targets": list(map(asdict, done))})
    )
    return 1 if finds else 0


def _fuzz(name: str, *, seconds: int, folder: Path) -> Fuzzing:
    """Let a child fuzz one target: libFuzzer ends its process in its own way."""
    corpus = folder.resolve() / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(TARGETS[name].seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = [
        f"-max_total_time={seconds}",
        f"-max_len={_LONGEST}",
        f"-artifact_prefix={folder.resolve()}/{name}-",
        f"-timeout={_LONGEST_S}",
        "-print_final_stats=1",
        str(corpus),
    ]
    command = [sys.executable, "-m", "tests.fuzz.codes", "--child", name, "--", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    told = done.stdout + done.stderr
    finds = _FOUND.findall(told)
    executed = _EXECUTED.search(told)
    if executed is None or (done.returncode and not finds):
        finds.append(f"{name}: ended with {done.returncode}")
    if finds:
        print((done.stdout.strip() or done.stderr)[-_LAST_WORDS:], file=sys.stderr)
    executions = 0 if executed is None else int(executed[1])
    print(f"{name:<14}{executions:>12} executions  {len(finds)} finds")
    return Fuzzing(target=name, executions=executions, finds=finds)


def _be(name: str, words: Sequence[str]) -> int:
    atheris.Setup([sys.argv[0], *words], TARGETS[name].run)
    atheris.Fuzz()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.codes", description=__doc__)
    add = parser.add_argument
    add("--seconds", type=int, default=60, help="for all targets together (%(default)s)")
    add("--target", action="append", choices=list(TARGETS), help="only this; may be repeated")
    add("--folder", type=Path, default=Path("var/fuzz"), help="inputs and finds (%(default)s)")
    add("--child", choices=list(TARGETS), help=argparse.SUPPRESS)
    add("words", nargs="*", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
