"""Where a command of the till's program works, and what it returns."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.phone.dpop import Prover
from sandbox.terminal.assertion import ClientAssertions
from sandbox.terminal.desk import OfflineDesk
from sandbox.terminal.till import Cashier

DONE, REFUSED, NOT_TRIED, UNKNOWN = 0, 1, 2, 3
"""Exit codes; of the last the book knows more: ``query``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Where a command works."""

    cashier: Cashier
    prover: Prover
    assertions: ClientAssertions
    desk: OfflineDesk
    language: str


Command = Callable[[Counter, argparse.Namespace], int]
