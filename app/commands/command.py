"""What a command is, and what several of them read."""

from __future__ import annotations

import argparse
import json
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from app.partners.errors import TERMINAL_KEYS_INVALID
from config import Settings

Command = Callable[[Settings, argparse.Namespace], object]
"""Returns what is printed as JSON."""
Add = Callable[[str, Command, str], argparse.ArgumentParser]
"""Takes a name, what runs, and its help; returns the parser of its arguments."""


def stopped_by_signals() -> threading.Event:
    """Return an event that the operator's SIGTERM or SIGINT sets."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def public_keys(path: str) -> list[dict[str, object]]:
    """Read a file with public keys.

    Raises:
        DomainError: TERMINAL_KEYS_INVALID.
    """
    try:
        jwks = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        jwks = None
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise TERMINAL_KEYS_INVALID()
    return keys
