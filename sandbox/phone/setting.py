"""Where and with what a session is filmed: device, distances, room light, delays."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Band(StrEnum):
    """How light the person's skin is."""

    LIGHT = "light"
    MEDIUM = "medium"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A lit screen with a lens above it, centimetres."""

    name: str
    width: float
    height: float
    gap: float
    """From the lens down to the screen's upper edge."""
    distances: tuple[float, float]
    """From the lens to the face, nearest and farthest."""


PHONE = Device(name="phone", width=7.0, height=15.0, gap=0.7, distances=(30.0, 45.0))
LAPTOP = Device(name="laptop", width=31.0, height=17.5, gap=0.8, distances=(50.0, 65.0))

_RATIOS = (0.06, 0.5)  # a phone by a window at noon gives less, in the evening more
_LEVELS = (0.3, 0.65)  # a camera keeps headroom, so nothing is white before it exposes
_WALLS = (100.0, 300.0)
_DISPLAY_LAGS, _CAMERA_LAGS = (0.015, 0.06), (0.025, 0.08)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One session's circumstances; they do not change while it lasts."""

    ratio: float = 0.2
    """Light of the white screen on the face, over that of the room."""
    level: float = 0.5
    """Light of the room, as a share of that in which the portrait was taken."""
    band: Band | None = None
    """Skin the portrait is toned to; None: as it is."""
    device: Device = PHONE
    distance_cm: float = 38.0
    wall_cm: float = 150.0
    """From the face to what stands behind it."""
    display_lag_s: float = 0.03
    """From the command to show a picture to its light."""
    camera_lag_s: float = 0.05
    """From the light to the time the phone writes on the frame."""

    @property
    def lag_s(self) -> float:
        """How much later than shown a picture is seen in the frames' times."""
        return self.display_lag_s + self.camera_lag_s

    @classmethod
    def drawn(
        cls,
        rng: np.random.Generator,
        *,
        ratio: float | None = None,
        band: Band | None = None,
        device: Device | None = None,
    ) -> "Setting":
        """Draw what is not given: most often a phone, total lag 40–140 ms, ratio 0.06–0.5."""
        held = device or (LAPTOP if rng.random() < 1 / 4 else PHONE)
        drawn = float(np.exp(rng.uniform(*np.log(_RATIOS))))
        return cls(
            ratio=drawn if ratio is None else ratio,
            level=float(rng.uniform(*_LEVELS)),
            band=band,
            device=held,
            distance_cm=float(rng.uniform(*held.distances)),
            wall_cm=float(rng.uniform(*_WALLS)),
            display_lag_s=float(rng.uniform(*_DISPLAY_LAGS)),
            camera_lag_s=float(rng.uniform(*_CAMERA_LAGS)),
        )


INDOORS = Setting()
"""An ordinary room, a phone at arm's length."""
