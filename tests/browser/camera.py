"""The camera of the page under test: the virtual phone's, one film for each revealed step.

The page opens the session, reads the step and takes its pictures itself. What it reads as a step
is shown here before the page sees it, and filmed in no time; ``camera.js`` then plays the film
as the moments pass, each frame of a light step only while the screen shows that picture.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import BrowserContext

from sandbox.phone.camera import Frame
from sandbox.phone.cast import Studio
from sandbox.phone.head import Head
from sandbox.phone.session import Actor
from sandbox.phone.setting import Setting
from sandbox.phone.steps import Step

SCRIPT: Final = Path(__file__).with_name("camera.js")
QUALITY: Final = 95
"""The page encodes again: its pictures are to be a camera's, not copies of files."""
PROMPT: Final = Setting(display_lag_s=0.0, camera_lag_s=0.0)
"""The screen is watched, so nothing is late but what really is."""
_RESTING: Final = Step(
    n=0, kind="baseline", nonce=b"", window_ms=0, min_frames=1, max_frames=30, hold_ms=1800
)
_STEADY_MS, _MOVING_MS = 2000, 4000
_SPARE_MS = 200  # of each picture of light, should the page show it longer
_TAIL_MS = 700
_MOST = 90
_AT_ONCE = 8  # frames of one message
_DARK: Final = -1

Casting = Callable[[Studio, Head], Actor]


@dataclass(slots=True)
class FilmTime:
    """A clock that only filming moves on."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass(slots=True)
class VirtualCamera:
    """What stands before the device's camera, if it lets itself be used."""

    actor: Actor
    refusal: str | None = None
    """Name of the DOMException with which the device refuses: NotAllowedError, NotFoundError."""
    revealed: list[str] = field(default_factory=list)
    """Kinds of the steps so far."""
    _film: list[dict[str, Any]] = field(default_factory=list)

    def install(self, context: BrowserContext) -> None:
        """Put it before every page of a context."""
        context.expose_binding("zeroRunCamera", lambda _, step: self.answer(step))
        context.expose_binding("zeroRunFrames", lambda _, at: self._film[at : at + _AT_ONCE])
        context.add_init_script(path=SCRIPT)

    def answer(self, step: Mapping[str, Any] | None) -> dict[str, Any]:
        """Film one step as the API told it; none: the person at rest."""
        self._film = self._rest() if step is None else self._played(Step.from_json(step))
        return {"refusal": self.refusal, "count": len(self._film)}

    def _rest(self) -> list[dict[str, Any]]:
        return _told(self.actor.filming.film(_RESTING))

    def _played(self, step: Step) -> list[dict[str, Any]]:
        self.revealed.append(step.kind)
        return self._lit(step) if step.segments else self._moved(step)

    def _moved(self, step: Step) -> list[dict[str, Any]]:
        lasts = _STEADY_MS if step.kind == "baseline" else _MOVING_MS
        return _told(self.actor.filming.film(replace(step, hold_ms=lasts, max_frames=_MOST)))

    def _lit(self, step: Step) -> list[dict[str, Any]]:
        """Film each picture a little longer than it is shown; before it, the person rests."""
        each, count = step.segment_ms + _SPARE_MS, len(step.segments)
        lit = replace(step, segment_ms=each, hold_ms=count * each + _TAIL_MS, max_frames=_MOST)

        def picture(frame: Frame) -> int:
            if frame.shown_ms is None:
                return _DARK
            return min(count - 1, (frame.t_ms - frame.shown_ms) // each)

        return _told(self.actor.filming.film(lit), picture)


def virtual_studio(studio: Studio) -> Studio:
    """Return a studio like that one that films in no time."""
    clock = FilmTime()
    return replace(studio, clock=clock, sleep=clock.sleep, quality=QUALITY, setting=PROMPT)


def _told(
    frames: tuple[Frame, ...], picture: Callable[[Frame], int] = lambda _: _DARK
) -> list[dict[str, Any]]:
    """Return frames as the page takes them: file, seconds since the first, picture of light."""
    return [
        {
            "jpeg": base64.b64encode(frame.jpeg).decode(),
            "t": (frame.t_ms - frames[0].t_ms) / 1000,
            "picture": picture(frame),
        }
        for frame in frames
    ]
