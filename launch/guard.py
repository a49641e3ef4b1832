"""Ends what a launcher started when the launcher itself dies without a word.

Run as a script by `launch.process`, one for each launcher, with the grace period in seconds as its
argument. It reads lines `+<group> <signal>` and `-<group>` on standard input; when the input ends,
the launcher is gone: every group still listed is sent its signal, and after the grace period
SIGKILL. Grandchildren are in the same process group and so end as well, which PR_SET_PDEATHSIG does
not do.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time

_POLL_SECONDS = 0.05


def main() -> None:
    """Watch standard input to its end, then end the groups that are left."""
    # A Ctrl-C in the terminal is the launcher's affair.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        first, *rest = line.split()
        if first.startswith("+"):
            groups[int(first[1:])] = int(rest[0])
        else:
            groups.pop(int(first[1:]), None)
    end_groups(groups, grace_seconds=float(sys.argv[1]))


def end_groups(groups: dict[int, int], *, grace_seconds: float) -> None:
    """Send each process group its signal and, if it outlives the grace period, SIGKILL."""
    for group, number in groups.items():
        _send(group, number)
    deadline = time.monotonic() + grace_seconds
    while time.monotonic() < deadline and any(_alive(group) for group in groups):
        time.sleep(_POLL_SECONDS)
    for group in groups:
        _send(group, signal.SIGKILL)


def _send(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    main()
