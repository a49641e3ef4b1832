"""What is built once is not looked through again and again."""

from __future__ import annotations

import subprocess
import sys

PLAY = """
import gc, weakref
from app.core.collector import set_apart_what_stays

class Thing:
    def __init__(self):
        self.other = self

stays = [Thing() for _ in range(5000)]
gc.disable()
gone = weakref.ref(Thing())
apart = set_apart_what_stays()
assert apart > 5000, apart
assert gone() is None, "garbage stays for ever"
assert not any(isinstance(one, Thing) for one in gc.get_objects())
later = weakref.ref(Thing())
gc.collect()
assert later() is None, "what comes later is not collected"
assert len(stays) == 5000
"""


def test_what_exists_is_set_apart_and_what_comes_later_is_collected() -> None:
    played = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", PLAY], check=False, capture_output=True, text=True
    )
    assert played.returncode == 0, played.stderr
