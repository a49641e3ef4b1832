"""What the browser tests of booking stand on: people with phones, and sessions that they want."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from playwright.sync_api import BrowserContext, Page

from app.core.clock import SystemClock
from launch.stage import Stage
from sandbox.hospital_his.client import Hospital
from sandbox.phone.keys import DeviceKey
from sandbox.phone.results import Tokens
from sandbox.phone.session import Actor, Claim
from tests.browser.adopting import adopt, signed_in, telephone

_CHINA: Final = timedelta(hours=8)
_FRESH_SECONDS: Final = 240.0
"""A page renews its tokens later than this; then they are no longer those that are kept here."""
Contexts = Callable[..., BrowserContext]
Known = dict[str, tuple[float, DeviceKey, Tokens]]
"""Who was verified: when, on which device, with which tokens."""


def china_day(ahead: int = 0) -> date:
    """A day in China from today on."""
    return (SystemClock().now() + _CHINA).date() + timedelta(days=ahead)


@dataclass(kw_only=True)
class Ground:
    """Hands out phones and sessions; people are verified now and then."""

    stage: Stage
    desk: Hospital
    contexts: Contexts
    actor: Actor
    known: Known = field(repr=False)

    def phone(self, claim: Claim, **device: Any) -> Page:
        """A page of this person's phone, signed in and with a card."""
        context = self.contexts(**device)
        adopt(context, *self._person(claim))
        return context.new_page()

    def session(
        self,
        name: str,
        *,
        department: str,
        places: int,
        ahead: int = 3,
        opens_in: int | None = None,
    ) -> str:
        """Plan an afternoon of a department of its own; our id of it.

        Args:
            name: the hospital's id of department, doctor and session.
            department: what patients read.
            places: for the public.
            ahead: days from today.
            opens_in: seconds until it opens; None: it is open.
        """
        opens = SystemClock().now() + timedelta(seconds=opens_in or -60)
        lines: list[dict[str, Any]] = [
            {"kind": "department", "id": name, "campus": "C1", "name": department},
            {"kind": "practitioner", "id": name, "name": "苏合香", "title": "主任医师"},
            {
                "kind": "session",
                "id": name,
                "department": name,
                "practitioner": name,
                "day": china_day(ahead).isoformat(),
                "half_day": "afternoon",
                "starts": "14:00",
                "ends": "16:00",
                "fee_class": "ordinary",
                "fee": 1_000,
                "item_code": "YL0001",
                "opens_at": opens.isoformat(),
                "pools": [{"channel": "app", "size": places}],
            },
        ]
        data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        told = self.desk.import_lines(data.encode(), dry_run=False)
        assert told["refused"] == 0, told
        found = self._sessions(china_day(ahead))
        return next(str(each["id"]) for each in found if each["external_id"] == name)

    def _sessions(self, day: date) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            more = f"&cursor={cursor}" if cursor else ""
            path = f"/v1/hospital/sessions?day={day}{more}"
            page = self.desk._call("GET", path).json()
            items += page["items"]
            cursor = page.get("next")
        return items

    def _person(self, claim: Claim) -> tuple[DeviceKey, Tokens]:
        since, key, tokens = self.known.get(claim.citizen_number, (0.0, None, None))
        if key is None or tokens is None or time.monotonic() - since > _FRESH_SECONDS:
            since, key = time.monotonic(), DeviceKey.generate()
            with telephone(self.stage.base_url, key) as phone:
                tokens = signed_in(phone, claim, self.actor)
            self.known[claim.citizen_number] = (since, key, tokens)
        return key, tokens
